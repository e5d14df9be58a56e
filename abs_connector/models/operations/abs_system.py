"""What the system says of itself."""

from odoo import api, models, release


class System(models.AbstractModel):
    _name = "abs.system"
    _description = "System information"

    @api.model
    def _api_version(self):
        """Return the installed version, such as ``18.0.1.2.0``."""
        module = self.env["ir.module.module"].sudo()
        return module.search([("name", "=", "abs_connector")]).installed_version

    @api.model
    def _api_health(self):
        """Tell that the database answers; a dead one never comes here."""
        self.env.cr.execute("SELECT 1")
        return {
            "status": "ok",
            "database": self.env.cr.fetchone() == (1,),
            "version": self._api_version(),
            "series": release.series,
        }
