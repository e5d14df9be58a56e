"""Payments, and a customer's summary."""

from odoo import http

from ..api import EMPLOYEE, Api, One, Page, Rec, get, post
from ..schemas.payments import (
    CustomerPaymentQuery,
    DashboardOut,
    NextPaymentOut,
    PaymentIn,
    PaymentOut,
    PaymentQuery,
    RegisteredOut,
)


class Payments(Api, http.Controller):
    @post("/api/orders/<int:order>/register-payment", audience=EMPLOYEE, status=201)
    def register_payment(
        self, order: Rec["sale.order"], body: PaymentIn
    ) -> RegisteredOut:
        """Register a payment of an order (see 'smart payment' in the guide)."""
        return order._api_register_payment(body.to_vals())._api_registered()

    @get("/api/payments", audience=EMPLOYEE)
    def list_payments(self, query: PaymentQuery) -> Page[PaymentOut]:
        """List customer payments, newest first."""
        return self.page("account.payment", query)

    @get("/api/payments/<int:payment>", audience=EMPLOYEE)
    def get_payment(self, payment: Rec["account.payment"]) -> One[PaymentOut]:
        """Show one payment with the invoices it pays."""
        return payment

    @get("/api/customers/<int:customer>/payments", audience=EMPLOYEE)
    def list_customer_payments(
        self, customer: Rec["res.partner"], query: CustomerPaymentQuery
    ) -> Page[PaymentOut]:
        """List all payments of a customer."""
        return self.page("account.payment", query, customer._api_own_domain())

    @get("/api/customers/<int:customer>/next-payment", audience=EMPLOYEE)
    def get_next_payment(self, customer: Rec["res.partner"]) -> NextPaymentOut:
        """Tell the next instalment of a customer: when, how much, of which invoice."""
        return {"customer": customer, "next_payment": customer._api_next_payment()}

    @get("/api/customers/<int:customer>/dashboard", audience=EMPLOYEE)
    def get_customer_dashboard(self, customer: Rec["res.partner"]) -> DashboardOut:
        """Summarize a customer: orders, invoices, payments, assets, tickets."""
        return customer._api_dashboard()
