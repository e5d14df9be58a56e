"""The day of an invoice, receipt or credit note: named by somebody, or today.

Odoo takes today where the user is. A cashier east of the company would date money
tomorrow there, one west of it make an invoice that is overdue when it is posted: what
is owed and late is asked by the company's day (``res.company._abs_today``).
"""

from datetime import timedelta

from odoo import models

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
