"""Answers kept for a repeated ``Idempotency-Key`` (docs/contract.md 4)."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...compat import Constraint

KEPT_DAYS = 30  # agents are offline for days


class IdempotencyRecord(models.Model):
    _name = "abs.idempotency.record"
    _description = "Stored API answer"
    _order = "id desc"
    _rec_name = "digest"
    _log_access = False

    digest = fields.Char(required=True)
    body_digest = fields.Char(required=True)
    status = fields.Integer()
    answer = fields.Text(help="Sealed with the caller's key.")
    date = fields.Datetime(required=True, index=True)

    _unique_digest = Constraint("UNIQUE(digest)", "This key is taken.")

    @api.model
    def _take(self, digest, body_digest):
        """Take a key, or return ``(status, answer, body digest)`` of its first use.

        Raw SQL: ``ON CONFLICT DO NOTHING`` raises a serialization failure for a row
        that this snapshot cannot see; search and create answered wrongly in 2 to 6 %
        (docs/decisions/001-lock-by-update.md).
        """
        now = fields.Datetime.now()
        cr = self.env.cr
        cr.execute(
            "DELETE FROM abs_idempotency_record WHERE digest = %s AND date < %s",
            [digest, now - timedelta(days=KEPT_DAYS)],
        )
        cr.execute(
            "INSERT INTO abs_idempotency_record (digest, body_digest, date) "
            "VALUES (%s, %s, %s) ON CONFLICT (digest) DO NOTHING RETURNING id",
            [digest, body_digest, now],
        )
        if cr.fetchone():
            return None
        cr.execute(
            "SELECT status, answer, body_digest FROM abs_idempotency_record "
            "WHERE digest = %s",
            [digest],
        )
        return cr.fetchone()

    @api.model
    def _store(self, digest, status, answer):
        """Keep the answer with the effect."""
        self.env.cr.execute(
            "UPDATE abs_idempotency_record SET status = %s, answer = %s "
            "WHERE digest = %s",
            [status, answer, digest],
        )

    @api.model
    def _abs_prune_step(self, limit):
        date = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        return self._abs_prune_where(SQL("date < %s", date), limit)

    @api.autovacuum
    def _gc(self):
        self._abs_prune_step(50_000)
