#!/usr/bin/env python3
"""A mobile-money gateway for demos and tests, over real HTTP, standard library only.

It plays two parts:

* the *sandbox* provider of the addon (``POST /push``, ``GET /transactions/<ref>``),
  with signed callbacks (``X-Signature``: HMAC-SHA256 of the body under ``--secret``);
* enough of Safaricom's *Daraja* (OAuth, STK push and query, C2B register) to test the
  M-Pesa adapter: set the provider's API address to this server.

As a program it answers every push by itself, after ``--delay`` seconds. The last digit
of the phone number says how:

===  ===================================================================
0    success (and so do 6 to 9)
1    failure: the payer refuses
2    success with another amount
3    success, reported three times
4    success, then a late failure
5    success, but no callback ever: only a question finds out
===  ===================================================================

As a module, ``Gateway`` is started by tests, which send what they like::

    with Gateway(secret) as gateway:
        gateway.url                       # the provider's API address
        gateway.pushes                    # what Odoo sent
        gateway.send(push, status="success", amount="1")
"""

import argparse
import hashlib
import hmac
import itertools
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def sign(secret, body):
    """HMAC-SHA256 of ``body`` (bytes), in hexadecimal."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post(url, body, headers=None, timeout=60):
    """POST bytes; return ``(status, decoded JSON or None)``."""
    request = urllib.request.Request(
        url,
        data=body,
        headers={"Content-Type": "application/json", **(headers or {})},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, _decoded(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, _decoded(error.read())


def _decoded(raw):
    try:
        return json.loads(raw)
    except ValueError:
        return None


class Gateway:
    """The server and what it remembers.

    :param str secret: the provider's signature secret
    :param int port: 0 takes a free one
    :param float delay: answer each push by itself after so many seconds; None: never
    """

    def __init__(self, secret, port=0, host="127.0.0.1", delay=None):
        self.secret, self.delay = secret, delay
        self.pushes, self.outcomes = [], {}
        self.refuse = None  # (status, body) with which the next pushes are answered
        self.c2b_version = "v1"  # which C2B product the app at Daraja has
        self.numbers = itertools.count(1)
        gateway = self

        class Handler(_Handler):
            owner = gateway

        self.server = ThreadingHTTPServer((host, port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://{host}:{self.server.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()

    # Sandbox provider

    def body(self, push, status="success", **changes):
        """The bytes of a callback for a push."""
        values = {
            "reference": push["reference"],
            "status": status,
            "amount": push["amount"],
            "currency": push["currency"],
            "phone": push["phone"],
            "request_id": push["request_id"],
            "transaction_id": f"TX-{push['request_id']}" if status == "success" else "",
            "reason": "" if status == "success" else "Cancelled by the payer",
            **changes,
        }
        return json.dumps(values).encode()

    def send(self, push, status="success", url=None, secret=None, **changes):
        """Send a signed callback; return ``(status, answer)``."""
        body = self.body(push, status, **changes)
        return self.send_raw(url or push["callback_url"], body, secret)

    def send_raw(self, url, body, secret=None):
        """Send bytes with a signature under ``secret`` (default: the right one)."""
        return post(url, body, {"X-Signature": sign(secret or self.secret, body)})

    def play(self, push):
        """Answer a push as the phone's last digit says."""
        digit = push["phone"][-1:]
        time.sleep(self.delay)
        if digit == "1":
            self.outcomes[push["reference"]] = self.body(push, "failed")
            self.send(push, "failed")
            return
        self.outcomes[push["reference"]] = self.body(push)
        if digit == "2":
            self.send(push, amount=str(float(push["amount"]) + 1))
        elif digit != "5":
            for _ in range(3 if digit == "3" else 1):
                self.send(push)
            if digit == "4":
                self.send(push, "failed")

    # Daraja

    def stk_body(self, push, code=0, amount=None, receipt=None):
        """The bytes of an STK callback for a Daraja push."""
        call = {
            "MerchantRequestID": "m-1",
            "CheckoutRequestID": push["request_id"],
            "ResultCode": code,
            "ResultDesc": "done" if code == 0 else "Request cancelled by user",
        }
        if code == 0:
            items = {
                "Amount": push["Amount"] if amount is None else amount,
                "MpesaReceiptNumber": receipt or f"R{push['request_id'][-8:]}",
                "TransactionDate": 20261123101500,
                "PhoneNumber": int(push["PhoneNumber"]),
            }
            call["CallbackMetadata"] = {
                "Item": [{"Name": k, "Value": v} for k, v in items.items()]
            }
        return json.dumps({"Body": {"stkCallback": call}}).encode()

    def c2b_body(self, shortcode, account, amount, receipt):
        """The bytes of a C2B validation or confirmation."""
        return json.dumps(
            {
                "TransactionType": "Pay Bill",
                "TransID": receipt,
                "TransTime": "20261123101500",
                "TransAmount": str(amount),
                "BusinessShortCode": shortcode,
                "BillRefNumber": account,
                "MSISDN": "254708374149",
                "FirstName": "Jo",
            }
        ).encode()


class _Handler(BaseHTTPRequestHandler):
    owner = None

    def log_message(self, format, *args):
        """Be quiet."""

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = json.loads(raw or b"{}")
        owner = self.owner
        if self.path == "/push":
            given = self.headers.get("X-Signature", "")
            if not hmac.compare_digest(given, sign(owner.secret, raw)):
                return self.answer({"error": "bad signature"}, 403)
            return self.take(data, "request_id")
        if self.path == "/mpesa/stkpush/v1/processrequest":
            if not self.bearer():
                return self.answer({"errorMessage": "Invalid Access Token"}, 404)
            return self.take(data, "CheckoutRequestID", ResponseCode="0")
        if self.path == "/mpesa/stkpushquery/v1/query":
            return self.query(data)
        if self.path.startswith("/mpesa/c2b/") and self.path.endswith("/registerurl"):
            if owner.c2b_version not in self.path.split("/"):
                text = "Invalid API call as no apiproduct match found"
                return self.answer({"errorMessage": text}, 401)
            owner.registered = data
            return self.answer({"ResponseCode": "0"})
        return self.answer({"error": "unknown path"}, 404)

    def do_GET(self):
        owner = self.owner
        if self.path.startswith("/oauth/v1/generate"):
            owner.token = secrets.token_hex(8)
            return self.answer({"access_token": owner.token, "expires_in": "3599"})
        if self.path.startswith("/transactions/"):
            reference = self.path.rsplit("/", 1)[1]
            found = owner.outcomes.get(reference)
            if found is None:
                pending = {"reference": reference, "status": "pending"}
                found = json.dumps(pending).encode()
            return self.answer(json.loads(found))
        return self.answer({"error": "unknown path"}, 404)

    def bearer(self):
        return self.headers.get("Authorization") == f"Bearer {self.owner.token}"

    def take(self, data, key, **more):
        owner = self.owner
        if owner.refuse:
            return self.answer(owner.refuse[1], owner.refuse[0])
        number = f"req-{next(owner.numbers)}-{secrets.token_hex(4)}"
        push = {**data, "request_id": number}
        owner.pushes.append(push)
        self.answer({key: number, **more})
        if owner.delay is not None and "reference" in data:
            threading.Thread(target=owner.play, args=(push,), daemon=True).start()

    def query(self, data):
        found = self.owner.outcomes.get(data.get("CheckoutRequestID"))
        if found is None:
            return self.answer(
                {
                    "errorCode": "500.001.1001",
                    "errorMessage": "The transaction is being processed",
                },
                500,
            )
        return self.answer(
            {
                "ResponseCode": "0",
                "CheckoutRequestID": data["CheckoutRequestID"],
                "ResultCode": str(found),
                "ResultDesc": "done",
            }
        )

    def answer(self, data, status=200):
        raw = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--port", type=int, default=8899)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--secret", required=True, help="the provider's secret")
    parser.add_argument("--delay", type=float, default=1.0)
    given = parser.parse_args()
    gateway = Gateway(given.secret, given.port, given.host, given.delay)
    print(f"Sandbox gateway at {gateway.url}", flush=True)
    try:
        gateway.server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
