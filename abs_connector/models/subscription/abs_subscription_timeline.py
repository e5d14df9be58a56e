from odoo import api, fields, models

from ...exceptions import BusinessError
from .abs_subscription_plan import UNIT_NAMES
from .abs_subscription_schedule import first_missing, period_end, period_start


class SubscriptionTimeline(models.Model):
    """When a subscription bills: its calendar, and how much of it is settled.

    The plan's period is copied, so that editing the plan moves no contract.
    """

    _inherit = "abs.subscription"

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

    # --- computed ---------------------------------------------------------------------
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
        counts = self._api_period_counts()
        for sub in self:
            billed, paid, skipped = counts.get(sub._origin.id, (0, 0, 0))
            sub.billed_periods, sub.paid_periods = billed, paid
            sub.skipped_periods = skipped

    def _api_period_counts(self):
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

    @api.constrains("start_date", "plan_id", "billing_unit", "billing_interval")
    def _check_schedule_is_fixed(self):
        """A billed contract keeps its calendar: its period rows stand on it."""
        for sub in self:
            moved = any(
                row.date_from != sub._period_start(row.number)
                or row.date_to != sub._period_end(row.number)
                for row in sub.period_ids
            )
            if moved:
                raise BusinessError(
                    self.env._(
                        "%(code)s has billed periods: its start and its billing period "
                        "can no longer change.",
                        code=sub.code,
                    ),
                    code="schedule_fixed",
                )
