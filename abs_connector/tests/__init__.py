from . import test_governance
from . import test_mobile_money
from . import test_sa_report
from . import test_assets, test_assets_http, test_swaps, test_tickets
from . import test_audit
