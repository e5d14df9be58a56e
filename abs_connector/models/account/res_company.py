"""The day of an invoice, receipt or credit note: named by somebody, or today.

Odoo takes today where the user is. A cashier east of the company would date money
tomorrow there, one west of it make an invoice that is overdue when it is posted: what
is owed and late is asked by the company's day (``res.company._abs_today``).
"""

from datetime import timedelta

from odoo import api, models

from ...exceptions import BusinessError

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
