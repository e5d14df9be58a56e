"""A customer's credit: money and credit notes that no invoice has used yet.

It comes from overpayments (``allow_credit``), mobile money that found nothing to pay, and
credit notes of paid invoices. It is used

* by itself, on the next invoice of the order that the money was paid for;
* otherwise when a person says so (``POST /api/invoices/<id>/apply-credit``, or Odoo's
  own 'outstanding credits' on the invoice form).

A trade-in credit is kept for the subscription it was granted to.
"""

from odoo import models

from ...exceptions import BusinessError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Settle an order's invoice with what was paid for that order in advance."""
        posted = super()._post(soft=soft)
        for move in posted.filtered(lambda m: m.move_type == "out_invoice"):
            orders = move._abs_orders()
            if orders:
                lines = move._abs_credit_lines(
                    [("payment_id.x_order_id", "in", orders.ids)]
                )
                move._abs_use_credit(lines)
        return posted

    def _abs_credit_lines(self, domain=()):
        """Return the unused credit of this invoice's customer, the oldest first.

        In the invoice's company, currency and receivable account: journal items of
        payments and credit notes.

        :param domain: more terms, on ``account.move.line``
        """
        self.ensure_one()
        own = self._abs_receivable_lines()
        lines = self.env["account.move.line"].sudo()
        found = lines.search(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("account_id", "in", own.account_id.ids),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", "<", 0),
                "|",
                ("payment_id", "!=", False),
                ("move_id.move_type", "=", "out_refund"),
                *domain,
            ],
            order="date, id",
        )
        return found.filtered(lambda line: not line.move_id._abs_is_reserved())

    def _abs_is_reserved(self):
        """Tell whether a credit note is a trade-in, kept for its subscription."""
        subscriptions = self.env["abs.subscription"].sudo()
        return bool(subscriptions.search_count([("trade_in_move_id", "=", self.id)]))

    def _abs_receivable_lines(self):
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _abs_use_credit(self, lines):
        """Reconcile credit with this invoice until it is paid; returns what was used."""
        self.ensure_one()
        before = self.amount_residual
        for line in lines:
            if self.currency_id.is_zero(self.amount_residual):
                break
            self.js_assign_outstanding_line(line.id)
        return self.currency_id.round(before - self.amount_residual)

    def abs_apply_credit(self):
        """Pay a posted invoice from the customer's credit, as far as it goes.

        :return: the invoice
        :raises Conflict: ``already_paid``
        :raises BusinessError: ``not_an_invoice``, ``invoice_not_posted``,
            ``no_credit``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_payable()
        if self.currency_id.is_zero(self.amount_residual):
            raise self._abs_already_paid()
        move = self.with_company(self.company_id)
        lines = move._abs_credit_lines()
        # Two invoices that reach for one credit: the second one looks again.
        lines.move_id._abs_lock()
        used = move._abs_use_credit(lines)
        if not used:
            raise BusinessError(
                self.env._(
                    "%(partner)s has no unused credit in %(currency)s.",
                    partner=self.partner_id.display_name,
                    currency=self.currency_id.name,
                ),
                code="no_credit",
            )
        self.message_post(
            body=self.env._(
                "Paid %(amount)s %(currency)s from the customer's credit.",
                amount=self.currency_id._abs_digits(used),
                currency=self.currency_id.name,
            )
        )
        return self


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def abs_unused(self):
        """Return ``{payment id: what no invoice has used yet}``, in its currency."""
        unused = dict.fromkeys(self.ids, 0.0)
        for payment in self.sudo():
            if payment.state not in ("in_process", "paid"):
                continue
            lines = payment.move_id._abs_receivable_lines()
            unused[payment.id] = max(
                0.0, -sum(lines.mapped("amount_residual_currency"))
            )
        return unused
