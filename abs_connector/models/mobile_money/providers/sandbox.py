"""A gateway for demos and tests that works over real HTTP.

Its other end is ``scripts/demo/sandbox_gateway.py``. Both sides sign: the header
``X-Signature`` is the HMAC-SHA256 of the body, in hexadecimal, under the provider's
signature secret.

======================  =============================================================
we send                 ``POST /push {reference, amount, currency, phone,
                        callback_url}`` -> ``{request_id}``
we ask                  ``GET /transactions/<reference>`` -> a callback's body
the gateway calls back  ``{reference, status: success|failed|pending, amount,
                        currency, transaction_id, request_id, phone, reason}``
======================  =============================================================

``amount`` travels as decimal text.
"""

import json
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from .base import Adapter, Event, Malformed, Unknown, same, sign

STATUSES = {"success": "success", "failed": "failure", "pending": "pending"}


class Sandbox(Adapter):
    code = "sandbox"
    label = "Sandbox"
    required = ("signature_secret",)

    def push(self, attempt):
        payload = {
            "reference": attempt.name,
            "amount": attempt._abs_amount_text(),
            "currency": attempt.currency_id.name,
            "phone": self.phone(attempt.phone),
            "callback_url": attempt._abs_callback_url(),
        }
        body = json.dumps(payload, separators=(",", ":")).encode()
        headers = {"X-Signature": sign(self.provider.signature_secret, body)}
        data = self.send("POST", "/push", payload, headers)
        if not data.get("request_id"):
            raise Unknown("answer without request_id")
        return str(data["request_id"])

    def query(self, attempt):
        path = f"/transactions/{quote(attempt.name)}"
        headers = {
            "X-Signature": sign(self.provider.signature_secret, attempt.name.encode())
        }
        try:
            return self.parse(self.send("GET", path, headers=headers), "")
        except Malformed as exc:
            raise Unknown("answer not understood") from exc

    def authentic(self, body, headers):
        given = headers.get("x-signature", "").removeprefix("sha256=").lower()
        return same(given, sign(self.provider.signature_secret, body))

    def parse(self, payload, event):
        if not isinstance(payload, dict) or payload.get("status") not in STATUSES:
            raise Malformed("status")
        try:
            number = Decimal(str(payload["amount"])) if "amount" in payload else None
        except InvalidOperation as exc:
            raise Malformed("amount") from exc
        if number is not None and not number.is_finite():
            raise Malformed("amount")
        return Event(
            kind="push",
            status=STATUSES[payload["status"]],
            reference=str(payload.get("reference") or ""),
            request_reference=str(payload.get("request_id") or ""),
            provider_reference=str(payload.get("transaction_id") or ""),
            amount="" if number is None else str(number),
            currency=str(payload.get("currency") or ""),
            phone=str(payload.get("phone") or ""),
            reason=str(payload.get("reason") or "")[:200],
        )
