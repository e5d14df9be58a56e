"""Somebody else's log-in: passwords and invitations over HTTP (docs/contract.md 1.29)."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..api import ROUTES
from .people_common import EVIL, People


@tagged("post_install", "-at_install")
class TestLogIns(People):
    def portal(self, partner, body=None, **options):
        return self.ok(
            "POST", self.path(partner, "/portal-access"), body or {}, **options
        )

    def no_portal(self, code, partner, body=None, status=403, **options):
        path = self.path(partner, "/portal-access")
        return self.refused(status, code, "POST", path, body or {}, **options)

    def accept(self, code, password="my-own-Pass-1"):
        return self.ok(
            "POST", "/api/customer/auth/accept", {"code": code, "password": password}
        )

    def moved(self):
        """Marie has an order in Lomé, and is Yao's and Edem's in Kara now."""
        order = self.sale(self.marie, self.sa_lom)
        self.move(self.marie, self.sa_kar, self.edem)
        return order

    def test_the_list_of_what_it_shows(self):
        """Every route for customers reads one of the models that are asked."""
        read = set()
        for route in ROUTES:
            if "customer" in route.audience and route.method == "GET":
                result = route.contract.result
                model = getattr(result, "_model", None)
                if model and "x_sa_id" in self.env[model]._fields:
                    read.add(model)
        shown = self.env["res.partner"]._abs_login_models()
        self.assertEqual(read - {"res.partner"}, set(shown))

    def test_staff_who_see_all_set_a_password(self):
        self.sale(self.paul, self.sa_kar)
        opened = self.portal(self.paul, who=self.yao)
        self.assertTrue(opened["password"])
        self.assertIsNone(opened["invitation"])
        self.portal(self.paul, {"password": "given-Pass-1"}, who=self.yao)
        self.assertFalse(self.mails())

    def test_an_agent_invites_the_own_customers(self):
        for body in ({"password": "given-Pass-1"},):
            self.no_portal("role_required", self.paul, body, who=self.edem)
        self.assertFalse(self.env["abs.customer.access"]._of(self.paul))
        opened = self.portal(self.paul, who=self.edem)
        self.assertIsNone(opened["password"])
        self.assertEqual(opened["invitation"]["sent_to"], "paul@test.abs")
        code = self.code("paul@test.abs")
        self.assertNotIn(code, str(opened))
        answer = self.accept(code)
        self.assertEqual(answer["customer"]["id"], self.paul.id)
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        self.ok("GET", "/api/customer/me", headers=headers)
        login = {"email": "paul@test.abs", "password": "my-own-Pass-1"}
        self.ok("POST", "/api/customer/auth/login", login)
        self.no_portal("not_found", self.marie, status=404, who=self.edem)
        colleague = self.enroll(
            self.sa_kar, self.make_employee("kodjo", self.togo), "agent"
        )
        colleague.scope_policy = "sa_wide"
        self.no_portal("role_required", self.paul, who=colleague.employee_id)
        self.no_portal("role_required", self.plain, who=self.edem)

    def test_whoever_does_not_see_all_only_invites(self):
        order = self.moved()
        body = {"password": "stolen-Pass-1"}
        self.no_portal("invitation_only", self.marie, body, who=self.yao)
        opened = self.portal(self.marie, who=self.yao)
        self.assertIsNone(opened["password"])
        self.assertEqual(opened["invitation"]["sent_to"], "marie@test.abs")
        login = {"email": "marie@test.abs", "password": "stolen-Pass-1"}
        self.refused(401, None, "POST", "/api/customer/auth/login", login)
        self.move(self.marie, self.sa_lom, self.jean)
        self.assertTrue(self.portal(self.marie, who=self.ama)["password"])
        self.assertTrue(order)

    def test_each_kind_of_paper_counts(self):
        """One ticket, asset, request elsewhere, or one that nobody governs."""
        for name, vals in (
            ("helpdesk.ticket", {"name": "x", "description": "x"}),
            ("ov.asset", {"name": "x"}),
            (
                "payment.request",
                {"amount": 1, "currency_id": self.togo.currency_id.id},
            ),
            ("sale.order", {}),
        ):
            for account in (self.sa_kar, self.env["ov.serviced_account"]):
                with self.subTest(f"{name} {account.name}"):
                    partner = self.make_customer("Pia", self.sa_lom, email="pia@x.test")
                    record = self.env[name].create(
                        {"partner_id": partner.id, "company_id": self.togo.id, **vals}
                    )
                    record._sa_assign(account, self.env["res.partner"])
                    body = {"password": "stolen-Pass-1"}
                    self.no_portal("invitation_only", partner, body, who=self.ama)
                    record.unlink()
                    self.portal(partner, body, who=self.ama)
                    self.env["abs.customer.access"]._of(partner).unlink()

    def test_whoever_changes_the_mail_invites_the_old_one(self):
        self.moved()
        self.ok("PUT", self.path(self.marie), {"email": EVIL}, who=self.yao)
        opened = self.portal(self.marie, who=self.yao)
        self.assertEqual(opened["invitation"]["sent_to"], "m***@test.abs")
        self.assertIsNone(opened["login"])
        self.code("marie@test.abs")
        self.portal(self.marie, who=self.edem)
        self.code("marie@test.abs")
        self.assertFalse(self.mails().filtered(lambda m: m.email_to == EVIL))

    def test_a_log_in_that_is_not_there_yet_has_its_address_too(self):
        """The customer moved without one; the new staff, or the agent, change the mail."""
        self.sale(self.paul, self.sa_kar)
        self.move(self.paul, self.sa_lom, self.jean)
        for person in (self.jean, self.ama):
            self.ok("PUT", self.path(self.paul), {"email": EVIL}, who=person)
            self.portal(self.paul, who=person)
            self.code("paul@test.abs")
        bare = self.make_customer("Bare", self.sa_kar)
        self.sale(bare, self.sa_kar)
        self.move(bare, self.sa_lom, self.jean)
        self.ok("PUT", self.path(bare), {"email": "e@evil.test"}, who=self.ama)
        self.no_portal("no_identity", bare, status=400, who=self.ama)

    def test_an_agent_who_sees_all_changes_no_address_either(self):
        self.ok("PUT", self.path(self.paul), {"email": EVIL}, who=self.edem)
        self.portal(self.paul, who=self.edem)
        self.code("paul@test.abs")
        bare = self.make_customer("Bare", self.sa_kar, self.edem)
        self.ok("PUT", self.path(bare), {"email": "bare@x.test"}, who=self.edem)
        self.portal(bare, who=self.edem)
        self.code("bare@x.test")

    def test_staff_who_see_all_change_the_address(self):
        self.ok("PUT", self.path(self.paul), {"email": "new@x.test"}, who=self.yao)
        opened = self.portal(self.paul, who=self.yao)
        self.assertEqual(opened["login"], "new@x.test")

    def test_a_code_works_once_and_not_for_ever(self):
        post = ("POST", "/api/customer/auth/accept")
        self.portal(self.paul, who=self.edem)
        first = self.code("paul@test.abs")
        self.portal(self.paul, who=self.edem)
        second = self.code("paul@test.abs")
        body = {"password": "my-own-Pass-1"}
        self.refused(400, "invitation_invalid", *post, {**body, "code": first})
        self.refused(400, "invitation_invalid", *post, {**body, "code": "guess"})
        weak = {"code": second, "password": "short"}
        self.refused(400, "weak_password", *post, weak)
        tokens = self.accept(second)
        self.refused(400, "invitation_invalid", *post, {**body, "code": second})
        self.portal(self.paul, who=self.edem)
        third = self.code("paul@test.abs")
        sent = self.env["abs.invitation"].search([], order="id desc", limit=1)
        self.assertNotIn(third, str(sent.read()))
        sent.expires_at = "2020-01-01 00:00:00"
        self.refused(400, "invitation_invalid", *post, {**body, "code": third})
        said = self.no_portal(
            "too_many_invitations", self.paul, status=429, who=self.edem
        )
        self.assertTrue(said["error"])
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        self.ok("GET", "/api/customer/me", headers=headers)

    def test_accepting_ends_the_sessions_so_far(self):
        token = self.token(self.paul)
        self.portal(self.paul, {"invite": True}, who=self.yao)
        self.accept(self.code("paul@test.abs"))
        headers = {"Authorization": f"Bearer {token}"}
        self.refused(401, "token_revoked", "GET", "/api/customer/me", headers=headers)

    def test_a_given_password_and_a_closed_log_in_end_invitations(self):
        post = ("POST", "/api/customer/auth/accept")
        access = self.env["abs.customer.access"]
        self.portal(self.paul, who=self.edem)
        code = self.code("paul@test.abs")
        self.portal(self.paul, {"password": "given-Pass-1"}, who=self.yao)
        body = {"code": code, "password": "my-own-Pass-1"}
        self.refused(400, "invitation_invalid", *post, body)
        self.portal(self.paul, who=self.edem)
        body["code"] = self.code("paul@test.abs")
        access._of(self.paul).active = False
        self.refused(400, "invitation_invalid", *post, body)
        self.no_portal("access_closed", self.paul, status=400, who=self.edem)
        self.assertFalse(access._of(self.paul).active)

    def test_nobody_reads_the_code(self):
        """Neither in the chatter of the customer, nor as the mail's author."""
        user = self.web(
            self.yao,
            "base.group_partner_manager",
            "abs_connector.group_manager",
            "sales_team.group_sale_manager",
        )
        access = self.env["abs.customer.access"]._open(self.paul)[0]
        self.by(access, user).action_invite()
        code = self.code("paul@test.abs")
        messages = self.by(self.env["mail.message"], user).search([])
        self.assertNotIn(code, str(messages.mapped("body")))
        self.assertNotIn(code, str(self.paul.message_ids.mapped("body")))
        mail = self.by(self.mails()[:1], user)
        with self.assertRaises(AccessError):
            mail.read(["body_html"])
        with self.assertRaises(AccessError):
            mail.mail_message_id.read(["body"])
