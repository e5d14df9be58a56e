"""The day of an invoice, receipt or credit note: named by somebody, or today.

Odoo takes today where the user is. A cashier east of the company would date money
tomorrow there, one west of it make an invoice that is overdue when it is posted: what
is owed and late is asked by the company's day (``res.company._abs_today``).
"""

from odoo import api, fields, models


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
