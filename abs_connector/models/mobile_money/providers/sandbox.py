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
from urllib.parse import quote

from .base import (
    Adapter,
    Event,
    Malformed,
    Unknown,
    amount_of,
    same,
    sign,
    word_of,
    words_of,
)

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
        try:
            return word_of(data, "request_id")
        except Malformed as exc:
            raise Unknown("answer without request_id") from exc

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
        status = STATUSES.get(word_of(payload, "status"))
        if not status:
            raise Malformed("status")
        paid = status == "success"
        return Event(
            kind="push",
            status=status,
            reference=word_of(payload, "reference", needed=False),
            request_reference=word_of(payload, "request_id", needed=False),
            provider_reference=word_of(payload, "transaction_id", needed=False),
            amount=amount_of(payload, "amount", needed=False) if paid else "",
            currency=word_of(payload, "currency", limit=3, needed=False),
            phone=words_of(payload, "phone", limit=64),
            reason=words_of(payload, "reason"),
        )
