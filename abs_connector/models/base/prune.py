"""Logs and keys that grow with what is asked: each bounded, and pruned in steps."""

from odoo import api, models
from odoo.tools import SQL


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def _abs_prune_where(self, where, limit):
        """Delete up to ``limit`` rows, the oldest first; return how many.

        In SQL: rows of logs have nothing that hangs on them, and reading 5,000 to
        delete them costs more than what made them.
        """
        self.flush_model()
        table = SQL.identifier(self._table)
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE id IN"
                " (SELECT id FROM %s WHERE %s ORDER BY id LIMIT %s)",
                *(table, table, where, max(limit, 0)),
            )
        )
        number = self.env.cr.rowcount
        self.invalidate_model(flush=False)
        return number

    @api.model
    def _abs_prune_beyond(self, where, keep, limit):
        """Delete up to ``limit`` of the rows beyond the latest ``keep``."""
        table = SQL.identifier(self._table)
        beyond = SQL(
            "%s AND id <= (SELECT id FROM %s WHERE %s ORDER BY id DESC"
            " OFFSET %s LIMIT 1)",
            *(where, table, where, keep),
        )
        return self._abs_prune_where(beyond, limit)
