"""``/api/relationships``: what hangs together, limited to what the caller sees."""

from odoo import http

from ..api import EMPLOYEE, Api, Rec, get
from ..schemas.relationships import (
    CustomerMapOut,
    SerialMapOut,
    SerialQuery,
    SubscriptionMapOut,
)


class Relationships(Api, http.Controller):
    @get("/api/relationships/customers/<int:customer>", audience=EMPLOYEE)
    def get_customer_map(self, customer: Rec["res.partner"]) -> CustomerMapOut:
        """Show orders, units, tickets, work, invoices, deliveries of a customer."""
        return self.model("abs.relationship")._api_customer(customer)

    @get("/api/relationships/serials/<path:name>", audience=EMPLOYEE)
    def get_serial_map(self, name: str, query: SerialQuery) -> SerialMapOut:
        """Show product, place, equipment, order, repairs and moves of a serial."""
        lot = self.fetch("stock.lot", query.to_domain(name))
        return self.model("abs.relationship")._api_serial(lot)

    @get("/api/relationships/subscriptions/<path:code>", audience=EMPLOYEE)
    def get_subscription_map(self, code: str) -> SubscriptionMapOut:
        """Show lines, units, equity, work and invoices of a subscription."""
        subscription = self.fetch("abs.subscription", [("code", "=", code)])
        return self.model("abs.relationship")._api_subscription(subscription)
