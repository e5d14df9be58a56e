from . import controllers, models, unavailable, wizards
from .compat import keep_from_rpc
from .hooks import post_init_hook

keep_from_rpc("abs_connector", "abs_")
unavailable.install()
