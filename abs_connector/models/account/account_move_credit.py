"""A customer's credit: money and credit notes that no invoice has used yet.

It comes from overpayments (``allow_credit``), mobile money that found nothing to pay,
credit notes of paid invoices, and what accountants enter in favour of a customer: bank
statement lines, opening balances. It is used

* by itself, on the next invoice of the order that the money was paid for;
* by money that is paid back to the customer without naming a credit note;
* otherwise when a person says so (``POST /api/invoices/<id>/apply-credit``, or Odoo's
  own 'outstanding credits' on the invoice form).

A trade-in credit is kept for the subscription it was granted to.
"""

from odoo import models

from ...exceptions import BusinessError
from ...scope import Switch

#: The payment dialog matches what it pays by itself.
FROM_REGISTER = Switch("from_register")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _after_post(self):
        """Settle an order's invoice with what was paid for that order in advance."""
        super()._after_post()
        for move in self.filtered(lambda m: m.move_type == "out_invoice"):
            orders = move._abs_orders()
            if orders:
                lines = move._abs_credit_lines(
                    [("payment_id.x_order_id", "in", orders.ids)]
                )
                move._abs_use_credit(lines)

    def _abs_is_reserved(self):
        """Tell whether the credit is kept for something: not for the next invoice."""
        return False

    def _abs_credit_lines(self, domain=()):
        """Return the unused credit of this invoice's customer, the oldest first.

        In the invoice's company, currency and receivable account: all that Odoo offers
        as outstanding credits.

        :param domain: more terms, on ``account.move.line``
        """
        self.ensure_one()
        return self._abs_receivable_lines()._abs_open_credit(domain)

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

    def _api_apply_credit(self):
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
