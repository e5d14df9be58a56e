from odoo import api, fields, models

#: Contract types whose product is billed again and again (setup guide 8b).
RECURRING_TYPES = ("subscription", "paygo")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    plan_id = fields.Many2one(
        "abs.subscription.plan",
        "Subscription plan",
        compute="_compute_plan_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="How often a sold unit of this service is billed again",
    )
    rent_ok = fields.Boolean(
        "Can be rented",
        help="On an order with a rental contract the unit is deployed, not sold",
    )

    @api.depends("recurring_invoice", "x_contract_type")
    def _compute_plan_id(self):
        """A recurring product without a plan is billed monthly (workflow 1d)."""
        monthly = self.env.ref("abs_connector.plan_monthly", raise_if_not_found=False)
        for template in self:
            if template._abs_wants_plan() and not template.plan_id:
                template.plan_id = monthly
            else:
                template.plan_id = template.plan_id

    def _abs_wants_plan(self):
        return self.recurring_invoice or self.x_contract_type in RECURRING_TYPES

    def _abs_is_recurring(self):
        """Is a sale of this product billed again by a subscription?

        Flagged so, of a recurring contract type, or with a plan of its own (rental,
        lease-to-own).
        """
        self.ensure_one()
        return self.type == "service" and bool(self._abs_wants_plan() or self.plan_id)
