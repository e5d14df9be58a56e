"""Equity and ownership of a lease-to-own (SPEC 6; map, flow 6)."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from ..api.base import Day, Id, In, Money, Out, Ref, Text
from .invoices import InvoiceRefOut
from .subscriptions import Price, SubscriptionOut

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
