from . import order_reject
from . import asset_swap_wizard
