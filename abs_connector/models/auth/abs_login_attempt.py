"""Lock-out: five wrong passwords in fifteen minutes, for known and unknown alike."""

import hashlib

from odoo import api, models

from ...exceptions import TooManyRequests
from ..base.phone import phone_key
from .abs_login_attempt_gate import Busy, Locked, gate, source_of


class LoginAttempt(models.AbstractModel):
    """No table: strangers would fill it. What is counted is in ``login_gate``."""

    _name = "abs.login.attempt"
    _description = "API log-in attempt"

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
    def _check(self, kind, identity, is_right, source=None):
        """Tell whether a password is right, counting the wrong ones.

        The counts stay when the request is refused and rolled back.

        :param is_right: called without arguments when another guess is allowed
        :param str source: the address that the guess comes from
        :raises TooManyRequests: with the seconds to wait
        """
        digest = self._digest(kind, identity)
        try:
            with gate(self.env.cr.dbname).check(digest, source_of(source)) as passed:
                if right := is_right():
                    passed()
        except Locked as locked:
            raise TooManyRequests(
                self.env._(
                    "Too many wrong passwords. Please try again in %(minutes)s "
                    "minutes.",
                    minutes=locked.wait // 60 + 1,
                ),
                retry_after=locked.wait,
                code="too_many_attempts",
            ) from None
        except Busy as busy:
            raise TooManyRequests(
                self.env._("Too many people log in just now. Please wait a moment."),
                retry_after=busy.wait,
            ) from None
        return right
