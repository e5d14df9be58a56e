"""The day of an invoice, receipt or credit note: named by somebody, or today.

Odoo takes today where the user is. A cashier east of the company would date money
tomorrow there, one west of it make an invoice that is overdue when it is posted: what
is owed and late is asked by the company's day (``res.company._abs_today``).
"""

from odoo import models

from ..base.day import on_their_days


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_date(self):
        for moves in on_their_days(self):
            super(AccountMove, moves)._compute_date()

    def _compute_invoice_date_due(self):
        """Without payment terms an invoice is due on the day on which it is drafted."""
        for moves in on_their_days(self):
            super(AccountMove, moves)._compute_invoice_date_due()
