"""Who sees what: policies x models, against a plain description of the rule (docs/contract.md 1,
row 9). The world holds one record of each kind for every SA and actor, and for nobody.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..scope import NOBODY, POLICIES, Grant, Scope
from .common import AbsCommon

MODELS = (
    "res.partner",
    "sale.order",
    "stock.picking",
    "account.move",
    "account.payment",
    "helpdesk.ticket",
    "ov.asset",
)


class TestScopes(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = {
            cls.sa_lom: (cls.jean, cls.afi, None),
            cls.sa_lom_a: (cls.jean, None),
            cls.sa_kar: (cls.edem, None),
            cls.sa_nbo: (cls.otieno, None),
        }
        cls.cells = [(a, p) for a, persons in people.items() for p in persons]
        cls.records = {name: [] for name in MODELS}
        for account, person in cls.cells:
            cls.build_cell(account, person)
        cls.env.flush_all()

    @classmethod
    def build_cell(cls, account, person):
        """Make one governed record of each model in an SA, for an actor or nobody."""
        actor = person.partner_id if person else cls.env["res.partner"]
        stamp = {"x_sa_id": account.id, "x_actor_id": actor.id}
        company = account.company_id
        partner = cls.make_customer("Cell", account, person)
        order = cls.quotation(partner, [(cls.installation, 1)], account, actor)
        warehouse = cls.warehouse_of(company)
        own = {**stamp, "partner_id": partner.id, "company_id": company.id}
        made = {
            "res.partner": partner,
            "sale.order": order,
            "stock.picking": cls.env["stock.picking"].create(
                {
                    **own,
                    "picking_type_id": warehouse.out_type_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": cls.env.ref(
                        "stock.stock_location_customers"
                    ).id,
                }
            ),
            "account.move": cls.env["account.move"]
            .with_company(company)
            .create({**own, "move_type": "out_invoice"}),
            "account.payment": cls.env["account.payment"]
            .with_company(company)
            .create(
                {
                    **own,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "amount": 5,
                    "journal_id": cls.journal(company, "cash").id,
                }
            ),
            "helpdesk.ticket": cls.env["helpdesk.ticket"].create(
                {**own, "name": "x", "description": "x"}
            ),
            "ov.asset": cls.env["ov.asset"].create({**own, "name": "unit"}),
        }
        for name, record in made.items():
            cls.records[name].append((record.id, account, actor))

    def expected(self, name, scope):
        """Return the ids that the rule's description lets through."""
        seen = set()
        for res_id, account, actor in self.records[name]:
            for grant in scope.grants:
                if account.id not in grant.account_ids:
                    continue
                mine = actor.id == grant.actor_id
                if (
                    grant.policy in ("sa_wide", "sa_tree")
                    or mine
                    or (grant.policy == "assigned_plus_unassigned" and not actor)
                ):
                    seen.add(res_id)
        return seen

    def visible(self, name, scope, employee=None):
        """Return the ids of this test's records that a search under the rules finds."""
        own = [row[0] for row in self.records[name]]
        env = self.api_env(employee, scope)
        return set(env[name].search([("id", "in", own)]).ids)

    def test_every_employee_and_model(self):
        for person in (
            self.ama,
            self.kofi,
            self.jean,
            self.afi,
            self.yao,
            self.edem,
            self.wanjiru,
            self.otieno,
        ):
            scope = self.scope_of(person)
            for name in MODELS:
                with self.subTest(person=person.name, model=name):
                    self.assertEqual(
                        self.visible(name, scope, person), self.expected(name, scope)
                    )

    def test_kinds_of_callers(self):
        for name in MODELS:
            everything = {row[0] for row in self.records[name]}
            for scope in (Scope("admin"), Scope("system")):
                self.assertEqual(self.visible(name, scope), everything, name)
            self.assertEqual(self.visible(name, NOBODY), set(), name)
            self.assertEqual(self.visible(name, Scope("customer")), set(), name)
            self.assertEqual(self.visible(name, ("admin",)), set(), name)

    def test_a_customer_sees_the_own_records_only(self):
        res_id = self.records["res.partner"][0][0]
        scope = Scope("customer", (), (), res_id)
        for name in MODELS:
            self.assertEqual(
                self.visible(name, scope), {self.records[name][0][0]}, name
            )

    def test_counts_groups_and_names_obey_too(self):
        scope = self.scope_of(self.jean)
        env = self.api_env(self.jean, scope)
        allowed = self.expected("sale.order", scope)
        orders = env["sale.order"]
        every = [("id", "in", [row[0] for row in self.records["sale.order"]])]
        self.assertEqual(orders.search_count(every), len(allowed))
        groups = orders._read_group(every, ["x_sa_id"], ["__count"])
        self.assertEqual(sum(count for _sa, count in groups), len(allowed))

    def test_policy_of_the_tree(self):
        self.m_kofi.scope_policy = "sa_tree"
        scope = self.scope_of(self.kofi)
        accounts = {row[1] for row in self.records["sale.order"]}
        self.assertIn(self.sa_lom_a, accounts)
        seen = self.visible("sale.order", scope, self.kofi)
        below = {r[0] for r in self.records["sale.order"] if r[1] == self.sa_lom_a}
        self.assertLessEqual(below, seen)

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            # The first draw reads the constants out of all of Odoo's source.
            HealthCheck.too_slow,
        ],
    )
    @given(data=st.data())
    def test_any_union_of_grants(self, data):
        accounts = [
            a.id for a in (self.sa_lom, self.sa_lom_a, self.sa_kar, self.sa_nbo)
        ]
        actors = [
            p.partner_id.id for p in (self.jean, self.afi, self.edem, self.otieno)
        ]
        grant = st.builds(
            Grant,
            st.sampled_from(POLICIES),
            st.lists(st.sampled_from(accounts), unique=True, min_size=1).map(tuple),
            st.sampled_from(actors),
        )
        grants = data.draw(st.lists(grant, max_size=3).map(tuple))
        name = data.draw(st.sampled_from(MODELS))
        scope = Scope("employee", grants, (self.togo.id, self.kenya.id))
        self.assertEqual(self.visible(name, scope), self.expected(name, scope))

    def test_history_is_seen_with_its_record(self):
        scope = self.scope_of(self.jean)
        env = self.api_env(self.jean, scope)
        rows = env["ov.sa_sale_order_assignment"].search([])
        orders = set(rows.sudo().order_id.ids)
        own = {row[0] for row in self.records["sale.order"]}
        self.assertEqual(orders & own, self.expected("sale.order", scope))

    def test_a_model_without_a_scope_is_refused(self):
        rule = self.env["ir.rule"].with_user(self.env.ref("abs_connector.user_api"))
        rule = rule.with_context(abs_scope=Scope("admin"))
        self.assertEqual(rule._abs_scope_of("res.lang"), [(0, "=", 1)])
        self.assertEqual(self.env["ir.rule"]._abs_scope_of("res.lang"), [])
