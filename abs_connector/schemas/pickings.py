"""Deliveries, receipts and transfers as they are shown (SALES_WORKFLOW, reference)."""

from typing import Literal

from odoo.tools.translate import _
from pydantic import AliasChoices, Field

from ..api.base import (
    AtLeastOne,
    DayOrTime,
    Id,
    In,
    Key,
    Mark,
    Name,
    Out,
    Query,
    Ref,
    Text,
    Timestamp,
)

MAX_LINES = 500
MAX_SERIALS = 5000


class _Lots(In):
    """The ways to name serials: ``lots`` (many), ``lot_name``, ``lot_id``."""

    lot_name: Mark | None = None
    lot_id: Id["stock.lot"] | None = None
    lots: list[Mark] | None = Field(None, max_length=MAX_SERIALS)

    def lot_vals(self):
        """Return the names and ids of the line's lots."""
        names = [*(self.lots or []), *([self.lot_name] if self.lot_name else [])]
        return {"lots": names, "lot_ids": [self.lot_id] if self.lot_id else []}


def quantity_field(*names, **limits):
    """Return an optional quantity that goes by several names."""
    return Field(None, validation_alias=AliasChoices(*names), le=1e9, **limits)


class GoodsLineIn(_Lots):
    """One product; the quantity is in ``uom_id``, else in the product's unit."""

    product_id: Id["product.product"]
    quantity: float | None = quantity_field("quantity", "qty", gt=0)
    uom_id: Id["uom.uom"] | None = None

    def to_vals(self):
        return {
            "product_id": self.product_id,
            "quantity": self.quantity,
            "uom_id": self.uom_id,
            **self.lot_vals(),
        }


class ReceiptLineIn(GoodsLineIn):
    _rules = (
        AtLeastOne(
            *("quantity", "lots", "lot_name", "lot_id"),
            say=lambda: _("quantity or lots are needed"),
        ),
    )


class _GoodsIn(In):
    scheduled_date: Timestamp | None = None
    note: Text | None = Field(None, validation_alias=AliasChoices("note", "reason"))
    validate_now: bool = Field(
        True,
        validation_alias="validate",
        description="do it at once, not only plan it",
    )
    lines: list[GoodsLineIn] = Field(min_length=1, max_length=MAX_LINES)

    def to_vals(self):
        """Return all fields, those that were not sent too."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        values["validate"] = values.pop("validate_now")
        values["lines"] = [line.to_vals() for line in self.lines]
        return values


class ReceiveIn(_GoodsIn):
    warehouse_id: Id["stock.warehouse"]
    partner_id: Id["res.partner"] | None = Field(
        None, validation_alias=AliasChoices("partner_id", "supplier_id")
    )
    origin: Name | None = Field(
        None, validation_alias=AliasChoices("origin", "reference")
    )
    lines: list[ReceiptLineIn] = Field(min_length=1, max_length=MAX_LINES)


class TransferIn(_GoodsIn):
    from_location_id: Id["stock.location"]
    to_location_id: Id["stock.location"]


class DoneLineIn(_Lots):
    """What moves of one line; the quantity is in the line's unit.

    ``product_id`` means all lines of this product. A serial alone is enough.
    """

    _rules = (
        AtLeastOne(
            *("move_id", "move_line_id", "product_id", "lot_name", "lot_id", "lots"),
            say=lambda: _("name the move_id, the product or a serial"),
        ),
    )

    move_id: Key | None = None
    move_line_id: Key | None = None
    product_id: Id["product.product"] | None = None
    quantity: float | None = quantity_field("qty_done", "quantity", "qty", ge=0)

    def to_vals(self):
        return {
            "move_id": self.move_id,
            "move_line_id": self.move_line_id,
            "product_id": self.product_id,
            "quantity": self.quantity,
            **self.lot_vals(),
        }


class _DoneIn(In):
    lines: list[DoneLineIn] | None = Field(None, max_length=MAX_LINES)

    def line_vals(self):
        """Return the lines as values, None when there are none."""
        return [line.to_vals() for line in self.lines or []] or None


class ValidateIn(_DoneIn):
    force_backorder: bool = Field(False, description="a part is enough")


class ReturnIn(_DoneIn):
    reason: Text | None = None


State = Literal["draft", "waiting", "confirmed", "assigned", "ready", "done", "cancel"]


class PickingBriefOut(Out):
    """A picking as far as orders and its neighbours need to tell."""

    _model = "stock.picking"

    id: int
    name: str
    state: str
    scheduled_date: Timestamp | None
    date_done: Timestamp | None


class MoveLineOut(Out):
    """A detailed line; its id is the ``move_line_id`` of validate."""

    _model = "stock.move.line"
    _source = {"lot": "lot_id", "location": "location_id"}

    id: int
    quantity: float
    lot: Ref | None
    lot_name: str | None
    location: Ref


class PickingLineOut(Out):
    """One product line; its id is the ``move_id`` of validate."""

    _model = "stock.move"
    _source = {
        "product": "product_id",
        "qty_ordered": "product_uom_qty",
        "uom": "product_uom",
        "move_lines": "move_line_ids",
    }

    id: int
    product: Ref
    qty_ordered: float
    qty_done: float
    qty_reserved: float
    uom: Ref
    state: str
    lot_ids: list[int]
    move_lines: list[MoveLineOut]

    @classmethod
    def _bulk_qty_done(cls, records):
        return {m.id: m.quantity if m.state == "done" else 0.0 for m in records}

    @classmethod
    def _bulk_qty_reserved(cls, records):
        return {m.id: 0.0 if m.state == "done" else m.quantity for m in records}


class PickingRowOut(Out):
    """What rows of deliveries and receipts have in common."""

    _model = "stock.picking"
    _reads = (
        "return_id",
        "origin",
        "x_flow",
        "picking_type_id.code",
        *(
            f"picking_type_id.warehouse_id.{step}_type_id"
            for step in ("pick", "pack", "qc", "store")
        ),
    )

    id: int
    name: str
    state: str
    scheduled_date: Timestamp | None
    date_done: Timestamp | None
    origin: str | None = Field(description="null: of an order that is not yours to see")
    location_from: Ref | None
    location_to: Ref | None
    move_count: int
    step: str = Field(description="pick, pack, ship; receive, quality, store, return")
    sa: Ref | None
    actor: Ref | None

    @classmethod
    def _bulk_origin(cls, records):
        return records._api_origins()

    @classmethod
    def _bulk_location_from(cls, records):
        return records._api_ends("location_id")

    @classmethod
    def _bulk_location_to(cls, records):
        return records._api_ends("location_dest_id")

    @classmethod
    def _bulk_move_count(cls, records):
        return records._api_move_counts()

    @classmethod
    def _bulk_step(cls, records):
        return records._api_steps()


class DeliveryRowOut(PickingRowOut):
    _nouns = "deliveries"
    _source = {
        "partner": "partner_id",
        "sale_order": "sale_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }

    partner: Ref | None
    sale_order: Ref | None


class PickingDetail(Out):
    """What details have more than rows."""

    note: str | None
    company: Ref
    lines: list[PickingLineOut]
    backorder_of: Ref | None
    backorders: list[PickingBriefOut]
    pickings: list[PickingBriefOut] = Field(
        description="this one and the next steps of the same goods"
    )

    @classmethod
    def _bulk_note(cls, records):
        return records._api_plain_notes()

    @classmethod
    def _bulk_pickings(cls, records):
        return records._api_chain_refs()


_DETAIL = {
    "company": "company_id",
    "lines": "move_ids",
    "backorder_of": "backorder_id",
    "backorders": "backorder_ids",
}


class DeliveryOut(PickingDetail, DeliveryRowOut):
    _noun = "delivery"
    _source = {**DeliveryRowOut._source, **_DETAIL}


class ReceiptRowOut(PickingRowOut):
    _nouns = "receipts"
    _source = {"supplier": "partner_id", "sa": "x_sa_id", "actor": "x_actor_id"}

    supplier: Ref | None


class ReceiptOut(PickingDetail, ReceiptRowOut):
    _noun = "receipt"
    _source = {**ReceiptRowOut._source, **_DETAIL}


class TransferOut(PickingDetail, PickingRowOut):
    """A picking of a receipt, transfer or return that a call just made."""

    _noun = "picking"
    _source = {
        "partner": "partner_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
        **_DETAIL,
    }

    partner: Ref | None


#: of filters by time
_DATE = "when it was done with state=done, else when it is planned"


class PickingQuery(Query):
    _order = "scheduled_date desc, id desc"
    _flows = ()
    _domain = {
        "state": None,
        "warehouse_id": ("picking_type_id.warehouse_id", "="),
        "sale_order_id": ("sale_id", "="),
        "sa_id": ("x_sa_id", "="),
        "actor_id": ("x_actor_id", "="),
        "date_from": None,
        "date_to": None,
    }

    state: State | None = Field(None, description="default: neither done nor cancelled")
    warehouse_id: Key | None = None
    partner_id: Key | None = None
    sa_id: Key | None = None
    actor_id: Key | None = None
    date_from: DayOrTime | None = Field(None, description=_DATE)
    date_to: DayOrTime | None = Field(None, description=_DATE)

    def to_domain(self):
        domain = super().to_domain()
        domain.append(("x_flow", "in", self._flows))
        day = "date_done" if self.state == "done" else "scheduled_date"
        if self.date_from:
            domain.append((day, ">=", self.date_from))
        if self.date_to:
            domain.append((day, "<=", self.date_to))
        if self.state is None:
            domain.append(("state", "not in", ("done", "cancel")))
        else:
            state = "assigned" if self.state == "ready" else self.state
            domain.append(("state", "=", state))
        return domain


class DeliveryQuery(PickingQuery):
    _flows = ("delivery",)

    sale_order_id: Key | None = None


class ReceiptQuery(PickingQuery):
    _flows = ("receipt", "return")
