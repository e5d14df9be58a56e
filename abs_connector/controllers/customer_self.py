"""What a customer sees of their own: orders, invoices, payments, units, tickets.

The record rules limit all of it to the customer's records (docs/contract.md 5, 'a customer sees
nothing but their own'); what only the company is to know is left out by the schemas.
"""

from odoo import http

from ..api import CUSTOMER, Api, Page, get
from ..schemas.customer_self import (
    OwnAssetOut,
    OwnAssetQuery,
    OwnInvoiceOut,
    OwnInvoiceQuery,
    OwnOrderOut,
    OwnOrderQuery,
    OwnPaymentOut,
    OwnPaymentQuery,
    OwnTicketOut,
    OwnTicketQuery,
)


class CustomerSelf(Api, http.Controller):
    @get("/api/customer/orders", audience=CUSTOMER)
    def list_own_orders(self, query: OwnOrderQuery) -> Page[OwnOrderOut]:
        """List the customer's own orders and quotations."""
        return self.page("sale.order", query)

    @get("/api/customer/invoices", audience=CUSTOMER)
    def list_own_invoices(self, query: OwnInvoiceQuery) -> Page[OwnInvoiceOut]:
        """List the customer's own invoices and credit notes, drafts left out."""
        return self.page("account.move", query)

    @get("/api/customer/payments", audience=CUSTOMER)
    def list_own_payments(self, query: OwnPaymentQuery) -> Page[OwnPaymentOut]:
        """List the customer's own payments."""
        return self.page("account.payment", query)

    @get("/api/customer/assets", audience=CUSTOMER)
    def list_own_assets(self, query: OwnAssetQuery) -> Page[OwnAssetOut]:
        """List the units that the customer has or had."""
        return self.page("ov.asset", query)

    @get("/api/customer/tickets", audience=CUSTOMER)
    def list_own_tickets(self, query: OwnTicketQuery) -> Page[OwnTicketOut]:
        """List the customer's own tickets."""
        return self.page("helpdesk.ticket", query)
