"""What a gateway's messages do, over real HTTP (docs/contract.md 5)."""

import json
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict, Forbidden
from .mobile_common import MobileMoneyCase


@tagged("post_install", "-at_install")
class TestMobileMoney(MobileMoneyCase):
    def test_success_pays_the_invoice_once(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.assertEqual(attempt.state, "pending")
        self.assertEqual(attempt.push_state, "sent")
        self.assertEqual(attempt.request_reference, push["request_id"])
        self.assertEqual(attempt.amount, 1180)
        self.assertEqual(push["amount"], "1180")
        self.assertEqual(
            (attempt.x_sa_id, attempt.x_actor_id.name), (self.sa_lom, "Jean")
        )
        for turn in range(3):
            status, answer = self.call_back(push)
            self.assertEqual((status, answer["accepted"]), (200, True), answer)
            verdict = "credited" if turn == 0 else "duplicate"
            self.assertEqual(answer["verdict"], verdict)
        self.assertEqual(attempt.state, "succeeded")
        payment = attempt.payment_id
        self.assertEqual(self.payments_of(invoice), payment)
        self.assertEqual(payment.amount, 1180)
        self.assertEqual(payment.journal_id, self.provider.journal_id)
        self.assertEqual(payment.x_sa_id, self.sa_lom)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(len(attempt.callback_ids), 3)

    def test_signed_address_without_token(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        url = self.base_url() + "/api/payments/callback/sandbox"
        status, answer = self.call_back(push, url=url, secret="wrong")
        self.assertEqual((status, answer["code"]), (401, "invalid_signature"))
        status, answer = self.call_back(push, url=url, reference="PAUNKNOWN000")
        self.assertEqual(status, 404)
        self.assertEqual(attempt.state, "pending")
        status, answer = self.call_back(push, url=url)
        self.assertEqual((status, answer["verdict"]), (200, "credited"))

    def test_tampered_and_unknown_are_refused_and_logged(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        body = self.gateway.body(push).replace(b'"1180"', b'"1181"')
        path = push["callback_url"].removeprefix(self.base_url())
        headers = {"Content-Type": "application/json"}
        module = self.gateway.send_raw.__globals__
        signature = module["sign"]("test-secret", self.gateway.body(push))
        for given in (signature, "", "0" * 64, "é"):
            answer = self.call(
                "POST",
                path,
                data=body,
                headers={**headers, "X-Signature": given.encode("latin-1")},
            )
            self.assertEqual(answer.status, 401, answer.text)
            log = self.last_log()
            self.assertEqual(
                (log.verdict, log.reason), ("refused", "invalid_signature")
            )
            self.assertIn("1181", log.body)
        for wrong in (
            "/api/payments/callback/sandbox/" + "x" * 43,
            path.replace("/sandbox/", "/mpesa/"),
            path.replace("/sandbox/", "/nobody/"),
            "/api/payments/callback/mpesa",
        ):
            answer = self.call("POST", wrong, data=body, headers=headers)
            self.assertEqual(answer.status, 404, wrong)
            self.assertEqual(self.last_log().reason, "unknown_address")
        self.assertEqual(attempt.state, "pending")
        self.assertFalse(self.payments_of(invoice))

    def test_a_message_for_another_attempt(self):
        first, push = self.pushed(self.invoice())
        second, other = self.pushed(self.invoice(partner=self.marie, price=2000))
        status, answer = self.call_back(other, url=push["callback_url"])
        self.assertEqual((status, answer["accepted"]), (200, False))
        self.assertEqual(answer["reason"], "reference_differs")
        self.assertFalse(first.payment_id)
        self.assertFalse(second.payment_id)

    def test_receipt_counts_once(self):
        first, push = self.pushed(self.invoice())
        second, other = self.pushed(self.invoice())
        self.call_back(push, transaction_id="TX-1")
        status, answer = self.call_back(other, transaction_id="TX-1")
        self.assertEqual((status, answer["accepted"]), (200, False))
        self.assertEqual(answer["reason"], "receipt_used")
        self.assertEqual((first.state, second.state), ("succeeded", "pending"))
        self.assertFalse(second.payment_id)

    def test_other_amount_or_currency_waits_for_a_person(self):
        cases = (
            ({"amount": "1179"}, "amount_differs"),
            ({"amount": "1180.001"}, "amount_differs"),
            ({"currency": "KES"}, "currency_differs"),
            ({"currency": ""}, "currency_missing"),
            ({"request_id": "req-other"}, "request_differs"),
        )
        for changes, reason in cases:
            invoice = self.invoice()
            attempt, push = self.pushed(invoice)
            status, answer = self.call_back(push, **changes)
            self.assertEqual((status, answer["accepted"]), (200, False))
            self.assertEqual(answer["reason"], reason)
            # a person reads a sentence
            self.assertNotIn("_", attempt.callback_ids.reason_text)
            self.assertEqual(attempt.state, "mismatch")
            self.assertTrue(attempt.needs_review)
            self.assertEqual(invoice.payment_state, "not_paid")
        self.assertFalse(self.payments_of(invoice))
        # The right message afterwards doesn't decide for the person.
        status, answer = self.call_back(push)
        self.assertEqual(answer["verdict"], "mismatch")
        self.assertFalse(attempt.payment_id)

    def test_a_person_decides(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.call_back(push, amount="500")
        clerk = self.user("clerk", "group_user", self.togo)
        boss = self.user("boss", "group_manager", self.togo)
        attempt = attempt.with_context(allowed_company_ids=self.togo.ids)
        with self.assertRaises(AccessError):
            attempt.with_user(clerk).action_accept()
        with self.assertRaises(Forbidden):
            attempt.with_user(boss).write({"state": "succeeded"})
        attempt.with_user(boss).action_accept()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(attempt.payment_id.amount, 500)
        self.assertEqual(invoice.amount_residual, 680)
        with self.assertRaises(Conflict):
            attempt.with_user(boss).action_accept()
        again, push = self.pushed(invoice)
        self.call_back(push, amount="600")
        again = again.with_context(allowed_company_ids=self.togo.ids)
        again.with_user(boss).action_reject()
        self.assertEqual(again.state, "failed")
        self.assertEqual(invoice.amount_residual, 680)

    def test_late_failure_and_late_success(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.call_back(push)
        status, answer = self.call_back(push, "failed")
        self.assertEqual((status, answer["reason"]), (200, "late_failure"))
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.payment_state, "paid")
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.call_back(push, "failed")
        self.assertEqual(attempt.state, "failed")
        self.assertEqual(attempt.message, "Cancelled by the payer")
        self.call_back(push)
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(len(self.payments_of(invoice)), 2)

    def test_success_after_expiry_or_cancellation(self):
        for end in ("expired", "cancelled"):
            invoice = self.invoice()
            attempt, push = self.pushed(invoice)
            if end == "cancelled":
                path = f"/api/payments/attempts/{attempt.id}/cancel"
                self.ok("POST", path, who=self.jean)
            else:
                with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
                    self.own(attempt, "_abs_poll")
            self.assertEqual(attempt.state, end)
            self.call_back(push)
            self.assertEqual(attempt.state, "succeeded")
            self.assertEqual(invoice.payment_state, "paid")

    def test_second_payment_is_not_lost(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.call_back(push)
        _status, answer = self.call_back(push, transaction_id="TX-SECOND")
        self.assertEqual(answer["reason"], "second_receipt")
        self.assertEqual(len(self.payments_of(invoice)), 1)
        again = self.env["abs.payment.attempt"].search([], limit=1)
        self.assertNotEqual(again, attempt)
        self.assertEqual((again.state, again.received_amount), ("mismatch", 1180))
        again.action_accept()
        self.assertEqual(len(self.payments_of(invoice)), 2)
        credit = self.marie.with_company(self.togo).credit
        self.assertEqual(credit, -1180)

    def test_paid_in_cash_meanwhile_becomes_a_credit(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.pay(invoice)
        self.call_back(push)
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(attempt.payment_id.amount, 1180)
        self.assertIn(attempt.payment_id.state, ("in_process", "paid"))
        self.assertEqual(attempt.payment_id.x_sa_id, self.sa_lom)
        self.assertEqual(self.marie.with_company(self.togo).credit, -1180)

    def test_order_is_paid_by_its_smart_payment(self):
        order = self.quotation(self.marie, [(self.installation, 1, 1000)])
        order.action_confirm()
        attempt = self.start(
            self.env["account.move"], invoice_id=None, order_id=order.id
        )
        self.own(attempt, "_abs_push")
        self.call_back(self.gateway.pushes[-1])
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(order.invoice_ids.payment_state, "paid")
        self.assertEqual(attempt.payment_id.reconciled_invoice_ids, order.invoice_ids)

    def test_allow_list(self):
        attempt, push = self.pushed(self.invoice())
        self.provider.ip_allow_list = "196.201.214.0/24, 10.0.0.1"
        status, answer = self.call_back(push)
        self.assertEqual((status, answer["code"]), (403, "address_not_allowed"))
        self.assertEqual(attempt.state, "pending")
        self.provider.ip_allow_list = "196.201.214.0/24, 127.0.0.0/8"
        self.assertEqual(self.call_back(push)[1]["verdict"], "credited")
        with self.assertRaises(BusinessError):
            self.provider.ip_allow_list = "everybody"

    def test_malformed_messages(self):
        attempt, push = self.pushed(self.invoice())
        for changes in (
            {"status": "great"},
            {"amount": "many"},
            {"amount": "NaN"},
            {"amount": [1]},
        ):
            body = json.loads(self.gateway.body(push))
            body.update(changes)
            data = json.dumps(body).encode()
            sign = self.gateway.send_raw.__globals__["sign"]
            answer = self.call(
                "POST",
                push["callback_url"].removeprefix(self.base_url()),
                data=data,
                headers={
                    "Content-Type": "application/json",
                    "X-Signature": sign("test-secret", data),
                },
            )
            self.assertEqual((answer.status, answer.body["code"]), (400, "malformed"))
            self.assertTrue(self.last_log().reason.startswith("malformed"))
        self.assertEqual(attempt.state, "pending")
