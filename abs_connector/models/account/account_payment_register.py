"""Odoo's register-payment, for the API and the web client alike."""

from odoo import fields, models

from ...scope import Switch
from .account_move_credit import FROM_REGISTER
from .account_payment import STAMP_FROM_INVOICE


class PaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _init_payments(self, to_process, edit_mode=False):
        """Stamp by the invoices paid: the payment itself doesn't know them yet."""
        wizard = STAMP_FROM_INVOICE.on(self)
        payments = super(PaymentRegister, wizard)._init_payments(
            to_process, edit_mode=edit_mode
        )
        for vals in to_process:
            payment = vals["payment"].sudo()
            moves = vals["to_reconcile"].move_id.sudo().sorted("id")
            stamped = moves.filtered(
                lambda m, p=payment: m.x_sa_id and p._sa_company_fits(m.x_sa_id)
            )[:1]
            if stamped:
                payment._sa_assign(
                    stamped.x_sa_id, stamped.x_actor_id, "inherit:account.move"
                )
            else:
                STAMP_FROM_INVOICE.on(payment, False)._sa_inherit()
        return payments.with_context(self.env.context)


#: One payment is asked for, whatever bank accounts the invoices name.
ONE_PAYMENT = Switch("one_payment")


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    x_payment_source = fields.Char(help="The API's payment_source, when it names one.")

    def _create_payments(self):
        """Pay what is still open *now*: the dialog may be older than a payment.

        Odoo asks when the dialog opens only. A customer whom the app paid meanwhile, or
        a second person with the same dialog, would be charged twice.
        """
        moves = self.line_ids.move_id.filtered(lambda m: m.is_sale_document())
        if moves:
            moves.sudo()._abs_lock()
            if all(line.reconciled for line in self.line_ids):
                raise moves._abs_already_paid()
        wizard = FROM_REGISTER.on(self)
        return super(AccountPaymentRegister, wizard)._create_payments()

    def _get_line_batch_key(self, line):
        """Make one payment per Service Account; leave out the company's own bank account
        when a single payment is asked for.

        A payment has one SA: of a group payment over the invoices of two, one SA would
        see none of its money, the other more than it was owed.

        Odoo pays invoices apart that name different accounts to be paid to, each in
        full. A customer pays the sum once, whatever bank the company had by then.
        """
        key = super()._get_line_batch_key(line)
        if ONE_PAYMENT.of(self.env):
            key["partner_bank_id"] = False
        else:
            key["x_sa_id"] = line.move_id.sudo().x_sa_id.id
        return key

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
