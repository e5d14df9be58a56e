"""Quotations and orders: written, sent, approved, confirmed, finalized, cancelled."""

from odoo import http

from ..api import EMPLOYEE, Answer, Api, One, Page, Rec, get, post, put
from ..schemas.contacts import AssignIn
from ..schemas.orders import (
    AssignedOrderOut,
    CancelIn,
    LinesIn,
    NoteIn,
    OrderIn,
    OrderOut,
    OrderQuery,
    PdfOut,
    QuotationIn,
    RejectIn,
)


class Orders(Api, http.Controller):
    @post("/api/quotations", audience=EMPLOYEE, status=201)
    def create_quotation(self, body: QuotationIn) -> One[OrderOut]:
        """Create a quotation; packages expand into their components."""
        orders = self.model("sale.order")
        return orders._api_create_quotation(self.account(), body.to_vals())

    @get("/api/orders", audience=EMPLOYEE)
    def list_orders(self, query: OrderQuery) -> Page[OrderOut]:
        """List quotations and orders, newest first."""
        return self.page("sale.order", query)

    @get("/api/orders/<int:order>", audience=EMPLOYEE)
    def get_order(self, order: Rec["sale.order"]) -> One[OrderOut]:
        """Show one order with its lines, deliveries, invoices and session."""
        return order

    @put("/api/orders/<int:order>", audience=EMPLOYEE)
    def update_order(self, order: Rec["sale.order"], body: OrderIn) -> One[OrderOut]:
        """Change the header and lines of a quotation."""
        return order._api_update(body.to_vals())

    @post("/api/orders/<int:order>/add-lines", audience=EMPLOYEE)
    def add_order_lines(self, order: Rec["sale.order"], body: LinesIn) -> One[OrderOut]:
        """Add products or packages to a quotation."""
        return order._api_add_lines(body.to_vals())

    @post("/api/orders/<int:order>/send", audience=EMPLOYEE)
    def send_order(self, order: Rec["sale.order"]) -> One[OrderOut]:
        """Mail the quotation with its PDF to the customer."""
        return Answer(order._api_send(), order.partner_id._api_mail_message())

    @get("/api/orders/<int:order>/proforma-pdf", audience=EMPLOYEE, readonly=False)
    def get_order_pdf(self, order: Rec["sale.order"]) -> PdfOut:
        """Return the pro-forma invoice as a PDF (base64)."""
        return order._api_proforma_pdf()

    @post("/api/orders/<int:order>/request-approval", audience=EMPLOYEE)
    def request_order_approval(
        self, order: Rec["sale.order"], body: NoteIn
    ) -> One[OrderOut]:
        """Submit a quotation to the staff of its Service Account."""
        return order._api_request_approval(body.note)

    @post("/api/orders/<int:order>/approve", audience=EMPLOYEE, role="staff")
    def approve_order(self, order: Rec["sale.order"], body: NoteIn) -> One[OrderOut]:
        """Approve a waiting quotation; dispatch is `deliveries/<id>/validate`."""
        return order._api_approve(body.note)

    @post("/api/orders/<int:order>/reject", audience=EMPLOYEE, role="staff")
    def reject_order(self, order: Rec["sale.order"], body: RejectIn) -> One[OrderOut]:
        """Reject a waiting quotation with a reason; its maker revises it."""
        return order._api_reject(body.reason)

    @post("/api/orders/<int:order>/confirm", audience=EMPLOYEE)
    def confirm_order(self, order: Rec["sale.order"]) -> One[OrderOut]:
        """Confirm: deliveries, and the draft invoice of order-policy lines."""
        return order._api_confirm()

    @post("/api/orders/<int:order>/finalize", audience=EMPLOYEE)
    def finalize_order(self, order: Rec["sale.order"]) -> One[OrderOut]:
        """Lock an order that is delivered and invoiced; its state is then done."""
        return order._api_finalize()

    @post("/api/orders/<int:order>/cancel", audience=EMPLOYEE)
    def cancel_order(self, order: Rec["sale.order"], body: CancelIn) -> One[OrderOut]:
        """Cancel an order with its open deliveries and draft invoices."""
        return order._api_cancel(body.reason)

    @post("/api/orders/<int:order>/assign", audience=EMPLOYEE, role="staff")
    def assign_order(
        self, order: Rec["sale.order"], body: AssignIn
    ) -> AssignedOrderOut:
        """Give an order and what is open of it to a member of an SA."""
        return {"order": order, **order._api_assign_told(body.to_vals())}
