from odoo import api, fields, models

from ...exceptions import BusinessError


class AccountMove(models.Model):
    _inherit = "account.move"

    # as in models/governance, and the subscription that billed it (docs/contract.md 1.2)
    _sa_source_fields = (
        "reversed_entry_id",
        "line_ids.sale_line_ids.order_id",
        "x_subscription_id",
    )
    _sa_cascade_fields = ("line_ids.sale_line_ids.order_id", "x_subscription_id")

    x_subscription_id = fields.Many2one(
        "abs.subscription",
        "Subscription",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="The subscription that billed this, or whose unit was traded in",
    )
    x_period_ids = fields.One2many("abs.subscription.period", "invoice_id")

    def _abs_orders(self):
        """A recurring invoice belongs to the order that its subscription came from."""
        return super()._abs_orders() | self.sudo().x_subscription_id.order_id

    def _abs_credited(self, lines=None):
        """Return what the posted credit notes on this invoice take off it, with tax.

        :param lines: only what they take off these lines of the invoice; what a note
            credits without naming a line is spread over all of them
        """
        notes = self.reversal_move_ids.filtered(lambda note: note.state == "posted")
        whole = sum(notes.mapped("amount_total"))
        every = self._abs_product_lines()
        if lines is None or lines == every:
            return whole
        named = notes.invoice_line_ids.filtered("x_credited_line_id")
        ours = named.filtered(lambda line: line.x_credited_line_id in lines)
        total = sum(every.mapped("price_total"))
        part = sum(lines.mapped("price_total")) / total if total else 1.0
        spread = whole - sum(named.mapped("price_total"))
        return sum(ours.mapped("price_total")) + spread * part

    def _abs_written_off(self):
        """Return what payments settled of this invoice without money, with tax."""
        self.ensure_one()
        return sum(
            partial.debit_amount_currency * (1 - payment._abs_money_part())
            for partial in self._abs_receivable_lines().matched_credit_ids
            if (payment := partial.credit_move_id.payment_id)
        )

    def _abs_money_received(self):
        """Return the money this invoice brought, with tax, in its currency.

        All that is reconciled with it counts, except its own credit notes and what a
        payment wrote off: those lower the invoice. What the notes gave back beyond
        settling it was received and returned.
        """
        self.ensure_one()
        received = used = 0.0
        for partial in self._abs_receivable_lines().matched_credit_ids:
            if partial.credit_move_id.move_id.reversed_entry_id == self:
                used += partial.debit_amount_currency
            else:
                received += partial.debit_amount_currency
        received -= self._abs_written_off()
        returned = max(0.0, self._abs_credited() - used)
        return max(0.0, self.currency_id.round(received - returned))

    def _after_post(self):
        """Settle a subscription's invoice with the customer's trade-in credit."""
        super()._after_post()
        for move in self.filtered(lambda m: m.move_type == "out_invoice"):
            credit = move.x_period_ids.subscription_id.trade_in_move_id
            for line in credit._abs_receivable_lines():
                if not line.reconciled and credit.state == "posted":
                    move.js_assign_outstanding_line(line.id)

    def _abs_is_reserved(self):
        subscriptions = self.env["abs.subscription"].sudo()
        return super()._abs_is_reserved() or bool(
            subscriptions.search_count([("trade_in_move_id", "=", self.id)])
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_no_period(self):
        """A period is billed once: its draft is cancelled, not deleted."""
        for move in self.filtered("x_subscription_id"):
            if move.x_period_ids:
                raise BusinessError(
                    self.env._(
                        "This draft bills a period of %s: cancel it instead.",
                        move.x_subscription_id.code,
                    )
                )
