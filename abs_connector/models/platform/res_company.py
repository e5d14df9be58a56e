"""The technical user behind the API: no rights but read access to what is searched."""

from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _abs_scope_domain(self, scope):
        """A caller knows the companies of its Service Accounts only."""
        if scope.kind in ("admin", "system") and not scope.company_ids:
            return []
        return [("id", "in", list(scope.company_ids))]
