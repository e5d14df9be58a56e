from . import abs_stamp_mixin
from . import abs_stamp_mixin_reassign
from . import abs_stamp_mixin_scope
from . import abs_company_scope_mixin
from . import abs_stamp_mixin_views
from . import ov_sa_assignment
from . import ir_rule
from . import mail_thread
