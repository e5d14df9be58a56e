"""Contacts, Service Accounts, members, employees over HTTP (docs/contract.md 5)."""

from urllib.parse import urlencode

from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestContacts(AbsHttpCase):
    def test_agent_creates_and_owns(self):
        body = {"name": "Kossi", "phone": "+228 91 00 00 01", "country": "tg"}
        contact = self.ok("POST", "/api/contacts", body, 201, who=self.jean)["contact"]
        self.assertEqual(contact["sa"]["id"], self.sa_lom.id)
        self.assertEqual(contact["actor"]["id"], self.jean.partner_id.id)
        self.assertEqual(contact["governance_level"], 3)
        self.assertEqual(contact["customer_rank"], 1)
        self.assertEqual(contact["currency"]["name"], "XOF")
        self.assertEqual(contact["company"]["id"], self.togo.id)
        path = f"/api/contacts/{contact['id']}"
        self.ok("GET", path, who=self.ama)
        for other in (self.afi, self.yao, self.edem, self.otieno):
            self.refused(404, "not_found", "GET", path, who=other)
            self.refused(404, "not_found", "PUT", path, {"city": "x"}, who=other)
        self.ok("GET", path, who=self.admin)

    def test_staff_contact_waits_for_an_actor(self):
        contact = self.ok("POST", "/api/contacts", {"name": "A"}, who=self.kofi)
        self.assertEqual(contact["contact"]["governance_level"], 2)
        self.assertIsNone(contact["contact"]["actor"])

    def test_plain_contact_of_an_api_key(self):
        key = self.api_key(can_write=True)
        made = self.ok("POST", "/api/contacts", {"name": "Plain"}, 201, key=key)
        self.assertEqual(made["contact"]["governance_level"], 1)
        path = f"/api/contacts/{made['contact']['id']}"
        for person in (self.jean, self.otieno, self.ama):
            self.ok("GET", path, who=person)
        self.refused(403, None, "GET", "/api/contacts", who=self.marie)

    def test_list_filters_and_unknown_ones(self):
        items = self.ok("GET", "/api/contacts?q=Marie", who=self.jean)["items"]
        self.assertEqual([c["id"] for c in items], [self.marie.id])
        self.assertFalse(
            self.ok("GET", "/api/contacts?q=Marie", who=self.edem)["items"]
        )
        self.refused(400, None, "GET", "/api/contacts?colour=red", who=self.jean)
        level = self.ok("GET", "/api/contacts?governance_level=3", who=self.ama)
        self.assertIn(self.marie.id, [c["id"] for c in level["items"]])
        key = self.api_key()
        names = self.ok("GET", "/api/contacts?limit=100", key=key)["items"]
        self.assertNotIn(self.jean.partner_id.id, [c["id"] for c in names])

    def test_a_phone_is_found_however_it_is_written(self):
        body = {"name": "Kossi", "phone": "+228 91-55.00(01)"}
        kossi = self.ok("POST", "/api/contacts", body, who=self.jean)["contact"]["id"]
        for text in ("+22891550001", "0022891550001", "91 55 00 01", "091550001"):
            for name in ("q", "phone"):
                path = f"/api/contacts?{urlencode({name: text})}"
                items = self.ok("GET", path, who=self.jean)["items"]
                self.assertEqual([c["id"] for c in items], [kossi], path)
        items = self.ok("GET", "/api/contacts?q=91550002", who=self.jean)["items"]
        self.assertFalse(items)

    def test_bad_input(self):
        post = ("POST", "/api/contacts")
        self.refused(400, None, *post, {"name": "x", "email": "nope"}, who=self.jean)
        self.refused(400, None, *post, {"name": "x", "country": "ZZ"}, who=self.jean)
        self.refused(400, None, *post, {"name": "x", "x_sa_id": 1}, who=self.jean)
        self.refused(400, "sa_required", *post, {"name": "x"}, who=self.admin)

    def test_assign_and_history(self):
        path = f"/api/contacts/{self.marie.id}"
        body = {"actor_id": self.afi.partner_id.id}
        self.refused(
            403, "role_required", "POST", f"{path}/assign", body, who=self.jean
        )
        self.refused(404, "not_found", "POST", f"{path}/assign", body, who=self.yao)
        stranger = {"actor_id": self.edem.partner_id.id}
        self.refused(
            400, "actor_not_member", "POST", f"{path}/assign", stranger, who=self.ama
        )
        for hidden in (self.zawadi.id, 999_999_999):
            said = self.refused(
                *(400, "actor_not_member", "POST", f"{path}/assign"),
                {"actor_id": hidden},
                who=self.ama,
            )
            self.assertIn("This person", said["error"], "who it is, is not told")
        away = {"actor_id": None, "sa_id": self.sa_kar.id}
        self.refused(404, "not_found", "POST", f"{path}/assign", away, who=self.ama)
        contact = self.ok("POST", f"{path}/assign", body, who=self.ama)["contact"]
        self.assertEqual(contact["actor"]["id"], self.afi.partner_id.id)
        self.refused(404, "not_found", "GET", path, who=self.jean)
        rows = self.ok("GET", f"{path}/assignments", who=self.afi)["items"]
        self.assertEqual([r["state"] for r in rows], ["active", "transferred"])
        self.assertEqual(rows[0]["assigned_by"]["id"], self.ama.partner_id.id)
        away["actor_id"] = self.edem.partner_id.id
        self.ok("POST", f"{path}/assign", away, who=self.admin)
        self.refused(404, "not_found", "GET", path, who=self.ama)
        self.ok("GET", path, who=self.edem)

    def test_portal_access(self):
        path = f"/api/contacts/{self.paul.id}/portal-access"
        self.refused(404, "not_found", "POST", path, {}, who=self.ama)
        opened = self.ok("POST", path, {}, who=self.yao)
        self.assertEqual(opened["login"], "paul@test.abs")
        login = {"email": opened["login"], "password": opened["password"]}
        self.ok("POST", "/api/customer/auth/login", login)

    def test_credit_is_what_is_owed(self):
        order = self.quotation(self.marie, [(self.installation, 2)])
        order.action_confirm()
        invoice = order.invoice_ids or order._create_invoices()
        if invoice.state == "draft":
            invoice.action_post()
        self.assertEqual(invoice.amount_total, 118)
        path = f"/api/contacts/{self.marie.id}"
        contact = self.ok("GET", path, who=self.jean)["contact"]
        self.assertEqual(contact["credit"], 118)
        self.pay(invoice, 100)
        contact = self.ok("GET", path, who=self.jean)["contact"]
        self.assertEqual(contact["credit"], 18)


@tagged("post_install", "-at_install")
class TestAccounts(AbsHttpCase):
    def members(self, account):
        return f"/api/service-accounts/{account.id}/members"

    def test_list_is_own_and_below(self):
        def seen(person):
            items = self.ok("GET", "/api/service-accounts?limit=100", who=person)
            return {row["id"] for row in items["items"]}

        self.assertEqual(seen(self.jean), {self.sa_lom.id, self.sa_lom_a.id})
        self.assertEqual(seen(self.yao), {self.sa_kar.id})
        self.assertLessEqual({self.sa_global.id, self.sa_nbo.id}, seen(self.admin))

    def test_create_below_own(self):
        body = {"name": "Depot", "code": "T-DEPOT", "sa_type": "branch"}
        mine = {**body, "parent_id": self.sa_lom.id}
        post = ("POST", "/api/service-accounts")
        self.refused(403, "role_required", *post, mine, who=self.kofi)
        account = self.ok(*post, mine, 201, who=self.ama)["service_account"]
        self.assertEqual(account["parent"]["id"], self.sa_lom.id)
        self.assertEqual(account["company"]["id"], self.togo.id)
        self.assertEqual(account["account_code"], "T-DEPOT")
        self.refused(409, "code_taken", *post, mine, who=self.ama)
        theirs = {**body, "parent_id": self.sa_kar.id}
        self.refused(404, "not_found", *post, theirs, who=self.ama)
        above = {**body, "company_id": self.togo.id}
        self.refused(403, "role_required", *post, above, who=self.ama)
        key = self.api_key(can_write=True)
        self.refused(403, "scope_required", *post, mine, key=key)

    def test_create_with_its_manager(self):
        person = self.make_employee("head", self.togo)
        body = {"name": "Depot", "code": "T-DEP2", "parent_id": self.sa_lom.id}
        body.update(sa_type="branch", sa_manager=person.id)
        post = ("POST", "/api/service-accounts")
        account = self.ok(*post, body, 201, who=self.ama)["service_account"]
        self.assertEqual(account["manager"]["id"], person.partner_id.id)
        self.assertEqual(account["member_count"], 1)
        body.update(code="T-DEP3", sa_manager=self.otieno.id)
        self.refused(404, "not_found", *post, body, who=self.ama)
        self.refused(400, "company_mismatch", *post, body, who=self.admin)

    def test_move(self):
        path = f"/api/service-accounts/{self.sa_lom_a.id}"
        up = {"parent_id": self.sa_kar.id}
        self.refused(404, "not_found", "PUT", path, up, who=self.ama)
        moved = self.ok("PUT", path, up, who=self.admin)["service_account"]
        self.assertEqual(moved["parent"]["id"], self.sa_kar.id)
        self.refused(404, "not_found", "GET", path, who=self.ama)
        loop = {"parent_id": self.sa_lom_a.id}
        self.refused(
            400,
            "hierarchy_cycle",
            "PUT",
            f"/api/service-accounts/{self.sa_kar.id}",
            loop,
            who=self.admin,
        )
        kenya = {"parent_id": self.sa_nbo.id}
        self.refused(400, "company_mismatch", "PUT", path, kenya, who=self.admin)

    def test_enroll_and_revoke(self):
        post = ("POST", self.members(self.sa_kar))
        person = self.make_employee("new", self.togo)
        body = {"employee_id": person.id, "role_code": "agent"}
        self.refused(403, "role_required", *post, body, who=self.edem)
        self.refused(404, "not_found", *post, body, who=self.ama)
        made = self.ok(*post, body, 201, who=self.yao)["membership"]
        self.assertEqual(made["scope_policy"], "assigned_only")
        self.assertEqual(made["manager_member_id"], self.m_yao.id)
        self.assertEqual(made["account"]["code"], "T-KAR")
        self.refused(409, "already_member", *post, body, who=self.yao)
        self.refused(
            400,
            "admin_outside_root",
            *post,
            {**body, "role_code": "admin"},
            who=self.yao,
        )
        kenyan = {"employee_id": self.otieno.id, "role_code": "agent"}
        self.refused(400, "company_mismatch", *post, kenyan, who=self.admin)
        self.ok("GET", "/api/contacts", who=person)
        path = f"{self.members(self.sa_kar)}/{made['id']}"
        gone = self.ok("DELETE", path, who=self.yao)
        self.assertEqual(gone["membership"]["state"], "revoked")
        self.assertIn("0", gone["message"])
        self.assertEqual(
            self.call("GET", "/api/contacts", who=person).body["items"], []
        )
        self.refused(409, "membership_revoked", "DELETE", path, who=self.yao)

    def test_revoking_says_how_many_wait(self):
        path = f"{self.members(self.sa_lom)}/{self.m_jean.id}"
        gone = self.ok("DELETE", path, who=self.ama)
        self.assertEqual(gone["membership"]["waiting"], 1)
        self.assertIn("1", gone["message"])
        self.assertFalse(self.marie.x_actor_id)
        self.assertEqual(self.marie.x_sa_id, self.sa_lom)

    def test_a_new_agent_gets_what_waits_with_the_customer(self):
        order = self.quotation(
            self.marie, [(self.cable, 1)], actor=self.jean.partner_id
        )
        kofis = self.quotation(
            self.marie, [(self.cable, 1)], actor=self.kofi.partner_id
        )
        elsewhere = self.quotation(self.marie, [(self.cable, 1)], account=self.sa_kar)
        elsewhere._sa_assign(self.sa_kar, self.env["res.partner"])
        order.action_confirm()
        self.ok("DELETE", f"{self.members(self.sa_lom)}/{self.m_jean.id}", who=self.ama)
        self.assertFalse(order.x_actor_id)
        self.refused(404, None, "GET", f"/api/orders/{order.id}", who=self.edem)
        agent = self.make_employee("heir", self.togo)
        self.enroll(self.sa_lom, agent, "agent")
        path = f"/api/contacts/{self.marie.id}/assign"
        self.ok("POST", path, {"actor_id": agent.partner_id.id}, who=self.ama)
        for record in (order, order.picking_ids):
            self.assertEqual(record.x_actor_id, agent.partner_id)
            self.assertEqual(record.x_sa_id, self.sa_lom)
        self.ok("GET", f"/api/orders/{order.id}", who=agent)
        self.assertEqual(kofis.x_actor_id, self.kofi.partner_id)
        self.assertFalse(elsewhere.x_actor_id)
        self.refused(404, None, "GET", f"/api/orders/{kofis.id}", who=agent)

    def test_manager_hands_over(self):
        path = f"{self.members(self.sa_lom)}/{self.m_kofi.id}"
        body = {"manager_member_id": None}
        self.refused(403, "role_required", "PUT", path, body, who=self.kofi)
        kofi = self.ok("PUT", path, body, who=self.ama)["membership"]
        self.assertIs(kofi["is_manager"], True)
        self.assertEqual(self.sa_lom.sa_manager, self.m_kofi)
        self.assertEqual(self.m_ama.manager_member_id, self.m_kofi)
        self.refused(403, "role_required", "PUT", path, body, who=self.ama)

    def test_first_staff_becomes_manager(self):
        person = self.make_employee("first", self.togo)
        body = {"person_partner_id": person.partner_id.id, "role_code": "staff"}
        path = f"/api/service-accounts/{self.sa_lom_a.id}/enroll"
        made = self.ok("POST", path, body, 201, who=self.admin)["membership"]
        self.assertIs(made["is_manager"], True)
        self.assertEqual(self.sa_lom_a.sa_manager.id, made["id"])

    def test_global_root_takes_admins_by_key(self):
        key = self.api_key(can_write=True, can_system=True)
        person = self.make_employee("chief", self.kenya)
        body = {"person_partner_id": person.partner_id.id, "role_code": "admin"}
        post = ("POST", self.members(self.sa_global))
        self.ok(*post, body, 201, key=key)
        self.ok("GET", f"/api/contacts/{self.marie.id}", who=person)
        self.refused(404, "not_found", *post, body, who=self.ama)

    def test_employees(self):
        post = ("POST", "/api/employees")
        body = {"name": "Abla", "email": "Abla@test.abs", "password": "abla-pass-1"}
        self.refused(403, "role_required", *post, body, who=self.kofi)
        made = self.ok(*post, body, 201, who=self.ama)["employee"]
        self.assertEqual(made["email"], "abla@test.abs")
        self.assertEqual(made["company"]["id"], self.togo.id)
        self.refused(409, "identity_taken", *post, body, who=self.ama)
        login = {"email": "abla@test.abs", "password": "abla-pass-1"}
        self.ok("POST", "/api/auth/login", login)
        path = f"/api/employees/{made['id']}"
        self.ok("PUT", path, {"active": False}, who=self.ama)
        self.refused(401, None, "POST", "/api/auth/login", login)
        listed = self.ok("GET", "/api/employees?q=abla", who=self.ama)["items"]
        self.assertEqual([e["active"] for e in listed], [False])

    def test_who_reads_people(self):
        """The SA manager, admins and keys with the scope ``system``; staff see who
        works in their own SA, everybody themselves (docs/contract.md 5)."""
        members = self.members(self.sa_lom)
        one = f"/api/employees/{self.afi.id}"
        for path in ("/api/employees", one):
            for person in (self.jean, self.kofi):
                self.refused(403, "role_required", "GET", path, who=person)
            self.refused(403, "scope_required", "GET", path, key=self.api_key())
            for caller in (
                {"who": self.ama},
                {"who": self.admin},
                {"key": self.api_key(can_system=True)},
            ):
                self.ok("GET", path, **caller)
        self.refused(403, "role_required", "GET", members, who=self.jean)
        self.refused(403, "scope_required", "GET", members, key=self.api_key())
        rows = self.ok("GET", members, who=self.kofi)["items"]
        self.assertIn(self.m_afi.id, [row["id"] for row in rows])
        self.refused(404, "not_found", "GET", members, who=self.yao)
        self.enroll(self.sa_lom, self.yao, "agent")
        self.refused(403, "role_required", "GET", members, who=self.yao)
        me = self.ok("GET", "/api/auth/me", who=self.jean)
        self.assertEqual(me["employee"]["id"], self.jean.id)
        self.assertEqual(me["memberships"][0]["account"]["id"], self.sa_lom.id)

    def test_manager_cannot_take_over_people_of_other_accounts(self):
        path = f"/api/employees/{self.ama.id}"
        body = {"password": "stolen-pass-1"}
        self.refused(403, "role_required", "PUT", path, body, who=self.yao)
        self.assertFalse(self.ama._check_password("stolen-pass-1"))
        self.ok("PUT", path, body, who=self.admin)

    def test_hierarchy_and_root(self):
        key = self.api_key()
        root = self.ok("GET", "/api/system/global-root", key=key)
        self.assertIs(root["exists"], True)
        self.assertIs(root["is_global_root"], True)
        self.assertIsNone(root["company"])
        self.assertEqual(root["account"]["account_code"], "OVGLOBAL-ROOT")
        flat = self.ok("GET", "/api/system/sa-hierarchy?flat=true", key=key)["items"]
        depth = {row["id"]: (row["depth"], row["parent_id"]) for row in flat}
        self.assertEqual(depth[self.sa_global.id], (0, None))
        self.assertEqual(depth[self.sa_lom.id], (2, self.sa_togo.id))
        self.assertEqual(depth[self.sa_lom_a.id], (3, self.sa_lom.id))
        order = [row["id"] for row in flat]
        below = order.index(self.sa_lom.id)
        self.assertEqual(order[below + 1], self.sa_lom_a.id)
        tree = self.ok("GET", "/api/system/sa-hierarchy", key=key)["items"]
        self.assertEqual(tree[0]["id"], self.sa_global.id)
        mine = self.ok("GET", "/api/system/sa-hierarchy", who=self.jean)["items"]
        self.assertEqual([row["id"] for row in mine], [self.sa_lom.id])
        self.assertEqual(mine[0]["children"][0]["id"], self.sa_lom_a.id)

    def test_readiness(self):
        body = self.ok("GET", "/api/system/readiness", key=self.api_key())
        own = next(
            c
            for c in body["companies"]
            if c["company"] and c["company"]["id"] == self.togo.id
        )
        items = {item["code"]: item for item in own["items"]}
        for code in ("warehouse", "picking_types", "chart", "tax", "seed", "customer"):
            self.assertTrue(items[code]["ok"], items[code])
        self.assertFalse(items["approval"]["ok"])
        self.assertTrue(items["approval"]["fix"])
        self.togo.write({"x_sale_approval": True, "x_sale_approval_amount": 1000})
        body = self.ok("GET", "/api/system/readiness", who=self.ama)
        companies = [c["company"] for c in body["companies"]]
        self.assertEqual([c["id"] for c in companies if c], [self.togo.id])
        items = {i["code"]: i for i in body["companies"][1]["items"]}
        self.assertTrue(items["approval"]["ok"])
        self.refused(
            403, "role_required", "GET", "/api/system/readiness", who=self.jean
        )

    def test_readiness_sees_american_books(self):
        """What the generic chart does to a company of another country (guide 1, 6)."""

        def items():
            report = self.env["abs.readiness"]._api_readiness(self.togo.ids)
            return {
                item["code"]: item["ok"] for item in report["companies"][1]["items"]
            }

        self.assertTrue(items()["fiscal_country"])
        self.assertTrue(items()["foreign_tax"])
        usa, togo = self.env.ref("base.us"), self.togo.country_id
        self.togo.account_fiscal_country_id = usa
        tax = self.env["account.tax"].with_company(self.togo)
        group = self.env["account.tax.group"].create(
            {"name": "15%", "company_id": self.togo.id, "country_id": usa.id}
        )
        tax = tax.create(
            {
                "name": "15%",
                "amount": 15,
                "company_id": self.togo.id,
                "country_id": usa.id,
                "tax_group_id": group.id,
            }
        )
        self.cable.taxes_id |= tax
        self.assertFalse(items()["fiscal_country"])
        self.togo.account_fiscal_country_id = togo
        self.assertTrue(items()["fiscal_country"])
        self.assertFalse(items()["foreign_tax"])
