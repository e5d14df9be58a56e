from . import helpdesk_ticket
from . import helpdesk_ticket_stage
from . import helpdesk_ticket_work
from . import repair_order
from . import abs_subscription
