"""Invoices and credit notes, of an order and of a customer."""

from odoo import http

from ..api import EMPLOYEE, Answer, Api, One, Page, Rec, get, post
from ..schemas.invoices import (
    CreditIn,
    CreditNoteOut,
    CustomerInvoiceQuery,
    InvoiceIn,
    InvoiceOut,
    InvoiceQuery,
    OrderInvoicesOut,
    PendingQuery,
)
from ..schemas.orders import PdfOut

CREATED = {True: 201, False: 200}


class Invoices(Api, http.Controller):
    @post("/api/orders/<int:order>/invoice", audience=EMPLOYEE, status=(201, 200))
    def create_order_invoice(
        self, order: Rec["sale.order"], body: InvoiceIn
    ) -> OrderInvoicesOut:
        """Draft the invoices of an order; asking again returns those that exist."""
        drafts = order._api_invoice(body.line_ids)
        return Answer(drafts, status=CREATED[drafts["created"]])

    @get("/api/orders/<int:order>/invoices", audience=EMPLOYEE)
    def list_order_invoices(
        self, order: Rec["sale.order"], query: CustomerInvoiceQuery
    ) -> Page[InvoiceOut]:
        """List the invoices and credit notes of an order."""
        return self.page("account.move", query, order._api_invoices_domain())

    @post("/api/orders/<int:order>/invoices/<int:invoice>/confirm", audience=EMPLOYEE)
    def confirm_order_invoice(
        self, order: Rec["sale.order"], invoice: Rec["account.move"]
    ) -> One[InvoiceOut]:
        """Post a draft invoice: it gets its number and enters the ledger."""
        return order._api_own_invoice(invoice.id)._api_post()

    @post("/api/orders/<int:order>/credit-note", audience=EMPLOYEE, status=201)
    def create_credit_note(
        self, order: Rec["sale.order"], body: CreditIn
    ) -> CreditNoteOut:
        """Credit a posted invoice of the order, in whole or in part."""
        invoice = order._api_own_invoice(body.invoice_id)
        note = invoice._api_credit(**body.to_vals())
        return {"invoice": note, "credited_invoice": invoice}

    @get("/api/invoices", audience=EMPLOYEE)
    def list_invoices(self, query: InvoiceQuery) -> Page[InvoiceOut]:
        """List customer invoices and credit notes, newest first."""
        return self.page("account.move", query)

    @get("/api/invoices/<int:invoice>", audience=EMPLOYEE)
    def get_invoice(self, invoice: Rec["account.move"]) -> One[InvoiceOut]:
        """Show one invoice with its lines and taxes."""
        return invoice

    @post("/api/invoices/<int:invoice>/send", audience=EMPLOYEE)
    def send_invoice(self, invoice: Rec["account.move"]) -> One[InvoiceOut]:
        """Mail a posted invoice with its PDF to the customer."""
        return Answer(invoice._api_send(), invoice.partner_id._api_mail_message())

    @get("/api/invoices/<int:invoice>/pdf", audience=EMPLOYEE, readonly=False)
    def get_invoice_pdf(self, invoice: Rec["account.move"]) -> PdfOut:
        """Return an invoice as a PDF (base64)."""
        return invoice._api_pdf()

    @post("/api/invoices/<int:invoice>/apply-credit", audience=EMPLOYEE)
    def apply_credit(self, invoice: Rec["account.move"]) -> One[InvoiceOut]:
        """Pay an invoice from the customer's unused credit, as far as it goes."""
        return invoice._api_apply_credit()

    @get("/api/customers/<int:customer>/invoices", audience=EMPLOYEE)
    def list_customer_invoices(
        self, customer: Rec["res.partner"], query: CustomerInvoiceQuery
    ) -> Page[InvoiceOut]:
        """List all invoices and credit notes of a customer."""
        return self.page("account.move", query, customer._api_own_domain())

    @get("/api/customers/<int:customer>/invoices/pending", audience=EMPLOYEE)
    def list_pending_invoices(
        self, customer: Rec["res.partner"], query: PendingQuery
    ) -> Page[InvoiceOut]:
        """List the posted invoices that a customer still has to pay."""
        return self.page("account.move", query, customer._api_pending_domain())
