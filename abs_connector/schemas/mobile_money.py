"""What travels for mobile money: attempts, callbacks, payment requests (docs/contract.md 5)."""

from typing import Literal

from pydantic import AliasChoices, Field

from ..api.base import (
    Amount,
    Day,
    DayOrTime,
    Id,
    In,
    Key,
    Money,
    Name,
    Out,
    Query,
    Ref,
    Text,
    Timestamp,
)
from .documents import CustomerId

AttemptState = Literal[
    "draft", "pending", "succeeded", "failed", "mismatch", "expired", "cancelled"
]
RequestState = Literal["open", "paid", "cancelled"]


class AttemptOut(Out):
    """One try to collect; ``mismatch`` waits for a person."""

    _model = "abs.payment.attempt"
    _noun = "attempt"
    _source = {
        "reference": "name",
        "provider": "provider_code",
        "partner": "partner_id",
        "order": "order_id",
        "invoice": "invoice_id",
        "payment_request": "request_id",
        "payment": "payment_id",
        "currency": "currency_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    id: int
    reference: str
    state: AttemptState
    kind: Literal["push", "c2b"]
    provider: str
    amount: Money
    currency: Ref
    phone: str | None
    partner: Ref | None
    order: Ref | None
    invoice: Ref | None
    payment_request: Ref | None
    payment: Ref | None
    provider_reference: str | None
    message: str | None
    create_date: Timestamp
    expires_at: Timestamp | None
    settled_at: Timestamp | None
    write_date: Timestamp
    sa: Ref | None
    actor: Ref | None


class AttemptQuery(Query):
    _order = "id desc"
    _domain = {
        "provider": ("provider_code", "="),
        "date_from": ("create_date", ">="),
        "date_to": ("create_date", "<="),
        "reference": ("name", "="),
    }
    state: AttemptState | None = None
    provider: Name | None = None
    partner_id: CustomerId = None
    order_id: Key | None = None
    invoice_id: Key | None = None
    request_id: Key | None = None
    reference: Name | None = None
    date_from: DayOrTime | None = None
    date_to: DayOrTime | None = None


class AttemptIn(In):
    """``amount`` omitted: all that is open; ``phone`` omitted: the customer's own."""

    order_id: Id["sale.order"] | None = None
    invoice_id: Id["account.move"] | None = None
    request_id: Id["payment.request"] | None = Field(
        None, validation_alias=AliasChoices("request_id", "payment_request_id")
    )
    amount: Amount | None = None
    phone: Name | None = None
    provider: Name | None = None


class CallbackOut(Out):
    """Our answer to a gateway; ``ResultCode`` is for M-Pesa."""

    accepted: bool
    verdict: str
    reason: str | None = None
    ResultCode: str | None = None
    ResultDesc: str | None = None


class RequestOut(Out):
    _model = "payment.request"
    _noun = "payment_request"
    _source = {
        "partner": "partner_id",
        "order": "order_id",
        "invoice": "invoice_id",
        "currency": "currency_id",
        "attempts": "attempt_ids",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    id: int
    name: str
    state: RequestState
    overdue: bool
    partner: Ref
    order: Ref | None
    invoice: Ref | None
    amount: Money
    amount_paid: Money
    currency: Ref
    due_date: Day | None
    note: str | None
    phone: str | None
    attempts: list[AttemptOut]
    create_date: Timestamp
    write_date: Timestamp
    sa: Ref | None
    actor: Ref | None


class RequestQuery(Query):
    _order = "id desc"
    _domain = {"due_from": ("due_date", ">="), "due_to": ("due_date", "<=")}
    state: RequestState | None = None
    overdue: bool | None = None
    partner_id: CustomerId = None
    order_id: Key | None = None
    invoice_id: Key | None = None
    due_from: Day | None = None
    due_to: Day | None = None


class RequestIn(In):
    """``amount`` may be omitted with an order or invoice: all that is open."""

    partner_id: Id["res.partner"] | None = Field(
        None, validation_alias=AliasChoices("partner_id", "customer_id")
    )
    order_id: Id["sale.order"] | None = None
    invoice_id: Id["account.move"] | None = None
    amount: Amount | None = None
    due_date: Day | None = None
    note: Text | None = None
    phone: Name | None = None
