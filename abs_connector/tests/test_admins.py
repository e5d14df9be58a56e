"""Who may make and end admins, and what a key of one company may not (docs/contract.md 2)."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..exceptions import BusinessError, Forbidden
from .common import AbsCommon
from .http_common import AbsHttpCase


class TestLastAdmin(AbsCommon):
    """The root of the test world has one admin, unless the demo brought another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = cls.sa_global.membership_ids - cls.m_admin
        others.filtered(lambda m: m.role_code == "admin").state = "revoked"

    def refuses(self, code, call, *args):
        with self.assertRaises(BusinessError) as caught:
            call(*args)
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(caught.exception.status, 409)

    def test_the_last_one_stays(self):
        tomorrow = fields.Date.today() + timedelta(days=1)
        manager = self.enroll(
            self.sa_global, self.make_employee("x", self.togo), "staff"
        )
        for vals in (
            {"state": "revoked"},
            {"state": "suspended"},
            {"role_code": "staff", "manager_member_id": manager.id},
            {"date_to": tomorrow},
            {"date_from": tomorrow},
        ):
            self.refuses("last_admin", self.m_admin.write, vals)
        self.refuses("last_admin", self.admin.write, {"active": False})
        for state in ("suspended", "closed", "draft"):
            self.refuses("global_root_active", self.sa_global.write, {"state": state})

    def test_of_two_one_may_go(self):
        second = self.make_employee("second", self.kenya)
        self.enroll(self.sa_global, second, "admin")
        self.m_admin.action_revoke()
        self.assertEqual(self.m_admin.state, "revoked")
        self.refuses("last_admin", second.write, {"active": False})

    def test_a_temporary_admin_is_no_heir(self):
        second = self.make_employee("second", self.kenya)
        member = self.enroll(self.sa_global, second, "admin")
        member.date_to = fields.Date.today() + timedelta(days=9)
        self.refuses("last_admin", self.m_admin.write, {"state": "suspended"})
        member.action_revoke()

    def test_history_is_not_deleted(self):
        self.refuses("membership_history", self.m_jean.unlink)
        person = self.make_employee("invited", self.togo)
        self.enroll(self.sa_lom, person, "agent", state="invited").unlink()

    def test_revoked_before_it_began(self):
        person = self.make_employee("later", self.togo)
        start = fields.Date.today() + timedelta(days=5)
        member = self.enroll(self.sa_lom, person, "agent", date_from=start)
        member.action_revoke()
        self.assertEqual(member.state, "revoked")
        self.assertEqual(member.date_to, start)

    def test_managers_of_the_web_client_make_no_admins(self):
        user = new_test_user(
            self.env,
            "web.manager",
            "abs_connector.group_manager",
            company_id=self.togo.id,
            company_ids=[(6, 0, self.togo.ids)],
        )
        env = self.env(user=user, context={"allowed_company_ids": self.togo.ids})
        person = self.make_employee("ambitious", self.togo)
        vals = {"account_id": self.sa_global.id, "employee_id": person.id}
        with self.assertRaises(Forbidden):
            env["ov.membership"].create({**vals, "role_code": "admin"})
        for record, change in (
            (self.m_admin, {"date_from": False}),
            (self.admin, {"password": "stolen-pass-1"}),
            (self.admin, {"user_id": user.id}),
            (self.sa_global, {"name": "Mine"}),
        ):
            with self.assertRaises(Forbidden):
                record.with_env(env).write(change)
        self.assertFalse(self.admin._check_password("stolen-pass-1"))
        # who works nowhere is an admin's to change, members are their SA manager's
        with self.assertRaises(Forbidden):
            person.with_env(env).write({"phone": "+22890444444"})
        self.ama.user_id = user
        self.jean.with_env(env).write({"phone": "+22890444445"})
        with self.assertRaises(AccessError):
            env["abs.audit"].run()
        seen = env["abs.readiness"]._api_readiness()["companies"]
        self.assertEqual(
            [c["company"]["id"] for c in seen if c["company"]], self.togo.ids
        )

    def test_nobody_opens_a_customer_s_access_by_rpc(self):
        plain = self.make_customer("Plain", email="plain@test.abs")
        user = new_test_user(self.env, "web.clerk", "base.group_user")
        with self.assertRaises(AccessError):
            plain.with_user(user)._api_open_access()
        with self.assertRaises(AccessError):
            self.env["abs.readiness"].with_user(user)._api_readiness()

    def test_stamps_by_hand_name_members_and_the_own_company(self):
        group = "abs_connector.group_user,sales_team.group_sale_salesman_all_leads"
        group += ",base.group_partner_manager"
        user = new_test_user(
            self.env,
            "web.agent",
            group,
            company_id=self.togo.id,
            company_ids=[(6, 0, self.togo.ids)],
        )
        self.jean.user_id = user
        env = self.env(user=user, context={"allowed_company_ids": self.togo.ids})
        vals = {"name": "C", "customer_rank": 1, "x_sa_id": self.sa_lom.id}
        with self.assertRaises(BusinessError) as caught:
            env["res.partner"].create({**vals, "x_actor_id": self.edem.partner_id.id})
        self.assertEqual(caught.exception.code, "actor_not_member")
        with self.assertRaises(BusinessError) as caught:
            self.quotation(self.marie, [(self.cable, 1)], company_id=self.kenya.id)
        self.assertEqual(caught.exception.code, "company_mismatch")


class TestCallers(AbsHttpCase):
    def test_last_admin_over_http(self):
        others = self.sa_global.membership_ids - self.m_admin
        others.filtered(lambda m: m.role_code == "admin").state = "revoked"
        path = f"/api/service-accounts/{self.sa_global.id}/members/{self.m_admin.id}"
        self.refused(409, "last_admin", "DELETE", path, who=self.admin)
        self.refused(
            409, "last_admin", "PUT", path, {"state": "suspended"}, who=self.admin
        )
        own = f"/api/employees/{self.admin.id}"
        self.refused(409, "last_admin", "PUT", own, {"active": False}, who=self.admin)
        root = f"/api/service-accounts/{self.sa_global.id}"
        closed = {"state": "closed"}
        self.refused(409, "global_root_active", "PUT", root, closed, who=self.admin)

    def test_key_of_one_company_administers_that_one_only(self):
        key = self.api_key(can_write=True, can_system=True, company_id=self.togo.id)
        person = self.make_employee("chief", self.togo)
        body = {"employee_id": person.id, "role_code": "admin"}
        root = f"/api/service-accounts/{self.sa_global.id}"
        self.refused(403, "role_required", "POST", f"{root}/members", body, key=key)
        self.refused(403, "role_required", "PUT", root, {"name": "Mine"}, key=key)
        path = f"/api/employees/{self.admin.id}"
        stolen = {"password": "stolen-pass-1"}
        self.refused(403, "role_required", "PUT", path, stolen, key=key)
        body["role_code"] = "agent"
        members = f"/api/service-accounts/{self.sa_lom.id}/members"
        self.ok("POST", members, body, 201, key=key)
        new = {"name": "K", "email": "k@test.abs", "company_id": self.kenya.id}
        self.refused(404, "not_found", "POST", "/api/employees", new, key=key)
        new["company_id"] = self.togo.id
        self.ok("POST", "/api/employees", new, 201, key=key)

    def test_person_of_another_company_is_not_named(self):
        path = f"/api/service-accounts/{self.sa_kar.id}/enroll"
        body = {"person_partner_id": self.otieno.partner_id.id, "role_code": "agent"}
        said = self.refused(404, "not_found", "POST", path, body, who=self.yao)
        self.assertNotIn(self.otieno.name, said["error"])

    def test_suspended_accounts_take_nothing(self):
        self.sa_kar.action_suspend()
        for path, body in (
            ("/api/contacts", {"name": "A"}),
            (
                "/api/quotations",
                {
                    "partner_id": self.paul.id,
                    "lines": [{"product_id": self.cable.id, "quantity": 1}],
                },
            ),
            (
                "/api/tickets",
                {"subject": "S", "description": "D", "partner_id": self.paul.id},
            ),
        ):
            self.refused(
                400, "sa_inactive", "POST", path, body, who=self.admin, sa=self.sa_kar
            )
        self.ok("GET", "/api/contacts", who=self.admin, sa=self.sa_kar)

    def test_access_of_a_plain_customer_with_orders_elsewhere(self):
        plain = self.make_customer("Plain", email="plain@test.abs")
        path = f"/api/contacts/{plain.id}/portal-access"
        self.quotation(plain, [(self.cable, 1)], account=self.sa_nbo)
        self.refused(403, "role_required", "POST", path, {}, who=self.ama)
        self.ok("POST", path, {}, who=self.wanjiru)
        office = f"/api/contacts/{self.kofi.partner_id.id}"
        self.kofi.partner_id.customer_rank = 1
        mail = {"email": "x@test.abs"}
        self.refused(400, "contact_protected", "PUT", office, mail, who=self.ama)
        self.refused(
            400,
            "contact_protected",
            "POST",
            f"{office}/portal-access",
            {},
            who=self.ama,
        )

    def test_an_archived_company_stops_nobody_else(self):
        gone = self.env["res.company"].create({"name": "Gone"})
        key = self.api_key()
        self.ok("GET", "/api/contacts", key=key)
        gone.active = False
        self.ok("GET", "/api/contacts", key=key)
        self.ok("GET", "/api/contacts", who=self.admin)
        self.env.ref("abs_connector.user_api").company_ids -= self.kenya
        self.ok("GET", "/api/contacts", who=self.admin)
        found = [row["res_id"] for row in self.env["abs.audit"].run()]
        self.assertIn(self.kenya.id, found)
