from . import base
from . import kept_fields, plain_text
from . import currency
from . import signing_key
from . import auth_session
from . import login_attempt
from . import api_key
from . import idempotency_record
from . import report_pdf
from . import request_log
from . import pruning
from . import ir_http
from . import system
from . import technical_user
from . import access_groups
from . import demo
