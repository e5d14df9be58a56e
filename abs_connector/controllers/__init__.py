from . import spreadsheets
from . import auth, system
from . import contacts, governance
from . import products
from . import packages
from . import stock
from . import invoices, orders, payments
from . import mobile_money, reports
from . import subscriptions
from . import customer_self
from . import assets, relationships, tickets
