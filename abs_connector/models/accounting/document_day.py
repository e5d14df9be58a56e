"""The day of a receipt or a credit note that somebody names."""

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
