from . import test_governance, test_governance_api, test_scopes, test_stamps
from . import test_mobile_money, test_mobile_money_lost, test_mpesa
from . import test_payment_request
from . import test_approval_guard, test_customer_credit
from . import test_sa_report
from . import test_assets, test_asset_register, test_equipment, test_assets_http
from . import test_swaps, test_tickets
from . import (
    test_goods_api,
    test_stock_api,
    test_stock_moves_api,
    test_stock_delivery,
    test_stock_moves,
    test_stock_places,
    test_stock_receive,
    test_stock_return,
)
from . import test_audit
from . import test_i18n
from . import test_companies
from . import test_i18n, test_i18n_api
from . import test_migrations
