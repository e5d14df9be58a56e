from . import plan
from . import product_template
from . import period
from . import subscription
from . import timeline
from . import life
from . import billing
from . import equity
from . import purchase
from . import sale_order_line
from . import sale_order
from . import account_move
from . import asset
from . import ownership  # isort: skip  (extends sale_order)
from . import unit_return
from . import buttons
from . import res_partner
