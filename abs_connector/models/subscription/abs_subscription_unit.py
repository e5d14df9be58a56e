from odoo import api, fields, models


class Subscription(models.Model):
    _inherit = "abs.subscription"

    asset_ids = fields.One2many("ov.asset", "subscription_id", "Units")
    asset_count = fields.Integer(compute="_compute_asset_count")

    @api.depends("asset_ids")
    def _compute_asset_count(self):
        for sub in self:
            sub.asset_count = len(sub.asset_ids)

    def _deployed_assets(self):
        """Return the units of this contract that are with the customer, no loaners."""
        return self.asset_ids.filtered(
            lambda a: (
                a.state == "active"
                and not a.loaner_for_id
                and a.lot_id.location_id.x_role == "sync_deployed"
            )
        )

    def _units_out(self):
        """Return the company's units under this contract that the customer holds.

        One that is in repair counts: its loaner is out.
        """
        if self.kind == "service":
            return self.asset_ids.browse()
        return self._deployed_assets() | self.asset_ids.filtered("open_swap_id")
