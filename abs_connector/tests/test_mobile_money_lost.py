"""Mobile money whose news got lost, came late, or never came."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .test_mpesa import MpesaCase


@tagged("post_install", "-at_install")
class TestLostNews(MpesaCase):
    def test_lost_answer_to_the_push(self):
        """Daraja took the push, its answer never reached us: the callback says all."""
        invoice, attempt, push = self.started()
        attempt.write({"request_reference": False, "push_state": "sending"})
        body = self.gateway.stk_body(push, receipt="LOST1")
        answer = self.tell(push["CallBackURL"], body)
        self.assertEqual(answer.body["verdict"], "deferred")
        self.assertFalse(attempt.payment_id)
        self.gateway.outcomes[push["request_id"]] = 0
        self.own(attempt, "_abs_poll")
        self.assertEqual(attempt.state, "succeeded")
        self.assertEqual(attempt.provider_reference, "LOST1")
        self.assertEqual(invoice.payment_state, "paid")

    def test_request_of_another_is_not_adopted(self):
        _invoice, _attempt, other = self.started()
        _invoice, attempt, push = self.started()
        attempt.write({"request_reference": False, "push_state": "sending"})
        self.gateway.outcomes[other["request_id"]] = 0
        body = self.gateway.stk_body({**push, "request_id": other["request_id"]})
        answer = self.tell(push["CallBackURL"], body)
        self.assertEqual(answer.body["reason"], "request_of_another")
        self.assertFalse(attempt.received_reference)

    def test_reported_but_never_confirmed_waits_for_a_person(self):
        _invoice, attempt, push = self.started()
        self.tell(push["CallBackURL"], self.gateway.stk_body(push, receipt="MAYBE1"))
        with freeze_time(fields.Datetime.now() + timedelta(hours=26)):
            self.own(attempt, "_abs_poll")
        self.assertEqual((attempt.state, attempt.needs_review), ("mismatch", True))
        self.assertIn("MAYBE1", attempt.message)

    def test_no_phone_rings_hours_later(self):
        _invoice, attempt, _push = self.started()
        attempt.write({"push_state": "queued"})
        self.gateway.pushes.clear()
        with freeze_time(fields.Datetime.now() + timedelta(hours=5)):
            self.own(attempt, "_abs_push")
        self.assertEqual((attempt.state, self.gateway.pushes), ("expired", []))

    def test_addresses_that_safaricom_takes(self):
        _invoice, attempt, push = self.started()
        for url in (push["CallBackURL"], self.mpesa._abs_callback_url()):
            path = url.removeprefix(self.base_url()).lower()
            for word in ("mpesa", "m-pesa", "safaricom", "exe", "cmd", "sql", "query"):
                self.assertNotIn(word, path)
        # The code of the provider is an address, too, as docs/contract.md 5 has it.
        url = push["CallBackURL"].replace("/daraja/", "/mpesa/")
        answer = self.tell(url, self.gateway.stk_body(push, code=1032))
        self.assertEqual((answer.status, attempt.state), (200, "failed"))

    def test_app_with_the_second_c2b_product(self):
        self.gateway.c2b_version = "v2"
        self.addCleanup(setattr, self.gateway, "c2b_version", "v1")
        self.gateway.registered = None
        self.mpesa.action_register_c2b()
        self.assertEqual(self.gateway.registered["ShortCode"], "600000")

    def test_wildcards_name_nobody(self):
        self.zawadi.ref = "CUST9X1"
        self.assertFalse(self.mpesa._abs_match_account("CUST%1"))
        self.assertFalse(self.mpesa._abs_match_account("CUST_X1"))
        self.assertTrue(self.mpesa._abs_match_account("cust9x1"))
