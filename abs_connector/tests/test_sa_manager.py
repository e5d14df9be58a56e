"""Where staff work, one of them is the SA manager (docs/contract.md 1.8, setup guide 11b)."""

from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger

from ..exceptions import BusinessError
from .common import AbsCommon
from .http_common import AbsHttpCase

CRON_LOG = "odoo.addons.abs_connector.models.organisation.ov_membership"


class TestManager(AbsCommon):
    """Lomé: Ama manages, Kofi is staff; Kara: Yao is the only staff."""

    def refuses(self, call, *args):
        with self.assertRaises(BusinessError) as caught:
            call(*args)
        self.assertEqual(caught.exception.code, "manager_required")
        self.assertIn(self.sa_lom.name, str(caught.exception))
        self.assertEqual(self.sa_lom.sa_manager, self.m_ama)

    def item(self):
        """Return the line of the readiness checklist."""
        report = self.env["abs.readiness"]._api_readiness(self.togo.ids)
        items = report["companies"][1]["items"]
        return next(item for item in items if item["code"] == "sa_manager")

    def test_stays_while_other_staff_work(self):
        for vals in (
            {"state": "revoked"},
            {"state": "suspended"},
            {"role_code": "agent"},
        ):
            self.refuses(self.m_ama.write, vals)
        self.refuses(self.m_ama.action_revoke)
        self.refuses(self.ama.write, {"active": False})
        self.m_ama.write({"scope_policy": "sa_tree", "state": "active"})

    def test_goes_after_handing_over(self):
        self.sa_lom.sa_manager = self.m_kofi
        self.m_ama.action_revoke()
        self.ama.active = False
        self.assertEqual(self.sa_lom.sa_manager, self.m_kofi)
        self.assertTrue(self.item()["ok"])

    def test_goes_when_the_others_have_gone(self):
        self.m_kofi.action_suspend()
        self.m_ama.action_revoke()
        self.assertFalse(self.sa_lom.sa_manager)
        self.assertEqual(self.env["abs.audit"].run(), [])
        self.m_kofi.action_activate()
        self.assertEqual(self.sa_lom.sa_manager, self.m_kofi)

    def test_last_staff_leaves_and_the_next_one_comes(self):
        self.m_yao.action_revoke()
        self.assertFalse(self.sa_kar.sa_manager)
        item = self.item()
        self.assertFalse(item["ok"])
        self.assertEqual(item["detail"], self.sa_kar.name)
        self.m_edem.role_code = "staff"
        self.assertEqual(self.sa_kar.sa_manager, self.m_edem)
        self.assertTrue(self.item()["ok"])

    def test_first_staff_manages_whatever_was_said(self):
        self.m_yao.action_revoke()
        person = self.make_employee("next", self.togo)
        member = self.enroll(
            self.sa_kar, person, "staff", manager_member_id=self.m_yao.id
        )
        self.assertEqual(self.sa_kar.sa_manager, member)

    def test_away_but_not_replaced(self):
        """The last of the staff is suspended; who comes then can take over."""
        self.m_yao.action_suspend()
        member = self.enroll(self.sa_kar, self.make_employee("n", self.togo), "staff")
        self.assertEqual(member.manager_member_id, self.m_yao)
        self.assertFalse(self.item()["ok"])
        with self.assertRaises(BusinessError):
            self.m_yao.action_revoke()
        self.sa_kar.sa_manager = member
        self.m_yao.action_revoke()
        self.assertTrue(self.item()["ok"])

    def test_last_day_of_the_manager(self):
        """Access ends with the day; the membership when a successor is named."""
        past = fields.Date.today() - timedelta(days=1)
        self.m_ama.write({"date_from": past, "date_to": past})
        self.m_jean.write({"date_from": past, "date_to": past})
        members = self.env["ov.membership"]
        with mute_logger(CRON_LOG):
            members._cron_end_expired()
        both = self.m_ama + self.m_jean
        self.assertEqual(both.mapped("state"), ["active", "revoked"])
        self.assertFalse(members._effective(employee=self.ama))
        self.assertFalse(self.item()["ok"])
        self.sa_lom.sa_manager = self.m_kofi
        members._cron_end_expired()
        self.assertEqual(self.m_ama.state, "revoked")
        self.assertTrue(self.item()["ok"])

    def test_audit(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ov_membership SET state = 'revoked', is_manager = FALSE "
            "WHERE id = %s",
            [self.m_ama.id],
        )
        self.env.cr.execute(
            "UPDATE ov_serviced_account SET sa_manager = NULL WHERE id = %s",
            [self.sa_lom.id],
        )
        self.env.invalidate_all(flush=False)
        found = [(r["check"], r["res_id"]) for r in self.env["abs.audit"].run()]
        self.assertEqual(found, [("sa_manager", self.sa_lom.id)])


class TestManagerOverHttp(AbsHttpCase):
    def test_revoking_the_manager(self):
        members = f"/api/service-accounts/{self.sa_lom.id}/members"
        ama, kofi = (f"{members}/{m.id}" for m in (self.m_ama, self.m_kofi))
        self.refused(400, "manager_required", "DELETE", ama, who=self.ama)
        off = {"state": "suspended"}
        self.refused(400, "manager_required", "PUT", ama, off, who=self.admin)
        gone = {"active": False}
        person = f"/api/employees/{self.ama.id}"
        self.refused(400, "manager_required", "PUT", person, gone, who=self.admin)
        self.ok("PUT", kofi, {"manager_member_id": None}, who=self.ama)
        self.ok("DELETE", ama, who=self.kofi)
        self.ok("DELETE", kofi, who=self.admin)
