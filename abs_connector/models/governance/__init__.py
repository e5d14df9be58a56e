from . import callers, phones
from . import stamp_mixin, stamp_reassign, stamp_scope, company_scope, credentials
from . import serviced_account, membership, membership_caller
from . import employee, customer_access, outlet, membership_admins
from . import membership_manager
from . import invitation, employee_identity
from . import stamp_views
from . import assignment, governed_models
from . import ir_rule, company, company_day, contact, governance_verbs, audit
from . import contact_rights, login_doors
from . import readiness, readiness_system, readiness_goods, readiness_company
from . import mail_thread
