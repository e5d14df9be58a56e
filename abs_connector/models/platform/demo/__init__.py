from . import loader
from . import companies
from . import people
from . import catalogue
from . import operations
from . import mobile_money
