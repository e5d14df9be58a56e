from . import order_reject
