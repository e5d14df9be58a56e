"""What travels for reports; figures: ``models/operations/abs_sa_report.py``."""

from typing import Literal

from pydantic import Field

from ..api.base import Day, In, Key, Money, Out, Ref


class SummaryQuery(In):
    sa_id: Key | None = Field(None, description="only this Service Account")
    date_from: Day | None = Field(None, description="first day")
    date_to: Day | None = Field(None, description="last day")
    group_by: Literal["sa", "actor", "month", "product"] = "sa"


class AmountsOut(Out):
    """Amounts of one currency; never added to another's."""

    currency: Ref
    order_total: Money = Field(description="confirmed orders, with tax")
    revenue: Money = Field(description="invoiced without tax, credit notes subtracted")
    invoiced: Money = Field(description="the same with tax")
    collected: Money = Field(description="paid by customers, by date of payment")
    outstanding: Money = Field(description="unpaid now of what is dated in the period")
    overdue: Money = Field(description="the part of it past its due date")


class GroupOut(Out):
    id: int | None = Field(description="null for a month")
    name: str = Field(description="a month reads 2026-11")


class FiguresOut(Out):
    group: GroupOut | None
    orders: int
    units_deployed: float
    new_customers: int
    open_tickets: int = Field(description="open now, opened in the period")
    amounts: list[AmountsOut] = Field(description="one entry per currency")


class SummaryOut(Out):
    sa: Ref | None
    date_from: Day | None
    date_to: Day | None
    group_by: str
    items: list[FiguresOut]
    totals: FiguresOut
