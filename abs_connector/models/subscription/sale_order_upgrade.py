from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    x_upgraded_from_id = fields.Many2one(
        "abs.subscription",
        "Upgrade of",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def _abs_subscription_vals(self, line):
        vals = super()._abs_subscription_vals(line)
        old = self.x_upgraded_from_id
        if vals["kind"] == "sync" and old:
            vals["previous_id"] = old.id
            vals["trade_in_move_id"] = old.upgrade_credit_id.id
        return vals
