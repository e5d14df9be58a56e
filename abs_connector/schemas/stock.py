"""What travels about stock; shapes of SALES_WORKFLOW, 'Warehouse & Stock'."""

from typing import Literal

from pydantic import AliasChoices, Field, model_validator

from ..api.base import Day, Id, In, Name, Out, Query, Ref, Text, Timestamp

State = Literal["draft", "waiting", "confirmed", "assigned", "ready", "done", "cancel"]
MAX_LINES = 500
MAX_SERIALS = 5000


# -- warehouses, levels, lots ----------------------------------------------------------


class WarehouseLocationsOut(Out):
    input: Ref | None
    quality: Ref | None
    stock: Ref | None
    pack: Ref | None
    output: Ref | None
    sync_deployed: Ref | None
    loaner_pool: Ref | None
    service_repair: Ref | None


class WarehouseOut(Out):
    _model = "stock.warehouse"
    _noun = "warehouse"
    _nouns = "warehouses"
    _source = {"short_name": "code", "company": "company_id"}

    id: int
    name: str
    short_name: str
    company: Ref
    locations: WarehouseLocationsOut

    @classmethod
    def _bulk_locations(cls, records):
        return records.abs_location_refs()


class WarehouseQuery(Query):
    _limit = 100
    _max = 200
    _order = "sequence, id"

    company_id: int | None = None


class LevelOut(Out):
    """Quantities in the product's unit of measure."""

    _nouns = "levels"

    product: Ref
    location: Ref
    qty_on_hand: float
    qty_reserved: float
    qty_available: float


class LevelQuery(Query):
    _limit = 50
    _max = 200
    _domain = {
        "warehouse_id": ("location_id.warehouse_id", "="),
        "location_id": ("location_id", "child_of"),
        "updated_since": None,
    }

    product_id: int | None = None
    warehouse_id: int | None = None
    location_id: int | None = None
    company_id: int | None = None


class PlaceOut(Out):
    location: Ref
    qty_on_hand: float
    qty_reserved: float
    qty_available: float


class StockProductOut(Out):
    id: int
    name: str
    default_code: str | None
    tracking: str
    uom: Ref


class TotalsOut(Out):
    qty_on_hand: float
    qty_reserved: float
    qty_available: float
    qty_forecasted: float = Field(
        description="on hand + confirmed incoming - pending outgoing"
    )


class ProductLevelOut(Out):
    product: StockProductOut
    by_location: list[PlaceOut]
    totals: TotalsOut


class ProductLevelQuery(In):
    warehouse_id: int | None = None


class LotOut(Out):
    _model = "stock.lot"
    _noun = "lot"
    _nouns = "lots"
    _source = {"serial": "name", "product": "product_id", "sa": "x_sa_id"}

    id: int
    serial: str
    ref: str | None
    product: Ref
    qty_on_hand: float = Field(description="in warehouses; 0 when with a customer")
    sa: Ref | None

    @classmethod
    def _bulk_qty_on_hand(cls, records):
        return records.abs_on_hand()


class LotQuery(Query):
    _order = "name, id"
    _domain = {
        "serial": ("name", "="),
        "q": ("name", "ilike"),
        "sa_id": ("x_sa_id", "="),
    }

    product_id: int | None = None
    serial: str | None = Field(None, max_length=256, description="exact name")
    q: str | None = Field(None, max_length=256, description="part of the name")
    sa_id: int | None = None


class WithCustomerOut(Out):
    """Where a unit is in the field; customer and delivery if they are yours to see."""

    location: Ref
    since: Timestamp | None
    customer: Ref | None
    delivery: Ref | None


class LotPlacesOut(Out):
    lot: LotOut
    locations: list[PlaceOut]
    with_customer: WithCustomerOut | None


class LotPlacesQuery(In):
    product_id: int | None = Field(
        None, description="which product, when several have a lot of this name"
    )


# -- pickings --------------------------------------------------------------------------


class PickingBriefOut(Out):
    _model = "stock.picking"

    id: int
    name: str
    state: str


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

    id: int
    name: str
    state: str
    scheduled_date: Timestamp | None
    date_done: Timestamp | None
    origin: str | None
    location_from: Ref | None
    location_to: Ref | None
    move_count: int
    step: str = Field(description="pick, pack, ship; receive, quality, store, return")
    sa: Ref | None
    actor: Ref | None

    @classmethod
    def _bulk_location_from(cls, records):
        return records.abs_ends("location_id")

    @classmethod
    def _bulk_location_to(cls, records):
        return records.abs_ends("location_dest_id")

    @classmethod
    def _bulk_move_count(cls, records):
        return records.abs_move_counts()

    @classmethod
    def _bulk_step(cls, records):
        return records.abs_steps()


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
        return records.abs_plain_notes()

    @classmethod
    def _bulk_pickings(cls, records):
        return records.abs_chain_refs()


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


class PickingQuery(Query):
    _order = "scheduled_date desc, id desc"
    _flows = ()
    _domain = {
        "state": None,
        "warehouse_id": ("picking_type_id.warehouse_id", "="),
        "sale_order_id": ("sale_id", "="),
    }

    state: State | None = Field(None, description="default: neither done nor cancelled")
    warehouse_id: int | None = None
    partner_id: int | None = None

    def to_domain(self):
        domain = super().to_domain()
        domain.append(("x_flow", "in", self._flows))
        if self.state is None:
            domain.append(("state", "not in", ("done", "cancel")))
        else:
            state = "assigned" if self.state == "ready" else self.state
            domain.append(("state", "=", state))
        return domain


class DeliveryQuery(PickingQuery):
    _flows = ("delivery",)

    sale_order_id: int | None = None


class ReceiptQuery(PickingQuery):
    _flows = ("receipt", "return")


class MovementOut(Out):
    _model = "stock.move"
    _nouns = "movements"
    _source = {
        "product": "product_id",
        "qty_ordered": "product_uom_qty",
        "qty_done": "quantity",
        "uom": "product_uom",
        "from_location": "location_id",
        "to_location": "location_dest_id",
        "picking": "picking_id",
    }

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
        return records.abs_types()


class MovementQuery(Query):
    """Only what was done: the history of stock."""

    _order = "date desc, id desc"
    _domain = {
        "lot_id": ("move_line_ids.lot_id", "="),
        "location_id": None,
        "picking_type": ("picking_type_id.code", "="),
        "date_from": None,
        "date_to": None,
    }

    product_id: int | None = None
    lot_id: int | None = None
    location_id: int | None = Field(None, description="source or destination")
    picking_type: Literal["outgoing", "incoming", "internal"] | None = None
    date_from: Day | None = None
    date_to: Day | None = Field(None, description="this day included")

    def to_domain(self):
        domain = [*super().to_domain(), ("state", "=", "done")]
        if self.location_id is not None:
            domain += [
                "|",
                ("location_id", "=", self.location_id),
                ("location_dest_id", "=", self.location_id),
            ]
        if self.date_from:
            domain.append(("date", ">=", f"{self.date_from} 00:00:00"))
        if self.date_to:
            domain.append(("date", "<=", f"{self.date_to} 23:59:59.999999"))
        return domain


# -- bodies ----------------------------------------------------------------------------


class _Lots(In):
    """The ways to name serials: ``lots`` (many), ``lot_name``, ``lot_id``."""

    lot_name: Name | None = None
    lot_id: Id["stock.lot"] | None = None
    lots: list[Name] | None = Field(None, max_length=MAX_SERIALS)

    def lot_vals(self):
        """Return the names and ids of the line's lots."""
        names = [*(self.lots or []), *([self.lot_name] if self.lot_name else [])]
        return {"lots": names, "lot_ids": [self.lot_id] if self.lot_id else []}


def _quantity(*names, **limits):
    return Field(None, validation_alias=AliasChoices(*names), le=1e9, **limits)


class GoodsLineIn(_Lots):
    """One product; the quantity is in ``uom_id``, else in the product's unit."""

    product_id: Id["product.product"]
    quantity: float | None = _quantity("quantity", "qty", gt=0)
    uom_id: Id["uom.uom"] | None = None

    def to_vals(self):
        return {
            "product_id": self.product_id,
            "quantity": self.quantity,
            "uom_id": self.uom_id,
            **self.lot_vals(),
        }


class ReceiptLineIn(GoodsLineIn):
    @model_validator(mode="after")
    def _check(self):
        if self.quantity is None and not any(self.lot_vals().values()):
            raise ValueError("quantity or lots are needed")
        return self


class ReceiveIn(In):
    warehouse_id: Id["stock.warehouse"]
    partner_id: Id["res.partner"] | None = Field(
        None, validation_alias=AliasChoices("partner_id", "supplier_id")
    )
    scheduled_date: Timestamp | None = None
    origin: Name | None = Field(
        None, validation_alias=AliasChoices("origin", "reference")
    )
    note: Text | None = None
    validate_now: bool = Field(
        True,
        validation_alias="validate",
        description="add the goods to stock at once",
    )
    lines: list[ReceiptLineIn] = Field(min_length=1, max_length=MAX_LINES)

    def to_vals(self):
        return {
            "warehouse_id": self.warehouse_id,
            "partner_id": self.partner_id,
            "scheduled_date": self.scheduled_date,
            "origin": self.origin,
            "note": self.note,
            "validate": self.validate_now,
            "lines": [line.to_vals() for line in self.lines],
        }


class TransferIn(In):
    from_location_id: Id["stock.location"]
    to_location_id: Id["stock.location"]
    scheduled_date: Timestamp | None = None
    note: Text | None = Field(None, validation_alias=AliasChoices("note", "reason"))
    validate_now: bool = Field(True, validation_alias="validate")
    lines: list[GoodsLineIn] = Field(min_length=1, max_length=MAX_LINES)

    def to_vals(self):
        return {
            "from_location_id": self.from_location_id,
            "to_location_id": self.to_location_id,
            "scheduled_date": self.scheduled_date,
            "note": self.note,
            "validate": self.validate_now,
            "lines": [line.to_vals() for line in self.lines],
        }


class DoneLineIn(_Lots):
    """What moves of one line; the quantity is in the line's unit."""

    move_id: int | None = Field(None, gt=0)
    move_line_id: int | None = Field(None, gt=0)
    product_id: Id["product.product"] | None = None
    quantity: float | None = _quantity("qty_done", "quantity", "qty", ge=0)

    @model_validator(mode="after")
    def _check(self):
        if not (self.move_id or self.move_line_id or self.product_id):
            raise ValueError("move_id or move_line_id is needed")
        return self

    def to_vals(self):
        return {
            "move_id": self.move_id,
            "move_line_id": self.move_line_id,
            "product_id": self.product_id,
            "quantity": self.quantity,
            **self.lot_vals(),
        }


class ValidateIn(In):
    force_backorder: bool = Field(False, description="a part is enough")
    lines: list[DoneLineIn] | None = Field(None, max_length=MAX_LINES)

    def line_vals(self):
        return [line.to_vals() for line in self.lines or []] or None


class ReturnIn(In):
    reason: Text | None = None
    lines: list[DoneLineIn] | None = Field(None, max_length=MAX_LINES)

    def line_vals(self):
        return [line.to_vals() for line in self.lines or []] or None


class CountLineIn(In):
    product_id: Id["product.product"]
    lot_id: Id["stock.lot"] | None = None
    lot_name: Name | None = None
    location_id: Id["stock.location"] | None = None
    quantity_counted: float = Field(ge=0, le=1e9)


class AdjustmentIn(In):
    warehouse_id: Id["stock.warehouse"]
    reason: Name
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
    quantity: float | None = _quantity("quantity", "qty", gt=0)
    lot_id: Id["stock.lot"] | None = None
    lot_name: Name | None = None
    location_id: Id["stock.location"] | None = None
    warehouse_id: Id["stock.warehouse"] | None = None
    reason: Name | None = None


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
