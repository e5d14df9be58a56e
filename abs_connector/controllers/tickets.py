"""``/api/tickets`` and what they lead to."""

from odoo import http

from ..api import EMPLOYEE, Api, One, Page, Rec, get, post, put
from ..schemas.contacts import AssignIn
from ..schemas.repairs import RepairOut
from ..schemas.tickets import (
    AssignedTicketOut,
    RequestOut,
    TicketCloseIn,
    TicketDetailOut,
    TicketIn,
    TicketOut,
    TicketQuery,
    TicketRepairIn,
    TicketRequestIn,
    TicketTaskIn,
    TicketTaskOut,
    TicketUpdateIn,
)


class Tickets(Api, http.Controller):
    @get("/api/tickets", audience=EMPLOYEE)
    def list_tickets(self, query: TicketQuery) -> Page[TicketOut]:
        """List tickets."""
        return self.page("helpdesk.ticket", query)

    @post("/api/tickets", audience=EMPLOYEE, status=201)
    def create_ticket(self, body: TicketIn) -> One[TicketDetailOut]:
        """Open a ticket for a customer."""
        return self.model("helpdesk.ticket")._api_create_ticket(
            self.account(), body.to_vals()
        )

    @get("/api/tickets/<int:ticket>", audience=EMPLOYEE)
    def get_ticket(self, ticket: Rec["helpdesk.ticket"]) -> One[TicketDetailOut]:
        """Show one ticket with what it led to."""
        return ticket

    @put("/api/tickets/<int:ticket>", audience=EMPLOYEE)
    def update_ticket(
        self, ticket: Rec["helpdesk.ticket"], body: TicketUpdateIn
    ) -> One[TicketDetailOut]:
        """Change subject, description, priority, stage or unit."""
        return ticket._api_update(body.to_vals())

    @post("/api/tickets/<int:ticket>/close", audience=EMPLOYEE)
    def close_ticket(
        self, ticket: Rec["helpdesk.ticket"], body: TicketCloseIn
    ) -> One[TicketDetailOut]:
        """Move the ticket to the first closed stage."""
        return ticket._api_close(body.resolution)

    @post("/api/tickets/<int:ticket>/repair", audience=EMPLOYEE, status=201)
    def create_ticket_repair(
        self, ticket: Rec["helpdesk.ticket"], body: TicketRepairIn
    ) -> One[RepairOut]:
        """Send the ticket's unit to repair."""
        return ticket._api_create_repair(**body.model_dump())

    @post(
        "/api/tickets/<int:ticket>/maintenance-request", audience=EMPLOYEE, status=201
    )
    def create_ticket_request(
        self, ticket: Rec["helpdesk.ticket"], body: TicketRequestIn
    ) -> One[RequestOut]:
        """Ask for maintenance of the ticket's unit."""
        return ticket._api_create_request(**body.to_vals())

    @post("/api/tickets/<int:ticket>/field-task", audience=EMPLOYEE, status=201)
    def create_ticket_task(
        self, ticket: Rec["helpdesk.ticket"], body: TicketTaskIn
    ) -> One[TicketTaskOut]:
        """Send a technician to the customer."""
        return ticket._api_create_task(**body.to_vals())

    @post("/api/tickets/<int:ticket>/assign", audience=EMPLOYEE, role="staff")
    def assign_ticket(
        self, ticket: Rec["helpdesk.ticket"], body: AssignIn
    ) -> AssignedTicketOut:
        """Give a ticket and its open work to a member of an SA."""
        return {"ticket": ticket, **ticket._api_assign_told(body.to_vals())}
