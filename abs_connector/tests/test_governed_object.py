"""A new governed object, in fifteen lines: made, loaded, and sold through.

The model is written as its addon would write it, loaded into the registry of this class
as Odoo loads an addon, and taken out again. All else follows from it.
"""

import inspect
from types import SimpleNamespace

from odoo.models import MetaModel
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..scope import Scope
from .common import AbsCommon

MODULE = "abs_pump"
SOURCE = """
from odoo import fields, models
from odoo.addons.abs_connector.models.scope.ov_sa_assignment import governed

@governed("ov.sa_pump_assignment", subject="pump_id", title="Pumps")
class Pump(models.Model):
    _name = "abs.pump"
    _description = "Pump"
    _inherit = "abs.stamp.mixin"
    _sa_source_fields = ("order_id",)

    name = fields.Char(related="order_id.name")
    order_id = fields.Many2one("sale.order")
    partner_id = fields.Many2one(related="order_id.partner_id", store=True)
"""


@tagged("post_install", "-at_install")
class TestGovernedObject(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Taken out first; then the transaction is undone, and Odoo's own last cleanup
        # sets the registry up again, because it was invalidated.
        cls.addClassCleanup(cls.take_out)
        scope = {"__name__": f"odoo.addons.{MODULE}.models"}
        exec(SOURCE, scope)  # noqa: S102
        module, cr, registry = SimpleNamespace(name=MODULE), cls.env.cr, cls.registry
        if "cr" in inspect.signature(registry.load).parameters:
            registry.load(cr, module)
            registry.setup_models(cr)
        else:
            registry.load(module)
            registry._setup_models__(cr)
        cls.env["ir.module.module"].create({"name": MODULE, "state": "installed"})
        cls.models = [cls_._name for cls_ in cls.definitions()]
        registry.init_models(cr, cls.models, {"module": MODULE})
        cls.env["abs.derived"]._make()

    @classmethod
    def by_module(cls):
        name = "module_to_models"
        return getattr(MetaModel, name, None) or getattr(MetaModel, f"_{name}__")

    @classmethod
    def definitions(cls):
        return cls.by_module()[MODULE]

    @classmethod
    def take_out(cls):
        for name in [definition._name for definition in cls.definitions()]:
            if name in cls.registry:
                del cls.registry[name]
        cls.by_module().pop(MODULE)

    def setUp(self):
        super().setUp()
        self.receive(self.kit, ["PUMP-1"])
        self.order = self.quotation(self.marie, [(self.kit, 1)])
        self.order.action_confirm()
        self.pump = self.env["abs.pump"].create({"order_id": self.order.id})

    def seen_by(self, employee=None, scope=None):
        """Return the pumps that a caller of the API finds."""
        env = self.api_env(employee, scope)
        return env["abs.pump"].search([]).with_env(self.env)

    def history(self):
        rows = self.env["ov.sa_pump_assignment"].search([], order="id")
        return rows.filtered(lambda r: r.pump_id == self.pump)

    def test_it_is_written_in_fifteen_lines(self):
        lines = [line for line in SOURCE.splitlines() if line.strip()]
        self.assertLessEqual(len(lines), 15)
        self.assertEqual(self.models, ["abs.pump", "ov.sa_pump_assignment"])

    def test_it_takes_the_stamp_of_its_order(self):
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.pump.x_sa_id, self.sa_lom)
        self.assertEqual(self.pump.x_actor_id, self.jean.partner_id)
        row = self.history()
        self.assertEqual((row.state, row.source), ("active", "inherit:sale.order"))
        self.assertEqual(row.account_id, self.sa_lom)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                row.copy()

    def test_it_is_seen_by_who_is_in_charge(self):
        own = Scope("customer", customer_id=self.marie.id)
        for seen, caller in (
            (True, {"employee": self.jean}),
            (True, {"employee": self.kofi}),
            (True, {"employee": self.admin}),
            (True, {"scope": own}),
            (False, {"employee": self.afi}),
            (False, {"employee": self.yao}),
            (False, {"scope": Scope("customer", customer_id=self.paul.id)}),
            (False, {"scope": Scope()}),
        ):
            with self.subTest(**caller):
                found = self.seen_by(**caller)
                self.assertEqual(found, self.pump if seen else self.pump.browse())
        rows = self.api_env(self.afi)["ov.sa_pump_assignment"].search([])
        self.assertFalse(rows)

    def test_reassigning_moves_it(self):
        staff = self.api_env(self.kofi)
        self.pump.with_env(staff).sudo()._api_assign(actor_id=self.afi.partner_id.id)
        self.assertEqual(self.seen_by(self.afi), self.pump)
        self.assertFalse(self.seen_by(self.jean))
        self.assertEqual(self.history().mapped("state"), ["transferred", "active"])
        # with its order it goes along
        self.order.with_env(staff).sudo()._api_assign(actor_id=self.kofi.partner_id.id)
        self.assertFalse(self.seen_by(self.afi))
        self.assertEqual(self.pump.x_actor_id, self.kofi.partner_id)
        self.assertEqual(self.history()[-1].source, "cascade:sale.order")
        found = [row for row in self.env["abs.audit"].run() if "pump" in row["model"]]
        self.assertEqual(found, [])

    def test_its_history_has_a_screen(self):
        user = self.make_user("web-pump", "abs_connector.group_user")
        action = self.env.ref("abs_connector.ov_sa_pump_assignment_action")
        menu = self.env.ref("abs_connector.menu_ov_sa_pump_assignment")
        self.assertEqual((menu.name, menu.action), ("Pumps", action))
        model = self.env[action.res_model].with_user(user)
        model = model.with_context(allowed_company_ids=self.togo.ids)
        views = model.get_views([(False, kind) for kind in ("list", "form", "search")])
        self.assertIn('name="pump_id"', views["views"]["list"]["arch"])
        row = model.search([])
        self.assertEqual(row.read(["display_name", "state"])[0]["state"], "active")
        domain = self.pump.action_assignments()["domain"]
        self.assertEqual(model.search(domain), row)
