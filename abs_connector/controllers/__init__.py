from . import auth, system
from . import products
from . import mobile_money, reports
from . import auth, invoices, orders, payments, system
from . import stock
from . import invoices, orders, payments
from . import contacts, governance
from . import subscriptions
from . import assets, relationships, tickets
from . import customer_self
