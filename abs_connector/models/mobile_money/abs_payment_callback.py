"""What gateways told us, each message kept as it came (docs/contract.md 5).

Where it is logged: an authentic message is answered with 200 and ``accepted`` true or
false; its log row is the *last* thing that its transaction writes. It refers to the
attempt, and PostgreSQL keeps what is referred to from changing: equal callbacks that
refer first and lock then wait for each other.

A message that isn't authentic is logged, *committed*, and then refused with 401, 403 or
404: raising alone would roll the log back. Of those that anybody can send only so many
are kept (``callback_address.STRANGERS``), and the latest of them (``_abs_prune_step``).
"""

import json
import logging
import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ...exceptions import BusinessError, Forbidden, NotFound
from .abs_payment_callback_address import STRANGERS
from .providers.base import REGISTRY, Malformed

_logger = logging.getLogger(__name__)
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
KEEP_STRANGE = 10_000  # refused messages without an attempt
#: rows of one attempt; what says nothing new is not kept beyond
MAX_REPEATS = 100
NOTHING_NEW = ("duplicate", "noted", "deferred", "refused")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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
    def _api_receive(self, code, token, event, body, headers, address):
        """Take one message of a gateway; return its log row.

        :param str code: gateway of the URL
        :param str token: last part of the address; '' on the signed address
        :param str event: what the address says of the message (``confirmation``), or ''
        :param bytes body: as received; :param headers: a mapping
        :param str address: IP of the sender
        :raises NotFound: unknown address (404)
        :raises InvalidSignature: not signed by the provider (401)
        :raises Forbidden: ``address_not_allowed`` (403)
        :raises BusinessError: ``malformed`` (400)
        """
        headers = {key.lower(): value for key, value in headers.items()}
        kept = {k: headers[k][:500] for k in KEPT_HEADERS if k in headers}
        values = {
            "body": CONTROL.sub("", body[:MAX_BODY].decode(errors="replace")),
            "headers": {k: CONTROL.sub("", text) for k, text in kept.items()},
            "address": address,
        }
        payload = self._abs_decode(body)
        provider, attempt = self._abs_addressee(code, token, event, payload)
        if not provider:
            values["body"] = values["body"][:MAX_STRANGE]  # anybody can send these
            self._abs_refuse(
                values,
                "unknown_address",
                NotFound(self.env._("There is no such callback address.")),
                stranger=True,
            )
        values["provider_id"] = provider.id
        adapter = provider._adapter()
        if not provider._abs_may_call(address):
            self._abs_refuse(
                values,
                "address_not_allowed",
                Forbidden(
                    self.env._("Callbacks from this address are not taken."),
                    code="address_not_allowed",
                ),
                stranger=True,
            )
        if adapter.signed and not adapter.authentic(body, headers):
            # The body named the attempt, and the body is not believed.
            self._abs_refuse(
                values,
                "invalid_signature",
                InvalidSignature(self.env._("The signature does not fit the body.")),
                stranger=True,
            )
        values["attempt_id"] = attempt.id
        try:
            news = adapter.parse(payload, event)
        except Malformed as exc:
            self._abs_refuse(
                values,
                f"malformed: {exc}",
                BusinessError(
                    self.env._("The message is not understood: %s.", str(exc)),
                    code="malformed",
                ),
            )
        attempt, verdict, reason = self._abs_apply(provider, attempt, news)
        values |= {"attempt_id": attempt.id, "verdict": verdict, "reason": reason}
        return self._abs_keep(values)

    @api.model
    def _abs_decode(self, body):
        try:
            return json.loads(body or b"{}", parse_float=Decimal)
        except (ValueError, RecursionError):
            return {}

    @api.model
    def _abs_addressee(self, code, token, event, payload):
        """Return provider and attempt (maybe empty) that an address means.

        An address with a token belongs to one attempt or one provider. The one without
        is for signed messages: the reference inside says which attempt, and so which
        provider's secret has to fit. What an address says of the message (C2B) is
        said at the provider's own: nothing else vouches for those, and that of an
        attempt is known to more people.
        """
        providers = self.env["abs.payment.provider"].with_context(active_test=False)
        attempts = self.env["abs.payment.attempt"]
        if token:
            if not re.fullmatch(r"[\w-]{16,128}", token, re.ASCII):
                return providers, attempts
            attempt = attempts._abs_at_token(token)
            provider = attempt.provider_id or providers.search(
                [("callback_token", "=", token)], limit=1
            )
            if provider and code in (provider.code, REGISTRY[provider.code].address):
                events = () if attempt else REGISTRY[provider.code].events
                if not event or event in events:
                    return provider, attempt
        elif code in REGISTRY and REGISTRY[code].signed and isinstance(payload, dict):
            reference = payload.get("reference")
            if isinstance(reference, str) and re.fullmatch("[A-Z0-9]{1,32}", reference):
                attempt = attempts.search(
                    [("name", "=", reference), ("provider_id.code", "=", code)],
                    limit=1,
                )
                return attempt.provider_id, attempt
        return providers, attempts.browse()

    @api.model
    def _abs_refuse(self, values, reason, error, stranger=False):
        """Keep the message, committed, then raise ``error``.

        :param bool stranger: anybody can send such messages: only so many are kept
        """
        # All that was written is an idempotency key; it goes, or strangers fill those.
        self.env.cr.rollback()
        if not stranger or STRANGERS.take(values["address"]):
            self._abs_keep({**values, "verdict": "refused", "reason": reason})
            self.env.flush_all()
            self.env.cr.commit()  # pylint: disable=invalid-commit
        else:
            _logger.warning(
                "A refused callback (%s) of %s is not kept: too many this hour",
                *(reason, values["address"]),
            )
        raise error

    @api.model
    def _abs_keep(self, values):
        """Return the log row of a message.

        Of one attempt only so many that say nothing new are written; a row that isn't
        answers all the same.
        """
        attempt = values.get("attempt_id")
        if attempt and values["verdict"] in NOTHING_NEW:
            known = self.search_count([("attempt_id", "=", attempt)], limit=MAX_REPEATS)
            if known >= MAX_REPEATS:
                return self.new(values)
        return self.create(values)

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

    @api.model
    def _abs_prune_step(self, limit):
        """Forget messages that belong to no attempt: old ones, and a flood's first."""
        date = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        old = self._abs_prune_where(
            SQL("attempt_id IS NULL AND create_date < %s", date), limit
        )
        refused = SQL("attempt_id IS NULL AND verdict = 'refused'")
        return old + self._abs_prune_beyond(refused, KEEP_STRANGE, limit - old)

    @api.autovacuum
    def _gc_foreign(self):
        self._abs_prune_step(10_000)
