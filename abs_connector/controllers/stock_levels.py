"""Warehouses, quantities and serials."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, Page, Rec, get
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

STAFF = {"audience": EMPLOYEE, "role": "staff"}

READERS = EMPLOYEE | API_KEY


class StockLevels(Api, http.Controller):
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
