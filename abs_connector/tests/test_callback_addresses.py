"""Callback addresses: what each takes, how long, and who reads their tokens; logs that
strangers fill; whom a payment by account number is for (issue 9, points 9 and 10)."""

import logging
from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ..exceptions import BusinessError
from ..models.mobile_money import abs_payment_callback as payment_callback
from ..models.mobile_money.abs_payment_callback_address import (
    STRANGERS,
    Ration,
    hide_tokens,
)
from .test_mpesa import MpesaCase


@tagged("post_install", "-at_install")
class TestAddresses(MpesaCase):
    def setUp(self):
        super().setUp()
        STRANGERS.clear()
        self.addCleanup(STRANGERS.clear)

    def c2b(self, account, receipt, amount=500, event="confirmation"):
        url = f"{self.mpesa._abs_callback_url()}/{event}"
        return self.tell(url, self.gateway.c2b_body("600000", account, amount, receipt))

    def test_c2b_at_the_provider_only(self):
        invoice, attempt, push = self.started()
        body = self.gateway.c2b_body("600000", invoice.name, 500, "C2B1")
        for event in ("confirmation", "validation", "anything"):
            answer = self.tell(f"{push['CallBackURL']}/{event}", body)
            self.assertEqual(answer.status, 404, (event, answer.text))
        answer = self.tell(self.mpesa._abs_callback_url() + "/anything", body)
        self.assertEqual(answer.status, 404, answer.text)
        self.assertFalse(self.payments_of(invoice))
        self.assertFalse(attempt.received_reference)
        self.assertEqual(self.c2b(invoice.name, "C2B1").body["verdict"], "credited")

    def test_a_token_ends_with_its_attempt(self):
        invoice, attempt, push = self.started()
        self.gateway.outcomes[push["request_id"]] = 0
        body = self.gateway.stk_body(push, receipt="NLJ7RT61SV")
        self.assertEqual(
            self.tell(push["CallBackURL"], body).body["verdict"], "credited"
        )
        prune = self.env["abs.payment.attempt"]._abs_prune_step
        for days, status in ((1, 200), (6, 200), (8, 404)):
            with freeze_time(fields.Datetime.now() + timedelta(days=days)):
                answer = self.tell(push["CallBackURL"], body)
                self.assertEqual(answer.status, status, (days, answer.text))
                prune(100)
                self.assertEqual(bool(attempt.callback_token), status == 200)
        # The same payment, told where C2B is, is still known.
        answer = self.c2b(attempt.name, "NLJ7RT61SV", 1160)
        self.assertEqual(answer.body["verdict"], "duplicate", answer.text)
        self.assertEqual(len(self.payments_of(invoice)), 1)

    def test_a_token_of_a_failed_one_waits_longer(self):
        _invoice, attempt, push = self.started()
        self.tell(push["CallBackURL"], self.gateway.stk_body(push, code=1032))
        self.assertEqual(attempt.state, "failed")
        self.gateway.outcomes[push["request_id"]] = 0
        body = self.gateway.stk_body(push)
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            self.assertEqual(self.tell(push["CallBackURL"], body).status, 404)
        with freeze_time(fields.Datetime.now() + timedelta(days=29)):
            self.assertEqual(
                self.tell(push["CallBackURL"], body).body["verdict"], "credited"
            )

    def test_what_nobody_vouches_for_makes_no_attempt(self):
        _invoice, attempt, push = self.started()
        self.gateway.outcomes[push["request_id"]] = 0
        self.tell(push["CallBackURL"], self.gateway.stk_body(push, receipt="R1"))
        before = self.env["abs.payment.attempt"].search_count([])
        for number in range(3):
            body = self.gateway.stk_body(push, receipt=f"FORGED{number}")
            answer = self.tell(push["CallBackURL"], body)
            self.assertEqual(answer.body["reason"], "second_receipt", answer.text)
        self.assertEqual(self.env["abs.payment.attempt"].search_count([]), before)
        self.assertTrue(attempt.needs_review)

    def test_attempts_of_c2b_have_no_address(self):
        invoice = self.invoice(1000, self.zawadi)
        self.c2b(invoice.name, "C2B1")
        attempt = self.env["abs.payment.attempt"].search(
            [("kind", "=", "c2b")], limit=1
        )
        self.assertFalse(attempt.callback_token)

    def test_tokens_stand_in_no_log(self):
        _invoice, _attempt, push = self.started()
        token = push["CallBackURL"].rsplit("/", 1)[1]
        with self.assertLogs("werkzeug", logging.INFO) as log:
            self.tell(push["CallBackURL"], self.gateway.stk_body(push, code=1032))
            logging.getLogger("werkzeug").info(
                *('"%s" %s %s', f"POST {push['CallBackURL']}/x?y=1 HTTP/1.1", 200, "-")
            )
        said = "\n".join(log.output)
        self.assertIn("/payments/callback/daraja/***", said)
        self.assertNotIn(token, said)
        rows = self.env["abs.request.log"].search([])
        self.assertFalse(rows.filtered(lambda row: token in (row.path or "")))
        self.assertTrue(rows.filtered(lambda row: "/daraja/***" in (row.path or "")))
        self.assertEqual(
            hide_tokens("/api/payments/callback/daraja"),
            "/api/payments/callback/daraja",
        )

    # Whose money

    def test_a_reference_of_another_company_is_nobodys(self):
        self.marie.ref = "CUST-77"
        self.assertTrue(self.marie.x_sa_id.company_id == self.togo)
        answer = self.c2b("CUST-77", "C2B1")
        self.assertEqual(answer.body["verdict"], "mismatch", answer.text)
        answer = self.c2b("CUST-77", "C2B2", event="validation")
        self.assertEqual(answer.body["ResultCode"], "C2B00012")
        attempt = self.env["abs.payment.attempt"].search(
            [("kind", "=", "c2b")], limit=1
        )
        self.assertFalse(attempt.partner_id)
        attempt.partner_id = self.marie
        with self.assertRaises(BusinessError) as caught:
            attempt.action_accept()
        self.assertEqual(caught.exception.code, "company_mismatch")
        self.assertFalse(attempt.payment_id)
        # One of the company is found beside them.
        self.zawadi.ref = "cust-77"
        answer = self.c2b("CUST-77", "C2B3")
        self.assertEqual(answer.body["verdict"], "credited", answer.text)
        attempt = self.env["abs.payment.attempt"].search(
            [("kind", "=", "c2b")], limit=1
        )
        self.assertEqual(attempt.partner_id, self.zawadi)
        self.assertEqual(attempt.payment_id.x_sa_id, self.sa_nbo)

    def test_a_shared_contact_is_nobodys(self):
        shared = self.env["res.partner"].create({"name": "Shared", "ref": "CUST-88"})
        if shared.x_sa_id:
            self.skipTest("a contact without an SA is needed")
        self.assertEqual(self.c2b("CUST-88", "C2B1").body["verdict"], "mismatch")
        child = self.env["res.partner"].create(
            {"name": "Child", "ref": "CUST-89", "parent_id": self.marie.id}
        )
        self.assertEqual(child.commercial_partner_id, self.marie)
        self.assertEqual(self.c2b("CUST-89", "C2B2").body["verdict"], "mismatch")

    # Logs

    def test_strangers_fill_no_log(self):
        ration = Ration(each=2, total=3, seconds=3600)
        self.patch(payment_callback, "STRANGERS", ration)
        logs = self.env["abs.payment.callback"]
        before = logs.search_count([])
        headers = {"Content-Type": "application/json", "Idempotency-Key": "stranger"}
        path = "/api/payments/callback/daraja/" + "x" * 48
        keys = self.env["abs.idempotency.record"].search_count([])
        body = b'{"a": "%s"}' % (b"x" * 100_000)
        for _turn in range(5):
            answer = self.call("POST", path, data=body, headers=headers)
            self.assertEqual(answer.status, 404, answer.text)
        self.assertEqual(logs.search_count([]) - before, 2)
        self.assertEqual(self.env["abs.idempotency.record"].search_count([]), keys)
        self.assertLessEqual(len(self.last_log().body), 500)
        self.assertTrue(ration.take("another"))
        self.assertFalse(ration.take("a third"))

    def test_repeats_of_one_attempt_are_bounded(self):
        self.patch(payment_callback, "MAX_REPEATS", 3)
        _invoice, attempt, push = self.started()
        body = self.gateway.stk_body(push, code=1032)
        for turn in range(6):
            answer = self.tell(push["CallBackURL"], body)
            verdict = "noted" if turn == 0 else "duplicate"
            self.assertEqual((answer.status, answer.body["verdict"]), (200, verdict))
        self.assertEqual(len(attempt.callback_ids), 3)
        self.gateway.outcomes[push["request_id"]] = 0
        self.tell(push["CallBackURL"], self.gateway.stk_body(push))
        self.assertEqual(len(attempt.callback_ids), 4)  # news is always kept

    def test_logs_are_pruned_in_steps(self):
        logs = self.env["abs.payment.callback"]
        self.patch(payment_callback, "KEEP_STRANGE", 4)
        logs.create([{"verdict": "refused", "body": str(n)} for n in range(10)])
        mine = logs.search([("attempt_id", "=", False)])
        self.assertGreaterEqual(len(mine), 10)
        self.assertEqual(logs._abs_prune_step(3), 3)
        self.assertEqual(len(mine.exists()), len(mine) - 3)
        for model in self.env["abs.request.log"]._abs_pruned_models():
            self.assertGreaterEqual(model._abs_prune_step(5), 0, model)
        self.own(self.env["abs.request.log"], "_cron_abs_prune")
        self.assertEqual(len(mine.exists()), 4)
        self.assertEqual(mine.exists(), mine[:4])  # the latest

    def test_texts_of_the_request_log_are_cut(self):
        logs = self.env["abs.request.log"]
        self.call(
            *("POST", "/api/contacts", {"x" * 200_000: 1}),
            who=self.otieno,
        )
        row = logs.search([], limit=1)
        self.assertLessEqual(len(row.message or ""), 1000)

    def test_attempts_refer_to_nothing_that_locks_them(self):
        """No unique key of an attempt is written after it was made: PostgreSQL would
        let the update wait for every log row that refers to the attempt."""
        self.env.cr.execute(
            """
            SELECT array_agg(a.attname::text)
              FROM pg_index i
              JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
             WHERE i.indrelid = 'abs_payment_attempt'::regclass
               AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
            """
        )
        (keys,) = self.env.cr.fetchone()
        self.assertEqual(set(keys), {"id", "name"})
        # They are unique all the same, in words that a person understands.
        names = {"token_once", "receipt_once", "request_once", "report_once"}
        self.env.cr.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'abs_payment_attempt'"
        )
        found = {
            row[0].removeprefix("abs_payment_attempt_")
            for row in self.env.cr.fetchall()
        }
        self.assertLessEqual(names | {"payment_once"}, found)
