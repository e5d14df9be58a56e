"""Reports (docs/contract.md 5)."""

from odoo import http

from ..api import EMPLOYEE, Api, get
from ..schemas.reports import SummaryOut, SummaryQuery


class Reports(Api, http.Controller):
    @get("/api/reports/sa-summary", audience=EMPLOYEE, role="staff")
    def get_sa_summary(self, query: SummaryQuery) -> SummaryOut:
        """Give the figures of the caller's Service Accounts."""
        # With the caller's rights, not in sudo: its record rule is the scope.
        report = self.env["abs.sa.report"]
        return report._api_summary(**query.to_vals(), domain=self._narrow(report))
