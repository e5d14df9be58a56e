"""Repairs and their parts (docs/contract.md 5; map, flow 3)."""

from typing import Literal

from pydantic import AliasChoices, Field

from ..api.base import Id, In, Key, Money, Out, Quantity, Query, Ref, Text, Timestamp

State = Literal["draft", "confirmed", "under_repair", "done", "cancel"]


class PartIn(In):
    """A part that a repair uses; ``lot_id`` for products with serials or lots."""

    product_id: Id["product.product"]
    quantity: Quantity = Field(1, validation_alias=AliasChoices("quantity", "qty"))
    lot_id: Id["stock.lot"] | None = None


class RepairPartOut(Out):
    """A planned or used part."""

    _model = "stock.move"
    _source = {
        "product": "product_id",
        "used": "quantity",
        "planned": "product_uom_qty",
    }
    id: int
    product: Ref | None
    planned: float
    used: float
    state: str


class RepairOut(Out):
    """A repair order."""

    _model = "repair.order"
    _noun = "repair"
    _source = {
        "product": "product_id",
        "lot": "lot_id",
        "partner": "partner_id",
        "asset": "x_asset_id",
        "equipment": "x_equipment_id",
        "subscription": "x_subscription_id",
        "ticket": "x_ticket_id",
        "parts": "move_ids",
        "parts_cost": "x_parts_cost",
        "currency": "x_currency_id.name",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    id: int
    name: str
    state: State
    product: Ref | None
    lot: Ref | None
    partner: Ref | None
    asset: Ref | None
    equipment: Ref | None
    subscription: Ref | None
    ticket: Ref | None
    parts: list[RepairPartOut]
    parts_cost: Money
    currency: str
    create_date: Timestamp
    sa: Ref | None
    actor: Ref | None


class RepairQuery(Query):
    """Filters of the list of repairs."""

    _domain = {
        "asset_id": ("x_asset_id", "="),
        "ticket_id": ("x_ticket_id", "="),
        "subscription_id": ("x_subscription_id", "="),
    }
    state: State | None = None
    partner_id: Key | None = None
    asset_id: Key | None = None
    ticket_id: Key | None = None
    subscription_id: Key | None = None
    lot_id: Key | None = None


class RepairDoneIn(In):
    """Finish a repair, with the parts that it used."""

    parts: list[PartIn] = Field([], max_length=100)
    note: Text | None = None

    def to_vals(self):
        return {"parts": [part.model_dump() for part in self.parts], "note": self.note}
