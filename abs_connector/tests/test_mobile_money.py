"""Mobile money against a gateway over real HTTP (SPEC 5; issue 4, point 6)."""

import json
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import BusinessError, Conflict, Forbidden
from .mobile_common import PHONE, MobileMoneyCase


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
            attempt.with_user(clerk).action_abs_accept()
        with self.assertRaises(Forbidden):
            attempt.with_user(boss).write({"state": "succeeded"})
        attempt.with_user(boss).action_abs_accept()
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(attempt.payment_id.amount, 500)
        self.assertEqual(invoice.amount_residual, 680)
        with self.assertRaises(Conflict):
            attempt.with_user(boss).action_abs_accept()
        again, push = self.pushed(invoice)
        self.call_back(push, amount="600")
        again = again.with_context(allowed_company_ids=self.togo.ids)
        again.with_user(boss).action_abs_reject()
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
        again.action_abs_accept()
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

    def test_refusals_at_the_start(self):
        invoice = self.invoice()

        def refused(status, code, **body):
            body = {
                "invoice_id": invoice.id,
                "phone": PHONE,
                "provider": "sandbox",
                **body,
            }
            body = {k: v for k, v in body.items() if v is not None}
            self.refused(
                status, code, "POST", "/api/payments/attempts", body, who=self.jean
            )

        refused(400, "target_required", invoice_id=None)
        refused(400, "overpayment", amount=1181)
        refused(400, "amount_invalid", amount=100.5)
        refused(400, "invalid_input", amount=0)
        refused(400, "invalid_input", amount=-5)
        refused(400, "phone_invalid", phone="12")
        refused(400, "phone_invalid", phone="abc")
        refused(400, "provider_unknown", provider="nobody")
        refused(400, "provider_disabled", provider="mpesa")
        order = self.quotation(self.marie, [(self.installation, 1, 10)])
        refused(400, "order_not_confirmed", invoice_id=None, order_id=order.id)
        self.start(invoice, amount=1000)
        refused(409, "attempt_pending", amount=181)
        self.start(invoice)  # what is left: 180
        refused(409, "attempt_pending", amount=None)
        self.pay(invoice)
        refused(409, "already_paid", amount=1)
        foreign = self.invoice(partner=self.paul)
        refused(404, "not_found", invoice_id=foreign.id)
        self.assertEqual(self.env["abs.payment.attempt"].search_count([]), 2)

    def test_undelivered_order_is_not_asked_for(self):
        self.receive(self.cable, 5)
        order = self.quotation(self.marie, [(self.cable, 2)])
        order.action_confirm()
        self.refused(
            400,
            "delivery_pending",
            "POST",
            "/api/payments/attempts",
            {"order_id": order.id, "phone": PHONE},
            who=self.jean,
        )

    def test_gateway_down_is_tried_again_and_time_out_is_not(self):
        attempt = self.start(self.invoice())
        self.provider.api_url = "http://127.0.0.1:9"
        for tries in range(1, 5):
            self.own(attempt, "_abs_push")
            self.assertEqual(
                (attempt.push_state, attempt.push_tries), ("queued", tries)
            )
        self.own(attempt, "_abs_push")
        self.assertEqual(attempt.state, "failed")
        attempt = self.start(self.invoice())
        self.provider.api_url = self.gateway.url
        self.gateway.refuse = (500, {"error": "oops"})
        self.own(attempt, "_abs_push")
        self.assertEqual((attempt.state, attempt.push_state), ("pending", "sending"))
        self.own(attempt, "_abs_push")  # never twice
        self.assertEqual(attempt.push_tries, 1)
        attempt = self.start(self.invoice())
        self.gateway.refuse = (400, {"error": "unknown subscriber"})
        self.own(attempt, "_abs_push")
        self.assertEqual(attempt.state, "failed")
        self.assertIn("unknown subscriber", attempt.message)

    def test_poll_finds_what_no_callback_told(self):
        invoice = self.invoice()
        attempt, push = self.pushed(invoice)
        self.own(attempt, "_abs_poll")
        self.assertEqual((attempt.state, attempt.polls), ("pending", 1))
        self.gateway.outcomes[push["reference"]] = self.gateway.body(push)
        later = fields.Datetime.now() + timedelta(minutes=10)
        with freeze_time(later):
            self.own(self.env["abs.payment.attempt"], "_cron_abs_payment_attempts")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(attempt.callback_ids.source, "poll")
        self.assertEqual(self.call_back(push)[1]["verdict"], "duplicate")

    @mute_logger("odoo.addons.abs_connector.models.accounting.payment_sending")
    def test_cron_sends_what_was_left_and_one_failure_stops_nobody(self):
        bad = self.start(self.invoice())
        good = self.start(self.invoice())
        bad.invalidate_recordset()
        self.env.cr.execute(
            "UPDATE abs_payment_attempt SET create_date = create_date - interval '1 h'"
        )
        self.gateway.pushes.clear()
        original = type(self.provider)._adapter

        def adapter(provider):
            made = original(provider)
            push = made.push

            def broken(attempt):
                if attempt == bad:
                    raise ZeroDivisionError
                return push(attempt)

            made.push = broken
            return made

        self.patch(type(self.provider), "_adapter", adapter)
        self.own(self.env["abs.payment.attempt"], "_cron_abs_payment_attempts")
        self.assertEqual([p["reference"] for p in self.gateway.pushes], [good.name])
        self.assertEqual(good.push_state, "sent")
        self.assertEqual(bad.push_state, "sending")

    def test_expires_only_after_asking(self):
        attempt, _push = self.pushed(self.invoice())
        self.provider.api_url = "http://127.0.0.1:9"
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "pending")
        with freeze_time(fields.Datetime.now() + timedelta(hours=26)):
            self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "expired")

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

    def test_isolation_and_lists(self):
        attempt = self.start(self.invoice())
        path = f"/api/payments/attempts/{attempt.id}"
        shown = self.ok("GET", path, who=self.jean)["attempt"]
        self.assertEqual(shown["reference"], attempt.name)
        self.assertEqual(shown["sa"]["id"], self.sa_lom.id)
        self.assertNotIn("callback_token", json.dumps(shown))
        for who in (self.afi, self.edem, self.wanjiru):
            self.refused(404, "not_found", "GET", path, who=who)
            rows = self.ok("GET", "/api/payments/attempts", who=who)["items"]
            self.assertEqual(rows, [])
        for who in (self.jean, self.ama, self.admin, self.marie):
            self.ok("GET", path, who=who)
        self.refused(404, "not_found", "GET", path, who=self.paul)
        query = f"?state=pending&reference={attempt.name}&provider=sandbox"
        rows = self.ok("GET", "/api/payments/attempts" + query, who=self.ama)
        self.assertEqual(rows["total"], 1)

    def test_secrets_are_for_administrators(self):
        boss = self.user("boss2", "group_manager", self.togo)
        provider = self.provider.with_context(allowed_company_ids=self.togo.ids)
        provider = provider.with_user(boss)
        self.assertEqual(provider.name, "Sandbox Togo")
        for name in ("api_secret", "signature_secret", "callback_token", "passkey"):
            with self.assertRaises(AccessError):
                provider[name]
        with self.assertRaises(AccessError):
            provider.name = "Mine"
        stranger = self.user("other", "group_manager", self.kenya)
        found = (
            self.env["abs.payment.provider"]
            .with_context(allowed_company_ids=self.kenya.ids)
            .with_user(stranger)
            .search([])
        )
        self.assertNotIn(self.provider, found)

    def test_provider_needs_its_credentials(self):
        vals = {
            "name": "M-Pesa",
            "code": "mpesa",
            "company_id": self.kenya.id,
            "journal_id": self.journal(self.kenya, "mobile_money").id,
            "currency_id": self.kenya.currency_id.id,
        }
        provider = self.env["abs.payment.provider"].create(vals)
        with self.assertRaises(BusinessError) as caught:
            provider.state = "enabled"
        self.assertEqual(caught.exception.code, "provider_incomplete")
