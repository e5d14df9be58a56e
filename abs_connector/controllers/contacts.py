"""``/api/contacts``: customers, who is in charge of them, their own access."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, One, Page, Rec, get, post, put
from ..schemas.contacts import (
    AccessIn,
    AccessOut,
    AssignedContactOut,
    AssignIn,
    AssignmentOut,
    AssignmentQuery,
    ContactDetailOut,
    ContactIn,
    ContactOut,
    ContactQuery,
    ContactUpdate,
    MergedContactOut,
    MergeIn,
    WrittenContactOut,
)

CALLERS = EMPLOYEE | API_KEY


class Contacts(Api, http.Controller):
    @get("/api/contacts", audience=CALLERS)
    def list_contacts(self, query: ContactQuery) -> Page[ContactOut]:
        """List the contacts that the caller sees."""
        return self.page("res.partner", query)

    @post("/api/contacts", audience=CALLERS, status=201)
    def create_contact(self, body: ContactIn) -> WrittenContactOut:
        """Create a contact, governed unless by API key."""
        return self.model("res.partner")._api_create_contact(body.to_vals())

    @get("/api/contacts/<int:contact>", audience=CALLERS)
    def get_contact(self, contact: Rec["res.partner"]) -> One[ContactDetailOut]:
        """Show one contact."""
        return contact

    @put("/api/contacts/<int:contact>", audience=CALLERS)
    def update_contact(
        self, contact: Rec["res.partner"], body: ContactUpdate
    ) -> WrittenContactOut:
        """Change the data of a contact."""
        return contact._api_update_contact(body.to_vals())

    @post("/api/contacts/<int:contact>/assign", audience=EMPLOYEE, role="staff")
    def assign_contact(
        self, contact: Rec["res.partner"], body: AssignIn
    ) -> AssignedContactOut:
        """Give a contact and its open records to a member of an SA."""
        return {"contact": contact, **contact._api_assign_told(body.to_vals())}

    @post("/api/contacts/<int:contact>/merge", audience=EMPLOYEE, role="staff")
    def merge_contacts(
        self, contact: Rec["res.partner"], body: MergeIn
    ) -> MergedContactOut:
        """Let duplicates of a contact go up in it, with their records and history."""
        return contact._api_merge_told(body.to_vals())

    @get("/api/contacts/<int:contact>/assignments", audience=CALLERS)
    def list_contact_assignments(
        self, contact: Rec["res.partner"], query: AssignmentQuery
    ) -> Page[AssignmentOut]:
        """List who was in charge of a contact, newest first."""
        domain = [("partner_id", "=", contact.id)]
        return self.page("ov.sa_customer_assignment", query, domain=domain)

    @post("/api/contacts/<int:contact>/portal-access", audience=EMPLOYEE)
    def open_contact_access(
        self, contact: Rec["res.partner"], body: AccessIn
    ) -> AccessOut:
        """Open or renew the log-in of a customer, or mail the customer an invitation."""
        return contact._api_open_access(body.password, body.invite)
