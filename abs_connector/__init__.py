from . import controllers, models, unavailable, wizards
from .hooks import post_init_hook

unavailable.install()
