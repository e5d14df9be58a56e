"""How lists narrow to one Service Account."""

from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def _abs_narrow_domain(self, account_id, company_ids):
        """Return the domain that narrows a list to the SA of ``X-SA-ID``."""
        for name in ("x_sa_id", "account_id"):
            field = self._fields.get(name)
            if field is not None and field.comodel_name == "ov.serviced_account":
                return [(name, "=", account_id)]
        if "company_id" in self._fields and company_ids:
            return [("company_id", "in", [*company_ids, False])]
        return []
