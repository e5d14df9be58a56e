"""The day of an invoice, receipt or credit note: named by somebody, or today.

Odoo takes today where the user is. A cashier east of the company would date money
tomorrow there, one west of it make an invoice that is overdue when it is posted: what
is owed and late is asked by the company's day (``res.company._abs_today``).
"""

from datetime import timedelta

from odoo import api, fields, models

from ...exceptions import BusinessError
from ..governance.company_day import on_their_days

#: Older than that is a slip of the pen, or for the accountant in the web client.
OLDEST = timedelta(days=366)


class Company(models.Model):
    _inherit = "res.company"

    def _abs_document_day(self, day=None):
        """Return the day of a new document: the one named, today at the company without.

        Odoo takes any. A receipt of the year 2099 is in no report of this year, and one
        of the year 26 spoils the numbers of its journal.

        :raises BusinessError: ``invalid_date`` for a day to come or more than a year ago
        """
        self.ensure_one()
        today = self._abs_today()
        if day is None or today - OLDEST <= day <= today:
            return day or today
        raise BusinessError(
            self.env._(
                "%(day)s can't be right: give a day of the past year, today "
                "(%(today)s) at the latest.",
                day=day,
                today=today,
            ),
            code="invalid_date",
            details=[{"field": "date", "message": self.env._("invalid")}],
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Post on the company's day, which an invoice without a date gets."""
        posted = self.browse()
        for moves in on_their_days(self):
            posted += super(AccountMove, moves)._post(soft=soft).with_env(self.env)
        return posted

    def _compute_date(self):
        for moves in on_their_days(self):
            super(AccountMove, moves)._compute_date()

    def _compute_invoice_date_due(self):
        """Without payment terms an invoice is due on the day on which it is drafted."""
        for moves in on_their_days(self):
            super(AccountMove, moves)._compute_invoice_date_due()


class AccountPayment(models.Model):
    _inherit = "account.payment"

    date = fields.Date(default=lambda self: self.env.company._abs_today())

    @api.model_create_multi
    def create(self, vals_list):
        """Date a payment in a journal of another company by that company's day."""
        for vals in vals_list:
            if "date" not in vals and "default_date" not in self.env.context:
                journal = self.env["account.journal"].browse(vals.get("journal_id", ()))
                company = journal.company_id or self.env.company
                vals["date"] = company._abs_today()
        return super().create(vals_list)


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    @api.model
    def default_get(self, fields_list):
        """Pay on the day of the invoices' company; any of them may be open."""
        res = super().default_get(fields_list)
        if "payment_date" in res and "default_payment_date" not in self.env.context:
            lines = self.new({"line_ids": res.get("line_ids")}).line_ids
            company = lines.company_id[:1] or self.env.company
            res["payment_date"] = company._abs_today()
        return res


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    @api.model
    def default_get(self, fields_list):
        res = super().default_get(fields_list)
        if "date" in res and "default_date" not in self.env.context:
            company = self.env["res.company"].browse(res.get("company_id"))
            res["date"] = (company or self.env.company)._abs_today()
        return res

    def _prepare_default_reversal(self, move):
        """Post today's at once: Odoo keeps for later what comes after the user's day."""
        wizard = self.with_context(tz=move.company_id._abs_tz())
        return super(AccountMoveReversal, wizard)._prepare_default_reversal(move)
