"""Warehouses, levels, serials, deliveries, receipts and movements of stock."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, One, Page, Rec, Said, get, post
from ..schemas.goods import ReceiveIn, ReturnIn, TransferIn, ValidateIn
from ..schemas.orders import CancelIn
from ..schemas.pickings import (
    DeliveryOut,
    DeliveryQuery,
    DeliveryRowOut,
    ReceiptOut,
    ReceiptQuery,
    ReceiptRowOut,
    TransferOut,
)
from ..schemas.stock_levels import (
    LevelOut,
    LevelQuery,
    LotOut,
    LotPlacesOut,
    LotPlacesQuery,
    LotQuery,
    ProductLevelOut,
    ProductLevelQuery,
    WarehouseOut,
    WarehouseQuery,
)
from ..schemas.stock_moves import (
    AdjustmentIn,
    AdjustmentOut,
    MovementOut,
    MovementQuery,
    ScrapIn,
    ScrapOut,
)

STAFF = {"audience": EMPLOYEE, "role": "staff"}
READERS = EMPLOYEE | API_KEY


class Stock(Api, http.Controller):
    @get("/api/warehouses", audience=READERS)
    def list_warehouses(self, query: WarehouseQuery) -> Page[WarehouseOut]:
        """List warehouses with their named locations."""
        return self.page("stock.warehouse", query)

    @get("/api/stock/levels", audience=READERS)
    def list_levels(self, query: LevelQuery) -> Page[LevelOut]:
        """List stock on hand by product and location."""
        quants = self.model("stock.quant")
        domain = [*query.to_domain(), *self._narrow(quants)]
        rows, total = quants._api_levels(
            domain, query.updated_since, limit=query.size, offset=query.offset
        )
        return Page(rows, total, query)

    @get("/api/stock/levels/<int:product>", audience=READERS)
    def get_level(
        self, product: Rec["product.product"], query: ProductLevelQuery
    ) -> ProductLevelOut:
        """Show one product's stock by location, with totals and forecast."""
        narrow = self._narrow(self.model("stock.quant"))
        return product._api_stock_detail(query.warehouse_id, narrow)

    @get("/api/stock/lots", audience=READERS)
    def list_lots(self, query: LotQuery) -> Page[LotOut]:
        """List serials and lots."""
        return self.page("stock.lot", query)

    @get("/api/stock/lots/<path:lot_name>", audience=READERS)
    def get_lot(self, lot_name: str, query: LotPlacesQuery) -> LotPlacesOut:
        """Locate a serial by its exact name."""
        return self.model("stock.lot")._api_locate(lot_name, query.product_id)

    # -- deliveries --------------------------------------------------------------------

    @get("/api/stock/deliveries", audience=EMPLOYEE)
    def list_deliveries(self, query: DeliveryQuery) -> Page[DeliveryRowOut]:
        """List outbound pickings of the caller's Service Accounts."""
        return self.page("stock.picking", query)

    @get("/api/stock/deliveries/<int:delivery>", audience=READERS)
    def get_delivery(self, delivery: Rec["stock.picking"]) -> One[DeliveryOut]:
        """Show one delivery with its lines and serials."""
        return delivery._api_in_flow("delivery")

    @post("/api/stock/deliveries/<int:delivery>/validate", audience=EMPLOYEE)
    def validate_delivery(
        self, delivery: Rec["stock.picking"], body: ValidateIn
    ) -> One[DeliveryOut]:
        """Dispatch the goods; drafts the invoice of delivered lines."""
        delivery._api_in_flow("delivery")
        done = delivery._api_validate(body.line_vals(), body.force_backorder)
        return Said(done, done._api_validated_said())

    @post("/api/stock/deliveries/<int:delivery>/return", audience=EMPLOYEE, status=201)
    def return_delivery(
        self, delivery: Rec["stock.picking"], body: ReturnIn
    ) -> One[TransferOut]:
        """Take delivered goods back into stock."""
        delivery._api_in_flow("delivery")
        back = delivery._api_return(body.line_vals(), body.reason)
        return Said(back, back._api_validated_said())

    @post("/api/stock/deliveries/<int:delivery>/cancel", audience=EMPLOYEE)
    def cancel_delivery(
        self, delivery: Rec["stock.picking"], body: CancelIn
    ) -> One[DeliveryOut]:
        """Cancel the rest of a partial delivery."""
        delivery._api_in_flow("delivery")
        return delivery._api_cancel_delivery(body.reason)

    # -- receipts ----------------------------------------------------------------------

    @get("/api/stock/receipts", audience=READERS)
    def list_receipts(self, query: ReceiptQuery) -> Page[ReceiptRowOut]:
        """List inbound pickings."""
        return self.page("stock.picking", query)

    @get("/api/stock/receipts/<int:receipt>", audience=READERS)
    def get_receipt(self, receipt: Rec["stock.picking"]) -> One[ReceiptOut]:
        """Show one receipt with its lines and serials."""
        return receipt._api_in_flow("receipt", "return", "transfer")

    @post("/api/stock/receipts/<int:receipt>/validate", **STAFF)
    def validate_receipt(
        self, receipt: Rec["stock.picking"], body: ValidateIn
    ) -> One[ReceiptOut]:
        """Take in the goods of a receipt (or of a transfer that was not validated)."""
        done = receipt._api_validate_receipt(body.line_vals(), body.force_backorder)
        return Said(done, done._api_validated_said())

    @post(["/api/stock/receive", "/api/warehouse/receive"], status=201, **STAFF)
    def receive(self, body: ReceiveIn) -> One[TransferOut]:
        """Create a goods receipt from a supplier and validate it."""
        picking = self.model("stock.picking")._api_receive(body.to_vals())
        return Said(picking, picking._api_received_said())

    # -- other movements ---------------------------------------------------------------

    @get("/api/stock/movements", audience=READERS)
    def list_movements(self, query: MovementQuery) -> Page[MovementOut]:
        """List what moved: by product, serial, location, type and day."""
        return self.page("stock.move", query)

    @post(["/api/stock/adjustment", "/api/stock/adjust"], **STAFF)
    def adjust(self, body: AdjustmentIn) -> One[AdjustmentOut]:
        """Set stock to what was counted."""
        quants = self.model("stock.quant")
        return Said(quants._api_adjust(body.to_vals()), quants._api_adjusted_said())

    @post("/api/stock/transfer", status=201, **STAFF)
    def transfer(self, body: TransferIn) -> One[TransferOut]:
        """Move goods between locations, warehouses or companies."""
        pickings = self.model("stock.picking")._api_transfer(body.to_vals())
        return Said(pickings[:1], pickings[:1]._api_transferred_said())

    @post("/api/stock/scrap", status=201, **STAFF)
    def scrap(self, body: ScrapIn) -> One[ScrapOut]:
        """Scrap goods for good."""
        return self.model("stock.scrap")._api_scrap(body.to_vals())
