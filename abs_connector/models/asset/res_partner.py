"""Customer and order lead to their units in the web client."""

from odoo import fields, models

from .sale_order import _count, _open


class ResPartner(models.Model):
    _inherit = "res.partner"

    x_asset_count = fields.Integer("Assets", compute="_compute_x_asset_count")

    def _compute_x_asset_count(self):
        _count(self, "partner_id")

    def action_assets(self):
        """Open the units of the customer."""
        return _open(self, "partner_id")
