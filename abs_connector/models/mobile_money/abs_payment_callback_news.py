"""From a message of a gateway to its effect (see ``payment_callback.py``)."""

import json

from odoo import api, fields, models

from .providers.base import NotSent, Refused, Unknown


class PaymentCallback(models.Model):
    _inherit = "abs.payment.callback"

    @api.model
    def _abs_apply(self, provider, attempt, news):
        """Find the attempt that a message means, and let it take the news.

        :return: (attempt, verdict, reason) for the log
        """
        attempts = self.env["abs.payment.attempt"]
        if news.kind == "c2b_validation":
            if provider._abs_match_account(news.account):
                return attempts, "noted", False
            return attempts, "refused", "unknown_account"
        if news.kind == "c2b":
            meant = provider._abs_c2b_attempt(news)
            return (meant, *meant._abs_settle(news))
        meant = attempt or attempts.search(
            [
                ("provider_id", "=", provider.id),
                "|",
                ("name", "=", news.reference or "-"),
                ("request_reference", "=", news.request_reference or "-"),
            ],
            limit=1,
        )
        if not meant or meant.provider_id != provider:
            return attempts, "refused", "unknown_reference"
        if news.status == "success" and not provider._adapter().signed:
            doubt = self._abs_doubt(meant, news)
            if doubt:
                return (meant, *doubt)
        return (meant, *meant._abs_settle(news))

    @api.model
    def _abs_doubt(self, attempt, news):
        """Ask the gateway whether an unsigned success is true.

        When it can't be asked now, what was reported is kept and the next poll decides.

        :return: None when it is, else (verdict, reason)
        """
        if attempt.state == "succeeded":
            return None  # nothing to credit any more; the settlement compares
        adopted = not attempt.request_reference and news.request_reference
        if adopted and self.env["abs.payment.attempt"].search_count(
            [
                ("provider_id", "=", attempt.provider_id.id),
                ("request_reference", "=", adopted),
            ],
            limit=1,
        ):
            return "refused", "request_of_another"
        try:
            adapter = attempt.provider_id._adapter()
            answer = None if adopted else adapter.query(attempt)
        except (NotSent, Refused, Unknown):
            answer = None
        if answer and answer.status == "success":
            return None
        if answer and answer.status == "failure":
            return "refused", "not_confirmed"
        attempt._abs_lock()
        attempt._abs_keep_report(news)
        if adopted:
            # The answer to our push was lost, so the gateway's number of it is news:
            # it came to the attempt's own address, and the next poll asks by it.
            attempt.request_reference = adopted
        if attempt.state in ("failed", "expired", "cancelled"):
            attempt.state = "pending"  # to be polled again
        attempt.next_poll_at = fields.Datetime.now()
        return "deferred", "not_confirmed_yet"

    @api.model
    def _abs_log_poll(self, attempt, news):
        """Apply the answer to a question of ours and log it."""
        verdict, reason = attempt._abs_settle(attempt._abs_with_report(news))
        self.create(
            {
                "provider_id": attempt.provider_id.id,
                "attempt_id": attempt.id,
                "source": "poll",
                "body": json.dumps(news._asdict()),
                "verdict": verdict,
                "reason": reason,
            }
        )
