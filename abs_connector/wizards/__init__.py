from . import order_reject
from . import asset_swap_wizard
from . import bill_again
from . import ownership_transfer
from . import reassign
from . import readiness
from . import add_package
