"""Repairs of units: list, read, complete."""

from odoo import http

from ..api import EMPLOYEE, Api, One, Page, Rec, get, post
from ..schemas.repairs import RepairDoneIn, RepairOut, RepairQuery


class Repairs(Api, http.Controller):
    @get("/api/repairs", audience=EMPLOYEE)
    def list_repairs(self, query: RepairQuery) -> Page[RepairOut]:
        """List repairs."""
        return self.page("repair.order", query)

    @get("/api/repairs/<int:repair>", audience=EMPLOYEE)
    def get_repair(self, repair: Rec["repair.order"]) -> One[RepairOut]:
        """Show one repair with its parts."""
        return repair

    @post("/api/repairs/<int:repair>/complete", audience=EMPLOYEE, role="staff")
    def complete_repair(
        self, repair: Rec["repair.order"], body: RepairDoneIn
    ) -> One[RepairOut]:
        """Finish a repair; its parts leave stock."""
        return repair._api_complete(**body.to_vals())
