"""Movements, counts and scrap."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Answer, Api, One, Page, get, post
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


class StockMoves(Api, http.Controller):
    @get("/api/stock/movements", audience=READERS)
    def list_movements(self, query: MovementQuery) -> Page[MovementOut]:
        """List what moved: by product, serial, location, type and day."""
        return self.page("stock.move", query)

    @post(["/api/stock/adjustment", "/api/stock/adjust"], **STAFF)
    def create_adjustment(self, body: AdjustmentIn) -> One[AdjustmentOut]:
        """Set stock to what was counted."""
        quants = self.model("stock.quant")
        return Answer(
            quants._api_adjust(body.to_vals()), quants._api_adjusted_message()
        )

    @post("/api/stock/scrap", status=201, **STAFF)
    def create_scrap(self, body: ScrapIn) -> One[ScrapOut]:
        """Scrap goods for good."""
        return self.model("stock.scrap")._api_scrap(body.to_vals())
