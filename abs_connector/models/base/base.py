"""What every model of the addon needs: the lock, and work in a savepoint."""

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...unavailable import unreachable


class Base(models.AbstractModel):
    _inherit = "base"

    def _abs_lock(self):
        """Take the records for this transaction; the first line of a verb.

        A no-op UPDATE, ids in order: whoever had to wait gets a serialization failure
        and runs again on a fresh snapshot. ``SELECT FOR UPDATE`` and advisory locks
        let the loser go on with a stale one (docs/decisions/001-lock-by-update.md).
        """
        if not self.ids:
            return
        self.env.flush_all()
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL(
                "WITH r AS (SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id "
                "FOR NO KEY UPDATE) UPDATE %s x SET id = x.id FROM r WHERE x.id = r.id",
                table,
                list(self.ids),
                table,
            )
        )
        self.env.invalidate_all(flush=False)

    def _abs_try(self, work):
        """Call ``work()`` in a savepoint, so that its failure stops nothing else.

        A conflict with another transaction is raised: only a new snapshot helps. So is
        a database that is away: it is no fault of what was worked on.

        :return: the exception that ended it, None when it went through
        """
        try:
            with self.env.cr.savepoint():
                work()
                self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            if unreachable(error):
                raise
            self.env.invalidate_all(flush=False)
            return error
        return None

    def _abs_shown(self, strict=False):
        """Return those of self (sudo) that the caller of the API would see by itself.

        Answers name other records: what is out of the caller's scope is left out there.

        :param bool strict: also of what any paper names, such as its customer
        """
        return self

    @api.model
    def _abs_shown_fields(self, strict=False):
        """Return the fields that :meth:`_abs_shown` looks at; none: all is shown."""
        return ()
