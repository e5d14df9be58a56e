from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError

#: A subscription that may still bill, now or after a pause.
OPEN_STATES = ("draft", "active", "paused")
#: A lease-to-own in one of these may still become the customer's.
TRANSFERABLE = ("active", "paused", "expired")
#: Written by the verbs alone, which act as the system.
BY_VERB = {
    "state",
    "paused_on",
    "closed_on",
    "close_reason",
    "renewals",
    "order_line_id",
    "transfer_path",
    "transferred_on",
    "trade_in_move_id",
    "upgrade_credit_id",
    "upgrade_order_id",
    "previous_id",
    "period_ids",
    "billing_error",
    "billing_error_date",
}
#: Once it runs: of these each invoice and period is, so that they stay as they are ...
FIXED = {"partner_id", "company_id", "currency_id", "kind", "order_id"}
#: ... and these are money, which staff alone decide.
TERMS = {
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "plan_id",
    "start_date",
    "duration",
    "auto_renew",
    "equipment_value",
    "equity_rate",
    "contract_months",
}


class Subscription(models.Model):
    """A contract that bills a product again and again (workflow 10, docs/contract.md 5, 6).

    Made by a confirmed order with a recurring line, by the API, or in the web client.
    Its settled periods are rows (:class:`SubscriptionPeriod`); the schedule follows from
    them: the next period is the first one without a row.
    """

    _name = "abs.subscription"
    _description = "Subscription"
    _abs_given_at_create = ("code",)  # the sequence's next one, where none is named
    _inherit = ["mail.thread", "mail.activity.mixin", "abs.stamp.mixin"]
    _sa_customer_reads = True
    _order = "id desc"
    _rec_names_search = ["code", "name"]

    _sa_assignment_model = None
    _sa_source_fields = ("order_id", "partner_id")
    _sa_customer_field = "partner_id"
    _sa_kind = "subscriptions"
    _sa_open_domain = (("state", "in", OPEN_STATES),)

    code = fields.Char(readonly=True, copy=False, index=True)
    name = fields.Char(compute="_compute_name", store=True, readonly=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("paused", "Paused"),
            ("cancelled", "Cancelled"),
            ("expired", "Expired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        [("service", "Service"), ("sync", "SYNC lease-to-own"), ("rental", "Rental")],
        default="service",
        required=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, tracking=True
    )
    plan_id = fields.Many2one(
        "abs.subscription.plan", "Plan", required=True, index=True, tracking=True
    )
    order_id = fields.Many2one("sale.order", "Order", index=True, copy=False)
    order_line_id = fields.Many2one(
        "sale.order.line", index="btree_not_null", copy=False, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    product_id = fields.Many2one(
        "product.product", "Product", required=True, domain=[("type", "=", "service")]
    )
    quantity = fields.Float(default=1.0, required=True)
    price_unit = fields.Float(
        "Unit price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        digits="Product Price",
        tracking=True,
    )
    discount = fields.Float("Discount (%)", digits="Discount")
    price = fields.Monetary(
        "Price per period", compute="_compute_price", store=True, help="Without tax"
    )

    paused_on = fields.Date(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    close_reason = fields.Char(readonly=True, copy=False)
    billing_error = fields.Text(readonly=True, copy=False)
    billing_error_date = fields.Datetime(readonly=True, copy=False)

    _code_unique = Constraint("UNIQUE (code)", "This subscription code is taken.")
    _line_once = Constraint(
        "EXCLUDE (order_line_id WITH =) WHERE (state <> 'cancelled')",
        "This order line has a subscription already.",
    )
    _numbers = Constraint(
        "CHECK (quantity > 0 AND price_unit >= 0 AND duration >= 0)",
        "Quantity is above 0; price and number of periods are not negative.",
    )
    _discount = Constraint(
        "CHECK (discount IS NULL OR (discount >= 0 AND discount <= 100))",
        "A discount is from 0 to 100 %.",
    )

    def init(self):
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS abs_subscription_due_idx "
            "ON abs_subscription (next_invoice_date, id) WHERE state = 'active'"
        )

    # --- computed ---------------------------------------------------------------------
    @api.depends("product_id", "partner_id")
    def _compute_name(self):
        for sub in self:
            parts = [sub.product_id.display_name, sub.partner_id.name]
            sub.name = sub.name or " - ".join(part for part in parts if part)

    @api.depends("order_id", "company_id")
    def _compute_currency_id(self):
        for sub in self:
            sub.currency_id = sub.order_id.currency_id or sub.company_id.currency_id

    @api.depends("product_id", "partner_id", "quantity", "currency_id", "company_id")
    def _compute_price_unit(self):
        """The pricelist's price, in the subscription's currency, until one is given."""
        for sub in self:
            if sub.price_unit or not sub.product_id or sub.order_line_id:
                sub.price_unit = sub.price_unit
                continue
            sub.price_unit = sub._list_price()

    def _list_price(self):
        sub = self.with_company(self.company_id)
        pricelist = sub.partner_id.property_product_pricelist
        today = self.company_id._abs_today()
        if pricelist and pricelist.currency_id == sub.currency_id:
            return pricelist._get_product_price(
                sub.product_id, sub.quantity or 1.0, date=today
            )
        source = sub.product_id.currency_id or sub.company_id.currency_id
        return source._convert(
            sub.product_id.lst_price,
            sub.currency_id,
            sub.company_id,
            today,
            round=False,
        )

    @api.depends("price_unit", "quantity", "discount", "currency_id")
    def _compute_price(self):
        for sub in self:
            amount = sub.price_unit * sub.quantity * (1 - sub.discount / 100)
            sub.price = sub.currency_id.round(amount) if sub.currency_id else amount

    # --- guards -----------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            self._check_by_verb(vals)
        return super().create(
            [
                {
                    **vals,
                    "code": (self.env.su and vals.get("code"))
                    or numbers.next_by_code(self._name),
                }
                for vals in vals_list
            ]
        )

    def write(self, vals):
        self._check_by_verb(vals)
        self._check_terms(vals)
        return super().write(vals)

    @api.model
    def _check_by_verb(self, vals):
        """State and what goes with it are changed by the verbs, which check."""
        if not self.env.su and BY_VERB & set(vals):
            raise BusinessError(
                self.env._("The state of a subscription is changed by its buttons."),
                code="readonly_field",
            )

    def _check_terms(self, vals):
        """What was agreed is changed by staff of its SA, and its parties by nobody."""
        if self.env.su or not (FIXED | TERMS) & set(vals):
            return
        for sub in self.filtered(lambda s: s.state != "draft"):
            if FIXED & set(vals):
                raise BusinessError(
                    self.env._(
                        "%s runs: its customer, company, currency and kind stay. Cancel "
                        "it and make a new one.",
                        sub.code,
                    ),
                    code="readonly_field",
                )
            self.env["ov.membership"]._caller_require_staff(sub.x_sa_id)

    @api.constrains("company_id", "order_id", "partner_id")
    def _check_order_company(self):
        for sub in self:
            if sub.order_id and sub.order_id.company_id != sub.company_id:
                raise BusinessError(
                    self.env._("A subscription and its order are of one company.")
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        for sub in self:
            if sub.state != "draft" or sub.period_ids:
                raise BusinessError(
                    self.env._("%(code)s is not a draft: cancel it.", code=sub.code)
                )
