"""Lock-out: five wrong passwords in fifteen minutes, for known and unknown alike."""

import hashlib
from datetime import timedelta

from odoo import api, fields, models

from ...deadline import bounded
from ...exceptions import TooManyRequests
from ..governance.phones import phone_key

ALLOWED = 5
WINDOW = timedelta(minutes=15)


class LoginAttempt(models.Model):
    _name = "abs.login.attempt"
    _description = "API log-in attempt"
    _order = "id desc"
    _rec_name = "create_date"

    identity = fields.Char(required=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    @api.model
    def _digest(self, kind, identity):
        """Attempts hold no e-mail of people who may not even exist here.

        The identity counts as the log-in looks it up: another way to write the same
        phone number gives no five more guesses.
        """
        identity = identity.strip().lower()
        known = identity if "@" in identity else phone_key(identity)
        text = f"{kind}:{known or identity}"
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _check(self, kind, identity, is_right):
        """Tell whether a password is right, counting the wrong ones of an identity.

        One guess at a time: parallel ones queue at the lock, and each then looks with a
        cursor of its own, since the snapshot of one that waited is older than the wait.
        Both commit apart from the request, which is rolled back when it is refused.

        :param is_right: called without arguments when another guess is allowed
        :raise TooManyRequests: with the seconds to wait
        """
        digest = self._digest(kind, identity)
        cursor = self.env.registry.cursor
        with cursor() as queue:
            bounded(queue).execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest]
            )
            with cursor() as cr:
                attempts = self.with_env(self.env(cr=bounded(cr)))
                attempts._refuse_more(digest)
                right = is_right()
                if right:
                    attempts.search([("identity", "=", digest)]).unlink()
                else:
                    attempts.create({"identity": digest})
        return right

    @api.model
    def _refuse_more(self, digest):
        """Refuse another guess after five wrong ones."""
        now = fields.Datetime.now()
        recent = self.search(
            [("identity", "=", digest), ("date", ">", now - WINDOW)],
            order="date desc",
            limit=ALLOWED,
        )
        if len(recent) >= ALLOWED:
            wait = int((recent[-1].date + WINDOW - now).total_seconds()) + 1
            raise TooManyRequests(
                self.env._(
                    "Too many wrong passwords. Please try again in %(minutes)s "
                    "minutes.",
                    minutes=wait // 60 + 1,
                ),
                retry_after=wait,
                code="too_many_attempts",
            )

    @api.autovacuum
    def _gc(self):
        limit = fields.Datetime.now() - timedelta(days=1)
        self.search([("date", "<", limit)], limit=10000).unlink()
