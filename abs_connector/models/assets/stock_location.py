"""Is a place 'SYNC Deployed'? Asked by assets, swaps and ownership transfers."""

from odoo import models


class StockLocation(models.Model):
    _inherit = "stock.location"

    def _abs_is_deployed(self):
        """Return whether leased units stand here: at a customer, still the company's."""
        self.ensure_one()
        return self.x_role == "sync_deployed"
