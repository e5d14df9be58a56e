"""M-Pesa: STK push, query and C2B against the gateway's imitation of Daraja."""

from odoo.tests import tagged

from ..exceptions import BusinessError
from ..models.mobile_money.providers import mpesa
from .mobile_common import MobileMoneyCase


class MpesaCase(MobileMoneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mpesa = cls.env["abs.payment.provider"].create(
            {
                "name": "M-Pesa 600000",
                "code": "mpesa",
                "company_id": cls.kenya.id,
                "journal_id": cls.journal(cls.kenya, "mobile_money").id,
                "currency_id": cls.kenya.currency_id.id,
                "api_key": "consumer",
                "api_secret": "hush",
                "shortcode": "600000",
                "passkey": "pass",
                "api_url": cls.gateway.url,
                "state": "test",
            }
        )

    def setUp(self):
        super().setUp()
        mpesa._tokens.clear()
        self.mpesa.callback_base_url = self.base_url()

    def started(self, price=1000, **body):
        invoice = self.invoice(price, self.zawadi)
        body = {"invoice_id": invoice.id, "phone": "0712345678", **body}
        answer = self.ok("POST", "/api/payments/attempts", body, who=self.otieno)
        attempt = self.env["abs.payment.attempt"].browse(answer["attempt"]["id"])
        self.own(attempt, "_abs_push")
        return invoice, attempt, self.gateway.pushes[-1]

    def tell(self, url, body):
        path = url.removeprefix(self.base_url())
        headers = {"Content-Type": "application/json"}
        return self.call("POST", path, data=body, headers=headers)


@tagged("post_install", "-at_install")
class TestMpesa(MpesaCase):
    def test_stk_push_success_is_confirmed_by_query(self):
        invoice, attempt, push = self.started()
        self.assertEqual(push["PhoneNumber"], "254712345678")
        self.assertEqual(push["Amount"], "1160")
        self.assertEqual(push["AccountReference"], attempt.name)
        self.assertEqual(attempt.request_reference, push["request_id"])
        body = self.gateway.stk_body(push, receipt="NLJ7RT61SV")
        # Daraja doesn't confirm yet: nothing is credited.
        answer = self.tell(push["CallBackURL"], body)
        self.assertEqual((answer.status, answer.body["verdict"]), (200, "deferred"))
        self.assertEqual(answer.body["ResultCode"], "0")
        self.assertEqual(attempt.state, "pending")
        # Now it does, by the next question.
        self.gateway.outcomes[push["request_id"]] = 0
        self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(attempt.provider_reference, "NLJ7RT61SV")
        self.assertEqual(invoice.payment_state, "paid")
        answer = self.tell(push["CallBackURL"], body)
        self.assertEqual(answer.body["verdict"], "duplicate")
        self.assertEqual(len(self.payments_of(invoice)), 1)

    def test_forged_success_is_not_believed(self):
        _invoice, attempt, push = self.started()
        self.gateway.outcomes[push["request_id"]] = 1032
        answer = self.tell(push["CallBackURL"], self.gateway.stk_body(push))
        self.assertEqual(answer.body["reason"], "not_confirmed")
        self.assertIs(answer.body["accepted"], False)
        self.assertFalse(attempt.payment_id)
        self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "failed")

    def test_amount_in_the_callback_counts(self):
        invoice, attempt, push = self.started()
        self.gateway.outcomes[push["request_id"]] = 0
        answer = self.tell(push["CallBackURL"], self.gateway.stk_body(push, amount=1.0))
        self.assertEqual(answer.body["reason"], "amount_differs")
        self.assertEqual(attempt.state, "mismatch")
        self.assertEqual(invoice.payment_state, "not_paid")

    def test_failure(self):
        _invoice, attempt, push = self.started()
        self.tell(push["CallBackURL"], self.gateway.stk_body(push, code=1032))
        self.assertEqual(attempt.state, "failed")
        self.assertEqual(attempt.message, "Request cancelled by user")

    def test_poll_credits_without_a_callback(self):
        invoice, attempt, push = self.started()
        self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "pending")
        self.gateway.outcomes[push["request_id"]] = 0
        self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "succeeded")
        self.assertFalse(attempt.provider_reference)
        # The receipt number comes later, by C2B, which must not credit again.
        url = self.mpesa._abs_callback_url() + "/confirmation"
        body = self.gateway.c2b_body("600000", attempt.name, 1160, "NLJ7RT61SV")
        answer = self.tell(url, body)
        self.assertEqual(answer.body["verdict"], "duplicate", answer.text)
        self.assertEqual(attempt.provider_reference, "NLJ7RT61SV")
        self.assertEqual(len(self.payments_of(invoice)), 1)

    def test_whole_amounts_and_kenyan_numbers_only(self):
        invoice = self.invoice(1000, self.zawadi)
        for code, body in (
            ("amount_invalid", {"amount": 10.5}),
            ("phone_invalid", {"phone": "+22890123456"}),
        ):
            body = {"invoice_id": invoice.id, "phone": "0712345678", **body}
            self.refused(
                400, code, "POST", "/api/payments/attempts", body, who=self.otieno
            )

    def test_token_is_kept_and_renewed(self):
        self.started()
        token = self.gateway.token
        self.started()
        self.assertEqual(self.gateway.token, token)
        self.gateway.token = "changed"
        _invoice, attempt, _push = self.started()
        self.assertEqual(attempt.push_state, "queued")
        self.own(attempt, "_abs_push")
        self.assertEqual(attempt.push_state, "sent")

    def test_c2b_finds_its_invoice(self):
        invoice = self.invoice(1000, self.zawadi)
        base = self.mpesa._abs_callback_url()
        typed = invoice.name.lower().replace("/", " ")
        body = self.gateway.c2b_body("600000", typed, "500.00", "C2B1")
        answer = self.tell(base + "/validation", body)
        self.assertEqual(answer.body["ResultCode"], "0", answer.text)
        answer = self.tell(
            base + "/validation", self.gateway.c2b_body("600000", "zzz9", 5, "C2B0")
        )
        self.assertEqual(answer.body["ResultCode"], "C2B00012")
        for verdict in ("credited", "duplicate"):
            answer = self.tell(base + "/confirmation", body)
            self.assertEqual(answer.body["verdict"], verdict, answer.text)
        self.assertEqual(invoice.amount_residual, 660)
        attempt = self.env["abs.payment.attempt"].search([], limit=1)
        self.assertEqual((attempt.kind, attempt.x_sa_id), ("c2b", self.sa_nbo))
        self.assertEqual(len(self.payments_of(invoice)), 1)

    def test_c2b_of_nobody_waits_for_a_person(self):
        invoice = self.invoice(1000, self.zawadi)
        url = self.mpesa._abs_callback_url() + "/confirmation"
        body = self.gateway.c2b_body("600000", "who knows", 700, "C2B7")
        answer = self.tell(url, body)
        self.assertEqual(answer.body["verdict"], "mismatch")
        self.tell(url, body)
        attempt = self.env["abs.payment.attempt"].search([("kind", "=", "c2b")])
        self.assertEqual((len(attempt), attempt.state), (1, "mismatch"))
        self.assertFalse(attempt.payment_id)
        with self.assertRaises(BusinessError):
            attempt.action_accept()
        attempt.write({"partner_id": self.zawadi.id, "invoice_id": invoice.id})
        attempt.action_accept()
        self.assertEqual(invoice.amount_residual, 460)
        other = self.gateway.c2b_body("600001", "who knows", 700, "C2B8")
        self.assertEqual(self.tell(url, other).status, 400)

    def test_c2b_pays_an_order_and_a_request(self):
        order = self.quotation(self.zawadi, [(self.installation, 1, 1000)])
        order.action_confirm()
        url = self.mpesa._abs_callback_url() + "/confirmation"
        self.tell(url, self.gateway.c2b_body("600000", order.name, 1160, "C2B9"))
        self.assertEqual(order.invoice_ids.payment_state, "paid")
        invoice = self.invoice(100, self.zawadi)
        body = {"invoice_id": invoice.id, "due_date": "2026-12-31"}
        asked = self.ok("POST", "/api/payment-requests", body, who=self.otieno)
        asked = asked["payment_request"]
        self.assertEqual((asked["amount"], asked["state"]), (116, "open"))
        self.tell(url, self.gateway.c2b_body("600000", asked["name"], 116, "C2B10"))
        self.assertEqual(invoice.payment_state, "paid")
        path = f"/api/payment-requests/{asked['id']}"
        shown = self.ok("GET", path, who=self.otieno)["payment_request"]
        self.assertEqual((shown["state"], shown["amount_paid"]), ("paid", 116))
        self.assertEqual(shown["attempts"][0]["kind"], "c2b")

    def test_register_c2b(self):
        self.mpesa.action_register_c2b()
        base = self.mpesa._abs_callback_url()
        self.assertEqual(
            self.gateway.registered["ConfirmationURL"], f"{base}/confirmation"
        )
