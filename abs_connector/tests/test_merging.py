"""Merging, deleting, doubles: one person stays one, with all history (row 28)."""

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import BusinessError, Conflict, Forbidden
from .people_common import People
from .test_customer_moves import Moves

PHONE = "+228 90 77 66 55"


class Merges(People):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.make_customer("Marie T.", cls.sa_lom, cls.afi)

    def wizard(self, *partners, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = self.by(wizard, user) if user else wizard
        wizard.create(
            {
                "partner_ids": [Command.set([p.id for p in partners])],
                "dst_partner_id": partners[0].id,
            }
        ).action_merge()

    def refuses(self, code, *partners, error=BusinessError):
        with self.assertRaises(error) as caught, self.env.cr.savepoint():
            self.wizard(*partners)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(all(p.exists() for p in partners))
        return str(caught.exception)

    def merge(self, kept, others, who=None, **body):
        body = {"contact_ids": [c.id for c in others], **body}
        return self.ok("POST", self.path(kept, "/merge"), body, who=who or self.ama)

    def sources(self, partner):
        return partner.x_assignment_ids.mapped(lambda r: (r.state, r.actor_id))

    def audit(self):
        rows = self.env["abs.audit"].run()
        about = ("assignment_mirror", "left_behind", "two_log_ins", "two_employees")
        return [row for row in rows if row["check"] in about]


@tagged("post_install", "-at_install")
class TestMerging(Merges):
    def check_merged(self, order, done):
        jean, afi = self.jean.partner_id, self.afi.partner_id
        self.assertFalse(self.twin.exists())
        self.assertEqual((order.partner_id, done.partner_id), (self.marie, self.marie))
        self.assertEqual(order.x_actor_id, jean, "what is open goes along")
        states = self.sources(self.marie)
        self.assertEqual(states.count(("active", jean)), 1)
        self.assertIn(("transferred", afi), states, "the other's history")
        self.assertEqual(len([s for s, _a in states if s == "active"]), 1)
        self.assertEqual(self.marie.x_actor_id, jean)
        self.assertFalse(self.audit())

    def orders(self):
        order = self.quotation(
            self.twin, [(self.installation, 1)], actor=self.afi.partner_id
        )
        done = self.sale(self.twin, self.sa_lom, self.afi.partner_id)
        done.sudo().x_finalized = True
        return order, done

    def test_two_agents_customers_by_odoos_wizard(self):
        orders = self.orders()
        self.wizard(self.marie, self.twin)
        self.check_merged(*orders)

    def test_by_the_api(self):
        orders = self.orders()
        ahead = self.merge(self.marie, [self.twin], preview=True)
        self.assertTrue(self.twin.exists())
        self.assertEqual(ahead["moved"]["orders"], 2)
        answer = self.merge(self.marie, [self.twin])
        self.assertEqual((answer["moved"], answer["merged"]), (ahead["moved"], 1))
        self.assertEqual(answer["contact"]["id"], self.marie.id)
        self.check_merged(*orders)
        self.assertEqual(
            orders[1].x_actor_id, self.afi.partner_id, "done keeps its own"
        )

    def test_five_at_once_and_their_log_in(self):
        others = [
            self.make_customer(f"M{n}", self.sa_lom, email=f"m{n}@x.test")
            for n in range(5)
        ]
        self.env["abs.customer.access"].search(
            [("partner_id", "=", self.marie.id)]
        ).unlink()
        access, _pw = self.env["abs.customer.access"]._open(others[3])
        self.merge(self.marie, others)
        self.assertEqual(access.partner_id, self.marie)
        self.ok("POST", self.path(self.marie, "/portal-access"), {}, who=self.ama)

    def test_staff_of_the_account_only(self):
        body = {"contact_ids": [self.twin.id]}
        path = self.path(self.marie, "/merge")
        self.refused(403, "role_required", "POST", path, body, who=self.jean)
        self.refused(404, "not_found", "POST", path, body, who=self.yao)
        other = {"contact_ids": [self.paul.id]}
        self.refused(404, "not_found", "POST", path, other, who=self.ama)
        own = {"contact_ids": [self.marie.id]}
        self.refused(400, "merge_self", "POST", path, own, who=self.ama)

    def test_two_accounts(self):
        self.refuses("merge_across_accounts", self.marie, self.paul)
        body = {"contact_ids": [self.paul.id]}
        path = self.path(self.marie, "/merge")
        for ahead in (True, False):
            self.refused(
                *(400, "merge_across_accounts", "POST", path),
                {**body, "preview": ahead},
                who=self.admin,
            )

    def test_two_log_ins(self):
        self.twin.email = "twin@x.test"
        access, _pw = self.env["abs.customer.access"]._open(self.twin)
        self.assertIn("log-in", self.refuses("merge_log_ins", self.marie, self.twin))
        path = self.path(self.marie, "/merge")
        body = {"contact_ids": [self.twin.id]}
        self.refused(400, "merge_log_ins", "POST", path, body, who=self.admin)
        access.active = False
        self.merge(self.marie, [self.twin], who=self.admin)
        self.assertFalse(access.exists())
        left = self.env["abs.customer.access"]._of(self.marie)
        self.assertEqual(left, self.access_marie)

    def test_two_employees(self):
        agents = (self.jean.partner_id, self.afi.partner_id)
        self.refuses("merge_people", *agents)
        self.refuses("merge_people", agents[0], self.marie)
        self.refuses("merge_people", self.marie, agents[0])
        self.refuses("merge_people", self.togo.partner_id, self.kenya.partner_id)
        self.assertNotEqual(self.jean.partner_id, self.afi.partner_id)

    def test_a_person_of_the_office_has_doubles(self):
        double = self.env["res.partner"].create({"name": "Jean double"})
        self.wizard(self.jean.partner_id, double)
        self.assertFalse(double.exists())

    def test_families_stay_two(self):
        depot = self.env["res.partner"].create(
            {"name": "Depot", "parent_id": self.marie.id}
        )
        self.refuses("merge_family", self.marie, depot)

    def test_an_agent_of_the_web_client(self):
        user = self.web(self.jean, "base.group_partner_manager")
        with self.assertRaises(Forbidden):
            self.wizard(self.marie, self.twin, user=user)

    def test_shared_contacts(self):
        one, two = (self.make_customer(f"Shared {n}") for n in range(2))
        self.sale(two, self.sa_nbo)
        path, body = self.path(one, "/merge"), {"contact_ids": [two.id]}
        self.refused(403, None, "POST", path, body, who=self.ama)
        self.merge(one, [two], who=self.admin)
        self.assertFalse(two.exists())


@tagged("post_install", "-at_install")
class TestDeleting(Moves):
    def keeps(self, record, word="archive", people=False):
        if people:
            user = self.env.ref("base.user_admin")
            user.sudo().company_ids |= self.togo
            record = record.with_user(user).with_company(self.togo)
        with self.assertRaises(Conflict) as caught:
            record.unlink()
        self.assertEqual(caught.exception.code, "has_history")
        self.assertIn(word, str(caught.exception))

    def test_what_has_history(self):
        self.keeps(self.marie)
        self.keeps(self.ticket, people=True)
        self.keeps(self.asset, "Decommissioned")
        self.keeps(self.asset, "Decommissioned", people=True)
        self.ticket.stage_id = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], limit=1
        )
        self.keeps(self.ticket)
        done = self.env["sale.order"].search([("partner_id", "=", self.marie.id)])
        draft = self.quotation(self.marie, [(self.installation, 1)])
        draft.action_confirm()
        draft._action_cancel()
        self.keeps(draft, "cancel")
        draft.action_draft()
        self.keeps(draft, "cancel")
        self.assertTrue(done.exists())

    def test_a_credited_cancelled_order(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        order.action_confirm()
        order.invoice_ids.action_post()
        order.invoice_ids._reverse_moves(cancel=True)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.keeps(order, "cancel")
        self.assertTrue(order.x_assignment_ids)

    def test_a_plain_customer_with_a_ticket(self):
        plain = self.make_customer("Plain")
        self.env["helpdesk.ticket"].create(
            {"partner_id": plain.id, "name": "x", "description": "x"}
        )
        self.keeps(plain)

    def test_slips_of_the_pen_go(self):
        customer = self.make_customer("Typo", self.sa_lom, self.jean)
        draft = self.quotation(self.marie, [(self.installation, 1)])
        (customer).unlink()
        draft.unlink()
        moved = self.quotation(self.marie, [(self.installation, 1)])
        self.assign(self.ama, moved, "orders", actor_id=self.afi.partner_id.id)
        self.keeps(moved, "cancel", people=True)

    def test_the_database_keeps_history(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM sale_order WHERE id = %s", [order.id])


@tagged("post_install", "-at_install")
class TestTwins(People):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_customer("First", cls.sa_lom, cls.afi, phone=PHONE)

    def create(self, status=201, who=None, **body):
        body = {"name": "Second", **body}
        who = who or self.jean
        if status == 201:
            return self.ok("POST", "/api/contacts", body, 201, who=who)
        return self.refused(
            409, "duplicate_contact", "POST", "/api/contacts", body, who=who
        )

    def test_in_every_spelling(self):
        for phone in (
            PHONE,
            "+22890776655",
            "0022890776655",
            "00228 90-77-66-55",
            "90776655",
            "90 77 66 55",
            "(+228) 90.77.66.55",
        ):
            for stored in (PHONE, "90 77 66 55", "0022890776655"):
                self.first.write({"phone": stored, "country_id": False})
                self.env.flush_all()
                with self.subTest(phone=phone, stored=stored):
                    said = self.create(409, phone=phone)
                    self.assertNotIn("First", str(said))
                    self.assertEqual(said["details"][0]["field"], "phone")

    def test_a_family_shares(self):
        answer = self.create(phone=PHONE, allow_duplicate=True)
        self.assertEqual(answer["warnings"][0]["code"], "duplicate_contact")
        self.assertNotIn("First", str(answer["warnings"]))
        answer = self.create(phone="+22890776600", allow_duplicate=True)
        self.assertEqual(answer["warnings"], [])
        self.assertEqual(self.create()["warnings"], [])

    def test_another_account_has_its_own(self):
        self.create(phone=PHONE, who=self.edem)
        self.create(409, phone=PHONE, who=self.edem)

    def test_an_archived_one_is_none(self):
        self.first.active = False
        self.create(phone=PHONE)

    def test_when_changed(self):
        path = self.path(self.marie)
        body = {"phone": "0022890776655"}
        self.refused(409, "duplicate_contact", "PUT", path, body, who=self.jean)
        self.assertNotEqual(self.marie.phone, body["phone"])
        body["allow_duplicate"] = True
        answer = self.ok("PUT", path, body, who=self.jean)
        self.assertEqual(len(answer["warnings"]), 1)
        # what it has already, in another spelling
        answer = self.ok("PUT", path, {"phone": PHONE, "city": "Lomé"}, who=self.jean)
        self.assertEqual(answer["warnings"], [])

    def test_who_is_assigned_there_is_told(self):
        self.paul.phone = "90776655"
        body = {"sa_id": self.sa_lom.id, "actor_id": self.jean.partner_id.id}
        answer = self.ok("POST", self.path(self.paul, "/assign"), body, who=self.admin)
        self.assertEqual(len(answer["warnings"]), 1)

    def test_the_web_client_warns(self):
        user = self.web(self.ama, "base.group_partner_manager")
        contact = self.by(self.env["res.partner"], user).new(
            {
                "name": "Second",
                "phone": "90776655",
                "country_id": self.env.ref("base.tg").id,
            }
        )
        warning = contact._onchange_x_twins()["warning"]
        self.assertNotIn("First", str(warning))
        contact.phone = "90776600"
        self.assertIsNone(contact._onchange_x_twins())
        first = self.by(self.first, user)
        self.assertIsNone(first._onchange_x_twins(), "not of itself")


@tagged("post_install", "-at_install")
class TestOnePerson(People):
    def test_the_database(self):
        with self.assertRaises(BusinessError) as caught:
            self.make_employee("Twin", self.togo, partner_id=self.jean.partner_id.id)
        self.assertEqual(caught.exception.code, "person_in_use")
        body = {"name": "Twin", "email": "twin@x.test", "password": "good-Pass-12"}
        body["person_partner_id"] = self.jean.partner_id.id
        self.refused(
            400,
            "person_in_use",
            "POST",
            "/api/employees",
            body,
            who=self.admin,
            sa=self.sa_lom,
        )
        with self.assertRaises(BusinessError) as caught:
            self.make_employee("Marie", self.togo, partner_id=self.marie.id)
        self.assertEqual(caught.exception.code, "person_in_use")
        user = self.web(self.jean)
        with self.assertRaises(BusinessError):
            self.afi.user_id = user
        self.env.cr.execute(
            "SELECT 1 FROM pg_constraint WHERE conname = 'abs_employee_one_per_person'"
        )
        self.assertTrue(self.env.cr.fetchone())

    def test_the_audit_names_those_who_were_there(self):
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE abs_employee DROP CONSTRAINT abs_employee_one_per_person"
        )
        self.env.cr.execute(
            "UPDATE abs_employee SET partner_id = %s WHERE id = %s",
            [self.jean.partner_id.id, self.afi.id],
        )
        self.env.cr.execute(
            "UPDATE abs_customer_access SET partner_id = %s WHERE id = %s",
            [self.jean.partner_id.id, self.access_marie.id],
        )
        self.env.invalidate_all()
        rows = self.env["abs.audit"].run()
        found = {(r["check"], r["res_id"]) for r in rows}
        self.assertIn(("two_employees", self.jean.id), found)
        self.assertIn(("two_employees", self.afi.id), found)
        self.assertIn(("two_log_ins", self.jean.partner_id.id), found)
