from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError, Conflict
from ..governance.callers import api_scope
from .plan import UNIT_NAMES
from .schedule import first_missing, period_end, period_start

#: A subscription that may still bill, now or after a pause.
OPEN_STATES = ("draft", "active", "paused")

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
}


class Subscription(models.Model):
    """A contract that bills a product again and again (workflow 10, SPEC 5 and 6).

    Made by a confirmed order with a recurring line, by the API, or in the web client.
    Its settled periods are rows (:class:`SubscriptionPeriod`); the schedule follows from
    them: the next period is the first one without a row.

    A pause: a period that is paused as a whole is *skipped*, not billed, and the end of
    the contract moves out by it. The period in which the subscription is resumed is
    billed in full (staff may skip it too), so pausing over a billing day never makes a
    used period free.
    """

    _name = "abs.subscription"
    _description = "Subscription"
    _inherit = ["mail.thread", "mail.activity.mixin", "abs.stamp.mixin"]
    _order = "id desc"
    _rec_names_search = ["code", "name"]

    _sa_assignment_model = None
    _sa_source_fields = ("order_id", "partner_id")
    _sa_customer_field = "partner_id"
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

    # schedule; the plan's period is copied, so that editing the plan moves no contract
    start_date = fields.Date(copy=False, tracking=True)
    billing_unit = fields.Selection(
        UNIT_NAMES, compute="_compute_from_plan", store=True, precompute=True
    )
    billing_interval = fields.Integer(
        compute="_compute_from_plan", store=True, precompute=True
    )
    duration = fields.Integer(
        "Periods",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Periods to be billed. 0: until it is cancelled",
    )
    auto_renew = fields.Boolean(
        "Auto-renewal",
        compute="_compute_from_plan",
        store=True,
        readonly=False,
        precompute=True,
    )
    renewals = fields.Integer(readonly=True, copy=False)
    end_date = fields.Date(compute="_compute_schedule", store=True, index=True)
    next_invoice_date = fields.Date(compute="_compute_schedule", store=True)
    period_ids = fields.One2many("abs.subscription.period", "subscription_id")
    billed_periods = fields.Integer(compute="_compute_counts")
    paid_periods = fields.Integer(compute="_compute_counts")
    skipped_periods = fields.Integer(compute="_compute_counts")
    invoice_ids = fields.Many2many("account.move", compute="_compute_invoice_ids")
    invoice_count = fields.Integer(compute="_compute_invoice_ids")

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
        today = fields.Date.context_today(self)
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

    @api.depends("plan_id")
    def _compute_from_plan(self):
        for sub in self:
            plan = sub.plan_id
            sub.billing_unit = plan.billing_unit
            sub.billing_interval = plan.billing_interval
            sub.duration = sub.duration or plan.duration
            sub.auto_renew = plan.auto_renew

    @api.depends(
        "state",
        "start_date",
        "billing_unit",
        "billing_interval",
        "duration",
        "closed_on",
        "period_ids.number",
        "period_ids.state",
    )
    def _compute_schedule(self):
        for sub in self:
            sub.next_invoice_date = False
            sub.end_date = sub.closed_on
            if not sub.start_date or not sub.billing_unit:
                continue
            last = sub._last_number()
            if last and not sub.closed_on:
                sub.end_date = sub._period_end(last)
            number = sub._next_number()
            if sub.state in ("draft", "active") and (not last or number <= last):
                sub.next_invoice_date = sub._period_start(number)

    @api.depends("period_ids.state", "period_ids.is_paid")
    def _compute_counts(self):
        counts = self.abs_period_counts()
        for sub in self:
            billed, paid, skipped = counts.get(sub._origin.id, (0, 0, 0))
            sub.billed_periods, sub.paid_periods = billed, paid
            sub.skipped_periods = skipped

    def abs_period_counts(self):
        """Return ``{id: (billed, paid, skipped)}`` in one query."""
        groups = self.env["abs.subscription.period"]._read_group(
            [("subscription_id", "in", self.ids)],
            ["subscription_id", "state", "is_paid"],
            ["__count"],
        )
        result = dict.fromkeys(self.ids, (0, 0, 0))
        for sub, state, is_paid, count in groups:
            billed, paid, skipped = result[sub.id]
            if state == "skipped":
                skipped += count
            else:
                billed, paid = billed + count, paid + (count if is_paid else 0)
            result[sub.id] = (billed, paid, skipped)
        return result

    @api.depends("period_ids.invoice_id")
    def _compute_invoice_ids(self):
        for sub in self:
            sub.invoice_ids = sub.period_ids.invoice_id
            sub.invoice_count = len(sub.invoice_ids)

    # --- schedule ---------------------------------------------------------------------
    def _period_start(self, number):
        return period_start(
            self.start_date, self.billing_unit, self.billing_interval, number
        )

    def _period_end(self, number):
        return period_end(
            self.start_date, self.billing_unit, self.billing_interval, number
        )

    def _next_number(self):
        return first_missing(self.period_ids.mapped("number"))

    def _last_number(self):
        """Return the number of the contract's last period; 0 when it is open-ended."""
        if not self.duration:
            return 0
        skipped = self.period_ids.filtered(lambda p: p.state == "skipped")
        return self.duration + len(skipped)

    # --- life -------------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_verb(vals)
            if not vals.get("code"):
                vals["code"] = (
                    self.env["ir.sequence"].sudo().next_by_code("abs.subscription")
                )
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb(vals)
        return super().write(vals)

    @api.model
    def _check_by_verb(self, vals):
        """State and what goes with it are changed by the verbs, which check."""
        if not self.env.su and BY_VERB & set(vals):
            raise BusinessError(
                self.env._("The state of a subscription is changed by its buttons."),
                code="readonly_field",
            )

    @api.constrains("start_date", "plan_id", "billing_unit", "billing_interval")
    def _check_schedule_is_fixed(self):
        """A billed contract keeps its calendar: its period rows stand on it."""
        for sub in self:
            first = sub.period_ids[:1]
            if first and first.date_from != sub._period_start(first.number):
                raise BusinessError(
                    self.env._(
                        "%(code)s has billed periods: its start and its billing period "
                        "can no longer change.",
                        code=sub.code,
                    ),
                    code="schedule_fixed",
                )

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

    def _require_manager(self):
        """Staff of its SA, or the customer whose contract it is; else Forbidden."""
        if api_scope(self.env).kind == "customer":
            return  # fetched under the customer's own rules
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)

    def _require_state(self, *states, becomes=None):
        """Raise unless in one of ``states``: 409 when already ``becomes``, else 400."""
        self.ensure_one()
        if self.state in states:
            return
        names = dict(self._fields["state"]._description_selection(self.env))
        if self.state == becomes:
            raise Conflict(
                self.env._(
                    "Subscription %(code)s is already %(state)s.",
                    code=self.code,
                    state=names[self.state].lower(),
                ),
                code=f"already_{becomes}",
            )
        raise BusinessError(
            self.env._(
                "Subscription %(code)s is %(state)s; it would have to be %(wanted)s.",
                code=self.code,
                state=names[self.state].lower(),
                wanted=", ".join(names[state].lower() for state in states),
            ),
            code="invalid_state",
        )

    def abs_activate(self):
        """Start a draft: its periods are due from its start date (today if none)."""
        self._abs_lock()
        self._require_state("draft", becomes="active")
        today = fields.Date.context_today(self)
        self.write({"state": "active", "start_date": self.start_date or today})
        return self

    def abs_pause(self, reason=None):
        """Stop billing from today on. What was due before is billed first, if it can."""
        self._abs_lock()
        self._require_manager()
        self._require_state("active", becomes="paused")
        today = fields.Date.context_today(self)
        self._bill_safely(today - timedelta(days=1))
        self._require_state("active")  # what was due may have been its end
        self.write({"state": "paused", "paused_on": today})
        self._note(self.env._("Paused."), reason)
        return self

    def abs_resume(self, skip_current=False):
        """Bill again. Periods that were paused as a whole are skipped.

        :param bool skip_current: skip the running period as well if it began in the
            pause; staff only
        """
        self._abs_lock()
        self._require_manager()
        self._require_state("paused", becomes="active")
        if skip_current:
            self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        today = fields.Date.context_today(self)
        self._skip_paused(self.paused_on, today, skip_current)
        self.write({"state": "active", "paused_on": False})
        self._note(self.env._("Resumed."), None)
        return self

    def _skip_paused(self, paused_on, resumed_on, skip_current):
        taken = set(self.period_ids.mapped("number"))
        rows, number, last = [], 1, self._last_number()
        while self._period_start(number) < resumed_on or (
            skip_current and self._period_start(number) == resumed_on
        ):
            begins, ends = self._period_start(number), self._period_end(number)
            whole = begins >= paused_on and (ends < resumed_on or skip_current)
            if number not in taken and whole and (not last or number <= last):
                rows.append(
                    {
                        "subscription_id": self.id,
                        "number": number,
                        "date_from": begins,
                        "date_to": ends,
                        "state": "skipped",
                    }
                )
                last = last and last + 1
            number += 1
        self.env["abs.subscription.period"].create(rows)

    def abs_cancel(self, reason=None):
        """End it today; no further period is billed, and what is billed stays owed."""
        self._abs_lock()
        self._require_manager()
        self._require_state(*OPEN_STATES, becomes="cancelled")
        self._close("cancelled", reason or self.env._("Cancelled"))
        if self.kind != "service":
            self._remind(self.env._("Collect the deployed unit: the contract ended."))
        return self

    def _close(self, state, reason):
        today = fields.Date.context_today(self)
        self.write({"state": state, "closed_on": today, "close_reason": reason})
        self._note(self.env._("Ended."), reason)

    def _note(self, text, reason):
        self.message_post(body=f"{text} {reason}" if reason else text)

    def _remind(self, summary):
        """Put one activity of this text on the record of whoever looks after it."""
        if summary in self.activity_ids.mapped("summary"):
            return
        user = self.order_id.user_id or self.env.ref("base.user_admin")
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, user_id=user.id
        )
