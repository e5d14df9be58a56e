"""Somebody else's log-in: the web client, RPC, merging, Odoo's portal."""

import runpy

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import BusinessError, Forbidden
from .people_common import EVIL, People
from .test_migrations import MIGRATIONS


@tagged("post_install", "-at_install")
class TestOtherDoors(People):
    """The web client, RPC, merging, Odoo's portal."""

    def manager(self, employee=None):
        groups = ("base.group_partner_manager", "abs_connector.group_manager")
        sales = "sales_team.group_sale_salesman_all_leads"
        return self.web(employee, *groups, sales, "account.group_account_manager")

    def hidden(self):
        """Zawadi's order stays in Nairobi; she is Lomé's, and has a log-in."""
        self.sale(self.marie, self.sa_kar)
        return self.access_marie

    def test_the_form_of_a_log_in(self):
        access = self.hidden()
        user = self.manager(self.ama)
        mine = self.by(access, user)
        for vals in (
            {"password": "stolen-Pass-1"},
            {"email": EVIL},
            {"phone_key": "+22890000000"},
        ):
            with self.subTest(vals), self.assertRaises(Forbidden) as caught:
                mine.write(vals)
            self.assertEqual(caught.exception.code, "invitation_only")
        for vals in ({"partner_id": self.plain.id}, {"token_version": 1}):
            with self.subTest(vals), self.assertRaises(BusinessError):
                mine.write(vals)
        with self.assertRaises(UserError):
            mine.write({"password_hash": "x"})
        mine.active = False
        with self.assertRaises(Forbidden):
            mine.active = True
        access.active = True
        mine.action_invite()
        self.code("marie@test.abs")

    def test_somebody_elses_customer(self):
        access, _password = self.env["abs.customer.access"]._open(self.paul)
        user = self.manager(self.ama)
        with self.assertRaises(Forbidden) as caught:
            self.by(access, user).write({"password": "stolen-Pass-1"})
        self.assertEqual(caught.exception.code, "role_required")
        with self.assertRaises(Forbidden):
            self.by(access, user).action_invite()
        other = self.make_customer("Other", self.sa_kar, email="other@x.test")
        with self.assertRaises(Forbidden):
            self.by(self.env["abs.customer.access"], user).create(
                {"partner_id": other.id, "email": EVIL, "password": "stolen-Pass-1"}
            )

    def test_a_user_who_is_no_employee_sees_by_odoos_rules(self):
        user = self.manager()
        mine = self.by(self.access_marie, user)
        mine.write({"password": "given-Pass-1"})
        self.assertTrue(self.access_marie._check_password("given-Pass-1"))
        self.quotation(self.marie, [(self.cable, 1)], self.sa_nbo)
        with self.assertRaises(Forbidden):
            mine.write({"password": "stolen-Pass-1"})

    def test_an_administrator_of_one_company(self):
        user = self.web(None, "abs_connector.group_administrator")
        mine = self.by(self.access_marie, user)
        mine.write({"password": "given-Pass-1"})
        self.quotation(self.marie, [(self.cable, 1)], self.sa_nbo)
        with self.assertRaises(Forbidden):
            mine.write({"password": "stolen-Pass-1"})
        with self.assertRaises(Forbidden):
            mine.unlink()

    def test_the_mail_of_a_contact(self):
        """Written in the web client, an invitation still goes to the old one."""
        self.sale(self.paul, self.sa_kar)
        self.move(self.paul, self.sa_lom, self.jean)
        self.by(self.paul, self.manager(self.ama)).write({"email": EVIL})
        self.ok("POST", self.path(self.paul, "/portal-access"), {}, who=self.jean)
        self.code("paul@test.abs")

    def wizard(self, user, partner, email=None):
        wizard = self.by(self.env["portal.wizard"], user)
        wizard = wizard.create({"partner_ids": [Command.set(partner.ids)]})
        if email:
            wizard.user_ids.email = email
        return wizard.user_ids

    def test_access_to_odoos_portal(self):
        user = self.manager(self.ama)
        self.wizard(user, self.marie).action_grant_access()
        self.assertTrue(self.marie.user_ids)
        other = self.make_customer("Other", self.sa_lom, email="other@x.test")
        self.sale(other, self.sa_kar)
        for email in (EVIL, None):
            with self.assertRaises(Forbidden):
                self.wizard(user, other, email).action_grant_access()
        self.assertFalse(other.user_ids)
        self.sale(self.marie, self.sa_kar)
        with self.assertRaises(Forbidden):
            self.wizard(user, self.marie, EVIL).action_invite_again()
        # the mail for a lost password goes to the contact's address
        with self.assertRaises(Forbidden):
            self.by(self.marie, user).write({"email": EVIL})
        self.refused(
            *(403, "role_required", "PUT", self.path(self.marie), {"email": EVIL}),
            who=self.jean,
        )
        self.assertEqual(self.marie.email, "marie@test.abs")

    def merge(self, user, *partners):
        wizard = self.by(self.env["base.partner.merge.automatic.wizard"], user)
        wizard = wizard.create(
            {
                "partner_ids": [Command.set([p.id for p in partners])],
                "dst_partner_id": partners[-1].id,
            }
        )
        wizard.action_merge()

    def test_merging_gives_no_log_in_more_to_see(self):
        accesses = self.env["abs.customer.access"]
        user = self.manager(self.ama)
        mine = self.make_customer("Same", email="same@x.test")
        accesses._open(mine, "stolen-Pass-1")
        theirs = self.make_customer("Same", email="same@x.test")
        self.sale(theirs, self.sa_nbo)
        with self.assertRaises(Forbidden):
            self.merge(user, mine, theirs)
        governed = self.make_customer("Same", self.sa_lom, email="same@x.test")
        with self.assertRaises(UserError):
            self.merge(user, mine, governed)

    def test_merging_leaves_one_log_in_and_no_old_token(self):
        accesses = self.env["abs.customer.access"]
        one = self.make_customer("Same", email="same@x.test")
        two = self.make_customer("Same", email="same@x.test")
        accesses._open(one, "my-own-Pass-1")
        two_access = accesses.create({"partner_id": two.id, "phone_key": "+2289011"})
        two_access._set_password("my-other-Pass-1")
        token = self.token(one)
        session = self.env["abs.auth.session"]._open("customer", accesses._of(one))
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            self.merge(self.env.ref("base.user_admin"), one, two)
        self.assertEqual(caught.exception.code, "merge_log_ins")
        accesses._of(one).active = False
        self.merge(self.env.ref("base.user_admin"), one, two)
        self.assertEqual(accesses._of(two), two_access)
        self.assertFalse(accesses.search([("email", "=", "same@x.test")]))
        headers = {"Authorization": f"Bearer {token}"}
        self.refused(401, None, "GET", "/api/customer/me", headers=headers)
        body = {"refresh_token": session["refresh_token"]}
        self.refused(401, None, "POST", "/api/customer/auth/refresh", body)

    def test_the_only_log_in_goes_along(self):
        accesses = self.env["abs.customer.access"]
        one = self.make_customer("Same", email="same@x.test")
        two = self.make_customer("Same", email="same@x.test")
        access, _password = accesses._open(one, "my-own-Pass-1")
        self.merge(self.env.ref("base.user_admin"), one, two)
        self.assertEqual(access.partner_id, two)
        self.assertEqual(accesses._of(two), access)

    def test_one_log_in_per_customer_in_the_database(self):
        """What merging left before: the migration keeps the one that was in use."""
        cr = self.env.cr
        self.env.flush_all()
        cr.execute(
            "ALTER TABLE abs_customer_access "
            "DROP CONSTRAINT abs_customer_access_one_per_customer"
        )
        cr.execute(
            "INSERT INTO abs_customer_access (partner_id, email, active) "
            "VALUES (%s, 'twin@test.abs', true)",
            [self.marie.id],
        )
        script = runpy.run_path(
            str(MIGRATIONS / "1.2.0" / "pre-one-login.py"), run_name="migration"
        )
        for _time in range(2):
            script["migrate"](cr, "18.0.1.1.6")
            self.env.invalidate_all()
            accesses = self.env["abs.customer.access"]
            self.assertEqual(accesses._of(self.marie), self.access_marie)
