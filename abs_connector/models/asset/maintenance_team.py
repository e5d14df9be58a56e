"""Maintenance requests: links to ticket and asset, a team of the right company."""

from odoo import api, models


class MaintenanceTeam(models.Model):
    _inherit = "maintenance.team"

    @api.model
    def _abs_of_company(self, company, make=True):
        """Return a team that may work for ``company``; makes one if there is none.

        Odoo's default takes any team, also of another company, and then refuses the
        request.
        """
        team = self.search([("company_id", "=", company.id)], limit=1) or self.search(
            [("company_id", "=", False)], limit=1
        )
        if not team and make:
            team = self.create(
                {
                    "name": self.env._("Maintenance %s", company.name),
                    "company_id": company.id,
                }
            )
        return team
