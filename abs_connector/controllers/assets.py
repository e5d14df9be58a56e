"""``/api/assets``, loaner swaps and repairs."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Answer, Api, One, Page, Rec, get, post, put
from ..schemas.assets import (
    AssetDetailOut,
    AssetIn,
    AssetOut,
    AssetQuery,
    AssetUpdateIn,
    AssignedAssetOut,
    SwapIn,
)
from ..schemas.contacts import AssignIn


class Assets(Api, http.Controller):
    @get("/api/assets", audience=EMPLOYEE | API_KEY)
    def list_assets(self, query: AssetQuery) -> Page[AssetOut]:
        """List the units in the caller's scope."""
        return self.page("ov.asset", query)

    @post("/api/assets", audience=EMPLOYEE, status=(200, 201))
    def register_asset(self, body: AssetIn) -> One[AssetDetailOut]:
        """Register a unit: 200 completes a delivered serial's asset, 201 creates one."""
        asset, status = self.model("ov.asset")._api_register(
            self.account(), body.to_vals()
        )
        return Answer(asset, status=status)

    @get("/api/assets/<int:asset>", audience=EMPLOYEE | API_KEY)
    def get_asset(self, asset: Rec["ov.asset"]) -> One[AssetDetailOut]:
        """Show one unit with its history and swaps."""
        return asset

    @put("/api/assets/<int:asset>", audience=EMPLOYEE)
    def update_asset(
        self, asset: Rec["ov.asset"], body: AssetUpdateIn
    ) -> One[AssetDetailOut]:
        """Change a unit, or add a remark to its history."""
        return asset._api_update(body.to_vals())

    @post("/api/assets/<int:asset>/swap", audience=EMPLOYEE, role="staff")
    def swap_asset(self, asset: Rec["ov.asset"], body: SwapIn) -> One[AssetDetailOut]:
        """Hand out a loaner and take the unit to repair."""
        return asset._api_swap(**body.to_vals())

    @post("/api/assets/<int:asset>/swap/return", audience=EMPLOYEE, role="staff")
    def return_swap(self, asset: Rec["ov.asset"]) -> One[AssetDetailOut]:
        """Take the loaner back and bring the repaired unit home."""
        return asset._api_swap_return()

    @post("/api/assets/<int:asset>/assign", audience=EMPLOYEE, role="staff")
    def assign_asset(self, asset: Rec["ov.asset"], body: AssignIn) -> AssignedAssetOut:
        """Give a unit and what is open of it to a member of an SA."""
        return {"asset": asset, **asset._api_assign_told(body.to_vals())}
