"""Subscriptions and their plans (docs/contract.md 5; workflow 10)."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from ..api.base import (
    Day,
    Id,
    In,
    Key,
    Money,
    Name,
    Out,
    Quantity,
    Query,
    Ref,
    Text,
    Timestamp,
)
from .contacts import AssignedOut
from .invoices import InvoiceBriefOut, InvoiceRefOut

State = Literal["draft", "active", "paused", "cancelled", "expired"]
Kind = Literal["service", "sync", "rental"]
PARTNER = AliasChoices("partner_id", "customer_id")
Price = Annotated[float, Field(ge=0, le=1e12)]
Periods = Annotated[int, Field(gt=0, le=600)]


class PlanOut(Out):
    _model = "abs.subscription.plan"
    _noun = "plan"

    id: int
    name: str
    code: str
    billing_unit: Literal["day", "week", "month", "year"]
    billing_interval: int
    duration: int = Field(description="periods; 0: until cancelled")
    auto_renew: bool
    auto_post: bool
    send_mail: bool
    self_service: bool = Field(description="customers pause, resume and cancel it")


class PlanQuery(Query):
    _limit = 50
    _order = "sequence, id"

    code: Name | None = None


class SubscriptionOut(Out):
    _model = "abs.subscription"
    _noun = "subscription"
    _source = {
        "partner": "partner_id",
        "plan": "plan_id",
        "order": "order_id",
        "product": "product_id",
        "company": "company_id",
        "currency": "currency_id",
        "periods": "duration",
        "invoices": "invoice_ids",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }

    id: int
    code: str
    name: str | None
    state: State
    kind: Kind
    partner: Ref
    plan: Ref
    order: Ref | None
    product: Ref
    quantity: float
    price: Money = Field(description="per period, without tax")
    currency: Ref
    company: Ref
    start_date: Day | None
    end_date: Day | None
    next_invoice_date: Day | None
    paused_on: Day | None
    closed_on: Day | None
    close_reason: str | None
    periods: int = Field(description="to be billed in all; 0: until cancelled")
    auto_renew: bool
    billed_periods: int
    paid_periods: int
    skipped_periods: int
    invoices: list[InvoiceBriefOut]
    billing_error: str | None
    sa: Ref | None
    actor: Ref | None
    write_date: Timestamp | None

    @classmethod
    def _bulk_billed_periods(cls, records):
        return {key: row[0] for key, row in records._api_period_counts().items()}

    @classmethod
    def _bulk_paid_periods(cls, records):
        return {key: row[1] for key, row in records._api_period_counts().items()}

    @classmethod
    def _bulk_skipped_periods(cls, records):
        return {key: row[2] for key, row in records._api_period_counts().items()}


class CustomerSubscriptionOut(SubscriptionOut):
    """What a customer sees: not why the billing failed."""

    billing_error: None = None

    @classmethod
    def _bulk_billing_error(cls, records):
        return {}


class SubscriptionQuery(Query):
    _domain = {
        "partner_id": ("partner_id", "child_of"),
        "sa_id": ("x_sa_id", "="),
        "actor_id": ("x_actor_id", "="),
    }

    state: State | None = None
    kind: Kind | None = None
    code: Name | None = None
    partner_id: Key | None = Field(None, validation_alias=PARTNER)
    plan_id: Key | None = None
    order_id: Key | None = None
    product_id: Key | None = None
    sa_id: Key | None = None
    actor_id: Key | None = None


class CustomerSubscriptionQuery(Query):
    state: State | None = None


class SubscriptionIn(In):
    partner_id: Id["res.partner"] = Field(validation_alias=PARTNER)
    plan_id: Id["abs.subscription.plan"] | None = None
    product_id: Id["product.product"] | None = None
    order_id: Id["sale.order"] | None = None
    price: Price | None = Field(
        None,
        validation_alias=AliasChoices("price", "price_unit"),
        description="per unit and period, without tax; omitted: the pricelist's",
    )
    quantity: Quantity = Field(1, validation_alias=AliasChoices("quantity", "qty"))
    start_date: Day | None = Field(None, description="omitted: today; past: staff only")
    periods: Periods | None = Field(None, description="omitted: as the plan says")
    name: Name | None = None
    activate: bool = Field(False, description="else it stays a draft")


class ReasonIn(In):
    reason: Text | None = None


class ResumeIn(In):
    skip_current: bool = Field(
        False, description="do not bill the running period either; staff only"
    )


class BillIn(In):
    until: Day | None = Field(
        None, description="bill ahead: periods that begin up to this day"
    )


class ReturnIn(In):
    reason: Text | None = None
    destination: Literal["stock", "repair"] = "stock"


Percent = Annotated[float, Field(ge=0, le=100)]
Months = Annotated[int, Field(gt=0, le=600)]


class UpgradeIn(In):
    """The new contract; what is omitted is as in the old one."""

    product_id: Id["product.product"] | None = Field(None, description="the new unit")
    fee_product_id: Id["product.product"] | None = None
    price_unit: Price | None = Field(
        None,
        validation_alias=AliasChoices("price_unit", "price"),
        description="fee per period, without tax",
    )
    plan_id: Id["abs.subscription.plan"] | None = None
    x_equipment_value: Price | None = None
    x_equity_rate: Percent | None = None
    x_contract_months: Months | None = None
    destination: Literal["stock", "repair"] = Field(
        "stock", description="where the old unit goes"
    )


class TransferIn(In):
    path: Literal["own", "upgrade"]
    upgrade: UpgradeIn | None = None
    reason: Text | None = Field(None, description="needed, of staff, before it is due")

    def upgrade_vals(self):
        """Return what the upgrade names, nulls left out."""
        return self.upgrade.model_dump(exclude_none=True) if self.upgrade else {}


class TransferOut(Out):
    """The contract as it ended, and with an upgrade the new order and the credit."""

    subscription: SubscriptionOut
    path: Literal["own", "upgrade"]
    order: Ref | None
    new_subscription: SubscriptionOut | None
    credit_note: InvoiceRefOut | None
    trade_in_credit: Money
    currency: Ref


class EquityOut(Out):
    subscription: Ref
    code: str
    currency: Ref
    equipment_value: Money
    equity_rate: float = Field(description="percent; a value up to 1 is a fraction")
    contract_months: int
    periods: int
    billed_periods: int
    paid_periods: int
    skipped_periods: int
    billed_amount: Money = Field(description="with tax, credit notes taken off")
    paid_amount: Money = Field(description="money received, with tax")
    residual_amount: Money
    equity: Money
    remaining_value: Money = Field(description="equipment value less equity")
    transfer_due: bool
    transfer_obstacle: str | None = Field(description="why it is not due yet")
    end_date: Day | None


class AssignedSubscriptionOut(AssignedOut):
    subscription: SubscriptionOut
