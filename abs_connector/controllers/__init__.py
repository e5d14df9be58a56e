from . import auth, system
from . import products
