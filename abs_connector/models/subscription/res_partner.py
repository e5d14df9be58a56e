from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    x_subscription_ids = fields.One2many(
        "abs.subscription", "partner_id", "Subscriptions"
    )
    x_subscription_count = fields.Integer(
        "Subscription Count", compute="_compute_x_subscription_count"
    )

    def _compute_x_subscription_count(self):
        groups = self.env["abs.subscription"]._read_group(
            [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
        )
        counts = {partner.id: count for partner, count in groups}
        for partner in self:
            partner.x_subscription_count = counts.get(partner.id, 0)

    def action_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "abs_connector.action_abs_subscription"
        )
        return {
            **action,
            "domain": [("partner_id", "child_of", self.id)],
            "context": {"default_partner_id": self.id},
        }
