from . import platform  # isort: skip  (the mixins of every other package)
from . import governance  # isort: skip
from . import catalogue
from . import stock
from . import sales
from . import accounting
from . import mobile_money
from . import assets
from . import subscriptions
from . import tickets
from . import reporting
from . import plain_names  # isort: skip  (of models of every other package)
