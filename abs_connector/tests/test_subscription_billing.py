"""Billing of subscriptions, and what counts as paid (docs/contract.md 5, workflow 10)."""

import datetime as dt
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import BusinessError
from .subscription_common import BILLING, SubscriptionCase


@tagged("post_install", "-at_install")
class TestBilling(SubscriptionCase):
    def test_catches_up_once_with_anchored_month_ends(self):
        with freeze_time("2027-05-15"):
            sub = self.subscribe("2027-01-31")
            self.run_billing()
            self.run_billing()
            self.assertEqual(
                self.starts(sub),
                ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"],
            )
            self.assertEqual(sub.next_invoice_date, dt.date(2027, 5, 31))
            self.assertEqual(len(sub.invoice_ids), 4)
            for move in sub.invoice_ids:
                self.assertEqual(move.state, "posted")
                self.assertEqual(move.amount_total, 1180.0)
                self.assertEqual(move.x_sa_id, self.sa_lom)
                self.assertEqual(move.x_actor_id, self.jean.partner_id)
                self.assertEqual(move.company_id, self.togo)
            self.assertEqual(
                sorted(map(str, sub.invoice_ids.mapped("invoice_date"))),
                self.starts(sub),
            )

    def test_a_period_is_billed_once_by_the_database(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01")
            self.run_billing()
        row = {
            "subscription_id": sub.id,
            "number": 1,
            "date_from": "2027-01-01",
            "date_to": "2027-01-31",
        }
        for vals in ({**row, "date_from": "2026-01-01"}, {**row, "number": 9}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.env["abs.subscription.period"].create(vals)
                self.env.flush_all()

    def test_one_bad_subscription_stops_nobody_and_says_so(self):
        with freeze_time("2027-01-02"):
            subs = [self.subscribe("2027-01-01") for _ in range(3)]
            bad = subs[1]
            bad.product_id.sudo().active = True
            self.togo_journal_off(bad)
            with mute_logger(BILLING):
                self.run_billing()
            self.assertEqual([s.billed_periods for s in subs], [1, 0, 1])
            self.assertTrue(bad.billing_error)
            self.assertEqual(len(bad.activity_ids), 1)
            self.assertEqual(bad.state, "active")
            with mute_logger(BILLING):
                self.run_billing()
            self.assertEqual(len(bad.activity_ids), 1, "one activity, not one a run")
            bad.partner_id = self.marie
            self.run_billing()
            self.assertEqual(bad.billed_periods, 1)
            self.assertFalse(bad.billing_error)

    def togo_journal_off(self, sub):
        """Break one subscription: its customer has no receivable account."""
        broken = self.make_customer("Broken", self.sa_lom, self.jean)
        sub.partner_id = broken
        broken.with_company(self.togo).property_account_receivable_id = self.env[
            "account.account"
        ].search(
            [("company_ids", "in", self.togo.id), ("account_type", "=", "income")],
            limit=1,
        )

    def test_draft_and_journal_by_plan(self):
        journal = self.journal(self.togo, "sale").copy({"code": "RECUR"})
        plan = self.monthly.copy({"code": "T-DRAFT", "auto_post": False})
        plan.with_company(self.togo).journal_id = journal
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01", plan_id=plan.id)
            self.run_billing()
        self.assertEqual(sub.invoice_ids.state, "draft")
        self.assertEqual(sub.invoice_ids.journal_id, journal)
        with self.assertRaises(BusinessError):
            sub.invoice_ids.unlink()
        sub.invoice_ids.button_cancel()
        with freeze_time("2027-01-20"):
            self.run_billing()
        self.assertEqual(sub.billed_periods, 1, "a cancelled draft is not billed again")

    def test_mail_by_plan(self):
        plan = self.monthly.copy({"code": "T-MAIL", "send_mail": True})
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01", plan_id=plan.id)
            nobody = self.make_customer("No Mail", self.sa_lom, self.jean)
            silent = self.subscribe("2027-01-01", partner=nobody, plan_id=plan.id)
            self.run_billing()
        self.assertEqual(sub.period_ids.mail_state, "sent")
        mails = self.env["mail.mail"].search([("model", "=", "account.move")])
        self.assertIn(sub.invoice_ids.id, mails.mapped("res_id"))
        self.assertEqual(silent.period_ids.mail_state, "failed")
        self.assertEqual(silent.billed_periods, 1)

    def test_advance_billing_by_staff(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01")
            sub._api_bill("2027-03-15")
            self.assertEqual(
                self.starts(sub), ["2027-01-01", "2027-02-01", "2027-03-01"]
            )
            dates = set(map(str, sub.invoice_ids.mapped("invoice_date")))
            self.assertEqual(dates, {"2027-01-01", "2027-01-02"})
            with self.assertRaises(BusinessError):
                sub._api_bill("2040-01-01")

    def test_many_batches(self):
        with freeze_time("2027-01-02"):
            subs = [self.subscribe("2027-01-01") for _ in range(7)]
            with patch(f"{BILLING}.BATCH", 3):
                done = self.run_billing()
        self.assertEqual(done, 7)
        self.assertEqual({s.billed_periods for s in subs}, {1})

    def test_kenya_is_billed_in_shillings(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe(
                "2027-01-01", partner=self.zawadi, company_id=self.kenya.id
            )
            self.run_billing()
        move = sub.invoice_ids
        self.assertEqual((move.company_id, move.currency_id.name), (self.kenya, "KES"))
        self.assertEqual(move.amount_total, 1160.0)
        self.assertEqual(move.x_sa_id, self.sa_nbo)


@tagged("post_install", "-at_install")
class TestPaid(SubscriptionCase):
    """What counts as paid: money, not credit notes."""

    def setUp(self):
        super().setUp()
        with freeze_time("2027-02-02"):
            self.sub = self.subscribe("2027-01-01")
            self.run_billing()
        self.first, self.second = self.sub.period_ids.sorted("number").invoice_id

    def amounts(self):
        return [
            (p.billed_amount, p.paid_amount, p.is_paid)
            for p in self.sub.period_ids.sorted("number")
        ]

    def test_partial_then_full(self):
        self.pay(self.first, 500)
        self.assertEqual(self.amounts()[0], (1180.0, 500.0, False))
        self.pay(self.first)
        self.assertEqual(self.amounts()[0], (1180.0, 1180.0, True))
        self.assertEqual(self.amounts()[1], (1180.0, 0.0, False))
        self.assertEqual(self.sub.paid_periods, 1)

    def test_credit_note_pays_nothing(self):
        self.first._reverse_moves([{"ref": "gift"}], cancel=True)
        self.assertEqual(self.amounts()[0], (0.0, 0.0, False))

    def test_credit_note_after_payment_takes_it_back(self):
        self.pay(self.first)
        note = self.first._reverse_moves([{"ref": "sorry"}])
        note.action_post()
        self.assertEqual(self.amounts()[0], (0.0, 0.0, False))
        # the customer's credit then pays the second period
        line = note._abs_receivable_lines()
        self.second.js_assign_outstanding_line(line.id)
        self.assertEqual(self.amounts()[1], (1180.0, 1180.0, True))
        self.assertEqual(self.sub.paid_amount, 1180.0)

    def test_part_credit_then_paid(self):
        note = self.first._reverse_moves([{"ref": "less"}])
        note.invoice_line_ids.price_unit = 500.0
        note.action_post()
        self.assertEqual(self.amounts()[0], (590.0, 0.0, False))
        self.pay(self.first)
        self.assertEqual(self.amounts()[0], (590.0, 590.0, True))

    def test_replaced_invoice_bills_its_period(self):
        """'Reverse and Create Invoice': the new one is the period's, and governed."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.first.ids
        )
        wizard = wizard.create({"journal_id": self.first.journal_id.id})
        wizard.modify_moves()
        again = wizard.new_move_ids
        self.assertEqual(
            (again.x_sa_id, again.x_subscription_id), (self.sub.x_sa_id, self.sub)
        )
        again.action_post()
        self.pay(again)
        self.assertEqual(self.amounts()[0], (1180.0, 1180.0, True))
        self.assertIn(again, self.sub.invoice_ids)

    def test_undone_payment(self):
        payment = self.pay(self.first)
        self.assertTrue(self.amounts()[0][2])
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.amounts()[0], (1180.0, 0.0, False))
