from odoo import api, fields, models

from ...compat import Constraint


class SubscriptionPeriod(models.Model):
    """One period of a subscription that is settled: billed, or skipped in a pause.

    The row is made in the transaction of the invoice and before it, so the two unique
    constraints are what makes billing happen once (docs/contract.md 5). Nothing deletes a row: a
    period whose invoice was cancelled or credited is not billed again by itself.
    """

    _name = "abs.subscription.period"
    _description = "Subscription period"
    _order = "subscription_id, number"
    _rec_name = "number"

    subscription_id = fields.Many2one(
        "abs.subscription", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(required=True, help="From 1, counted from the first day")
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True)
    state = fields.Selection(
        [("billed", "Billed"), ("skipped", "Skipped (paused)")],
        default="billed",
        required=True,
    )
    invoice_id = fields.Many2one("account.move", index="btree_not_null")
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    invoice_state = fields.Selection(related="invoice_id.state", string="Invoice state")
    payment_state = fields.Selection(related="invoice_id.payment_state")
    mail_state = fields.Selection(
        [("pending", "To send"), ("sent", "Sent"), ("failed", "Failed")],
        "E-mail",
        index="btree_not_null",
    )

    billed_amount = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        help="With tax, less credit notes and what was written off",
    )
    paid_amount = fields.Monetary(
        compute="_compute_amounts", store=True, help="Money received, with tax"
    )
    paid_untaxed = fields.Monetary(compute="_compute_amounts", store=True)
    is_paid = fields.Boolean("Paid", compute="_compute_amounts", store=True)

    _number_unique = Constraint(
        "UNIQUE (subscription_id, number)", "This period is billed already."
    )
    _date_unique = Constraint(
        "UNIQUE (subscription_id, date_from)", "This period is billed already."
    )
    _dates = Constraint(
        "CHECK (number > 0 AND date_to >= date_from)", "A period ends after it starts."
    )

    @api.depends(
        "invoice_id.state",
        "invoice_id.payment_state",
        "invoice_id.amount_total",
        "invoice_id.amount_residual",
        "invoice_id.reversal_move_ids.state",
        "invoice_id.reversal_move_ids.amount_residual",
    )
    def _compute_amounts(self):
        """Money only pays: payments, bank lines, credit the customer had elsewhere.

        A credit note on the invoice itself lowers what was billed and pays nothing; so
        does what a payment writes off (a discount for paying early). The first invoice
        may hold other lines of the order: it counts for the share of the recurring
        line, and a credit of the other lines takes nothing off it.
        """
        for period in self:
            invoice = period.invoice_id
            if not invoice or invoice.state != "posted":
                period.billed_amount = period.paid_amount = period.paid_untaxed = 0.0
                period.is_paid = False
                continue
            currency = invoice.currency_id
            lines = invoice._abs_product_lines()
            period_lines = period._own_lines(lines)
            share, total = (
                sum(period_lines.mapped("price_total")),
                sum(lines.mapped("price_total")),
            )
            asked = invoice.amount_total - invoice._abs_written_off()
            whole = asked - invoice._abs_credited()
            billed = currency.round(
                asked * (share / total if total else 1.0)
                - invoice._abs_credited(period_lines)
            )
            part = billed / whole if not currency.is_zero(whole) else 0.0
            paid = min(billed, currency.round(invoice._abs_money_received() * part))
            untaxed = (
                sum(period_lines.mapped("price_subtotal")) / share if share else 0.0
            )
            period.billed_amount, period.paid_amount = billed, paid
            period.paid_untaxed = currency.round(paid * untaxed)
            settled = currency.is_zero(invoice.amount_residual)
            period.is_paid = settled and (paid > 0 or currency.is_zero(share))

    def _own_lines(self, lines):
        """Return those of the product ``lines`` of its invoice that bill this period."""
        order_line = self.subscription_id.order_line_id
        if self.invoice_id.x_subscription_id or not order_line:
            return lines
        return lines.filtered(lambda li: order_line in li.sale_line_ids)

    def _is_credited(self):
        """Tell whether a credit note took back all that was billed for this period."""
        self.ensure_one()
        invoice = self.invoice_id
        if invoice.state != "posted" or not invoice._abs_credited():
            return False
        period_lines = self._own_lines(invoice._abs_product_lines())
        return self.currency_id.is_zero(self.billed_amount) and not (
            self.currency_id.is_zero(sum(period_lines.mapped("price_total")))
        )
