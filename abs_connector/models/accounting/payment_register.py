"""Payments know their order and payment source, whoever registers them."""

from odoo import fields, models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    x_payment_source = fields.Char(help="The API's payment_source, when it names one.")

    def _init_payments(self, to_process, edit_mode=False):
        """Set the order from the invoices: a payment has no lines to tell it by."""
        payments = super()._init_payments(to_process, edit_mode=edit_mode)
        for vals in to_process:
            moves = vals["to_reconcile"].move_id
            values = {"x_order_id": moves._abs_orders()[:1].id}
            if self.x_payment_source:
                values["x_payment_source"] = self.x_payment_source
            vals["payment"].sudo().write(values)
        return payments
