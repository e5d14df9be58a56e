"""A default and the check that reads it go by one day: that of the record's company.

Who acts may be anywhere: at ``NIGHT`` it is 31 May in Togo and in UTC, 1 June in Kenya
and in Hong Kong; at ``MORNING`` it is 1 June in all of them, and 31 May in Lima.
"""

from datetime import timedelta

from freezegun import freeze_time
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AbsCommon
from .http_common import AbsHttpCase
from .test_days import JUNE, MAY, NIGHT, set_zones

MORNING = "2027-06-01 02:00:00"
#: time, where the user is, what the day is in Togo and in Kenya
PLACES = (
    (NIGHT, "Asia/Hong_Kong", MAY, JUNE),
    (NIGHT, "America/Lima", MAY, JUNE),
    (MORNING, "Asia/Hong_Kong", JUNE, JUNE),
    (MORNING, "America/Lima", JUNE, JUNE),
)


@tagged("post_install", "-at_install")
class TestFirstDay(AbsHttpCase):
    """A membership begins on the day on which it is asked whether it has begun."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        set_zones(cls)

    def newcomer(self, company, mark="one"):
        return self.make_employee(f"new{company.id}{mark}", company)

    def enrolled(self, account, employee, **options):
        body = {"employee_id": employee.id, "role_code": "agent"}
        body |= options.pop("body", {})
        path = f"/api/service-accounts/{account.id}/members"
        return self.ok("POST", path, body, **options)["membership"]

    def memberships(self, employee):
        return len(self.ok("GET", "/api/auth/me", who=employee)["memberships"])

    def test_an_admin_enrolled_by_a_key(self):
        """The root has no company, so its day is that of UTC; the new admin's company,
        where it is tomorrow already, has no say."""
        key = self.api_key(can_write=True, can_system=True)
        with freeze_time(NIGHT):
            person = self.newcomer(self.kenya)
            body = {"role_code": "admin"}
            member = self.enrolled(self.sa_global, person, body=body, key=key)
            self.assertEqual(member["date_from"], str(MAY))
            self.assertEqual(self.memberships(person), 1)

    def test_enrolled_by_an_admin_for_a_day(self):
        with freeze_time(NIGHT):
            for account, day in ((self.sa_lom, MAY), (self.sa_nbo, JUNE)):
                person = self.newcomer(account.company_id)
                body = {"date_to": str(day)}
                member = self.enrolled(account, person, body=body, who=self.admin)
                self.assertEqual(member["date_from"], str(day))
                self.assertEqual(self.memberships(person), 1)

    def test_a_day_that_was_named(self):
        with freeze_time(NIGHT):
            person = self.newcomer(self.togo)
            body = {"date_from": str(JUNE)}
            member = self.enrolled(self.sa_lom, person, body=body, who=self.ama)
            self.assertEqual(member["date_from"], str(JUNE))
            self.assertEqual(self.memberships(person), 0)
        with freeze_time(MORNING):
            self._tokens.clear()
            self.assertEqual(self.memberships(person), 1)

    def test_in_the_web_client(self):
        """By RPC, which gives no date, and in the form, which shows one first."""
        members = self.env["ov.membership"]
        for number, (time, zone, togo, kenya) in enumerate(PLACES):
            abroad = members.with_context(tz=zone)
            for account, day in ((self.sa_lom, togo), (self.sa_nbo, kenya)):
                with freeze_time(time):
                    first = self.newcomer(account.company_id, f"rpc{number}")
                    member = abroad.create(
                        {"account_id": account.id, "employee_id": first.id}
                    )
                    second = self.newcomer(account.company_id, f"form{number}")
                    with Form(abroad) as form:
                        form.account_id = self.sa_lom
                        form.account_id = account
                        form.employee_id = second
                        form.role_code = "agent"
                        self.assertEqual(form.date_from, day)
                    both = member + form.record
                    self.assertEqual(both.mapped("date_from"), [day, day])
                    self.assertEqual(members._effective(employee=first), member)
                    self.assertEqual(self.memberships(second), 1)

    def test_a_day_chosen_in_the_form_stays(self):
        with freeze_time(NIGHT), Form(self.env["ov.membership"]) as form:
            form.account_id = self.sa_lom
            form.date_from = JUNE + timedelta(days=7)
            form.account_id = self.sa_nbo
            form.employee_id = self.newcomer(self.kenya)
            form.role_code = "agent"
        self.assertEqual(form.record.date_from, JUNE + timedelta(days=7))

    def test_no_first_day(self):
        with freeze_time(NIGHT):
            person = self.newcomer(self.togo)
            member = self.enroll(self.sa_lom, person, "agent", date_from=False)
            self.assertFalse(member.date_from)
            self.assertEqual(self.memberships(person), 1)


@tagged("post_install", "-at_install")
class TestDocumentsOfTheWebClient(AbsCommon):
    """Odoo's dialogs take today where the user is; what is late is asked elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        set_zones(cls)
        cls.pairs = ((cls.togo, cls.marie), (cls.kenya, cls.zawadi))

    def places(self):
        """Yield a company, its customer, its day, and an environment of abroad."""
        for time, zone, *days in PLACES:
            for (company, partner), day in zip(self.pairs, days, strict=True):
                with freeze_time(time):
                    yield (
                        company,
                        partner,
                        day,
                        self.env(context={**self.env.context, "tz": zone}),
                    )

    def invoice(self, env, company, partner):
        """Return an invoice as the web client posts it, due at once."""
        journal = self.journal(company, "sale")
        invoice = (
            env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "journal_id": journal.id,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": self.installation.id, "price_unit": 10}
                        )
                    ],
                }
            )
        )
        invoice.action_post()
        return invoice

    def test_an_invoice_is_due_on_its_day(self):
        for company, partner, day, env in self.places():
            invoice = self.invoice(env, company, partner)
            self.assertEqual(invoice.invoice_date, day)
            self.assertEqual(invoice.date, day)
            self.assertEqual(invoice.invoice_date_due, day)

    def test_invoices_of_two_companies_at_once(self):
        with freeze_time(NIGHT):
            drafts = self.env["account.move"]
            for company, partner in self.pairs:
                first = self.invoice(self.env, company, partner)
                drafts += first.with_company(company).copy()
            drafts.action_post()
        self.assertEqual(drafts.mapped("state"), ["posted", "posted"])
        self.assertEqual(drafts.mapped("invoice_date"), [MAY, JUNE])

    def test_register_payment(self):
        for company, partner, day, env in self.places():
            invoice = self.invoice(env, company, partner)
            # The user has the other company open, too, and in front.
            dialog = env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            payment = dialog.create({})._create_payments()
            self.assertEqual(payment.date, day)

    def test_payment_without_a_date(self):
        for company, partner, day, env in self.places():
            payment = env["account.payment"].create(
                {
                    "partner_id": partner.id,
                    "amount": 5,
                    "journal_id": self.journal(company, "cash").id,
                }
            )
            self.assertEqual(payment.date, day)

    def test_credit_note(self):
        """Of today: it is posted, not kept for a tomorrow of the user's."""
        for company, partner, day, env in self.places():
            invoice = self.invoice(env, company, partner)
            dialog = env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=invoice.ids
            )
            dialog = dialog.create({"journal_id": invoice.journal_id.id})
            dialog.modify_moves()
            self.assertEqual(invoice.reversal_move_ids.date, day)
            self.assertEqual(invoice.reversal_move_ids.state, "posted")

    def test_quotation(self):
        for company, partner, day, env in self.places():
            company.quotation_validity_days = 1
            order = self.quotation(partner, [(self.installation, 1, 100)])
            order = order.with_env(env)
            env.add_to_compute(order._fields["validity_date"], order)
            self.assertEqual(order.validity_date, day + timedelta(days=1))
            order.validity_date = day
            self.assertFalse(order.is_expired)
            order.validity_date = day - timedelta(days=1)
            order.invalidate_recordset(["is_expired"])
            self.assertTrue(order.is_expired)

    def test_preventive_due(self):
        equipment = self.env["maintenance.equipment"]
        for company, _partner in self.pairs:
            vals = {"name": company.name, "company_id": company.id}
            vals |= {"x_maintenance_start": JUNE, "x_maintenance_interval": 1}
            equipment += equipment.create(vals)
        bare = equipment.create({"name": "without a schedule"})
        own = [("id", "in", (equipment + bare).ids)]
        for _time, zone, *_days in PLACES[:2]:
            with freeze_time(NIGHT):
                abroad = equipment.with_context(tz=zone)
                due = abroad.search([*own, ("x_preventive_due", "=", True)])
                self.assertEqual(due, equipment[1])
                self.assertEqual(abroad.mapped("x_preventive_due"), [False, True])
                rest = abroad.search([*own, ("x_preventive_due", "=", False)])
                self.assertEqual(rest, equipment[0] + bare)
                abroad.invalidate_recordset()

    def test_requests_without_a_due_date_are_not_overdue(self):
        request = self.env["payment.request"].create(
            {
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
                "currency_id": self.togo.currency_id.id,
                "amount": 10,
            }
        )
        found = request.search([("id", "=", request.id), ("overdue", "=", False)])
        self.assertEqual(found, request)
