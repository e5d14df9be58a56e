from odoo import api, fields, models

PAID_BASE = "abs_connector.equity_base"


class SubscriptionEquity(models.Model):
    """Equity of a lease-to-own: what the rate says of what was *paid* (docs/contract.md 6).

    Paid is the money received on the contract's periods, with tax; the parameter
    ``abs_connector.equity_base`` = ``untaxed`` leaves the tax out. Never above the
    equipment value. A rental or a plain service builds none.
    """

    _inherit = "abs.subscription"

    contract_months = fields.Integer(readonly=True)
    equipment_value = fields.Monetary(tracking=True)
    equity_rate = fields.Float(
        "Equity rate (%)", digits=(16, 4), tracking=True, help="0.6 reads as 60 %"
    )
    billed_amount = fields.Monetary(compute="_compute_equity")
    paid_amount = fields.Monetary(compute="_compute_equity")
    residual_amount = fields.Monetary("Still owed", compute="_compute_equity")
    equity = fields.Monetary(compute="_compute_equity")
    remaining_value = fields.Monetary(
        compute="_compute_equity", help="Equipment value less equity"
    )
    is_transfer_due = fields.Boolean(
        compute="_compute_is_transfer_due",
        help="The last period is billed and all periods are paid",
    )
    trade_in_move_id = fields.Many2one(
        "account.move",
        "Trade-in credit",
        readonly=True,
        copy=False,
        help="Credit note for the unit given back; it settles this contract's invoices",
    )
    previous_id = fields.Many2one(
        "abs.subscription", "Upgraded from", readonly=True, copy=False
    )

    def _equity_fraction(self):
        """Return the rate as a fraction: 60 and 0.6 both mean 60 %."""
        rate = self.equity_rate
        return rate if rate <= 1 else min(rate / 100, 1.0)

    @api.depends(
        "kind",
        "equipment_value",
        "equity_rate",
        "period_ids.billed_amount",
        "period_ids.paid_amount",
    )
    def _compute_equity(self):
        param = self.env["ir.config_parameter"].sudo().get_param
        field = "paid_untaxed" if param(PAID_BASE) == "untaxed" else "paid_amount"
        for sub in self:
            currency = sub.currency_id
            billed = sum(sub.period_ids.mapped("billed_amount"))
            paid = sum(sub.period_ids.mapped("paid_amount"))
            sub.billed_amount, sub.paid_amount = billed, paid
            sub.residual_amount = currency.round(billed - paid) if currency else 0.0
            equity = 0.0
            if sub.kind == "sync":
                base = sum(sub.period_ids.mapped(field))
                equity = currency.round(base * sub._equity_fraction())
            sub.equity = min(equity, sub.equipment_value)
            sub.remaining_value = (
                sub.equipment_value - sub.equity if sub.kind == "sync" else 0.0
            )

    @api.depends("kind", "duration", "period_ids.state", "period_ids.is_paid")
    def _compute_is_transfer_due(self):
        for sub in self:
            sub.is_transfer_due = sub.kind == "sync" and not sub._transfer_obstacle()

    def _transfer_obstacle(self):
        """Return ``(code, sentence)`` of why the transfer is early, or None."""
        self.ensure_one()
        billed = self.period_ids.filtered(lambda p: p.state == "billed")
        left = self.duration - len(billed)
        if not self.duration or left > 0:
            return "transfer_early", self.env._(
                "The contract is not in its last month. Periods left: %s.", left
            )
        unpaid = billed.filtered(lambda p: not p.is_paid)
        credited = unpaid.filtered(lambda p: p._is_credited())
        if unpaid and credited == unpaid:
            return "periods_unpaid", self.env._(
                "Credited and not billed again: period %s.",
                ", ".join(str(number) for number in credited.mapped("number")),
            )
        if unpaid:
            return "periods_unpaid", self.env._(
                "Periods not paid: %(count)s. Still owed: %(amount)s.",
                count=len(unpaid),
                amount=self.currency_id.format(self.residual_amount),
            )
        return None

    def _api_equity(self):
        """Return the figures of ``GET /api/subscriptions/<id>/equity``."""
        self.ensure_one()
        obstacle = self._transfer_obstacle() if self.kind == "sync" else None
        names = (
            "equipment_value",
            "equity_rate",
            "contract_months",
            "billed_periods",
            "paid_periods",
            "skipped_periods",
            "billed_amount",
            "paid_amount",
            "residual_amount",
            "equity",
            "remaining_value",
        )
        return {
            **{name: self[name] for name in names},
            "subscription": self,
            "code": self.code,
            "currency": self.currency_id,
            "periods": self.duration,
            "transfer_due": self.is_transfer_due and not self.transferred_on,
            "transfer_obstacle": obstacle[1] if obstacle else None,
            "end_date": self.end_date or None,
        }
