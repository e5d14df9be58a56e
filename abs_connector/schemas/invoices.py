"""Invoices and credit notes (docs/contract.md 5; workflows 6 and 7)."""

from typing import Literal

from pydantic import AliasChoices, Field

from ..api.base import (
    Day,
    Id,
    In,
    Key,
    Money,
    Out,
    Quantity,
    Query,
    Ref,
    Timestamp,
    Told,
)
from ..payment_state import ledger_states
from .documents import CustomerId, DocumentQuery

InvoiceState = Literal["draft", "posted", "cancel"]
PaymentState = Literal["not_paid", "partial", "paid", "reversed"]
MoveType = Literal["out_invoice", "out_refund"]


class InvoiceRefOut(Out):
    """An invoice by its number, which a draft does not have yet."""

    _model = "account.move"
    _reads = ("name", "state")

    id: int
    name: str | None

    @classmethod
    def _bulk_name(cls, records):
        return records._api_numbers()


class InvoiceBriefOut(InvoiceRefOut):
    """An invoice as its order or payment tells of it."""

    _source = {"currency": "currency_id"}
    _reads = ("name", "payment_state")

    state: InvoiceState
    payment_state: PaymentState
    move_type: MoveType
    amount_total: Money
    amount_residual: Money
    currency: Ref
    invoice_date_due: Day | None

    @classmethod
    def _bulk_payment_state(cls, records):
        return records._api_payment_states()


class InvoiceLineOut(Out):
    _model = "account.move.line"
    _source = {
        "product": "product_id",
        "taxes": "tax_ids",
        "subtotal": "price_subtotal",
    }

    id: int
    product: Ref | None
    name: str | None
    quantity: float
    price_unit: Money
    discount: float
    taxes: list[Ref]
    subtotal: Money


class InvoiceOut(InvoiceRefOut):
    _noun = "invoice"
    _source = {
        "partner": "partner_id",
        "company": "company_id",
        "currency": "currency_id",
        "credited_invoice": "reversed_entry_id",
        "lines": "invoice_line_ids",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    _reads = (
        "name",
        "payment_state",
        "x_subscription_id",
        "invoice_line_ids.sale_line_ids.order_id.name",
    )

    state: InvoiceState
    payment_state: PaymentState
    move_type: MoveType
    partner: Ref | None
    company: Ref
    order: Ref | None
    credited_invoice: InvoiceRefOut | None
    currency: Ref
    ref: str | None
    invoice_date: Day | None
    invoice_date_due: Day | None
    amount_untaxed: Money
    amount_tax: Money
    amount_total: Money
    amount_residual: Money
    lines: list[InvoiceLineOut]
    sa: Ref | None
    actor: Ref | None
    write_date: Timestamp | None

    @classmethod
    def _bulk_payment_state(cls, records):
        return records._api_payment_states()

    @classmethod
    def _bulk_order(cls, records):
        return records._api_order_refs()


class CustomerInvoiceQuery(DocumentQuery):
    """Filters of invoices; ``state`` also takes the ledger words paid, in_payment."""

    _order = "invoice_date desc, id desc"
    _day = "invoice_date"
    _text = ("name", "invoice_origin", "partner_id.name")
    _domain = {**DocumentQuery._domain, "payment_state": None}

    state: Literal["draft", "posted", "cancel", "in_payment", "paid"] | None = None
    payment_state: PaymentState | None = None
    move_type: MoveType | None = None

    def to_domain(self):
        domain = super().to_domain()
        if self.state in ("paid", "in_payment"):
            paid = ("payment_state", "in", ledger_states("paid"))
            domain += [("state", "=", "posted"), paid]
        elif self.state:
            domain.append(("state", "=", self.state))
        if self.payment_state:
            domain.append(("payment_state", "in", ledger_states(self.payment_state)))
        return domain


class InvoiceQuery(CustomerInvoiceQuery):
    partner_id: CustomerId = None


class PendingQuery(Query):
    """Posted invoices with a rest to pay, the first due first."""

    _order = "invoice_date_due, id"


class InvoiceIn(In):
    line_ids: list[Key] | None = Field(
        None, max_length=500, description="order lines to bill by name, also credited"
    )


class CreditLineIn(In):
    line_id: Key = Field(description="a line of the invoice")
    quantity: Quantity = Field(validation_alias=AliasChoices("quantity", "qty"))


class CreditIn(In):
    invoice_id: Id["account.move"]
    reason: Told
    date: Day | None = None
    lines: list[CreditLineIn] | None = Field(
        None, min_length=1, max_length=500, description="omitted: the whole invoice"
    )

    def to_vals(self):
        return self.model_dump(exclude={"invoice_id"})


class OrderInvoicesOut(Out):
    """The drafts of an order: ``invoice`` is the first of ``invoices``."""

    invoice: InvoiceOut
    invoices: list[InvoiceOut]
    created: bool


class CreditNoteOut(Out):
    """``invoice`` is the credit note, ``credited_invoice`` what it takes back."""

    invoice: InvoiceOut
    credited_invoice: InvoiceOut
