from . import helpdesk_ticket
from . import ticket_work
from . import repair_cost
from . import relationship
