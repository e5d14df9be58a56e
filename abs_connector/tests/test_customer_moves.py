"""A customer takes his open records along, and whoever leaves hands them on (row 20)."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..exceptions import BusinessError
from .http_common import AbsHttpCase

ZERO = dict.fromkeys(
    (
        *("orders", "deliveries", "invoices", "assets"),
        *("subscriptions", "tickets", "payment_requests", "attempts"),
    ),
    0,
)


class Moves(AbsHttpCase):
    """Marie of Lomé (Jean) with one open record of each kind, and done ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_cover(30)
        cls.receive(cls.kit, ["MV-1", "MV-2"])
        cls.order = cls.quotation(cls.marie, [(cls.kit, 2), (cls.installation, 1)])
        cls.order.action_confirm()
        cls.done = cls.order.picking_ids
        cls.deliver(cls.done, ["MV-1"])
        cls.waiting = cls.order.picking_ids - cls.done
        cls.paid = cls.order.invoice_ids[:1]
        cls.order.invoice_ids.action_post()
        cls.pay(cls.paid)
        cls.asset = cls.env["ov.asset"].search([("order_id", "=", cls.order.id)])
        own = {
            "partner_id": cls.marie.id,
            "company_id": cls.togo.id,
            "x_sa_id": cls.sa_lom.id,
            "x_actor_id": cls.jean.partner_id.id,
        }
        cls.contract = cls.env["abs.subscription"].create(
            {**own, "plan_id": cls.monthly.id, "product_id": cls.cover.id}
        )
        cls.contract._api_activate()
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {**own, "name": "Broken", "description": "It is"}
        )
        currency = {"currency_id": cls.togo.currency_id.id}
        requests = cls.env["payment.request"]
        cls.request = requests.create({**own, **currency, "amount": 10})
        cls.settled = requests.create({**own, **currency, "amount": 10})
        cls.settled.sudo().state = "cancelled"
        provider = cls.env["abs.payment.provider"].create(
            {
                "name": "Sandbox",
                "code": "sandbox",
                "company_id": cls.togo.id,
                "journal_id": cls.journal(cls.togo, "mobile_money").id,
            }
        )
        own.pop("company_id")
        cls.attempt = cls.env["abs.payment.attempt"].create(
            {**own, **currency, "amount": 10, "provider_id": provider.id}
        )
        invoices = cls.env["account.move"]
        theirs = [("partner_id", "=", cls.marie.id), *invoices._sa_open_domain]
        cls.unpaid = invoices.search(theirs)
        cls.open_ones = {
            "orders": cls.order,
            "deliveries": cls.waiting,
            "invoices": cls.unpaid,
            "assets": cls.asset,
            "subscriptions": cls.contract,
            "tickets": cls.ticket,
            "payment_requests": cls.request,
            "attempts": cls.attempt,
        }
        cls.numbers = {kind: len(some) for kind, some in cls.open_ones.items()}

    def assign(self, who, record=None, kind="contacts", **body):
        path = f"/api/{kind}/{(record or self.marie).id}/assign"
        return self.ok("POST", path, body, who=who)

    def to_kara(self, **body):
        there = {"actor_id": self.edem.partner_id.id, "sa_id": self.sa_kar.id}
        return self.assign(self.admin, **there, **body)

    def in_charge(self, employee, account, records=None):
        actor = employee.partner_id if employee else self.env["res.partner"]
        for some in records or self.open_ones.values():
            for record in some:
                self.assertEqual(record.x_sa_id, account, record)
                self.assertEqual(record.x_actor_id, actor, record)

    def audit(self, check):
        rows = self.env["abs.audit"].run()
        return {(r["model"], r["res_id"]) for r in rows if r["check"] == check}


@tagged("post_install", "-at_install")
class TestCustomerMoves(Moves):
    def test_every_kind_is_there(self):
        for kind, records in self.open_ones.items():
            self.assertTrue(records, kind)
        self.in_charge(self.jean, self.sa_lom)

    def test_to_another_agent(self):
        moved = self.assign(self.ama, actor_id=self.afi.partner_id.id)["moved"]
        self.assertEqual(moved, self.numbers)
        self.in_charge(self.afi, self.sa_lom)
        for path, record in (
            ("orders", self.order),
            ("invoices", self.unpaid[:1]),
            ("assets", self.asset),
            ("tickets", self.ticket),
            ("subscriptions", self.contract),
        ):
            self.ok("GET", f"/api/{path}/{record.id}", who=self.afi)
            self.refused(
                404, "not_found", "GET", f"/api/{path}/{record.id}", who=self.jean
            )

    def test_to_another_account(self):
        self.assertEqual(self.to_kara(reason="moved house")["moved"], self.numbers)
        self.in_charge(self.edem, self.sa_kar)
        self.in_charge(self.jean, self.sa_lom, [self.done, self.paid, self.settled])
        for record in (self.marie, self.order, self.ticket, self.unpaid[:1]):
            row = record.x_assignment_ids.filtered(lambda r: r.state == "active")
            self.assertEqual(row.reason, "moved house", record)
        for record in (self.contract, self.request, self.attempt):
            said = " ".join(record.message_ids.mapped(lambda m: m.body or ""))
            self.assertIn("moved house", said, record)
            self.assertIn(self.edem.name, said, record)
        self.assertFalse(self.audit("left_behind"))
        self.assertFalse(self.audit("assignment_mirror"))

    def test_what_follows_from_done_papers(self):
        """Done papers keep who did them; their returns and notes are the next one's."""
        self.to_kara()
        self.assertEqual(self.done.x_sa_id, self.sa_lom)
        back = self.give_back(self.done)
        note = self.paid._reverse_moves()
        self.in_charge(self.edem, self.sa_kar, [back, note])

    def test_what_follows_from_a_finalized_order(self):
        self.order.sudo().x_finalized = True
        self.to_kara()
        self.assertEqual(self.order.x_sa_id, self.sa_lom)
        back = self.give_back(self.done)
        note = self.paid._reverse_moves()
        self.in_charge(self.edem, self.sa_kar, [back, note])

    def test_what_follows_when_its_agent_left(self):
        self.order.sudo().x_finalized = True
        self.m_jean.action_revoke()
        self.in_charge(None, self.sa_lom, [self.give_back(self.done)])
        self.in_charge(None, self.sa_lom, [self.paid._reverse_moves()])
        self.assertFalse(self.audit("actor_left"))

    def test_what_follows_stays_where_the_customer_only_bought(self):
        """Marie is Lomé's and was never Kara's: what she bought there is returned there."""
        order = self.quotation(
            self.marie, [(self.installation, 1)], self.sa_kar, self.edem.partner_id
        )
        order.action_confirm()
        order.invoice_ids.action_post()
        self.pay(order.invoice_ids)
        order.sudo().x_finalized = True
        note = order.invoice_ids._reverse_moves()
        self.in_charge(self.edem, self.sa_kar, [note])

    def give_back(self, picking):
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        return picking.browse(wizard.action_create_returns()["res_id"])

    def test_what_another_account_has_of_an_order_stays(self):
        """A ticket given to Kara is none of Ama's, though its order is."""
        ticket = self.env["helpdesk.ticket"].create(
            {
                **{"partner_id": self.marie.id, "company_id": self.togo.id},
                **{"name": "x", "description": "x", "x_order_id": self.order.id},
            }
        )
        ticket._sa_assign(self.sa_kar, self.edem.partner_id)
        self.assign(self.ama, actor_id=self.afi.partner_id.id)
        self.in_charge(self.edem, self.sa_kar, [ticket])
        self.in_charge(self.afi, self.sa_lom, [self.order])

    def test_preview_changes_nothing(self):
        before = len(self.marie.x_assignment_ids)
        answer = self.to_kara(preview=True)
        self.assertEqual((answer["moved"], answer["preview"]), (self.numbers, True))
        self.in_charge(self.jean, self.sa_lom)
        self.assertEqual(len(self.marie.x_assignment_ids), before)
        stranger = {"actor_id": self.edem.partner_id.id, "preview": True}
        path = f"/api/contacts/{self.marie.id}/assign"
        self.refused(400, "actor_not_member", "POST", path, stranger, who=self.ama)
        self.refused(403, "role_required", "POST", path, stranger, who=self.jean)

    def test_alone_and_fetched_afterwards(self):
        self.assertEqual(self.to_kara(with_records=False)["moved"], ZERO)
        self.assertEqual(self.marie.x_sa_id, self.sa_kar)
        self.in_charge(self.jean, self.sa_lom)
        self.assertFalse(self.audit("left_behind"), "that was said")
        self.assertEqual(self.to_kara()["moved"], self.numbers)
        self.in_charge(self.edem, self.sa_kar)

    def test_the_audit_finds_what_stayed(self):
        self.marie._sa_assign(self.sa_kar, self.edem.partner_id, cascade=False)
        left = self.audit("left_behind")
        for records in self.open_ones.values():
            for record in records:
                self.assertIn((record._name, record.id), left)
        self.assertNotIn((self.settled._name, self.settled.id), left)

    def test_what_is_not_the_caller_s_stays(self):
        """Ama is staff of Lomé; an order that Kara has made is none of hers."""
        theirs = self.quotation(
            self.marie, [(self.cable, 1)], self.sa_kar, self.edem.partner_id
        )
        moved = self.assign(self.ama, actor_id=self.afi.partner_id.id)["moved"]
        self.assertEqual(moved, self.numbers)
        self.in_charge(self.edem, self.sa_kar, [theirs])

    def test_an_address_s_records_go_along(self):
        depot = {"name": "Depot", "parent_id": self.marie.id, "type": "delivery"}
        depot = self.env["res.partner"].create(depot)
        order = self.quotation(depot, [(self.cable, 1)])
        self.to_kara()
        self.in_charge(self.edem, self.sa_kar, [depot, order])

    def test_a_reassigned_wizard_of_the_web_client(self):
        context = {"active_model": "res.partner", "active_ids": self.marie.ids}
        wizard = self.env["abs.reassign.wizard"].with_context(**context)
        there = {"account_id": self.sa_kar.id, "actor_id": self.edem.partner_id.id}
        wizard.create({**there, "with_records": False}).action_assign()
        self.in_charge(self.jean, self.sa_lom)
        wizard.create(there).action_assign()
        self.in_charge(self.edem, self.sa_kar)

    def test_statements_do_not_grow_with_the_records(self):
        def spent(customer):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            customer._sa_assign(self.sa_kar, self.edem.partner_id)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        counts = []
        for number in (1, 1, 12):
            customer = self.make_customer(f"C{number}", self.sa_lom, self.jean)
            for _time in range(number):
                self.quotation(customer, [(self.installation, 1)]).action_confirm()
            counts.append(spent(customer))
        self.assertLessEqual(counts[2], counts[1] + 2, counts)


@tagged("post_install", "-at_install")
class TestAssignAlone(Moves):
    def test_each_kind(self):
        for kind, noun, record in (
            ("tickets", "ticket", self.ticket),
            ("subscriptions", "subscription", self.contract),
            ("assets", "asset", self.asset),
            ("orders", "order", self.order),
        ):
            with self.subTest(kind):
                path = f"/api/{kind}/{record.id}/assign"
                body = {"actor_id": self.afi.partner_id.id, "reason": "holidays"}
                self.refused(403, "role_required", "POST", path, body, who=self.jean)
                self.refused(404, "not_found", "POST", path, body, who=self.yao)
                ahead = self.ok("POST", path, {**body, "preview": True}, who=self.ama)
                self.assertEqual(record.x_actor_id, self.jean.partner_id)
                answer = self.ok("POST", path, body, who=self.ama)
                self.assertEqual(ahead["moved"], answer["moved"])
                self.assertEqual(answer["moved"][kind], 1)
                self.assertEqual(answer[noun]["id"], record.id)
                self.assertEqual(record.x_actor_id, self.afi.partner_id)
                self.assertEqual(self.marie.x_actor_id, self.jean.partner_id)

    def test_an_order_takes_its_work_along(self):
        moved = self.assign(
            self.ama, self.order, "orders", actor_id=self.afi.partner_id.id
        )["moved"]
        for kind in ("orders", "deliveries", "invoices", "assets"):
            self.assertEqual(moved[kind], self.numbers[kind], kind)
        self.assertEqual(moved["subscriptions"], 0)

    def test_forms_have_the_button(self):
        for name in ("abs.subscription", "payment.request", "ov.asset"):
            arch = self.env[name].get_view(view_type="form")["arch"]
            self.assertEqual(arch.count('name="action_reassign"'), 1, name)


@tagged("post_install", "-at_install")
class TestLocked(Moves):
    """'Lock Confirmed Sales' is Odoo's; an order is done when it is finalized."""

    def setUp(self):
        super().setUp()
        self.order.action_lock()

    def test_it_goes_along(self):
        self.to_kara()
        self.in_charge(self.edem, self.sa_kar, [self.order])

    def test_it_is_handed_on(self):
        self.m_jean.action_revoke()
        self.in_charge(None, self.sa_lom, [self.order])

    def test_a_finalized_one_stays(self):
        self.order.sudo().x_finalized = True
        self.m_jean.action_revoke()
        self.in_charge(self.jean, self.sa_lom, [self.order])

    def test_the_migration_hands_on_what_stayed(self):
        self.m_jean.action_revoke()
        self.order._sa_record(self.sa_lom, self.jean.partner_id, "migration")
        self.assertEqual(self.audit("actor_left"), {("sale.order", self.order.id)})
        self.env["ov.membership"]._hand_on_left()
        self.in_charge(None, self.sa_lom, [self.order])
        self.assertFalse(self.audit("actor_left"))


@tagged("post_install", "-at_install")
class TestEnds(Moves):
    """Every way in which somebody stops being in charge."""

    def test_a_membership(self):
        self.m_jean.action_revoke()
        self.in_charge(None, self.sa_lom)
        self.in_charge(self.jean, self.sa_lom, [self.settled, self.paid, self.done])
        count = 1 + sum(self.numbers.values())  # Marie herself
        self.assertEqual(self.m_jean.released_count, count)

    def test_an_employee(self):
        path = f"/api/employees/{self.jean.id}"
        self.ok("PUT", path, {"active": False}, who=self.admin)
        self.in_charge(None, self.sa_lom)
        self.assertFalse(self.marie.x_actor_id)

    def test_a_last_day_that_is_over(self):
        day = timedelta(1)
        self.m_jean.date_from = self.togo._abs_today() - 9 * day
        self.m_jean.date_to = self.togo._abs_today()
        self.env["ov.membership"]._cron_end_expired()
        self.in_charge(self.jean, self.sa_lom)
        self.m_jean.date_to = self.togo._abs_today() - day
        self.env["ov.membership"]._cron_end_expired()
        self.in_charge(None, self.sa_lom)

    def test_a_policy_that_reaches_less(self):
        self.m_jean.scope_policy = "sa_tree"
        order = self.quotation(
            self.marie, [(self.cable, 1)], self.sa_lom_a, self.jean.partner_id
        )
        self.m_jean.scope_policy = "assigned_only"
        self.in_charge(None, self.sa_lom_a, [order])
        self.in_charge(self.jean, self.sa_lom)

    def test_one_membership_of_two(self):
        """Jean still works in Lomé by the SA above."""
        self.enroll(self.sa_togo, self.jean, "agent", scope_policy="sa_tree")
        self.sa_lom.parent_id = self.sa_togo
        self.m_jean.action_revoke()
        self.in_charge(self.jean, self.sa_lom)

    def test_an_account_that_moves_in_the_tree(self):
        self.m_jean.scope_policy = "sa_tree"
        order = self.quotation(
            self.marie, [(self.cable, 1)], self.sa_lom_a, self.jean.partner_id
        )
        self.sa_lom_a.parent_id = self.sa_kar
        self.in_charge(None, self.sa_lom_a, [order])
        self.in_charge(self.jean, self.sa_lom)

    def test_a_suspension_is_no_end(self):
        self.m_jean.action_suspend()
        self.sa_lom.action_suspend()
        self.in_charge(self.jean, self.sa_lom)


@tagged("post_install", "-at_install")
class TestClosing(Moves):
    def close(self, account):
        return ("PUT", f"/api/service-accounts/{account.id}", {"state": "closed"})

    def test_what_is_open_is_named(self):
        said = self.refused(
            400, "sa_not_empty", *self.close(self.sa_lom), who=self.admin
        )
        told = {row["field"]: row["message"] for row in said["details"]}
        self.assertEqual({*told}, {*self.numbers, "contacts"})
        self.assertIn(self.order.name, told["orders"])
        self.assertIn("1", told["subscriptions"])
        self.assertEqual(self.sa_lom.state, "active")
        with self.assertRaises(BusinessError):
            self.sa_lom.action_close()
        with self.assertRaises(BusinessError):
            self.sa_lom.write({"state": "closed"})

    def test_an_empty_one_closes(self):
        self.to_kara()
        others = self.env["res.partner"].search([("x_sa_id", "=", self.sa_lom.id)])
        others._sa_assign(self.sa_kar, self.edem.partner_id)
        self.ok(*self.close(self.sa_lom), who=self.admin)
        self.assertEqual(self.sa_lom.state, "closed")

    def test_the_audit_finds_one_that_was_closed(self):
        self.env.cr.execute(
            "UPDATE ov_serviced_account SET state = 'closed' WHERE id = %s",
            [self.sa_lom.id],
        )
        self.env.invalidate_all()
        found = self.audit("closed_account")
        self.assertIn(("abs.subscription", self.contract.id), found)
        self.to_kara()
        self.assertFalse(
            {r for r in self.audit("closed_account") if r[0] != "res.partner"}
        )

    def test_work_from_above_is_handed_on(self):
        """Ama's reach into the branch hangs on the SA that closes."""
        self.m_ama.scope_policy = "sa_tree"
        order = self.quotation(
            self.paul, [(self.cable, 1)], self.sa_lom_a, self.ama.partner_id
        )
        self.to_kara()
        others = self.env["res.partner"].search([("x_sa_id", "=", self.sa_lom.id)])
        others._sa_assign(self.sa_kar, self.edem.partner_id)
        self.sa_lom.action_close()
        self.in_charge(None, self.sa_lom_a, [order])
        with self.assertRaises(UserError):
            self.sa_lom_a.action_close()
