from . import test_governance
from . import test_mobile_money
from . import test_sa_report
