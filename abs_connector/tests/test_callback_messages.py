"""Messages that no gateway should send: each refused or cleaned, none a 500.

Every field of every provider's callback gets what JSON can hold: null, objects, NUL,
half a surrogate, 1e308.
"""

import json

from odoo.tests import tagged

from ..models.mobile_money.providers.base import Malformed, amount_of, word_of, words_of
from ..models.mobile_money.providers.mpesa import Mpesa
from .mobile_common import MobileMoneyCase
from .test_mpesa import MpesaCase

NO_WORD = (None, {}, [], {"a": 1}, [1], True, "", "a\x00b", "\ud800", "x" * 500, 1.5)
NO_AMOUNT = (
    *(None, {}, [1], True, "", "NaN", "Infinity", "-5", -5, 0, "0", "1e308", 1e308),
    *(
        "1e999999999",
        "0.0000001",
        "9" * 400,
        int("9" * 400),
        "5\x00",
        "\u0665",
        "5 ",
        " 5",
    ),
)
ODD_TEXT = (None, {}, [1], True, "a\x00b", "\ud800", "\u202e1", "x" * 5000, 10**30)


def deep(levels):
    """An object so many levels deep, as text: what writes it may not recurse."""
    return '{"a":' * levels + "1" + "}" * levels


@tagged("post_install", "-at_install")
class TestReaders(MobileMoneyCase):
    def test_words(self):
        self.assertEqual(word_of({"a": "TX-1"}, "a"), "TX-1")
        self.assertEqual(word_of({"a": 254712345678}, "a"), "254712345678")
        self.assertEqual(word_of({}, "a", needed=False), "")
        for value in NO_WORD:
            with self.assertRaises(Malformed, msg=repr(value)):
                word_of({"a": value}, "a")
        self.assertEqual(words_of({"a": " Ko\x00fi\u202e "}, "a"), "Kofi")
        self.assertEqual(len(words_of({"a": "x" * 5000}, "a")), 200)
        for value in (None, {}, [1], True):
            self.assertEqual(words_of({"a": value}, "a"), "")
        shown = words_of(
            {"a": "Bad https://x/api/payments/callback/daraja/cafe12"}, "a"
        )
        self.assertEqual(shown, "Bad https://x/api/payments/callback/daraja/***")

    def test_amounts(self):
        for value, text in (
            (*("500.00", "500"),),
            (*(1.0, "1"),),
            (*(1160, "1160"),),
            (*("1180.001", "1180.001"),),
            (*("1e3", "1000"),),
        ):
            self.assertEqual(amount_of({"a": value}, "a"), text)
        for value in NO_AMOUNT:
            with self.assertRaises(Malformed, msg=repr(value)):
                amount_of({"a": value}, "a")


@tagged("post_install", "-at_install")
class TestSandboxMessages(MobileMoneyCase):
    def tell(self, push, text):
        body = text.encode()
        sign = self.gateway.send_raw.__globals__["sign"]
        headers = {
            "Content-Type": "application/json",
            "X-Signature": sign("test-secret", body),
        }
        path = push["callback_url"].removeprefix(self.base_url())
        return self.call("POST", path, data=body, headers=headers)

    def test_every_field(self):
        attempt, push = self.pushed(self.invoice())
        good = json.loads(self.gateway.body(push))
        for field in (
            "reference",
            "request_id",
            "transaction_id",
            "currency",
            "status",
        ):
            for value in NO_WORD:
                if value in (None, "") and field != "status":
                    continue
                answer = self.tell(push, json.dumps({**good, field: value}))
                said = (field, value, answer.text)
                self.assertEqual(answer.status, 400, said)
                self.assertEqual(answer.body["code"], "malformed", said)
        for value in NO_AMOUNT[1:]:
            answer = self.tell(push, json.dumps({**good, "amount": value}))
            self.assertEqual(answer.status, 400, (value, answer.text))
        self.assertEqual(attempt.state, "pending")
        for text in ("[]", "1", "null", '{"a":', deep(100_000), '{"amount": NaN}'):
            answer = self.tell(push, text)
            self.assertIn(answer.status, (400, 401), (text[:20], answer.text))
        answer = self.tell(push, deep(300))
        self.assertEqual(answer.status, 400, answer.text)
        self.assertEqual(attempt.state, "pending")
        # What a person wrote decides nothing.
        for value in ODD_TEXT:
            changes = {"status": "failed", "reason": value, "phone": value}
            answer = self.tell(push, json.dumps({**good, **changes}))
            self.assertEqual(answer.status, 200, (value, answer.text))
        self.assertEqual(attempt.state, "failed")
        self.assertEqual(self.call_back(push)[1]["verdict"], "credited")

    def test_addresses_of_any_kind(self):
        _attempt, push = self.pushed(self.invoice())
        body = json.loads(self.gateway.body(push))
        url = self.base_url() + "/api/payments/callback/sandbox"
        headers = {"Content-Type": "application/json"}
        for reference in NO_WORD:
            answer = self.call(
                *("POST", "/api/payments/callback/sandbox"),
                data=json.dumps({**body, "reference": reference}).encode(),
                headers=headers,
            )
            self.assertEqual(answer.status, 404, (reference, answer.text))
        for token in ("%00" * 20, "%ED%A0%80" * 20, "é" * 20, "x" * 4000, "a%0Ab" * 9):
            answer = self.call(
                *("POST", f"/api/payments/callback/sandbox/{token}"),
                data=b"{}",
                headers=headers,
            )
            self.assertIn(answer.status, (400, 404), (token[:30], answer.text))
        answer = self.call(
            *("POST", url.removeprefix(self.base_url())),
            data=self.gateway.body(push),
            headers={**headers, "User-Agent": "a\x01b"},
        )
        self.assertEqual(answer.status, 401, answer.text)

    def test_a_second_payment_of_next_to_nothing(self):
        attempt, push = self.pushed(self.invoice())
        self.call_back(push)
        status, answer = self.call_back(push, transaction_id="TX-2", amount="0.001")
        self.assertEqual((status, answer["reason"]), (200, "second_receipt"))
        again = self.env["abs.payment.attempt"].search([], limit=1)
        self.assertEqual((again.state, again.amount), ("mismatch", attempt.amount))


@tagged("post_install", "-at_install")
class TestMpesaMessages(MpesaCase):
    def test_every_field_of_c2b(self):
        invoice = self.invoice(1000, self.zawadi)
        base = self.mpesa._abs_callback_url()
        good = json.loads(self.gateway.c2b_body("600000", invoice.name, "500.00", "K1"))
        attempts = self.env["abs.payment.attempt"]
        before = attempts.search_count([])
        cases = [("TransID", value) for value in NO_WORD]
        cases += [("BusinessShortCode", value) for value in (*NO_WORD, "600001")]
        cases += [("TransAmount", value) for value in (*NO_AMOUNT, "5.001")]
        for field, value in cases:
            for event in ("confirmation", "validation"):
                if event == "validation" and field == "TransID" and value in (None, ""):
                    continue
                body = json.dumps({**good, field: value}).encode()
                answer = self.tell(f"{base}/{event}", body)
                said = (event, field, value, answer.text)
                self.assertEqual(answer.status, 400, said)
                self.assertEqual(answer.body["code"], "malformed", said)
        self.assertEqual(attempts.search_count([]), before)
        self.assertEqual(invoice.payment_state, "not_paid")
        for number, value in enumerate(ODD_TEXT):
            changes = {
                "BillRefNumber": value,
                "MSISDN": value,
                "TransID": f"ODD{number}",
            }
            answer = self.tell(
                f"{base}/confirmation", json.dumps({**good, **changes}).encode()
            )
            said = (value, answer.text)
            self.assertEqual(
                (answer.status, answer.body["verdict"]), (200, "mismatch"), said
            )
        body = json.dumps(
            {**good, "BillRefNumber": f"\u202e{invoice.name}\x00"}
        ).encode()
        self.assertEqual(
            self.tell(f"{base}/confirmation", body).body["verdict"], "credited"
        )

    def test_every_field_of_stk(self):
        _invoice, attempt, push = self.started()
        good = json.loads(self.gateway.stk_body(push))
        self.gateway.outcomes[push["request_id"]] = 0

        def tell(change):
            body = json.loads(json.dumps(good))
            change(body["Body"]["stkCallback"])
            return self.tell(push["CallBackURL"], json.dumps(body).encode())

        for field in ("CheckoutRequestID", "ResultCode"):
            for value in NO_WORD:
                answer = tell(lambda call, f=field, v=value: call.update({f: v}))
                self.assertEqual(answer.status, 400, (field, value, answer.text))
        for name, values in (
            ("Amount", NO_AMOUNT[1:]),
            ("MpesaReceiptNumber", (v for v in NO_WORD if v not in (None, ""))),
        ):
            for value in values:

                def change(call, name=name, value=value):
                    for item in call["CallbackMetadata"]["Item"]:
                        if item["Name"] == name:
                            item["Value"] = value

                answer = tell(change)
                self.assertEqual(answer.status, 400, (name, value, answer.text))
        self.assertEqual(attempt.state, "pending")
        for items in (None, [], {}, "x", [None, 1, {"Name": {}}, {"Name": "Amount"}]):
            body = {"Body": {"stkCallback": {**good["Body"]["stkCallback"]}}}
            body["Body"]["stkCallback"]["CallbackMetadata"] = {"Item": items}
            body["Body"]["stkCallback"]["ResultCode"] = 1032
            answer = self.tell(push["CallBackURL"], json.dumps(body).encode())
            self.assertEqual(answer.status, 200, (items, answer.text))
        for text in ('{"Body": 1}', '{"Body": {"stkCallback": []}}', "{}"):
            answer = self.tell(push["CallBackURL"], text.encode())
            self.assertEqual(answer.status, 400, (text, answer.text))

    def test_a_query_answered_oddly_decides_nothing(self):
        _invoice, attempt, push = self.started()
        for code in (None, {}, [], "\x00"):

            def send(*_args, code=code, **_more):
                number = push["request_id"]
                token = {"access_token": "a", "expires_in": "3599"}
                return {"CheckoutRequestID": number, "ResultCode": code, **token}

            self.patch(Mpesa, "send", send)
            self.own(attempt, "_abs_poll")
            self.assertEqual(attempt.state, "pending", code)
