from . import callers, phones
from . import stamp_mixin, company_scope, credentials
from . import serviced_account, membership, membership_caller
from . import employee, customer_access, outlet
from . import stamp_views
from . import assignment, governed_models
from . import ir_rule, company, contact, governance_verbs, readiness, audit
from . import mail_thread
