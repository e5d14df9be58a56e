"""Movements, counts and scrap (workflow 0h and reference, docs/contract.md 5)."""

from typing import Literal

from pydantic import Field

from ..api.base import Day, Id, In, Key, Mark, Out, Query, Reason, Ref, Timestamp
from .pickings import MAX_LINES, quantity_field


class MovementOut(Out):
    _model = "stock.move"
    _nouns = "movements"
    _source = {
        "product": "product_id",
        "qty_ordered": "product_uom_qty",
        "qty_done": "quantity",
        "uom": "product_uom",
        "picking": "picking_id",
    }
    _free = ("picking",)  # its number stands in ``reference`` as well
    _reads = (
        "picking_type_id.code",
        "scrap_id",
        "is_inventory",
        "location_id.complete_name",
        "location_dest_id.complete_name",
    )

    id: int
    date: Timestamp
    reference: str | None
    type: str = Field(
        description="outgoing, incoming, internal; adjustment, scrap, ..."
    )
    product: Ref
    qty_ordered: float
    qty_done: float
    uom: Ref
    from_location: Ref
    to_location: Ref
    picking: Ref | None
    lot_ids: list[int]

    @classmethod
    def _bulk_type(cls, records):
        return records._api_types()

    @classmethod
    def _bulk_from_location(cls, records):
        return records._api_ends("location_id")

    @classmethod
    def _bulk_to_location(cls, records):
        return records._api_ends("location_dest_id")


class MovementQuery(Query):
    """Only what was done: the history of stock."""

    _order = "date desc, id desc"
    _domain = {
        "lot_id": ("move_line_ids.lot_id", "="),
        "location_id": None,
        "picking_type": ("picking_type_id.code", "="),
        "date_from": ("date", ">="),
        "date_to": ("date", "<="),
    }

    product_id: Key | None = None
    lot_id: Key | None = None
    location_id: Key | None = Field(None, description="source or destination")
    picking_type: Literal["outgoing", "incoming", "internal"] | None = None
    date_from: Day | None = None
    date_to: Day | None = Field(None, description="this day included")

    def to_domain(self):
        domain = [*super().to_domain(), ("state", "=", "done")]
        if self.location_id is not None:
            # The lines know the shelf; the movement may name the warehouse's Stock.
            ends = ("location_id", "location_dest_id")
            fields = (*ends, *(f"move_line_ids.{end}" for end in ends))
            domain += ["|", "|", "|", *((f, "=", self.location_id) for f in fields)]
        return domain


class CountLineIn(In):
    product_id: Id["product.product"]
    lot_id: Id["stock.lot"] | None = None
    lot_name: Mark | None = None
    location_id: Id["stock.location"] | None = None
    quantity_counted: float = Field(ge=0, le=1e9)


class AdjustmentIn(In):
    warehouse_id: Id["stock.warehouse"]
    reason: Reason
    lines: list[CountLineIn] = Field(min_length=1, max_length=MAX_LINES)


class CountOut(Out):
    product: Ref
    location: Ref
    lot: Ref | None
    qty_before: float
    qty_counted: float
    qty_difference: float
    movement_id: int | None


class AdjustmentOut(Out):
    _noun = "adjustment"

    reason: str
    warehouse: Ref
    lines: list[CountOut]


class ScrapIn(In):
    product_id: Id["product.product"]
    quantity: float | None = quantity_field("quantity", "qty", gt=0)
    lot_id: Id["stock.lot"] | None = None
    lot_name: Mark | None = None
    location_id: Id["stock.location"] | None = None
    warehouse_id: Id["stock.warehouse"] | None = None
    reason: Reason | None = None


class ScrapOut(Out):
    _model = "stock.scrap"
    _noun = "scrap"
    _source = {
        "product": "product_id",
        "lot": "lot_id",
        "quantity": "scrap_qty",
        "uom": "product_uom_id",
        "from_location": "location_id",
        "to_location": "scrap_location_id",
        "reason": "origin",
    }

    id: int
    name: str
    state: str
    product: Ref
    lot: Ref | None
    quantity: float
    uom: Ref
    from_location: Ref
    to_location: Ref
    reason: str | None
    date_done: Timestamp | None
