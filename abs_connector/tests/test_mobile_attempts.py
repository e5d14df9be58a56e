"""Attempts: what starts one, how it is sent and asked for, who sees it and its secrets."""

import json
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import BusinessError
from .mobile_common import PHONE, MobileMoneyCase


@tagged("post_install", "-at_install")
class TestAttempts(MobileMoneyCase):
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
