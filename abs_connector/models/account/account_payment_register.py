"""Odoo's register-payment, for the API and the web client alike."""

from odoo import api, fields, models

from ...scope import Switch
from .account_move_credit import FROM_REGISTER
from .account_payment import STAMP_FROM_INVOICE

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
        """Stamp payments by the invoices that they pay, and name the order.

        A payment has no lines, and does not know its invoices yet.
        """
        wizard = STAMP_FROM_INVOICE.on(self)
        payments = super(AccountPaymentRegister, wizard)._init_payments(
            to_process, edit_mode=edit_mode
        )
        for vals in to_process:
            payment = vals["payment"].sudo()
            invoices = vals["to_reconcile"].move_id.sudo()
            self._abs_stamp_payment(payment, invoices.sorted("id"))
            values = {"x_order_id": invoices._abs_orders()[:1].id}
            if self.x_payment_source:
                values["x_payment_source"] = self.x_payment_source
            payment.write(values)
        return payments.with_context(self.env.context)

    @api.model
    def _abs_stamp_payment(self, payment, invoices):
        stamped = invoices.filtered(
            lambda m: m.x_sa_id and payment._sa_company_fits(m.x_sa_id)
        )[:1]
        if stamped:
            payment._sa_assign(
                stamped.x_sa_id, stamped.x_actor_id, "inherit:account.move"
            )
        else:
            STAMP_FROM_INVOICE.on(payment, False)._sa_inherit()

    @api.model
    def default_get(self, fields_list):
        """Pay on the day of the invoices' company; any of them may be open."""
        res = super().default_get(fields_list)
        if "payment_date" in res and "default_payment_date" not in self.env.context:
            lines = self.new({"line_ids": res.get("line_ids")}).line_ids
            company = lines.company_id[:1] or self.env.company
            res["payment_date"] = company._abs_today()
        return res
