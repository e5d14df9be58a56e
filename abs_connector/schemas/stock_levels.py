"""Warehouses, levels and serials; shapes of SALES_WORKFLOW, 'Warehouse & Stock'."""

from pydantic import Field

from ..api.base import In, Key, Line, Out, Query, Ref, Timestamp


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
    _reads = tuple(
        f"{place}.complete_name"
        for place in (
            *("wh_input_stock_loc_id", "wh_qc_stock_loc_id", "lot_stock_id"),
            *("wh_pack_stock_loc_id", "wh_output_stock_loc_id"),
        )
    )

    id: int
    name: str
    short_name: str
    company: Ref
    locations: WarehouseLocationsOut

    @classmethod
    def _bulk_locations(cls, records):
        return records._api_location_refs()


class WarehouseQuery(Query):
    _limit = 100
    _max = 200
    _order = "sequence, id"

    company_id: Key | None = None


class QuantitiesOut(Out):
    """Quantities in the product's unit of measure."""

    qty_on_hand: float
    qty_reserved: float
    qty_available: float


class PlaceOut(QuantitiesOut):
    """What one location holds."""

    location: Ref


class LevelOut(PlaceOut):
    """What one location holds of one product."""

    _nouns = "levels"

    product: Ref


class LevelQuery(Query):
    _limit = 50
    _max = 200
    _domain = {
        "warehouse_id": ("location_id.warehouse_id", "="),
        "location_id": ("location_id", "child_of"),
        "updated_since": None,
    }

    product_id: Key | None = None
    warehouse_id: Key | None = None
    location_id: Key | None = None
    company_id: Key | None = None


class StockProductOut(Out):
    id: int
    name: str
    default_code: str | None
    tracking: str
    uom: Ref


class TotalsOut(QuantitiesOut):
    qty_forecasted: float = Field(
        description="on hand + confirmed incoming - pending outgoing"
    )


class ProductLevelOut(Out):
    product: StockProductOut
    by_location: list[PlaceOut]
    totals: TotalsOut


class ProductLevelQuery(In):
    warehouse_id: Key | None = None


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
        return records._api_on_hand()


class LotQuery(Query):
    _order = "name, id"
    _domain = {
        "serial": ("name", "="),
        "q": ("name", "ilike"),
        "sa_id": ("x_sa_id", "="),
        "updated_since": None,
    }

    product_id: Key | None = None
    serial: Line | None = Field(None, max_length=256, description="exact name")
    q: Line | None = Field(None, max_length=256, description="part of the name")
    sa_id: Key | None = None

    def to_domain(self):
        """Changed: the lot itself, or where it is (Odoo does not touch it then)."""
        domain = super().to_domain()
        if self.updated_since:
            fields = ("write_date", "quant_ids.write_date")
            domain += ["|", *((name, ">=", self.updated_since) for name in fields)]
        return domain


class WithCustomerOut(Out):
    """Where a unit is in the field; customer and delivery if they are yours to see."""

    location: Ref
    since: Timestamp | None
    customer: Ref | None
    delivery: Ref | None


class LotPlacesOut(Out):
    lot: LotOut
    locations: list[PlaceOut]
    in_transit: Ref | None = Field(description="between two warehouses or companies")
    with_customer: WithCustomerOut | None


class LotPlacesQuery(In):
    product_id: Key | None = Field(
        None, description="which product, when several have a lot of this name"
    )
