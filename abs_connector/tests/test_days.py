"""Which day counts: that of the record's company, not the server's (docs/governance)."""

import datetime as dt

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ..models.organisation.res_company import INVENTED
from .http_common import AbsHttpCase
from .subscription_common import SubscriptionCase

#: the last evening of May in Togo, half past one on 1 June in Kenya
NIGHT = "2027-05-31 22:30:00"
MAY, JUNE = dt.date(2027, 5, 31), dt.date(2027, 6, 1)


def set_zones(case):
    case.togo.x_tz = "Africa/Lome"
    case.kenya.x_tz = "Africa/Nairobi"


@tagged("post_install", "-at_install")
class TestDayOfCompany(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        set_zones(cls)

    def in_kenya(self, start, **vals):
        vals = {"company_id": self.kenya.id, **vals}
        return self.subscribe(start, partner=self.zawadi, **vals)

    @freeze_time(NIGHT)
    def test_today(self):
        self.assertEqual(self.togo._abs_today(), MAY)
        self.assertEqual(self.kenya._abs_today(), JUNE)
        self.assertEqual(self.kenya.browse()._abs_today(), MAY, "none: UTC")
        user = self.kenya.with_context(tz="Asia/Tokyo")
        self.assertEqual(user._abs_today(), JUNE, "whoever asks")
        self.kenya.partner_id.tz = "America/Lima"
        self.assertEqual(self.kenya._abs_today(), MAY)
        self.kenya.partner_id.tz = False
        self.assertEqual(self.kenya._abs_tz(), "UTC")

    def test_a_new_company_has_its_own_zone(self):
        self.assertEqual(
            self.kenya.browse()._abs_tz(), "UTC"
        )  # all zones are known now
        company = INVENTED.on(self.env["res.company"])
        company = company.create({"name": "New", "x_tz": "Asia/Tokyo"})
        self.assertEqual(company.partner_id.tz, "Asia/Tokyo")
        self.assertEqual(company._abs_tz(), "Asia/Tokyo")

    def test_cron_bills_each_company_on_its_own_day(self):
        with freeze_time("2027-05-01 12:00:00"):
            togo, kenya = self.subscribe("2027-05-01"), self.in_kenya("2027-05-01")
            self.run_billing()
        with freeze_time("2027-05-31 20:30:00"):  # still May in both
            self.run_billing()
            self.assertEqual(self.starts(kenya), ["2027-05-01"])
        with freeze_time(NIGHT):
            self.run_billing()
            self.run_billing()
            self.assertEqual(self.starts(togo), ["2027-05-01"])
            self.assertEqual(self.starts(kenya), ["2027-05-01", "2027-06-01"])
        with freeze_time("2027-06-01 00:30:00"):
            self.run_billing()
            self.run_billing()
        for sub in togo + kenya:
            self.assertEqual(self.starts(sub), ["2027-05-01", "2027-06-01"])
            self.assertEqual(len(sub.invoice_ids), 2)
            last = sub.invoice_ids.sorted("id")[-1]
            self.assertEqual(last.state, "posted")
            self.assertEqual((last.invoice_date, last.date), (JUNE, JUNE))

    def test_an_invoice_billed_ahead_is_dated_today(self):
        with freeze_time(NIGHT):
            togo, kenya = self.subscribe("2027-06-10"), self.in_kenya("2027-06-10")
            for sub, day in ((togo, MAY), (kenya, JUNE)):
                sub._api_bill("2027-06-10")
                self.assertEqual(sub.invoice_ids.invoice_date, day)
                self.assertEqual(sub.invoice_ids.date, day)

    @freeze_time(NIGHT)
    def test_life_of_a_subscription(self):
        for sub, day in (
            (self.subscribe(False), MAY),
            (self.in_kenya(False), JUNE),
        ):
            self.assertEqual(sub.start_date, day)
            sub._api_pause()
            self.assertEqual(sub.paused_on, day)
            sub._api_resume()
            sub._api_cancel()
            self.assertEqual(sub.closed_on, day)

    def test_expiry(self):
        with freeze_time("2027-05-01 12:00:00"):
            vals = {"duration": 1, "auto_renew": False}
            togo = self.subscribe("2027-05-01", **vals)
            kenya = self.in_kenya("2027-05-01", **vals)
            self.run_billing()
        with freeze_time(NIGHT):
            self.run_billing()
        self.assertEqual((togo.state, kenya.state), ("active", "expired"))
        self.assertEqual(kenya.closed_on, JUNE)

    def test_memberships(self):
        members = self.m_jean + self.m_otieno
        members.date_to = MAY
        effective = self.env["ov.membership"]._effective
        with freeze_time(NIGHT):
            self.assertEqual(effective(actor=members.person_partner_id), self.m_jean)
            self.env["ov.membership"]._cron_end_expired()
            self.assertEqual(members.mapped("state"), ["active", "revoked"])
            (self.m_afi + self.m_wanjiru).write({"state": "revoked"})
        self.assertEqual((self.m_afi.date_to, self.m_wanjiru.date_to), (MAY, JUNE))

    @freeze_time(NIGHT)
    def test_overdue_requests(self):
        requests = self.env["payment.request"]
        for partner in (self.marie, self.zawadi):
            company = partner.x_sa_id.company_id
            requests += requests.create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "amount": 10,
                    "due_date": MAY,
                }
            )
        self.assertEqual(requests.mapped("overdue"), [False, True])
        own = [("id", "in", requests.ids)]
        late = requests.search([*own, ("overdue", "=", True)])
        self.assertEqual(late, requests[1])
        self.assertEqual(requests.search([*own, ("overdue", "=", False)]), requests[0])

    def test_preventive_maintenance(self):
        equipment = self.env["maintenance.equipment"]
        for company in self.togo + self.kenya:
            vals = {"name": company.name, "company_id": company.id}
            vals |= {"x_maintenance_start": JUNE, "x_maintenance_interval": 1}
            equipment += equipment.create(vals)
        with freeze_time(NIGHT):
            equipment._cron_preventive()
        visits = equipment.maintenance_ids
        self.assertEqual(visits.equipment_id, equipment[1])
        self.assertEqual(visits.request_date, JUNE)

    @freeze_time(NIGHT)
    def test_money_that_a_gateway_reports(self):
        """It comes by callback or cron: in nobody's time zone."""
        for partner, day in ((self.marie, MAY), (self.zawadi, JUNE)):
            order = self.quotation(partner, [(self.installation, 1, 100)])
            order.action_confirm()
            attempt = self.env["abs.payment.attempt"].create(
                {
                    "provider_id": self.provider(order.company_id).id,
                    "partner_id": partner.id,
                    "order_id": order.id,
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                }
            )
            attempt._abs_credit(attempt.amount, f"R-{day}")
            self.assertEqual(attempt.payment_id.date, day)
            self.assertEqual(order.invoice_ids.invoice_date, day)
            credit = attempt._abs_pay_on_account(5, "more")
            self.assertEqual(credit.date, day)

    def provider(self, company):
        return self.env["abs.payment.provider"].create(
            {
                "name": "Sandbox",
                "code": "sandbox",
                "company_id": company.id,
                "journal_id": self.journal(company, "mobile_money").id,
                "currency_id": company.currency_id.id,
                "signature_secret": "secret",
            }
        )


class TestDayOfCall(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        set_zones(cls)

    def confirmed(self, partner):
        order = self.quotation(partner, [(self.installation, 1, 100)])
        order.action_confirm()
        return order

    def paid(self, order, who, **options):
        body = {"amount": order.amount_total, "payment_source": "cash"}
        path = f"/api/orders/{order.id}/register-payment"
        answer = self.ok("POST", path, body, who=who, **options)
        return answer["payment"]["date"], answer["invoice"]["invoice_date"]

    @freeze_time(NIGHT)
    def test_invoice_and_payment(self):
        may, june = (str(MAY),) * 2, (str(JUNE),) * 2
        for partner, who, days in (
            (self.marie, self.ama, may),
            (self.zawadi, self.wanjiru, june),
            # the admin reaches both companies: the order's counts
            (self.marie, self.admin, may),
            (self.zawadi, self.admin, june),
        ):
            self.assertEqual(self.paid(self.confirmed(partner), who), days)
        # X-SA-ID of one company, a record of the other
        days = self.paid(self.confirmed(self.zawadi), self.admin, sa=self.sa_lom)
        self.assertEqual(days, june)

    @freeze_time(NIGHT)
    def test_day_filter_of_a_time(self):
        togo, kenya = self.confirmed(self.marie), self.confirmed(self.zawadi)
        self.assertEqual(str(kenya.date_order), NIGHT)

        def found(first, last, **options):
            path = f"/api/orders?date_from={first}&date_to={last}"
            rows = self.ok("GET", path, **options)["items"]
            ids = {row["id"] for row in rows}
            return (togo.id in ids, kenya.id in ids)

        self.assertEqual(found(MAY, MAY, who=self.ama), (True, False))
        self.assertEqual(found(JUNE, JUNE, who=self.ama), (False, False))
        self.assertEqual(found(MAY, MAY, who=self.wanjiru), (False, False))
        self.assertEqual(found(JUNE, JUNE, who=self.wanjiru), (False, True))
        nbo = {"who": self.admin, "sa": self.sa_nbo}
        self.assertEqual(found(JUNE, JUNE, **nbo), (False, True))
        self.assertEqual(found(MAY, MAY, who=self.admin), (True, True), "UTC")
        self.assertEqual(found("0001-01-01", "9999-12-31", who=self.wanjiru)[1], True)

    @freeze_time(NIGHT)
    def test_movements_by_day(self):
        self.receive(self.cable, 5, self.wh_kenya)
        path = "/api/stock/movements?product_id=%s&date_from=%s&date_to=%s"
        for day, count in ((MAY, 0), (JUNE, 1)):
            url = path % (self.cable.id, day, day)
            self.assertEqual(self.ok("GET", url, who=self.wanjiru)["total"], count)

    def test_day_or_time_filter(self):
        """A plain day is a local one, the last day included; a time is UTC."""
        attempt = self.env["abs.payment.attempt"].create(
            {
                "provider_id": TestDayOfCompany.provider(self, self.kenya).id,
                "partner_id": self.zawadi.id,
                "amount": 10,
                "currency_id": self.kenya.currency_id.id,
                "x_sa_id": self.sa_nbo.id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE abs_payment_attempt SET create_date = %s WHERE id = %s",
            [NIGHT, attempt.id],
        )
        for filters, count in (
            ("date_from=2027-06-01&date_to=2027-06-01", 1),
            ("date_to=2027-05-31", 0),
            ("date_from=2027-05-31 22:30:00&date_to=2027-05-31 22:30:00", 1),
            ("date_from=2027-05-31 22:30:01", 0),
        ):
            path = f"/api/payments/attempts?{filters}"
            self.assertEqual(self.ok("GET", path, who=self.wanjiru)["total"], count)

    @freeze_time(NIGHT)
    def test_dashboard_and_report(self):
        day_before = fields.Date.subtract(MAY, days=1)
        for partner, who, overdue, month in (
            (self.marie, self.ama, False, "2027-05"),
            (self.zawadi, self.wanjiru, True, "2027-06"),
        ):
            order = self.confirmed(partner)
            invoice = order.invoice_ids
            invoice.write({"invoice_date": day_before, "invoice_date_due": MAY})
            invoice.invoice_payment_term_id = False
            invoice.invoice_date_due = MAY
            invoice.action_post()
            path = f"/api/customers/{partner.id}"
            figures = self.ok("GET", f"{path}/dashboard", who=who)
            late = figures["invoices"]["overdue"]
            self.assertEqual(bool(any(late.values())), overdue)
            self.assertEqual(figures["next_payment"]["date"], str(MAY))
            self.assertIs(figures["next_payment"]["overdue"], overdue)
            path = "/api/reports/sa-summary?group_by=month"
            rows = self.ok("GET", path, who=who)["items"]
            orders = {r["group"]["name"]: r["orders"] for r in rows if r["orders"]}
            self.assertEqual(orders, {month: 1})
            sums = [a for row in rows for a in row["amounts"]]
            self.assertEqual(bool(sum(a["overdue"] for a in sums)), overdue)

    def test_the_last_day_of_a_membership(self):
        for member in self.m_jean + self.m_otieno:
            member.date_to = MAY
        with freeze_time(NIGHT):
            for who, count in ((self.jean, 1), (self.otieno, 0)):
                me = self.ok("GET", "/api/auth/me", who=who)
                self.assertEqual(len(me["memberships"]), count)
