"""Nobody becomes somebody else: who sets log-ins, and where they count (issue 9, 5)."""

import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..exceptions import BusinessError
from .common import PASSWORD
from .http_common import AbsHttpCase
from .test_migrations import load

EMPLOYEES = "/api/employees"
THEIRS = "their-Pass-2026"
OWN = "own-Pass-2026"


@tagged("post_install", "-at_install")
class TestEmployeeIdentity(AbsHttpCase):
    """Ama manages Lomé, Yao manages Kara, both of Togo."""

    def hire(self, who, name="hire", **vals):
        body = {"name": name.capitalize(), "email": f"{name}@test.abs", **vals}
        made = self.ok("POST", EMPLOYEES, body, 201, who=who)["employee"]
        return self.env["abs.employee"].browse(made["id"])

    def enrolled(self, account, employee, who, role="staff", **vals):
        path = f"/api/service-accounts/{account.id}/members"
        body = {"employee_id": employee.id, "role_code": role, **vals}
        return self.ok("POST", path, body, 201, who=who)

    def login(self, employee, password):
        body = {"email": employee.email, "password": password}
        return self.call("POST", "/api/auth/login", body).status

    def change(self, employee, vals, who, status=200, code=None):
        path = f"{EMPLOYEES}/{employee.id}"
        if status == 200:
            return self.ok("PUT", path, vals, who=who)
        return self.refused(status, code, "PUT", path, vals, who=who)

    def codes(self, address):
        """Return the codes that were mailed to an address, the latest first."""
        mails = self.env["mail.mail"].search(
            [("email_to", "=", address)], order="id desc"
        )
        return [re.search(r"<p>([\w-]{32})</p>", m.body_html)[1] for m in mails]

    # -- the take-over ---------------------------------------------------------------

    def test_another_accounts_hire_is_not_changed(self):
        person = self.hire(self.yao, password=PASSWORD)
        self.assertEqual(person.hired_account_id, self.sa_kar)
        for vals in (
            {"password": THEIRS},
            {"email": "mine@test.abs"},
            {"phone": "+22891000099"},
            {"name": "Mine"},
            {"active": False},
        ):
            self.change(person, vals, self.ama, 403, "role_required")
        # nor after the other one has enrolled the person first
        self.enrolled(self.sa_lom, person, self.ama, "agent")
        for vals in (
            {"password": THEIRS},
            {"email": "mine@test.abs"},
            {"active": False},
        ):
            self.change(person, vals, self.ama, 403, "role_required")
        self.enrolled(self.sa_kar, person, self.yao)
        self.assertEqual(self.login(person, THEIRS), 401)

    def test_a_password_of_before_ends_at_enrolment_elsewhere(self):
        person = self.hire(self.ama, password=THEIRS)
        self.assertEqual(self.login(person, THEIRS), 200)
        token = self.token(person)
        body = self.enrolled(self.sa_kar, person, self.yao)
        self.assertIn(person.email, body["message"])
        self.assertEqual(self.login(person, THEIRS), 401)
        self.assertFalse(person.has_password)
        headers = {"Authorization": f"Bearer {token}"}
        self.refused(401, None, "GET", "/api/auth/me", headers=headers)
        self.assertEqual(len(self.codes("hire@test.abs")), 1)

    def test_a_password_set_while_they_worked_here_ends_elsewhere(self):
        person = self.make_employee("legacy", self.togo, password_hash=False)
        self.enrolled(self.sa_lom, person, self.ama)
        self.change(person, {"password": THEIRS}, self.ama)
        self.assertEqual(self.login(person, THEIRS), 200)
        self.enrolled(self.sa_kar, person, self.yao)
        self.assertEqual(self.login(person, THEIRS), 401)
        self.change(person, {"password": THEIRS}, self.ama, 403, "role_required")

    def test_a_log_in_changed_elsewhere_is_not_trusted(self):
        person = self.make_employee("legacy", self.togo, password_hash=False)
        self.enrolled(self.sa_lom, person, self.ama)
        self.change(person, {"email": "mine@test.abs"}, self.ama)
        path = f"/api/service-accounts/{self.sa_kar.id}/enroll"
        body = {"employee_id": person.id, "role_code": "staff"}
        said = self.refused(
            409, "identity_unconfirmed", "POST", path, body, who=self.yao
        )
        self.assertIn("admin", said["error"])
        self.change(person, {"email": "right@test.abs"}, self.admin)
        self.enrolled(self.sa_kar, person, self.yao)

    def test_without_a_membership_only_an_admin(self):
        person = self.make_employee("free", self.togo)
        self.change(person, {"password": THEIRS}, self.ama, 403, "role_required")
        self.change(person, {"active": False}, self.yao, 403, "role_required")
        self.change(person, {"name": "Free"}, self.admin)
        former = self.make_employee("former", self.togo)
        self.enroll(self.sa_lom, former, "agent").action_revoke()
        self.change(former, {"email": "mine@test.abs"}, self.ama, 403, "role_required")

    def test_passwords_from_before_the_upgrade(self):
        """Nobody knows who set them: they end where their people are enrolled next."""
        person = self.make_employee("old", self.togo)
        self.enroll(self.sa_lom, person, "agent")
        none = self.make_employee("none", self.togo, password_hash=False)
        self.env.flush_all()
        migrate = load("1.2.0", "employee-passwords").migrate
        migrate(self.env.cr, "18.0.1.1.6")
        migrate(self.env.cr, "18.0.1.1.6")
        self.env.invalidate_all()
        self.assertEqual(person.password_by, "unknown")
        self.assertFalse(none.password_by)
        self.assertEqual(self.login(person, PASSWORD), 200)
        self.enrolled(self.sa_kar, person, self.yao)
        self.assertEqual(self.login(person, PASSWORD), 401)

    # -- what stays ------------------------------------------------------------------

    def test_the_hirers_password_stays(self):
        person = self.hire(self.yao, password=PASSWORD)
        self.change(person, {"phone": "+22891000098"}, self.yao)
        self.enrolled(self.sa_kar, person, self.yao)
        self.assertEqual(self.login(person, PASSWORD), 200)
        self.change(person, {"password": THEIRS}, self.yao)
        self.assertEqual(self.login(person, THEIRS), 200)

    def test_an_admins_and_the_persons_own_password_stay(self):
        person = self.hire(self.admin, company_id=self.togo.id, password=PASSWORD)
        self.enrolled(self.sa_kar, person, self.yao, "agent")
        self.assertEqual(self.login(person, PASSWORD), 200)
        self.change(person, {"password": THEIRS}, self.yao)
        body = {"current_password": THEIRS, "new_password": OWN}
        self.ok("POST", "/api/auth/change-password", body, who=person)
        self.enrolled(self.sa_lom, person, self.ama, "agent")
        self.assertEqual(self.login(person, OWN), 200)

    def test_people_change_themselves(self):
        self.enroll(self.sa_kar, self.ama, "agent")
        self.change(self.ama, {"phone": "+22891000097"}, self.ama)
        self.change(self.ama, {"active": False}, self.ama, 403, "role_required")
        self.change(self.ama, {"password": THEIRS}, self.yao, 403, "role_required")

    def test_keys_of_one_company(self):
        key = self.api_key(can_write=True, can_system=True, company_id=self.togo.id)
        person = self.make_employee("keyed", self.togo)
        path = f"{EMPLOYEES}/{person.id}"
        self.ok("PUT", path, {"password": THEIRS}, key=key)
        self.enrolled(self.sa_lom, person, self.ama, "agent")
        self.assertEqual(self.login(person, THEIRS), 200)
        self.enrolled(self.sa_global, person, self.admin, "admin")
        self.assertEqual(self.login(person, THEIRS), 401)
        self.refused(403, "role_required", "PUT", path, {"name": "X"}, key=key)

    # -- invitations -----------------------------------------------------------------

    def test_an_invitation_is_used_once(self):
        person = self.hire(self.ama, password=THEIRS)
        self.enrolled(self.sa_kar, person, self.yao)
        (code,) = self.codes(person.email)
        accept = ("POST", "/api/auth/accept-invitation")
        body = {"code": code, "password": OWN}
        self.refused(400, "weak_password", *accept, {**body, "password": "short"})
        self.refused(400, "invitation_invalid", *accept, {**body, "code": "x" * 32})
        said = self.ok(*accept, body)
        self.assertEqual(said["employee"]["id"], person.id)
        self.assertEqual(said["memberships"][0]["account"]["id"], self.sa_kar.id)
        headers = {"Authorization": f"Bearer {said['access_token']}"}
        self.ok("GET", "/api/auth/me", headers=headers)
        self.refused(400, "invitation_invalid", *accept, body)
        self.assertEqual(self.login(person, OWN), 200)
        # it is the person's own now, wherever they are enrolled
        self.enrolled(self.sa_lom, person, self.ama)
        self.assertEqual(self.login(person, OWN), 200)

    def test_a_later_one_ends_the_earlier(self):
        person = self.hire(self.yao)
        self.enrolled(self.sa_kar, person, self.yao)
        path = f"{EMPLOYEES}/{person.id}/invite"
        self.refused(403, "role_required", "POST", path, {}, who=self.edem)
        self.refused(403, "role_required", "POST", path, {}, who=self.ama)
        for _time in range(2):
            said = self.ok("POST", path, {}, who=self.yao)
            self.assertIn("hire@test.abs", said["message"])
        later, earlier = self.codes("hire@test.abs")
        accept = ("POST", "/api/auth/accept-invitation")
        self.refused(
            400, "invitation_invalid", *accept, {"code": earlier, "password": OWN}
        )
        # whoever reads the new address's mail is not whom it went to
        self.change(person, {"email": "other@test.abs"}, self.yao)
        self.refused(
            400, "invitation_invalid", *accept, {"code": later, "password": OWN}
        )
        self.ok("POST", path, {}, who=self.yao)
        self.env["abs.invitation"].search([]).expires_at = (
            fields.Datetime.now() - timedelta(seconds=1)
        )
        (code, *_rest) = self.codes("other@test.abs")
        self.refused(
            400, "invitation_invalid", *accept, {"code": code, "password": OWN}
        )

    def test_the_mail_speaks_the_persons_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        person = self.hire(self.yao, "francois")
        person.partner_id.lang = "fr_FR"
        self.ok("POST", f"{EMPLOYEES}/{person.id}/invite", {}, who=self.yao)
        mail = self.env["mail.mail"].search([("email_to", "=", person.email)])
        self.assertIn("Bonjour", mail.body_html)

    # -- the web client --------------------------------------------------------------

    def test_the_web_client_knows_the_same_rule(self):
        user = self.make_user("web-ama", "abs_connector.group_manager")
        self.ama.user_id = user
        mine = {"allowed_company_ids": self.togo.ids}
        others = self.hire(self.yao, password=PASSWORD)
        free = self.make_employee("free", self.togo)
        for person in (others, free, self.edem):
            for vals in (
                {"password": THEIRS},
                {"email": "mine@test.abs"},
                {"active": False},
                {"user_id": user.id},
            ):
                with self.assertRaises(BusinessError) as refused:
                    person.with_user(user).with_context(**mine).write(vals)
                self.assertEqual(refused.exception.code, "role_required")
        own = self.kofi.with_user(user).with_context(**mine)
        own.write({"password": THEIRS})
        self.assertEqual(self.login(self.kofi, THEIRS), 200)
        new = own.create({"name": "New", "email": "new@test.abs"})
        self.assertEqual(new.sudo().hired_account_id, self.sa_lom)
        new.write({"password": THEIRS})
        new.action_invite()
        self.assertEqual(len(self.codes("new@test.abs")), 1)
        self.enrolled(self.sa_kar, new, self.yao)
        self.assertEqual(self.login(new, THEIRS), 401)

    # -- sa_tree ---------------------------------------------------------------------

    def test_sa_tree_is_given_from_above(self):
        members = f"/api/service-accounts/{self.sa_lom.id}/members"
        tree = {"scope_policy": "sa_tree"}
        self.refused(
            *(403, "role_required", "PUT", f"{members}/{self.m_ama.id}", tree),
            who=self.ama,
        )
        person = self.make_employee("treed", self.togo)
        body = {"employee_id": person.id, "role_code": "staff", **tree}
        for path in (members, members.replace("members", "enroll")):
            self.refused(403, "role_required", "POST", path, body, who=self.ama)
        self.assertEqual(self.m_ama.scope_policy, "sa_wide")
        head = self.make_employee("head", self.togo)
        self.enroll(self.sa_togo, head, "staff", scope_policy="sa_tree")
        for giver in (self.admin, head):
            made = self.ok("POST", members, body, 201, who=giver)["membership"]
            self.assertEqual(made["scope_policy"], "sa_tree")
            self.ok("DELETE", f"{members}/{made['id']}", who=giver)
        # of the branch below, its manager's manager is one above
        branch = f"/api/service-accounts/{self.sa_lom_a.id}/members"
        self.refused(403, "role_required", "POST", branch, body, who=self.ama)
        key = self.api_key(can_write=True, can_system=True)
        self.ok("PUT", f"{members}/{self.m_ama.id}", tree, key=key)
        self.ok("POST", branch, body, 201, who=self.ama)

    def test_sa_tree_in_the_web_client(self):
        user = self.make_user("web-ama", "abs_connector.group_manager")
        self.ama.user_id = user
        mine = self.m_ama.with_user(user).with_context(
            allowed_company_ids=self.togo.ids
        )
        person = self.make_employee("treed", self.togo)
        values = {"account_id": self.sa_lom.id, "employee_id": person.id}
        values.update(role_code="agent", scope_policy="sa_tree")
        for call in (
            lambda: mine.write({"scope_policy": "sa_tree"}),
            lambda: mine.create(values),
        ):
            with self.assertRaises(BusinessError) as refused, self.env.cr.savepoint():
                call()
            self.assertEqual(refused.exception.code, "role_required")

    def test_who_sees_more_is_not_taken_over(self):
        """A manager without sa_tree does not become the one who was given it."""
        self.m_kofi.scope_policy = "sa_tree"
        self.change(self.kofi, {"password": THEIRS}, self.ama, 403, "role_required")
        self.m_ama.scope_policy = "sa_tree"
        self.change(self.kofi, {"password": THEIRS}, self.ama)
        # and what she set before ends when he is given it
        self.m_kofi.scope_policy = self.m_ama.scope_policy = "sa_wide"
        self.change(self.kofi, {"password": THEIRS}, self.ama)
        self.assertEqual(self.login(self.kofi, THEIRS), 200)
        path = f"/api/service-accounts/{self.sa_lom.id}/members/{self.m_kofi.id}"
        self.ok("PUT", path, {"scope_policy": "sa_tree"}, who=self.admin)
        self.assertEqual(self.login(self.kofi, THEIRS), 401)
