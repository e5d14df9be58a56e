from . import helpdesk_ticket
from . import ticket_work
