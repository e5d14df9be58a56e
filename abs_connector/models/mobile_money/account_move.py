"""What of an order or invoice can be collected by mobile money."""

from odoo import models

from ...exceptions import BusinessError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _abs_mobile_money_due(self):
        """Open amount of one posted customer invoice, in its currency.

        :raises BusinessError: ``invoice_not_posted``
        """
        self.ensure_one()
        if self.move_type != "out_invoice" or self.state != "posted":
            raise BusinessError(
                self.env._("%s is not a posted customer invoice.", self.display_name),
                code="invoice_not_posted",
            )
        return self.amount_residual if self.payment_state != "reversed" else 0.0

    def _abs_mobile_money_settled(self):
        """Nothing is left to collect, and something was billed."""
        self.ensure_one()
        return self.state == "posted" and self.currency_id.is_zero(self.amount_residual)
