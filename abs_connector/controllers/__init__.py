from . import spreadsheets
from . import auth, system
from . import choices, contacts, governance
from . import products
from . import packages
from . import pickings, stock_levels, stock_moves
from . import invoices, orders, payments
from . import mobile_money, reports
from . import subscriptions
from . import customer_self
from . import assets, relationships, tickets
from . import repairs
