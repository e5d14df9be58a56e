"""Subscriptions: schedule, creation, billing, pause, renewal (SPEC 5, workflow 10)."""

import datetime as dt
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import BusinessError, Conflict, Forbidden
from ..models.subscriptions.schedule import (
    first_missing,
    period_end,
    period_start,
    periods_of_months,
)
from .common import AbsCommon

BILLING = "odoo.addons.abs_connector.models.subscriptions.billing"


class SubscriptionCase(AbsCommon):
    """A monthly plan, a recurring warranty, and the billing without its commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monthly = cls.env["abs.subscription.plan"].create(
            {"name": "Test Monthly", "code": "T-MONTH", "send_mail": False}
        )
        cls.cover = cls.make_product(
            "Test Cover",
            "T-COVER",
            30,
            type="service",
            invoice_policy="order",
            x_pu_category="contract",
            x_contract_type="warranty",
            recurring_invoice=True,
            plan_id=cls.monthly.id,
        )
        subs = type(cls.env["abs.subscription"])
        patcher = patch.object(subs, "_billing_commit", lambda *args: True)
        cls.startClassPatcher(patcher)

    def subscribe(self, start, activate=True, price=1000.0, partner=None, **vals):
        sub = self.env["abs.subscription"].create(
            {
                "partner_id": (partner or self.marie).id,
                "plan_id": self.monthly.id,
                "product_id": self.cover.id,
                "company_id": self.togo.id,
                "price_unit": price,
                "start_date": start,
                **vals,
            }
        )
        return sub.abs_activate() if activate else sub

    def run_billing(self):
        return self.env["abs.subscription"]._cron_bill()

    def starts(self, sub, state="billed"):
        rows = sub.period_ids.filtered(lambda p: p.state == state)
        return [str(day) for day in rows.sorted("number").mapped("date_from")]


@tagged("post_install", "-at_install")
class TestSchedule(AbsCommon):
    # collecting constants from Odoo's modules is slow the first time
    @settings(deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
        st.integers(1, 24),
        st.integers(1, 120),
    )
    def test_months_are_anchored_and_leave_no_gap(self, anchor, interval, number):
        begins = period_start(anchor, "month", interval, number)
        ends = period_end(anchor, "month", interval, number)
        following = period_start(anchor, "month", interval, number + 1)
        self.assertEqual(ends + dt.timedelta(days=1), following)
        self.assertLess(begins, following)
        months = (begins.year - anchor.year) * 12 + begins.month - anchor.month
        self.assertEqual(months, interval * (number - 1))
        last = (begins.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        last -= dt.timedelta(days=1)
        self.assertEqual(begins.day, min(anchor.day, last.day))

    def test_month_end(self):
        days = [
            str(period_start(dt.date(2027, 1, 31), "month", 1, n)) for n in range(1, 5)
        ]
        self.assertEqual(days, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"])
        self.assertEqual(
            period_start(dt.date(2028, 1, 31), "month", 1, 2), dt.date(2028, 2, 29)
        )

    def test_small_helpers(self):
        self.assertEqual(first_missing([]), 1)
        self.assertEqual(first_missing([1, 2, 4]), 3)
        self.assertEqual(periods_of_months(36, "month", 1), 36)
        self.assertEqual(periods_of_months(36, "month", 3), 12)
        self.assertEqual(periods_of_months(13, "month", 3), 5)
        self.assertEqual(periods_of_months(24, "year", 1), 2)
        self.assertEqual(periods_of_months(12, "week", 1), 53)


@tagged("post_install", "-at_install")
class TestCreation(SubscriptionCase):
    def test_mixed_order(self):
        """Kit, installation and recurring cover: delivery, one draft, subscription."""
        self.receive(self.kit, ["M-1"])
        order = self.quotation(
            self.marie,
            [(self.kit, 1), (self.installation, 1), (self.cover, 2, 500)],
        )
        order.action_confirm()
        self.assertEqual(order.picking_ids.move_ids.product_id, self.kit)
        draft = order._abs_invoices()
        self.assertEqual(len(draft), 1)
        sub = order.abs_subscription_ids
        self.assertEqual(len(sub), 1)
        self.assertEqual(
            (sub.state, sub.kind, sub.price, sub.plan_id, sub.partner_id),
            ("active", "service", 1000.0, self.monthly, self.marie),
        )
        self.assertEqual((sub.x_sa_id, sub.x_actor_id), (self.sa_lom, order.x_actor_id))
        self.assertEqual(sub.period_ids.invoice_id, draft)
        self.assertEqual((sub.billed_periods, sub.paid_periods), (1, 0))
        draft.action_post()
        self.pay(draft)
        self.assertEqual((sub.billed_periods, sub.paid_periods), (1, 1))
        # the share of the recurring line: 2 x 500 and 18 %
        self.assertEqual((sub.billed_amount, sub.paid_amount), (1180.0, 1180.0))

    def test_confirm_again_after_cancel(self):
        order = self.quotation(self.marie, [(self.cover, 1)])
        order.action_confirm()
        first = order.abs_subscription_ids
        order.abs_cancel("mistake")
        self.assertEqual(first.state, "cancelled")
        order.action_draft()
        order.action_confirm()
        second = order.abs_subscription_ids - first
        self.assertEqual(second.state, "active")
        self.assertEqual(second.period_ids.invoice_id.state, "draft")

    def test_order_of_a_subscription_makes_none(self):
        sub = self.subscribe("2027-01-01")
        order = self.quotation(self.marie, [(self.cover, 1)])
        order.abs_subscription_id = sub
        order.action_confirm()
        self.assertFalse(order.abs_subscription_ids)

    def test_recurring_product_gets_the_monthly_plan(self):
        product = self.make_product(
            "Paygo",
            "T-PAYGO",
            5,
            type="service",
            x_pu_category="contract",
            x_contract_type="paygo",
        )
        self.assertEqual(product.plan_id, self.env.ref("abs_connector.plan_monthly"))

    def test_plain_service_makes_none(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        order.action_confirm()
        self.assertFalse(order.abs_subscription_ids)

    def test_state_is_not_written_by_hand(self):
        sub = self.subscribe("2027-01-01", activate=False)
        with self.assertRaises(BusinessError):
            sub.with_user(self.env.ref("base.user_admin")).write({"state": "active"})


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
            sub.abs_bill("2027-03-15")
            self.assertEqual(
                self.starts(sub), ["2027-01-01", "2027-02-01", "2027-03-01"]
            )
            dates = set(map(str, sub.invoice_ids.mapped("invoice_date")))
            self.assertEqual(dates, {"2027-01-01", "2027-01-02"})
            with self.assertRaises(BusinessError):
                sub.abs_bill("2040-01-01")

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
class TestLife(SubscriptionCase):
    def test_pause_skips_whole_periods_and_moves_the_end(self):
        with freeze_time("2027-03-10"):
            sub = self.subscribe("2027-01-01", duration=6)
            self.assertEqual(sub.end_date, dt.date(2027, 6, 30))
            sub.abs_pause("travels")  # bills what is due first
            self.assertEqual(self.starts(sub)[-1], "2027-03-01")
            self.assertFalse(sub.next_invoice_date)
        with freeze_time("2027-05-01"):
            self.run_billing()
            self.assertEqual(sub.billed_periods, 3)
        with freeze_time("2027-05-20"):
            sub.abs_resume()
            self.run_billing()
        self.assertEqual(self.starts(sub, "skipped"), ["2027-04-01"])
        self.assertEqual(self.starts(sub)[-1], "2027-05-01", "in use again in May")
        self.assertEqual(sub.end_date, dt.date(2027, 7, 31), "one month later")
        with freeze_time("2027-12-01"):
            self.run_billing()
        self.assertEqual((sub.billed_periods, sub.state), (6, "expired"))

    def test_a_short_pause_over_a_billing_day_is_billed(self):
        with freeze_time("2027-01-30"):
            sub = self.subscribe("2027-01-01")
            sub.abs_pause()
        with freeze_time("2027-02-02"):
            sub.abs_resume()
            self.run_billing()
        self.assertEqual(self.starts(sub), ["2027-01-01", "2027-02-01"])

    def test_staff_may_skip_the_running_period(self):
        with freeze_time("2027-01-30"):
            sub = self.subscribe("2027-01-01")
            sub.abs_pause()
        with freeze_time("2027-02-20"):
            sub.abs_resume(skip_current=True)
            self.run_billing()
        self.assertEqual(self.starts(sub, "skipped"), ["2027-02-01"])
        self.assertEqual(sub.next_invoice_date, dt.date(2027, 3, 1))

    def test_a_failed_period_is_not_forgiven_by_a_pause(self):
        with freeze_time("2027-02-10"), mute_logger(BILLING):
            sub = self.subscribe("2027-01-01")
            with patch.object(
                type(sub), "_invoice_vals", side_effect=ValueError("broken")
            ):
                sub.abs_pause()
            self.assertEqual((sub.state, sub.billed_periods), ("paused", 0))
        with freeze_time("2027-04-10"):
            sub.abs_resume()
            self.run_billing()
        self.assertEqual(self.starts(sub), ["2027-01-01", "2027-02-01", "2027-04-01"])
        self.assertEqual(self.starts(sub, "skipped"), ["2027-03-01"])

    def test_renewal_and_expiry(self):
        plan = self.monthly.copy({"code": "T-3", "duration": 3})
        with freeze_time("2027-01-01"):
            renewed = self.subscribe("2027-01-01", plan_id=plan.id)
            ends = self.subscribe("2027-01-01", plan_id=plan.id, auto_renew=False)
        with freeze_time("2027-03-31"):
            self.run_billing()
            self.assertEqual(ends.state, "active", "until its last day")
            self.assertFalse(ends.next_invoice_date)
        with freeze_time("2027-04-01"):
            self.run_billing()
        self.assertEqual((ends.state, ends.billed_periods), ("expired", 3))
        self.assertEqual(str(ends.end_date), "2027-04-01")
        self.assertEqual((renewed.state, renewed.billed_periods), ("active", 4))
        self.assertEqual((renewed.renewals, renewed.duration), (1, 6))
        self.assertEqual(str(renewed.end_date), "2027-06-30")

    def test_cancel_bills_no_more(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01")
            self.run_billing()
            sub.abs_cancel("moved away")
        with freeze_time("2027-06-01"):
            self.run_billing()
        self.assertEqual((sub.state, sub.billed_periods), ("cancelled", 1))
        for verb in (sub.abs_cancel, sub.abs_pause, sub.abs_activate):
            with self.assertRaises(BusinessError):
                verb()

    def test_second_pause_is_a_conflict(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01")
            sub.abs_pause()
            with self.assertRaises(Conflict):
                sub.abs_pause()

    def test_agents_do_not_pause(self):
        sub = self.subscribe("2027-01-01")
        as_jean = sub.with_env(self.api_env(self.jean)).sudo()
        with self.assertRaises(Forbidden):
            as_jean.abs_pause()
        as_kofi = sub.with_env(self.api_env(self.kofi)).sudo()
        as_kofi.abs_pause()
        self.assertEqual(sub.state, "paused")

    def test_reassigned_with_its_order(self):
        order = self.quotation(self.marie, [(self.cover, 1)])
        order.action_confirm()
        sub = order.abs_subscription_ids
        order._sa_assign(self.sa_kar, self.edem.partner_id)
        self.assertEqual(
            (sub.x_sa_id, sub.x_actor_id), (self.sa_kar, self.edem.partner_id)
        )

    def test_started_contract_keeps_its_calendar(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01")
            self.run_billing()
        with self.assertRaises(BusinessError):
            sub.start_date = "2027-01-05"
        self.monthly.billing_interval = 2
        self.assertEqual(str(sub.next_invoice_date), "2027-02-01")


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

    def test_undone_payment(self):
        payment = self.pay(self.first)
        self.assertTrue(self.amounts()[0][2])
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self.amounts()[0], (1180.0, 0.0, False))
