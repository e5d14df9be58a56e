"""M-Pesa of Safaricom Kenya, through the Daraja API.

Used: OAuth client credentials, STK push (``/mpesa/stkpush/v1/processrequest``), STK
query (``/mpesa/stkpushquery/v1/query``), C2B (``/mpesa/c2b/v1/registerurl``, v2 for newer
apps, and the validation and confirmation calls that follow it).

Daraja signs nothing. What stands in for a signature:

* each STK push carries its own unguessable callback address, and C2B has that of the
  provider;
* a success is believed only after the STK query said the same;
* ``ip_allow_list`` names the hosts that may call (Safaricom publishes its own).

A C2B confirmation cannot be queried synchronously: there the address and the allow
list alone protect, so fill the latter in production.
"""

import base64
import hashlib
import time
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from .base import (
    Adapter,
    Event,
    Malformed,
    NotSent,
    Refused,
    Unknown,
    amount_of,
    word_of,
    words_of,
)

NAIROBI = timezone(timedelta(hours=3))
HOSTS = {
    "test": "https://sandbox.safaricom.co.ke",
    "production": "https://api.safaricom.co.ke",
}
STILL_RUNNING = ("4999", "500.001.1001")
_tokens = {}  # (database, provider, key) -> (token, good until); each worker has its own


class Mpesa(Adapter):
    code = "mpesa"
    label = "M-Pesa (Daraja)"
    # Safaricom refuses addresses in which its brands (or exe, cmd, sql, query) occur;
    # for the same reason our tokens are hexadecimal.
    address = "daraja"
    signed = False
    events = ("confirmation", "validation")
    required = ("api_key", "api_secret", "shortcode", "passkey")
    hosts = HOSTS

    # Requests

    def push(self, attempt):
        stamp, password = self._password()
        data = self.send(
            "POST",
            "/mpesa/stkpush/v1/processrequest",
            {
                "BusinessShortCode": self.provider.shortcode,
                "Password": password,
                "Timestamp": stamp,
                "TransactionType": self.provider.transaction_type,
                "Amount": attempt._abs_amount_text(),
                "PartyA": self.phone(attempt.phone),
                "PartyB": self.provider.till_number or self.provider.shortcode,
                "PhoneNumber": self.phone(attempt.phone),
                "CallBackURL": attempt._abs_callback_url(),
                "AccountReference": attempt._abs_account_reference()[:12],
                "TransactionDesc": "Payment",
            },
            self._bearer(),
        )
        try:
            if word_of(data, "ResponseCode") != "0":
                raise Refused(words_of(data, "ResponseDescription") or "refused")
            return word_of(data, "CheckoutRequestID")
        except Malformed as exc:
            raise Unknown(f"answer without {exc}") from exc

    def query(self, attempt):
        if not attempt.request_reference:
            # Our request's answer was lost: only its callback can tell.
            raise Unknown("no CheckoutRequestID to ask for")
        stamp, password = self._password()
        try:
            data = self.send(
                "POST",
                "/mpesa/stkpushquery/v1/query",
                {
                    "BusinessShortCode": self.provider.shortcode,
                    "Password": password,
                    "Timestamp": stamp,
                    "CheckoutRequestID": attempt.request_reference,
                },
                self._bearer(),
            )
        except Unknown as exc:
            # 'The transaction is being processed' comes with status 500.
            if "being processed" in str(exc):
                return Event("push", "pending")
            raise
        if data.get("CheckoutRequestID") != attempt.request_reference:
            raise Unknown("answer for another request")
        try:
            code = word_of(data, "ResultCode")
        except Malformed as exc:
            raise Unknown("answer without ResultCode") from exc
        if code in STILL_RUNNING:
            return Event("push", "pending")
        # The payer cannot change the amount of an STK push: a success is of what we
        # asked for, in the shortcode's currency.
        return Event(
            kind="push",
            status="success" if code == "0" else "failure",
            request_reference=attempt.request_reference,
            amount=attempt._abs_amount_text(),
            currency=attempt.currency_id.name,
            reason=words_of(data, "ResultDesc"),
        )

    def register_c2b(self):
        """Tell Daraja where C2B validations and confirmations go.

        :return: Daraja's answer
        """
        address = self.provider._abs_callback_url()
        payload = {
            "ShortCode": self.provider.shortcode,
            # When our validation can't be reached, take the money all the same: an
            # unmatched payment waits for a person, a refused one is lost.
            "ResponseType": "Completed",
            "ConfirmationURL": f"{address}/confirmation",
            "ValidationURL": f"{address}/validation",
        }
        try:
            path = "/mpesa/c2b/v1/registerurl"
            return self.send("POST", path, payload, self._bearer())
        except (NotSent, Refused) as exc:
            # An app has the first or the second version of the product, not both.
            if "no apiproduct match" not in str(exc):
                raise
        path = "/mpesa/c2b/v2/registerurl"
        return self.send("POST", path, payload, self._bearer())

    def _bearer(self):
        """OAuth header; a token is used until a minute before it ends."""
        secret = f"{self.provider.api_key}:{self.provider.api_secret}"
        key = (
            self.provider.env.cr.dbname,
            self.provider.id,
            self.provider._abs_base_url(),
            hashlib.sha256(secret.encode()).hexdigest(),
        )
        token, until = _tokens.get(key, ("", 0))
        if time.monotonic() >= until:
            data = self.send(
                "GET",
                "/oauth/v1/generate?grant_type=client_credentials",
                auth=(self.provider.api_key, self.provider.api_secret),
            )
            try:
                token = word_of(data, "access_token", limit=4096)
                seconds = int(word_of(data, "expires_in"))
            except (Malformed, ValueError) as exc:
                raise NotSent("no access token") from exc
            _tokens[key] = (token, time.monotonic() + max(0, seconds - 60))
        return {"Authorization": f"Bearer {token}"}

    def send(self, verb, path, payload=None, headers=None, auth=None):
        try:
            return super().send(verb, path, payload, headers, auth)
        except Refused as exc:
            # The key was changed at Safaricom, or the token ended early: ask anew.
            if "Invalid Access Token" in str(exc):
                _tokens.clear()
                raise NotSent(str(exc)) from exc
            raise

    def _password(self):
        stamp = datetime.now(NAIROBI).strftime("%Y%m%d%H%M%S")
        text = f"{self.provider.shortcode}{self.provider.passkey}{stamp}"
        return stamp, base64.b64encode(text.encode()).decode()

    # Callbacks

    def parse(self, payload, event):
        if event in self.events:
            return self._parse_c2b(payload, event)
        body = payload.get("Body") if isinstance(payload, dict) else None
        call = body.get("stkCallback") if isinstance(body, dict) else None
        if not isinstance(call, dict):
            raise Malformed("stkCallback")
        done = word_of(call, "ResultCode") == "0"
        found = self._items(call)
        return Event(
            kind="push",
            status="success" if done else "failure",
            request_reference=word_of(call, "CheckoutRequestID"),
            provider_reference=word_of(found, "MpesaReceiptNumber", needed=False),
            amount=amount_of(found, "Amount", needed=False) if done else "",
            currency="KES",
            phone=words_of(found, "PhoneNumber", limit=64),
            reason=words_of(call, "ResultDesc"),
        )

    @staticmethod
    def _items(call):
        """Return Daraja's list of names and values as a dict."""
        data = call.get("CallbackMetadata")
        items = data.get("Item") if isinstance(data, dict) else None
        if not isinstance(items, list):
            return {}
        return {
            item["Name"]: item.get("Value")
            for item in items
            if isinstance(item, dict) and isinstance(item.get("Name"), str)
        }

    def _parse_c2b(self, payload, event):
        if word_of(payload, "BusinessShortCode") != self.provider.shortcode:
            raise Malformed("BusinessShortCode")
        paid = event == "confirmation"
        amount = amount_of(payload, "TransAmount")
        currency = self.provider.currency_id
        if Decimal(str(currency.round(float(amount)))) != Decimal(amount):
            raise Malformed("TransAmount")
        return Event(
            kind="c2b" if paid else "c2b_validation",
            status="success" if paid else "pending",
            # What was not paid yet has no number at times.
            provider_reference=word_of(payload, "TransID", needed=paid),
            amount=amount,
            currency="KES",
            phone=words_of(payload, "MSISDN", limit=64),
            account=words_of(payload, "BillRefNumber", limit=64),
        )

    def answer(self, accepted, reason):
        if accepted:
            return {"ResultCode": "0", "ResultDesc": "Accepted"}
        return {
            "ResultCode": {
                "unknown_account": "C2B00012",
                "amount": "C2B00013",
            }.get(reason, "C2B00016"),
            "ResultDesc": "Rejected",
        }

    def accepts(self, phone, amount, currency):
        if currency != "KES":
            return "currency"
        if Decimal(amount) != Decimal(amount).to_integral_value():
            return "amount"
        if not (phone.startswith("+254") and len(phone) == 13):
            return "phone"
        return None
