"""Payments, and what a customer owes (docs/contract.md 5; workflow 9)."""

from typing import Literal

from pydantic import AliasChoices, Field

from ..api.base import Amount, Day, Id, In, Key, Money, Name, Out, Ref, Timestamp
from .documents import CustomerId, DocumentQuery
from .invoices import InvoiceBriefOut, InvoiceOut

Source = Literal["cash", "bank", "mobile_money"]
PaymentDocState = Literal["draft", "posted", "cancel"]
Sums = dict[str, Money]


class PaymentOut(Out):
    _model = "account.payment"
    _noun = "payment"
    _source = {
        "currency": "currency_id",
        "journal": "journal_id",
        "payment_source": "x_payment_source",
        "partner": "partner_id",
        "company": "company_id",
        "invoices": "reconciled_invoice_ids",
        "order": "x_order_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    _reads = (
        "name",
        "state",
        "x_reversed",
        "move_id.line_ids.account_id.account_type",
        "move_id.line_ids.amount_residual_currency",
    )

    id: int
    name: str | None
    amount: Money
    currency: Ref
    date: Day
    journal: Ref
    payment_source: Source | None
    payment_type: Literal["inbound", "outbound"]
    memo: str | None
    state: PaymentDocState
    partner: Ref | None
    company: Ref | None
    invoices: list[InvoiceBriefOut]
    order: Ref | None
    unused: Money = Field(description="not on an invoice yet: the customer's credit")
    sa: Ref | None
    actor: Ref | None
    write_date: Timestamp | None

    @classmethod
    def _bulk_unused(cls, records):
        return records._api_unused()

    @classmethod
    def _bulk_state(cls, records):
        return records._api_states()

    @classmethod
    def _bulk_name(cls, records):
        return records._api_numbers()


class CustomerPaymentQuery(DocumentQuery):
    _order = "date desc, id desc"
    _day = "date"
    _text = ("name", "memo", "partner_id.name")
    _domain = {
        **DocumentQuery._domain,
        "payment_source": ("x_payment_source", "="),
        "order_id": ("x_order_id", "="),
    }

    state: PaymentDocState | None = None
    payment_source: Source | None = None
    payment_type: Literal["inbound", "outbound"] | None = None
    journal_id: Key | None = None
    order_id: Key | None = None

    def to_domain(self):
        domain = super().to_domain()
        states = {
            "draft": [("state", "=", "draft")],
            "posted": [
                ("state", "in", ("in_process", "paid")),
                ("x_reversed", "=", False),
            ],
            "cancel": [
                "|",
                ("state", "in", ("canceled", "rejected")),
                ("x_reversed", "=", True),
            ],
        }
        return domain + states.get(self.state, [])


class PaymentQuery(CustomerPaymentQuery):
    partner_id: CustomerId = None


class PaymentIn(In):
    amount: Amount
    journal_id: Id["account.journal"] | None = None
    payment_source: Source | None = None
    payment_date: Day | None = Field(
        None, validation_alias=AliasChoices("payment_date", "date")
    )
    memo: Name | None = None
    invoice_id: Id["account.move"] | None = None
    currency: str | None = Field(
        None, pattern="^[A-Za-z]{3}$", description="ISO code; the order's by default"
    )
    allow_credit: bool = Field(False, description="keep what is over as credit")


class RegisteredOut(Out):
    """The payment, and the invoices as they now are; ``invoice`` is the first."""

    payment: PaymentOut
    invoice: InvoiceOut | None
    invoices: list[InvoiceOut]


class InstalmentOut(Out):
    """The next amount that is due, by the payment terms."""

    date: Day
    amount: Money
    currency: Ref
    invoice: Ref
    order: Ref | None
    overdue: bool


class NextPaymentOut(Out):
    customer: Ref
    next_payment: InstalmentOut | None


class OrderFiguresOut(Out):
    count: int
    total: Sums


class InvoiceFiguresOut(Out):
    outstanding: Sums
    overdue: Sums
    paid: Sums


class LastPaymentOut(Out):
    id: int
    name: str | None
    date: Day
    amount: Money
    currency: Ref


class PaymentFiguresOut(Out):
    count: int
    total: Sums
    last: LastPaymentOut | None


class DashboardOut(Out):
    """A customer's figures; amounts are ``{currency code: amount}``."""

    customer: Ref
    orders: OrderFiguresOut
    invoices: InvoiceFiguresOut
    payments: PaymentFiguresOut
    credit: Sums = Field(description="unused payments and credit notes")
    assets: int
    subscriptions: int
    tickets: int
    next_payment: InstalmentOut | None
