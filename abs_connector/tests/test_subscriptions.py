"""Subscriptions: schedule, creation, pause, renewal (docs/contract.md 5, workflow 10)."""

import datetime as dt
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..compat import USER_GROUPS
from ..exceptions import BusinessError, Conflict, Forbidden
from ..models.subscription.abs_subscription_schedule import (
    first_missing,
    period_end,
    period_start,
    periods_of_months,
)
from .common import AbsCommon
from .subscription_common import BILLING, SubscriptionCase


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
        sub = order.x_subscription_ids
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
        first = order.x_subscription_ids
        order._api_cancel("mistake")
        self.assertEqual(first.state, "cancelled")
        order.action_draft()
        order.action_confirm()
        second = order.x_subscription_ids - first
        self.assertEqual(second.state, "active")
        self.assertEqual(second.period_ids.invoice_id.state, "draft")

    def test_order_of_a_subscription_makes_none(self):
        sub = self.subscribe("2027-01-01")
        order = self.quotation(self.marie, [(self.cover, 1)])
        order.x_subscription_id = sub
        order.action_confirm()
        self.assertFalse(order.x_subscription_ids)

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
        self.assertFalse(order.x_subscription_ids)

    def test_state_is_not_written_by_hand(self):
        sub = self.subscribe("2027-01-01", activate=False)
        with self.assertRaises(BusinessError):
            sub.with_user(self.env.ref("base.user_admin")).write({"state": "active"})


@tagged("post_install", "-at_install")
class TestLife(SubscriptionCase):
    def test_pause_skips_whole_periods_and_moves_the_end(self):
        with freeze_time("2027-03-10"):
            sub = self.subscribe("2027-01-01", duration=6)
            self.assertEqual(sub.end_date, dt.date(2027, 6, 30))
            sub._api_pause("travels")  # bills what is due first
            self.assertEqual(self.starts(sub)[-1], "2027-03-01")
            self.assertFalse(sub.next_invoice_date)
        with freeze_time("2027-05-01"):
            self.run_billing()
            self.assertEqual(sub.billed_periods, 3)
        with freeze_time("2027-05-20"):
            sub._api_resume()
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
            sub._api_pause()
        with freeze_time("2027-02-02"):
            sub._api_resume()
            self.run_billing()
        self.assertEqual(self.starts(sub), ["2027-01-01", "2027-02-01"])

    def test_staff_may_skip_the_running_period(self):
        with freeze_time("2027-01-30"):
            sub = self.subscribe("2027-01-01")
            sub._api_pause()
        with freeze_time("2027-02-20"):
            sub._api_resume(skip_current=True)
            self.run_billing()
        self.assertEqual(self.starts(sub, "skipped"), ["2027-02-01"])
        self.assertEqual(sub.next_invoice_date, dt.date(2027, 3, 1))

    def test_a_failed_period_is_not_forgiven_by_a_pause(self):
        with freeze_time("2027-02-10"), mute_logger(BILLING):
            sub = self.subscribe("2027-01-01")
            with patch.object(
                type(sub), "_invoice_vals", side_effect=ValueError("broken")
            ):
                sub._api_pause()
            self.assertEqual((sub.state, sub.billed_periods), ("paused", 0))
        with freeze_time("2027-04-10"):
            sub._api_resume()
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
            sub._api_cancel("moved away")
        with freeze_time("2027-06-01"):
            self.run_billing()
        self.assertEqual((sub.state, sub.billed_periods), ("cancelled", 1))
        for verb in (sub._api_cancel, sub._api_pause, sub._api_activate):
            with self.assertRaises(BusinessError):
                verb()

    def test_cancel_bills_what_was_due_before(self):
        """Neither a slow cron nor a quick customer makes a used period free."""
        with freeze_time("2027-01-05"):
            sub = self.subscribe("2027-01-01")
        with freeze_time("2027-03-01"):
            sub._api_cancel()
        self.assertEqual(self.starts(sub), ["2027-01-01", "2027-02-01"])
        self.assertEqual((sub.state, sub.next_invoice_date), ("cancelled", False))

    def test_an_old_draft_begins_today(self):
        """An agent's draft that lay for months is not billed for them."""
        with freeze_time("2027-01-01"):
            drafts = [self.subscribe("2027-01-01", activate=False) for _n in range(2)]
            for draft in drafts:
                draft._sa_assign(self.sa_lom, self.jean.partner_id)
        with freeze_time("2027-03-10"):
            for draft, who in zip(drafts, (self.jean, self.kofi), strict=True):
                draft.with_env(self.api_env(who)).sudo()._api_activate()
        starts = [str(draft.start_date) for draft in drafts]
        self.assertEqual(starts, ["2027-03-10", "2027-01-01"])

    def test_terms_are_changed_by_staff_and_parties_by_nobody(self):
        sub = self.subscribe("2027-01-01")
        sub._sa_assign(self.sa_lom, self.jean.partner_id)
        user = self.env["res.users"].create(
            {
                "name": "Agent in the web client",
                "login": "subs-web-agent",
                "company_id": self.togo.id,
                "company_ids": self.togo.ids,
            }
        )
        user.write({USER_GROUPS: [(4, self.env.ref("abs_connector.group_user").id)]})
        here = sub.with_context(allowed_company_ids=self.togo.ids)
        with self.assertRaises(Forbidden):
            here.with_user(user).write({"price_unit": 1})
        admin = self.env.ref("base.user_admin")
        admin.company_ids += self.togo
        boss = here.with_user(admin)
        boss.write({"price_unit": 900})
        self.assertEqual(sub.price_unit, 900)
        with self.assertRaises(BusinessError) as caught:
            boss.write({"partner_id": self.paul.id})
        self.assertEqual(caught.exception.code, "readonly_field")

    def test_one_value_for_many(self):
        """Vals that several records share stay the caller's own."""
        draft = self.subscribe("2027-01-01", activate=False)
        vals = draft.copy_data()[0]
        more = self.env["abs.subscription"].create([vals] * 2)
        self.assertEqual(len(set(more.mapped("code"))), 2)
        self.assertNotIn("code", vals)

    def test_second_pause_is_a_conflict(self):
        with freeze_time("2027-01-02"):
            sub = self.subscribe("2027-01-01")
            sub._api_pause()
            with self.assertRaises(Conflict):
                sub._api_pause()

    def test_agents_do_not_pause(self):
        sub = self.subscribe("2027-01-01")
        as_jean = sub.with_env(self.api_env(self.jean)).sudo()
        with self.assertRaises(Forbidden):
            as_jean._api_pause()
        as_kofi = sub.with_env(self.api_env(self.kofi)).sudo()
        as_kofi._api_pause()
        self.assertEqual(sub.state, "paused")

    def test_reassigned_with_its_order(self):
        order = self.quotation(self.marie, [(self.cover, 1)])
        order.action_confirm()
        sub = order.x_subscription_ids
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
        yearly = self.monthly.copy({"code": "T-YEAR", "billing_unit": "year"})
        with self.assertRaises(BusinessError), self.env.cr.savepoint():
            sub.plan_id = yearly  # it would bill next in three years
        self.monthly.billing_interval = 2
        self.assertEqual(str(sub.next_invoice_date), "2027-02-01")

    @mute_logger("odoo.sql_db")
    def test_no_discount_pays_the_customer(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.subscribe("2027-01-01", discount=150)
