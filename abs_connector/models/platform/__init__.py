from . import abs_idempotency_record
from . import ir_actions_report
from . import ir_http
from . import res_users
from . import res_company
from . import res_groups
