"""Governance: constraints, the web client, credentials, the tree (docs/contract.md 2)."""

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
        env = env(context={**env.context, "abs_call": [0, 0, self.sa_kar.id]})
        order = env["sale.order"].create({"partner_id": self.marie.id})
        self.assertEqual(order.sudo().x_sa_id, self.sa_lom)

    def test_governance_shows_on_forms_and_searches(self):
        models = ("res.partner", "sale.order", "stock.picking", "account.move")
        for name in (*models, "account.payment", "helpdesk.ticket"):
            model = self.env[name]
            form = model.get_view(view_type="form")["arch"]
            self.assertIn('name="x_sa_id"', form, name)
            self.assertIn('name="action_assignments"', form, name)
            self.assertIn('name="abs_governance"', form, name)
            self.assertIn('name="action_reassign"', form, name)
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

    def test_one_root_of_a_company(self):
        def refused(call, *args, **kwargs):
            with self.assertRaises(Conflict) as caught:
                call(*args, **kwargs)
            self.assertEqual(caught.exception.code, "company_root_exists")
            self.assertIn("Test Togo", str(caught.exception))

        kind = {"sa_type": "root"}
        refused(self.make_account, "Twin", "T-TWIN", self.togo, **kind)
        refused(
            self.make_account, "Twin", "T-TWIN", self.togo, source=self.togo, **kind
        )
        refused(self.sa_lom.write, {**kind, "parent_id": self.sa_global.id})
        self.sa_togo.write({"name": "Togo", **kind})
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE ov_serviced_account SET sa_type = 'root' WHERE id = %s",
                    [self.sa_lom.id],
                )

    def test_conflict_is_a_user_error(self):
        self.assertTrue(issubclass(Conflict, UserError))
