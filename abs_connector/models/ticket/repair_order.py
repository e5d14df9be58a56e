"""Repair cost per subscription (known gap 4 of the interconnection map)."""

from odoo import api, fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    x_subscription_id = fields.Many2one(
        "abs.subscription",
        "Subscription",
        compute="_compute_x_subscription_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="The contract that the unit was under when it came to repair.",
    )

    @api.depends("x_asset_id")
    def _compute_x_subscription_id(self):
        for repair in self:
            repair.x_subscription_id = (
                repair.x_subscription_id or repair.x_asset_id.subscription_id
            )
