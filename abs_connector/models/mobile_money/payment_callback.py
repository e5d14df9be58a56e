"""What gateways told us, each message kept as it came (SPEC 5, 'Mobile money').

Where it is logged: an authentic message is answered with 200 and ``accepted`` true or
false, so that its log row commits with (or instead of) its effect and a retried
transaction logs it once. A message that isn't authentic is logged, *committed*, and
then refused with 401, 403 or 404: raising alone would roll the log back, and a separate
cursor would log once for every retry. At that point the transaction holds nothing but
the log row.
"""

import json
from decimal import Decimal

from odoo import api, fields, models

from ...exceptions import BusinessError, Forbidden, NotFound
from .providers.base import REGISTRY, Malformed, NotSent, Refused, Unknown

KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "x-forwarded-for",
    "x-request-id",
    "x-signature",
)
MAX_BODY = 16_384
MAX_STRANGE = 500
KEEP_DAYS = 90  # messages without an attempt


class InvalidSignature(BusinessError):
    """The message is not the gateway's (401)."""

    status = 401
    code = "invalid_signature"


class PaymentCallback(models.Model):
    """One message of a gateway, or its answer to a question of ours."""

    _name = "abs.payment.callback"
    _description = "Mobile-money callback"
    _order = "id desc"

    provider_id = fields.Many2one("abs.payment.provider", index=True, readonly=True)
    attempt_id = fields.Many2one(
        "abs.payment.attempt", index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True
    )
    source = fields.Selection(
        [("callback", "Callback"), ("poll", "Our question")],
        required=True,
        readonly=True,
        default="callback",
    )
    body = fields.Text(readonly=True)
    headers = fields.Json(readonly=True)
    headers_text = fields.Text("Headers shown", compute="_compute_headers_text")
    address = fields.Char("Sender's address", readonly=True)
    verdict = fields.Selection(
        [
            ("credited", "Credited"),
            ("noted", "Noted"),
            ("duplicate", "Known already"),
            ("deferred", "To be confirmed"),
            ("mismatch", "Waits for a person"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        index=True,
        default="noted",
    )
    reason = fields.Char(readonly=True, help="A word for machines.")
    reason_text = fields.Char("Why", compute="_compute_reason_text")
    accepted = fields.Boolean(compute="_compute_accepted")

    @api.depends("reason")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        _ = self.env._
        words = {
            "address_not_allowed": _("The sender's address is not allowed"),
            "amount_differs": _("Another amount than asked for"),
            "amount_missing": _("No amount"),
            "credited_already": _("Credited before"),
            "currency_differs": _("Another currency than asked for"),
            "currency_missing": _("No currency"),
            "differs_from_credited": _("Differs from what was credited"),
            "failed": _("The payment failed"),
            "failed_already": _("Known to have failed"),
            "invalid_signature": _("The signature does not fit"),
            "late_failure": _("A failure told after the success"),
            "not_confirmed": _("The gateway does not confirm it"),
            "not_confirmed_yet": _("Not confirmed yet"),
            "pending": _("Still pending"),
            "receipt_used": _("This receipt was credited before"),
            "reference_differs": _("Another reference"),
            "request_differs": _("Another request"),
            "request_of_another": _("A request of another attempt"),
            "second_receipt": _("A second receipt"),
            "unknown_account": _("No such account number"),
            "unknown_address": _("No such callback address"),
            "unknown_reference": _("No such reference"),
            "waits_for_a_person": _("Waits for a person"),
        }
        for callback in self:
            word = callback.reason
            callback.reason_text = words.get(word, word)

    @api.depends("headers")
    def _compute_headers_text(self):
        for callback in self:
            pairs = (callback.headers or {}).items()
            callback.headers_text = "\n".join(f"{key}: {value}" for key, value in pairs)

    @api.depends("verdict")
    def _compute_accepted(self):
        for callback in self:
            callback.accepted = callback.verdict not in ("refused", "mismatch")

    def _compute_display_name(self):
        for callback in self:
            callback.display_name = f"{callback.attempt_id.name or '?'} #{callback.id}"

    @api.model
    def abs_receive(self, code, token, event, body, headers, address):
        """Take one message of a gateway; return its log row.

        :param str code: gateway of the URL
        :param str token: last part of the address; '' on the signed address
        :param str event: what the address says of the message (``confirmation``), or ''
        :param bytes body: as received; :param headers: a mapping
        :param str address: IP of the sender
        :raise NotFound: unknown address (404)
        :raise InvalidSignature: not signed by the provider (401)
        :raise Forbidden: ``address_not_allowed`` (403)
        :raise BusinessError: ``malformed`` (400)
        """
        headers = {key.lower(): value for key, value in headers.items()}
        log = self.create(
            {
                "body": body[:MAX_BODY].decode(errors="replace").replace("\x00", ""),
                "headers": {k: headers[k][:500] for k in KEPT_HEADERS if k in headers},
                "address": address,
            }
        )
        payload = log._abs_decode(body)
        provider, attempt = log._abs_addressee(code, token, payload)
        if not provider:
            log.body = log.body[:MAX_STRANGE]  # anybody can send these
            log._abs_refuse(
                "unknown_address",
                NotFound(self.env._("There is no such callback address.")),
            )
        log.write({"provider_id": provider.id, "attempt_id": attempt.id})
        adapter = provider._adapter()
        if not provider._abs_may_call(address):
            log._abs_refuse(
                "address_not_allowed",
                Forbidden(
                    self.env._("Callbacks from this address are not taken."),
                    code="address_not_allowed",
                ),
            )
        if adapter.signed and not adapter.authentic(body, headers):
            log.attempt_id = False  # the body named it, and the body is not believed
            log._abs_refuse(
                "invalid_signature",
                InvalidSignature(self.env._("The signature does not fit the body.")),
            )
        try:
            told = adapter.parse(payload, event)
        except Malformed as exc:
            log._abs_refuse(
                f"malformed: {exc}",
                BusinessError(
                    self.env._("The message is not understood: %s.", str(exc)),
                    code="malformed",
                ),
            )
        log._abs_apply(provider, attempt, told)
        return log

    def _abs_decode(self, body):
        try:
            return json.loads(body or b"{}", parse_float=Decimal)
        except (ValueError, RecursionError):
            return {}

    def _abs_addressee(self, code, token, payload):
        """Return provider and attempt (maybe empty) that an address means.

        An address with a token belongs to one attempt or one provider. The one without
        is for signed messages: the reference inside says which attempt, and so which
        provider's secret has to fit.
        """
        providers = self.env["abs.payment.provider"].with_context(active_test=False)
        attempts = self.env["abs.payment.attempt"]
        if token:
            attempt = attempts.search([("callback_token", "=", token)], limit=1)
            provider = attempt.provider_id or providers.search(
                [("callback_token", "=", token)], limit=1
            )
            if provider and code in (provider.code, REGISTRY[provider.code].address):
                return provider, attempt
        elif code in REGISTRY and REGISTRY[code].signed and isinstance(payload, dict):
            reference = payload.get("reference")
            if isinstance(reference, str) and reference:
                attempt = attempts.search(
                    [("name", "=", reference), ("provider_id.code", "=", code)],
                    limit=1,
                )
                return attempt.provider_id, attempt
        return providers, attempts

    def _abs_refuse(self, reason, error):
        """Keep the log row, then raise ``error``."""
        self.write({"verdict": "refused", "reason": reason})
        self._abs_keep()
        raise error

    def _abs_keep(self):
        """Commit the log row, the only thing this transaction wrote."""
        self.env.flush_all()
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _abs_answer(self):
        """What the gateway is told, as values of the answer."""
        self.ensure_one()
        extra = self.provider_id._adapter().answer(self.accepted, self.reason)
        return {
            "accepted": self.accepted,
            "verdict": self.verdict,
            "reason": self.reason or None,
            **extra,
        }

    # From a message to its effect

    def _abs_apply(self, provider, attempt, told):
        """Find the attempt that a message means, and let it take the news."""
        attempts = self.env["abs.payment.attempt"]
        if told.kind == "c2b_validation":
            found = provider._abs_match_account(told.account)
            self._abs_note("noted" if found else "refused", found, "unknown_account")
            return
        if told.kind == "c2b":
            self._abs_settle(provider._abs_c2b_attempt(told), told)
            return
        meant = attempt or attempts.search(
            [
                ("provider_id", "=", provider.id),
                "|",
                ("name", "=", told.reference or "-"),
                ("request_reference", "=", told.request_reference or "-"),
            ],
            limit=1,
        )
        if not meant or meant.provider_id != provider:
            self._abs_note("refused", False, "unknown_reference")
            return
        self.attempt_id = meant
        if told.status == "success" and not provider._adapter().signed:
            if not self._abs_confirmed(meant, told):
                return
        self._abs_settle(meant, told)

    def _abs_note(self, verdict, found, reason):
        self.write({"verdict": verdict, "reason": False if found else reason})

    def _abs_confirmed(self, attempt, told):
        """Ask the gateway whether an unsigned success is true.

        When it can't be asked now, what was reported is kept and the next poll decides.
        """
        if attempt.state == "succeeded":
            return True  # nothing to credit any more; the settlement compares
        adopted = not attempt.request_reference and told.request_reference
        if adopted and self.env["abs.payment.attempt"].search_count(
            [
                ("provider_id", "=", attempt.provider_id.id),
                ("request_reference", "=", adopted),
            ],
            limit=1,
        ):
            self.write({"verdict": "refused", "reason": "request_of_another"})
            return False
        try:
            adapter = attempt.provider_id._adapter()
            answer = None if adopted else adapter.query(attempt)
        except (NotSent, Refused, Unknown):
            answer = None
        if answer and answer.status == "success":
            return True
        if answer and answer.status == "failure":
            self.write({"verdict": "refused", "reason": "not_confirmed"})
            return False
        attempt._abs_lock()
        attempt._abs_keep_report(told)
        if adopted:
            # The answer to our push was lost, so the gateway's number of it is news:
            # it came to the attempt's own address, and the next poll asks by it.
            attempt.request_reference = adopted
        if attempt.state in ("failed", "expired", "cancelled"):
            attempt.state = "pending"  # to be polled again
        attempt.next_poll_at = fields.Datetime.now()
        self.write({"verdict": "deferred", "reason": "not_confirmed_yet"})
        return False

    def _abs_settle(self, attempt, told):
        self.attempt_id = attempt
        verdict, reason = attempt._abs_settle(told)
        self.write({"verdict": verdict, "reason": reason})

    @api.model
    def _abs_log_poll(self, attempt, told):
        """Log the answer to a question of ours and apply it."""
        log = self.create(
            {
                "provider_id": attempt.provider_id.id,
                "source": "poll",
                "body": json.dumps(told._asdict()),
            }
        )
        log._abs_settle(attempt, attempt._abs_with_report(told))

    @api.autovacuum
    def _gc_foreign(self):
        """Forget old messages that belong to no attempt."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.search(
            [("attempt_id", "=", False), ("create_date", "<", limit)], limit=10_000
        ).unlink()
