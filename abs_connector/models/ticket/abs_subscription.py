"""Repair cost per subscription (known gap 4 of the interconnection map)."""

from odoo import api, fields, models


class Subscription(models.Model):
    _inherit = "abs.subscription"

    repair_ids = fields.One2many("repair.order", "x_subscription_id", "Repairs")
    repair_count = fields.Integer(
        "Repair Count", compute="_compute_repair_cost", compute_sudo=True
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    repair_cost = fields.Monetary(
        "Repair Cost",
        currency_field="company_currency_id",
        compute="_compute_repair_cost",
        compute_sudo=True,
        help="Parts used by the finished repairs of this contract's units.",
    )

    @api.depends("repair_ids.state", "repair_ids.x_parts_cost")
    def _compute_repair_cost(self):
        groups = self.env["repair.order"]._read_group(
            [("x_subscription_id", "in", self.ids), ("state", "=", "done")],
            ["x_subscription_id"],
            ["__count", "x_parts_cost:sum"],
        )
        figures = {sub.id: (count, cost) for sub, count, cost in groups}
        for sub in self:
            sub.repair_count, sub.repair_cost = figures.get(sub.id, (0, 0.0))

    def action_repairs(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repairs"),
            "res_model": "repair.order",
            "view_mode": "list,form",
            "domain": [("x_subscription_id", "=", self.id)],
        }
