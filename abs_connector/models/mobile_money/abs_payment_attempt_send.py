"""How attempts reach their gateway and are followed (see ``payment_attempt.py``)."""

import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ...deadline import bounded
from ...retry import again
from .providers.base import NotSent, Refused, Unknown

_logger = logging.getLogger(__name__)
MAX_TRIES = 5
QUERY_GRACE = timedelta(hours=24)


class PaymentAttempt(models.Model):
    _inherit = "abs.payment.attempt"

    # Sending

    def _abs_push_after_commit(self):
        """Send once this transaction is committed; a failure leaves it to the cron."""
        ids, registry = self.ids, self.env.registry

        @self.env.cr.postcommit.add
        def push():
            try:
                with registry.cursor() as cr:
                    env = api.Environment(bounded(cr), SUPERUSER_ID, {})
                    env["abs.payment.attempt"].browse(ids)._abs_push()
            except Exception:  # committed already: the answer stays a success
                _logger.exception("Payment attempts %s are left to the cron", ids)

    def _abs_push(self):
        """Send queued attempts. Commits: call it with a cursor of your own."""
        for attempt in self:
            if not attempt._abs_step(attempt._abs_claim):
                continue
            values = attempt._abs_call()
            attempt._abs_step(lambda a=attempt, v=values: a._abs_note_push(v))

    def _abs_claim(self):
        """Take one attempt for sending; False when another process has it."""
        self._abs_lock()
        if self.state != "pending" or self.push_state != "queued":
            return False
        now = fields.Datetime.now()
        if self.expires_at and now >= self.expires_at:
            # Nobody's phone rings for what was asked hours ago, before we were down.
            message = self.env._("Not sent in time.")
            self.write({"state": "expired", "push_state": "none", "message": message})
            return False
        values = {"push_state": "sending", "pushed_at": now}
        self.write({**values, "push_tries": self.push_tries + 1})
        return True

    def _abs_call(self):
        """Talk to the gateway, outside of any lock; return the values to write."""
        try:
            number = self.provider_id._adapter().push(self)
        except NotSent as exc:
            if self.push_tries < MAX_TRIES:
                message = self.env._("Not sent: %s", str(exc))
                return {"push_state": "queued", "message": message}
            message = self.env._(
                "Not sent after %(tries)s tries: %(reason)s",
                tries=MAX_TRIES,
                reason=str(exc),
            )
            return {"push_state": "none", "state": "failed", "message": message}
        except Refused as exc:
            message = self.env._("Refused by the provider: %s", str(exc))
            return {"push_state": "none", "state": "failed", "message": message}
        except Unknown as exc:
            message = self.env._("Sent, without a clear answer: %s", str(exc))
            return {"message": message}
        return {"push_state": "sent", "request_reference": number}

    def _abs_note_push(self, values):
        """Write the outcome, unless a callback was faster."""
        self._abs_lock()
        if self.state != "pending":
            values = {k: v for k, v in values.items() if k == "request_reference"}
        if self.request_reference:
            values.pop("request_reference", None)
        self.write(values)
        return True

    # Asking

    def _abs_poll(self):
        """Ask the gateway about pending attempts. Commits, like :meth:`_abs_push`."""
        for attempt in self:
            event = reason = None
            if attempt.state != "pending":
                continue
            try:
                event = attempt.provider_id._adapter().query(attempt)
            except (NotSent, Refused, Unknown) as exc:
                reason = str(exc)
            attempt._abs_step(
                lambda a=attempt, e=event, r=reason: a._abs_note_poll(e, r)
            )

    def _abs_note_poll(self, event, reason):
        """Apply the gateway's answer; expire what stays unanswered."""
        self._abs_lock()
        if self.state != "pending":
            return False
        now = fields.Datetime.now()
        wait = min(self.provider_id.poll_seconds * 2 ** min(self.polls, 10), 3600)
        values = {
            "polls": self.polls + 1,
            "next_poll_at": now + timedelta(seconds=wait),
        }
        if reason:
            values["message"] = self.env._("Asked, without a clear answer: %s", reason)
        self.write(values)
        if event and event.status != "pending":
            self.env["abs.payment.callback"]._abs_log_poll(self, event)
        late = self.expires_at and now >= self.expires_at
        # While the gateway can't be asked, a day passes before we give up waiting.
        if self.state == "pending" and late:
            if event or now >= self.expires_at + QUERY_GRACE:
                self._abs_give_up()
        return True

    def _abs_give_up(self):
        """Stop asking. What was reported as paid is for a person to look into."""
        if not self.received_reference:
            self.write({"state": "expired", "push_state": "none"})
            return
        self.write(
            {
                "state": "mismatch",
                "push_state": "none",
                "needs_review": True,
                "message": self.env._(
                    "Reported as paid (receipt %(receipt)s), but the provider never "
                    "confirmed it: decide by hand.",
                    receipt=self.received_reference,
                ),
            }
        )

    @api.model
    def _cron_abs_payment_attempts(self, limit=200):
        """Send what was left, ask for what is unanswered; one failure stops nobody."""
        now = fields.Datetime.now()
        queued = self.search(
            [
                ("state", "=", "pending"),
                ("push_state", "=", "queued"),
                ("create_date", "<=", now - timedelta(seconds=30)),
            ],
            limit=limit,
            order="id",
        )
        for attempt in queued:
            attempt._abs_guarded("_abs_push")
        waiting = self.search(
            [
                ("state", "=", "pending"),
                ("push_state", "!=", "queued"),
                ("next_poll_at", "<=", now),
            ],
            limit=limit,
            order="next_poll_at, id",
        )
        for attempt in waiting:
            attempt._abs_guarded("_abs_poll")

    def _abs_guarded(self, method):
        try:
            getattr(self, method)()
        except Exception:  # the next attempt is another customer's
            self.env.cr.rollback()
            self.env.invalidate_all()
            _logger.exception("%s of payment attempt %s failed", method, self.ids)

    def _abs_step(self, function):
        """Run and commit one step, again when somebody else holds the row."""

        def step():
            result = function()
            self.env.flush_all()
            self.env.cr.commit()  # pylint: disable=invalid-commit
            return result

        return again(self.env, step, turns=6, pause=0.5)
