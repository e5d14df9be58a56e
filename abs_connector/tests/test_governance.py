"""Governance: constraints, stamps, inheritance, reassignment, ends (SPEC 2)."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import BusinessError, Conflict, Forbidden
from .common import AbsCommon


class TestConstraints(AbsCommon):
    def refuses(self, code, call, *args, **vals):
        with self.assertRaises(BusinessError) as caught:
            call(*args, **vals)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(str(caught.exception).strip())

    def test_second_global_root(self):
        accounts = self.env["ov.serviced_account"]
        vals = {"name": "Other", "account_code": "T-X", "is_global_root": True}
        self.refuses("global_root_exists", accounts.create, vals)
        self.refuses("global_root_exists", self.sa_togo.write, {"is_global_root": True})

    def test_second_global_root_in_the_database(self):
        self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE ov_serviced_account SET is_global_root = TRUE WHERE id = %s",
                    [self.sa_togo.id],
                )

    def test_admin_outside_of_the_root(self):
        person = self.make_employee("x", self.togo)
        self.refuses("admin_outside_root", self.enroll, self.sa_lom, person, "admin")
        self.refuses("admin_outside_root", self.m_kofi.write, {"role_code": "admin"})

    def test_circle(self):
        for below in (self.sa_lom, self.sa_lom_a):
            self.refuses("hierarchy_cycle", self.sa_lom.write, {"parent_id": below.id})

    def test_two_managers(self):
        person = self.make_employee("x", self.togo)
        self.refuses(
            "manager_exists",
            self.enroll,
            self.sa_lom,
            person,
            "staff",
            manager_member_id=False,
        )
        self.refuses("manager_exists", self.m_kofi.write, {"manager_member_id": False})

    def test_two_active_memberships(self):
        self.refuses("already_member", self.enroll, self.sa_lom, self.jean, "agent")
        self.m_jean.action_suspend()
        other = self.enroll(self.sa_lom, self.jean, "agent")
        self.assertEqual(other.state, "active")
        self.refuses("already_member", self.m_jean.write, {"state": "active"})

    def test_companies(self):
        self.refuses("company_mismatch", self.enroll, self.sa_lom, self.otieno, "agent")
        self.refuses(
            "company_mismatch", self.sa_kar.write, {"parent_id": self.sa_kenya.id}
        )
        self.refuses("company_mismatch", self.jean.write, {"company_id": self.kenya.id})
        self.refuses(
            "company_mismatch", self.sa_lom_a.write, {"company_id": self.kenya.id}
        )
        self.enroll(self.sa_global, self.otieno, "admin")
        self.refuses("parent_required", self.sa_kar.write, {"parent_id": False})

    def test_an_order_stays_in_its_company(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        nobody = self.env["res.partner"]
        self.refuses("company_mismatch", order._sa_assign, self.sa_nbo, nobody)

    def test_person_and_account_of_a_membership_are_fixed(self):
        self.refuses(
            "membership_fixed", self.m_jean.write, {"account_id": self.sa_kar.id}
        )
        self.refuses("person_in_use", self.jean.write, {"partner_id": self.marie.id})

    def test_email_is_unique_whatever_the_case(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.make_employee("y", self.togo, email="JEAN@test.abs")

    def test_defaults_of_roles(self):
        self.assertEqual(self.m_admin.scope_policy, "sa_tree")
        self.assertEqual(self.m_kofi.scope_policy, "sa_wide")
        self.assertEqual(self.m_jean.scope_policy, "assigned_only")
        self.assertEqual(self.sa_lom.sa_manager, self.m_ama)
        self.assertEqual(self.m_kofi.manager_member_id, self.m_ama)


class TestStamps(AbsCommon):
    def history(self, record):
        """Return the assignment rows of a record, oldest first."""
        model = self.env[record._sa_assignment_model]
        return model.search([(model._sa_subject, "=", record.id)], order="id")

    def test_the_whole_sale_inherits(self):
        self.receive(self.kit, ["GV-1", "GV-2"])
        order = self.quotation(self.marie, [(self.kit, 2), (self.installation, 1)])
        order.action_confirm()
        first = order.picking_ids
        self.deliver(first, ["GV-1"])
        backorder = order.picking_ids - first
        invoices = order.invoice_ids or order._create_invoices()
        invoices.filtered(lambda m: m.state == "draft").action_post()
        payment = self.pay(invoices[0])
        credit = invoices[0]._reverse_moves([{"ref": "back"}])
        wizard = self.env["stock.return.picking"].with_context(
            active_id=first.id, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": first.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        lot = self.env["stock.lot"].search([("name", "=", "GV-1")])
        for record in (order, first, backorder, *invoices, payment, credit, back, lot):
            self.assertTrue(record)
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
            self.assertEqual(record.x_actor_id, self.jean.partner_id, record)
            if record._sa_assignment_model:
                rows = self.history(record)
                self.assertEqual(rows.mapped("state"), ["active"], record)
                self.assertEqual(rows.account_id, self.sa_lom)
        asset = self.env["ov.asset"].search([("order_id", "=", order.id)])
        self.assertEqual(asset.x_sa_id, self.sa_lom)

    def test_line_added_after_confirmation(self):
        order = self.quotation(self.marie, [(self.kit, 1)])
        order.action_confirm()
        order.write(
            {
                "order_line": [
                    (0, 0, {"product_id": self.cable.id, "product_uom_qty": 1})
                ]
            }
        )
        self.assertEqual(order.picking_ids.x_sa_id, self.sa_lom)

    def test_pick_and_ship(self):
        self.wh_togo.delivery_steps = "pick_ship"
        self.receive(self.cable, 5)
        order = self.quotation(self.marie, [(self.cable, 2)])
        order.action_confirm()
        self.deliver(order.picking_ids)
        for picking in order.picking_ids:
            self.assertEqual(picking.x_sa_id, self.sa_lom, picking.name)
        self.assertEqual(len(order.picking_ids), 2)

    def test_address_of_a_customer(self):
        vals = {"name": "Depot", "parent_id": self.marie.id, "type": "delivery"}
        address = self.env["res.partner"].create(vals)
        self.assertEqual(address.x_sa_id, self.sa_lom)

    def test_recurring_style_invoice_takes_the_customer_s_account(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
                "invoice_line_ids": [(0, 0, {"product_id": self.cable.id})],
            }
        )
        self.assertEqual(invoice.x_sa_id, self.sa_lom)
        entry = self.env["account.move"].create(
            {"move_type": "entry", "company_id": self.togo.id}
        )
        self.assertFalse(entry.x_sa_id)

    def test_never_past_the_assignment(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        for vals in ({"x_sa_id": self.sa_kar.id}, {"x_actor_id": False}):
            with self.assertRaises(BusinessError) as caught:
                order.write(vals)
            self.assertEqual(caught.exception.code, "governed_field")
        copy = order.copy({"x_sa_id": self.sa_lom.id})
        self.assertEqual(self.history(copy).mapped("state"), ["active"])

    def test_one_active_row_in_the_database(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        row = self.history(order)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                row.copy()

    def test_reassigning_an_order_takes_the_open_ones_along(self):
        self.receive(self.kit, ["GV-3", "GV-4"])
        order = self.quotation(self.marie, [(self.kit, 2), (self.installation, 2)])
        order.action_confirm()
        done = order.picking_ids
        self.deliver(done, ["GV-3"])
        waiting = order.picking_ids - done
        invoices = order.invoice_ids or order._create_invoices()
        invoices.filtered(lambda m: m.state == "draft").action_post()
        paid = invoices[0]
        payment = self.pay(paid)
        unpaid = order.invoice_ids - paid
        asset = self.env["ov.asset"].search([("order_id", "=", order.id)])
        edem = self.edem.partner_id
        order._sa_assign(self.sa_kar, edem, reason="moved house")
        for record in (order, waiting, *unpaid, asset):
            self.assertEqual(record.x_sa_id, self.sa_kar, record)
            self.assertEqual(record.x_actor_id, edem, record)
        for record in (done, paid, payment):
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
        rows = self.history(order)
        self.assertEqual(rows.mapped("state"), ["transferred", "active"])
        self.assertTrue(rows[0].date_to)
        self.assertEqual(rows[1].reason, "moved house")

    def test_assigning_the_same_changes_nothing(self):
        before = self.history(self.marie)
        self.marie._sa_assign(self.sa_lom, self.jean.partner_id)
        self.assertEqual(self.history(self.marie), before)

    def test_end_of_a_membership(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        order.action_confirm()
        invoices = order.invoice_ids or order._create_invoices()
        invoices.filtered(lambda m: m.state == "draft").action_post()
        payment = self.pay(invoices[0])
        message = self.m_jean.action_revoke()["params"]["message"]
        self.assertEqual(self.m_jean.released_count, 2)  # Marie and her order
        self.assertIn("2", message)
        self.assertFalse(self.marie.x_actor_id)
        self.assertFalse(order.x_actor_id)
        self.assertEqual(order.x_sa_id, self.sa_lom)
        self.assertEqual(payment.x_actor_id, self.jean.partner_id)
        self.assertEqual(self.m_jean.date_to, fields.Date.today())
        with self.assertRaises(BusinessError):
            self.m_jean.action_activate()
        again = self.enroll(self.sa_lom, self.jean, "agent")
        self.assertEqual(again.state, "active")

    def test_expired_memberships_end_by_cron(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        self.m_jean.write({"date_from": False, "date_to": yesterday})
        self.assertFalse(self.env["ov.membership"]._effective(employee=self.jean))
        self.env["ov.membership"]._cron_end_expired()
        self.assertEqual(self.m_jean.state, "revoked")
        self.assertEqual(self.m_jean.date_to, yesterday)
        self.assertFalse(self.marie.x_actor_id)

    def test_one_that_cannot_end_stops_no_other(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        self.env.flush_all()
        self.env.cr.execute(  # spoilt data: Jean's order in another company
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [self.kenya.id, order.id],
        )
        self.env.invalidate_all()
        yesterday = fields.Date.today() - timedelta(days=1)
        ending = self.m_jean + self.m_afi
        ending.write({"date_from": False, "date_to": yesterday})
        with mute_logger("odoo.addons.abs_connector.models.governance.membership"):
            self.env["ov.membership"]._cron_end_expired()
        self.assertEqual(ending.mapped("state"), ["active", "revoked"])

    def test_effective(self):
        members = self.env["ov.membership"]
        self.assertTrue(members._effective(employee=self.jean))
        self.m_jean.action_suspend()
        self.assertFalse(members._effective(employee=self.jean))
        self.m_jean.action_activate()
        self.sa_lom.action_suspend()
        self.assertFalse(members._effective(employee=self.jean))
        self.sa_lom.action_activate()
        self.jean.active = False
        self.assertFalse(members._effective(employee=self.jean))

    def test_deactivation_ends_tokens(self):
        before = self.jean.token_version
        self.jean.active = False
        self.assertGreater(self.jean.token_version, before)


class TestWebClient(AbsCommon):
    """People of the web client are governed like the API."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "abs_connector.group_user,sales_team.group_sale_manager,"
            "stock.group_stock_user,account.group_account_invoice"
        )
        cls.users = {}
        for name in ("jean", "kofi", "edem"):
            user = new_test_user(
                cls.env,
                f"web.{name}",
                groups,
                company_id=cls.togo.id,
                company_ids=[(6, 0, cls.togo.ids)],
            )
            getattr(cls, name).user_id = user
            cls.users[name] = user

    def env_of(self, name):
        context = {"allowed_company_ids": self.togo.ids}
        return self.env(user=self.users[name], context=context)

    def order_of(self, name, partner, **vals):
        order = self.env_of(name)["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": self.installation.id})],
                **vals,
            }
        )
        return order.sudo()

    def test_orders_take_the_account_of_the_person(self):
        plain = self.make_customer("Plain")
        order = self.order_of("jean", plain)
        self.assertEqual(order.x_sa_id, self.sa_lom)
        self.assertEqual(order.x_actor_id, self.jean.partner_id)
        order = self.order_of("kofi", self.marie)
        self.assertEqual(order.x_actor_id, self.jean.partner_id)
        order = self.order_of("kofi", plain)
        self.assertEqual(order.x_actor_id, self.kofi.partner_id)

    def test_confirmed_in_the_web_client(self):
        order = self.env_of("kofi")["sale.order"].create(
            {
                "partner_id": self.marie.id,
                "order_line": [(0, 0, {"product_id": self.cable.id})],
            }
        )
        order.action_confirm()
        self.assertEqual(order.sudo().picking_ids.x_sa_id, self.sa_lom)

    def test_customers_too(self):
        vals = {"name": "Walk-in", "customer_rank": 1}
        customer = self.env_of("jean")["res.partner"].create(vals).sudo()
        self.assertEqual(customer.x_sa_id, self.sa_lom)
        self.assertEqual(customer.x_actor_id, self.jean.partner_id)
        other = self.env_of("jean")["res.partner"].create({"name": "Person"}).sudo()
        self.assertFalse(other.x_sa_id)

    def test_nobody_stamps_for_another_account(self):
        with self.assertRaises(Forbidden):
            self.order_of("jean", self.make_customer("P"), x_sa_id=self.sa_kar.id)
        order = self.order_of("jean", self.marie)
        theirs = order.with_user(self.users["jean"])
        with self.assertRaises(BusinessError):
            theirs.write({"x_sa_id": self.sa_kar.id})

    def test_reassign_is_for_staff_of_both(self):
        order = self.order_of("jean", self.marie)

        def wizard(name, account, actor):
            env = self.env_of(name)
            context = {"active_model": "sale.order", "active_ids": order.ids}
            vals = {"account_id": account.id, "actor_id": actor.partner_id.id}
            return env["abs.reassign.wizard"].with_context(**context).create(vals)

        for name in ("jean", "edem"):
            with self.assertRaises(Forbidden):
                wizard(name, self.sa_lom, self.afi).action_assign()
        with self.assertRaises(Forbidden):
            wizard("kofi", self.sa_kar, self.edem).action_assign()
        with self.assertRaises(BusinessError):
            wizard("kofi", self.sa_lom, self.edem).action_assign()
        wizard("kofi", self.sa_lom, self.afi).action_assign()
        self.assertEqual(order.x_actor_id, self.afi.partner_id)
        row = order.x_assignment_ids.filtered(lambda r: r.state == "active")
        self.assertEqual(row.assigned_by_id, self.users["kofi"].partner_id)

    def test_history_and_members_are_read_only(self):
        row = self.marie.x_assignment_ids.with_env(self.env_of("kofi"))
        row.check_access("read")
        with self.assertRaises(AccessError):
            row.write({"state": "ended"})
        with self.assertRaises(AccessError):
            self.m_jean.with_env(self.env_of("kofi")).write({"role_code": "staff"})
        with self.assertRaises(AccessError):
            self.jean.with_env(self.env_of("kofi")).read(["password_hash"])

    def test_context_keys_of_rpc_are_not_believed(self):
        env = self.env_of("jean")
        env = env(context={**env.context, "abs_sa": self.sa_kar.id})
        order = env["sale.order"].create({"partner_id": self.marie.id})
        self.assertEqual(order.sudo().x_sa_id, self.sa_lom)

    def test_governance_shows_on_forms_and_searches(self):
        models = ("res.partner", "sale.order", "stock.picking", "account.move")
        for name in (*models, "account.payment", "helpdesk.ticket"):
            model = self.env[name]
            form = model.get_view(view_type="form")["arch"]
            self.assertIn('name="x_sa_id"', form, name)
            self.assertIn('name="action_abs_assignments"', form, name)
            self.assertIn('name="abs_governance"', form, name)
            self.assertIn('name="action_abs_reassign"', form, name)
            search = model.get_view(view_type="search")["arch"]
            self.assertIn("'group_by': 'x_sa_id'", search, name)
            self.assertIn("'group_by': 'x_actor_id'", search, name)


class TestCredentials(AbsCommon):
    def test_password(self):
        self.jean.password = "another-pass-1"
        self.assertTrue(self.jean._check_password("another-pass-1"))
        self.assertFalse(self.jean._check_password("another-pass-2"))
        self.assertFalse(self.env["abs.employee"]._check_password("x"))
        self.assertFalse(self.jean.password)
        with self.assertRaises(BusinessError):
            self.jean.password = "short"

    def test_identity(self):
        self.jean.phone = "90 11 22 33"
        employees = self.env["abs.employee"]
        self.assertEqual(self.jean.phone_key, "+22890112233")
        for identity in ("JEAN@test.abs", "+228 90112233"):
            self.assertEqual(employees._find_login(identity), self.jean)
        self.assertFalse(employees._find_login("unknown@test.abs"))
        self.assertFalse(employees._find_login(""))

    def test_customer_access(self):
        accesses = self.env["abs.customer.access"]
        access, password = accesses._open(self.paul)
        self.assertTrue(access._check_password(password))
        twin = self.make_customer("Twin", self.sa_kar, email="PAUL@test.abs")
        with self.assertRaises(BusinessError) as caught:
            accesses._open(twin)
        self.assertEqual(caught.exception.code, "identity_taken")
        bare = self.make_customer("Bare", self.sa_kar)
        with self.assertRaises(BusinessError) as caught:
            accesses._open(bare)
        self.assertEqual(caught.exception.code, "no_identity")


class TestTree(AbsCommon):
    def test_default_parents(self):
        self.assertEqual(self.sa_togo.parent_id, self.sa_global)
        self.assertEqual(self.sa_lom.parent_id, self.sa_togo)

    def test_hand_over(self):
        self.sa_lom.sa_manager = self.m_kofi
        self.assertTrue(self.m_kofi.is_manager)
        self.assertFalse(self.m_ama.is_manager)
        self.assertEqual(self.m_ama.manager_member_id, self.m_kofi)
        with self.assertRaises(BusinessError):
            self.sa_lom.sa_manager = self.m_jean
        with self.assertRaises(BusinessError):
            self.sa_lom.sa_manager = self.m_yao

    def test_the_manager_leaves(self):
        self.m_ama.action_revoke()
        self.assertFalse(self.sa_lom.sa_manager)
        person = self.make_employee("next", self.togo)
        member = self.enroll(self.sa_lom, person, "staff")
        self.assertEqual(self.sa_lom.sa_manager, member)

    def test_conflict_is_a_user_error(self):
        self.assertTrue(issubclass(Conflict, UserError))


class TestSourcesByName(AbsCommon):
    """Each source that a governed model declares is a field that leads somewhere."""

    def test_every_declared_path_ends_at_a_governed_model(self):
        for name in self.env["abs.stamp.mixin"]._sa_governed_models():
            model = self.env[name]
            cascades = model._sa_cascade_fields or ()
            for path in (*model._sa_source_fields, *cascades):
                # stated for Odoo's own payment module, which may be absent
                if path.startswith("payment_transaction_id"):
                    continue
                end = model._sa_path_model(path)
                self.assertTrue(end, f"{name}: {path} names no field")
                self.assertIn("x_sa_id", self.env[end]._fields, f"{name}: {path}")

    def test_work_on_a_ticket_belongs_to_its_account(self):
        order = self.quotation(self.marie, [(self.kit, 1)])
        self.receive(self.kit, ["SRC-1"])
        order.action_confirm()
        self.deliver(order.picking_ids, ["SRC-1"])
        asset = self.env["ov.asset"].search([("order_id", "=", order.id)])
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Broken",
                "description": "It is",
                "company_id": self.togo.id,
                "x_asset_id": asset.id,
            }
        )
        repair = self.env["repair.order"].create(
            {
                "product_id": self.kit.id,
                "company_id": self.togo.id,
                "picking_type_id": self.wh_togo.repair_type_id.id,
                "x_ticket_id": ticket.id,
            }
        )
        team = self.env["maintenance.team"].create(
            {"name": "T", "company_id": self.togo.id}
        )
        request = self.env["maintenance.request"].create(
            {
                "name": "Check",
                "company_id": self.togo.id,
                "maintenance_team_id": team.id,
                "x_asset_id": asset.id,
            }
        )
        for record in (asset, ticket, repair, request):
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
            self.assertEqual(record.x_actor_id, self.jean.partner_id, record)
