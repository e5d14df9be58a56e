"""Which fields of which models are names and codes; see ``platform/plain_text.py``."""

from odoo import api, fields, models

from ...compat import Constraint

UNIT_NAMES = [
    ("day", "Day"),
    ("week", "Week"),
    ("month", "Month"),
    ("year", "Year"),
]


class SubscriptionPlan(models.Model):
    """How often a subscription is billed, for how long, and what the billing does.

    Shared by all companies (setup guide, section 8a). ``duration`` counts periods; 0 is
    open-ended.
    """

    _name = "abs.subscription.plan"
    _description = "Subscription plan"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    billing_unit = fields.Selection(UNIT_NAMES, default="month", required=True)
    billing_interval = fields.Integer(
        "Every", default=1, required=True, help="Length of a period in units"
    )
    duration = fields.Integer(
        "Periods", help="Number of periods of the contract. 0: until it is cancelled"
    )
    auto_renew = fields.Boolean(
        "Auto-renewal",
        default=True,
        help="At its end the contract starts over for as many periods",
    )
    auto_post = fields.Boolean(
        "Post invoices",
        default=True,
        help="Post the recurring invoices at once instead of leaving drafts",
    )
    send_mail = fields.Boolean("Send by e-mail", default=True)
    self_service = fields.Boolean(
        "Customers pause and cancel",
        default=True,
        help="Else only staff pause, resume and cancel subscriptions of this plan. "
        "Off is safer for leases: who pauses one keeps the unit and pays nothing.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        "Invoicing journal",
        company_dependent=True,
        domain=[("type", "=", "sale")],
        help="Empty: the customer invoices journal of the company",
    )
    product_tmpl_ids = fields.One2many("product.template", "plan_id", "Products")
    subscription_ids = fields.One2many("abs.subscription", "plan_id")
    subscription_count = fields.Integer(compute="_compute_subscription_count")
    billing_period = fields.Char(compute="_compute_billing_period")

    _code_unique = Constraint(
        "UNIQUE (code)", "There is a plan with this code already."
    )
    _interval_positive = Constraint(
        "CHECK (billing_interval > 0 AND duration >= 0)",
        "A billing period has at least one unit, and a duration is not negative.",
    )

    @api.depends("billing_unit", "billing_interval")
    @api.depends_context("lang")
    def _compute_billing_period(self):
        names = dict(self._fields["billing_unit"]._description_selection(self.env))
        for plan in self:
            unit = names.get(plan.billing_unit, "")
            many = plan.billing_interval != 1
            plan.billing_period = f"{plan.billing_interval} × {unit}" if many else unit

    def _compute_subscription_count(self):
        groups = self.env["abs.subscription"]._read_group(
            [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
        )
        counts = {plan.id: count for plan, count in groups}
        for plan in self:
            plan.subscription_count = counts.get(plan.id, 0)

    @api.model
    def _abs_scope_domain(self, scope):
        """Plans hold nothing of anybody: every known caller may read them."""
        return [] if scope.kind != "nobody" else [("id", "=", 0)]

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        return []

    def action_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "abs_connector.action_abs_subscription"
        )
        return {**action, "domain": [("plan_id", "=", self.id)], "context": {}}

    _abs_marks = ("code",)
    _abs_lines = ("name",)
