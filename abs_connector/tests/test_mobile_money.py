"""Mobile money against a gateway over real HTTP (SPEC 5; issue 4, point 6).

Commits are allowed here: in an HttpCase every cursor of the registry is a savepoint.
"""

import importlib.util
import json
from datetime import timedelta
from pathlib import Path

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..exceptions import BusinessError, Conflict, Forbidden
from ..models.accounting.providers import mpesa
from .http_common import AbsHttpCase

GATEWAY = Path(__file__).parents[2] / "scripts" / "demo" / "sandbox_gateway.py"
PHONE = "+22890123456"


def load_gateway():
    spec = importlib.util.spec_from_file_location("sandbox_gateway", GATEWAY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Gateway


@tagged("post_install", "-at_install")
class MobileMoneyCase(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.enterClassContext(load_gateway()("test-secret"))
        cls.provider = cls.env["abs.payment.provider"].create(
            {
                "name": "Sandbox Togo",
                "code": "sandbox",
                "company_id": cls.togo.id,
                "journal_id": cls.journal(cls.togo, "mobile_money").id,
                "currency_id": cls.togo.currency_id.id,
                "signature_secret": "test-secret",
                "api_url": cls.gateway.url,
                "state": "test",
            }
        )

    def setUp(self):
        super().setUp()
        self.gateway.pushes.clear()
        self.gateway.outcomes.clear()
        self.gateway.refuse = None
        self.provider.callback_base_url = self.base_url()

    def invoice(self, price=1000, partner=None):
        """A posted invoice of a confirmed order of a service: price + 18 %."""
        order = self.quotation(partner or self.marie, [(self.installation, 1, price)])
        order.action_confirm()
        moves = order.invoice_ids or order._create_invoices()
        draft = moves.filtered(lambda m: m.state == "draft")
        if draft:
            draft.action_post()
        return order.invoice_ids

    def start(self, invoice, **body):
        body = {"invoice_id": invoice.id, "phone": PHONE, "provider": "sandbox", **body}
        answer = self.ok("POST", "/api/payments/attempts", body, who=self.jean)
        return self.env["abs.payment.attempt"].browse(answer["attempt"]["id"])

    def own(self, attempt, method):
        """Run a step that commits, with a cursor of its own as the server does."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            getattr(attempt.with_env(self.env(cr=cr)), method)()
        self.env.invalidate_all()

    def pushed(self, invoice, **body):
        """Start and send an attempt; return (attempt, what the gateway got)."""
        attempt = self.start(invoice, **body)
        self.own(attempt, "_abs_push")
        return attempt, self.gateway.pushes[-1]

    def call_back(self, push, status="success", url=None, secret=None, **changes):
        """Let the gateway call; return (HTTP status, answer)."""
        self.env.flush_all()
        body = self.gateway.body(push, status, **changes)
        path = (url or push["callback_url"]).removeprefix(self.base_url())
        module = self.gateway.send_raw.__globals__
        answer = self.call(
            "POST",
            path,
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Signature": module["sign"](secret or self.gateway.secret, body),
            },
        )
        return answer.status, answer.body

    def user(self, login, group, company):
        user = new_test_user(self.env, login, f"abs_connector.{group}")
        user.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        return user

    def last_log(self):
        return self.env["abs.payment.callback"].search([], limit=1)

    def payments_of(self, invoice):
        return self.env["account.payment"].search(
            [("partner_id", "=", invoice.partner_id.id)]
        )


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


@tagged("post_install", "-at_install")
class TestMpesa(MobileMoneyCase):
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
            attempt.action_abs_accept()
        attempt.write({"partner_id": self.zawadi.id, "invoice_id": invoice.id})
        attempt.action_abs_accept()
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
        self.mpesa.action_abs_register_c2b()
        base = self.mpesa._abs_callback_url()
        self.assertEqual(
            self.gateway.registered["ConfirmationURL"], f"{base}/confirmation"
        )


@tagged("post_install", "-at_install")
class TestPaymentRequest(MobileMoneyCase):
    def test_request_is_paid_by_attempts(self):
        invoice = self.invoice()
        body = {"invoice_id": invoice.id, "amount": 1000, "phone": PHONE}
        asked = self.ok(
            "POST", "/api/payment-requests", body, who=self.jean, status=201
        )["payment_request"]
        self.assertEqual(asked["sa"]["id"], self.sa_lom.id)
        request = self.env["payment.request"].browse(asked["id"])
        body = {"request_id": request.id, "phone": PHONE, "amount": 400}
        for amount, state in ((400, "open"), (600, "paid")):
            body = {"request_id": request.id, "phone": PHONE, "amount": amount}
            answer = self.ok("POST", "/api/payments/attempts", body, who=self.jean)
            attempt = self.env["abs.payment.attempt"].browse(answer["attempt"]["id"])
            self.own(attempt, "_abs_push")
            self.call_back(self.gateway.pushes[-1])
            self.assertEqual(attempt.state, "succeeded")
            self.assertEqual(request.state, state)
        self.assertEqual(invoice.amount_residual, 180)
        body = {"request_id": request.id, "phone": PHONE}
        self.refused(
            409, "already_paid", "POST", "/api/payments/attempts", body, who=self.jean
        )

    def test_paid_otherwise_is_closed_by_the_cron(self):
        invoice = self.invoice()
        request = self.env["payment.request"].abs_create(invoice_id=invoice.id)
        self.pay(invoice)
        self.env["payment.request"]._cron_abs_refresh()
        self.assertEqual(request.state, "paid")

    def test_cancel_takes_attempts_along(self):
        invoice = self.invoice()
        request = self.env["payment.request"].abs_create(invoice_id=invoice.id)
        attempt = self.env["abs.payment.attempt"].abs_start(
            request_id=request.id, phone=PHONE
        )
        path = f"/api/payment-requests/{request.id}/cancel"
        self.refused(404, "not_found", "POST", path, who=self.edem)
        self.ok("POST", path, who=self.jean)
        self.assertEqual((request.state, attempt.state), ("cancelled", "cancelled"))
        self.refused(409, "wrong_state", "POST", path, who=self.jean)

    def test_refusals(self):
        invoice = self.invoice()

        def refused(status, code, **body):
            self.refused(
                status, code, "POST", "/api/payment-requests", body, who=self.jean
            )

        refused(400, "customer_required", amount=5)
        refused(400, "overpayment", invoice_id=invoice.id, amount=2000)
        refused(400, "amount_required", partner_id=self.marie.id)
        refused(400, "amount_invalid", partner_id=self.marie.id, amount=1.5)
        refused(404, "not_found", partner_id=self.paul.id, amount=5)
        self.pay(invoice)
        refused(409, "already_paid", invoice_id=invoice.id)

    def test_overdue_and_lists(self):
        vals = {"partner_id": self.marie.id, "amount": 50, "company_id": self.togo.id}
        vals["currency_id"] = self.togo.currency_id.id
        requests = self.env["payment.request"]
        late = requests.create({**vals, "due_date": "2020-01-01"})
        early = requests.create({**vals, "due_date": "2099-01-01"})
        self.assertEqual((late.overdue, early.overdue), (True, False))
        for flag, found in (("true", late), ("false", early)):
            path = f"/api/payment-requests?overdue={flag}"
            rows = self.ok("GET", path, who=self.jean)["items"]
            self.assertEqual([row["id"] for row in rows], found.ids)
        self.assertEqual(
            self.ok("GET", "/api/payment-requests", who=self.edem)["total"], 0
        )
        self.assertEqual(
            self.ok("GET", "/api/payment-requests", who=self.marie)["total"], 2
        )
