"""A relationship map asks as often for 50 of everything as for 5 (issue 4)."""

from odoo.tests import tagged

from .assets_common import LifeBuilders
from .http_common import AbsHttpCase

FEW, MANY = 5, 50


@tagged("post_install", "-at_install")
class TestMapCosts(LifeBuilders, AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.serials = [f"MC-{number}" for number in range(MANY)]
        cls.receive(cls.kit, cls.serials)
        plan = cls.env["abs.subscription.plan"].create({"name": "MC", "code": "MC"})
        cls.sub = cls.env["abs.subscription"].create(
            {
                "partner_id": cls.marie.id,
                "plan_id": plan.id,
                "company_id": cls.togo.id,
                "product_id": cls.warranty.id,
                "x_sa_id": cls.sa_lom.id,
            }
        )
        cls.project = cls.env["project.project"]._abs_field_service(cls.togo)

    def make(self, model, vals, number):
        """Create ``number`` records of ``model`` in one batch."""
        records = self.env[model].with_company(self.togo)
        return records.create([vals(n) for n in range(number)])

    def grow(self, serials):
        """Give Marie a unit of each serial, and as many of whatever a map shows."""
        number, marie = len(serials), {"partner_id": self.marie.id}
        stamp = {"x_sa_id": self.sa_lom.id, "company_id": self.togo.id}
        first = serials[: not self.sub.order_id]
        if first:
            self.sub.order_id = self.sell(self.marie, first)
        self.sell(self.marie, serials[len(first) :])
        self.make("sale.order", lambda n: {**marie, **stamp}, number)
        assets = self.env["ov.asset"].search([("lot_id.name", "in", serials)])
        assets.subscription_id = self.sub
        one = self.asset_of(self.serials[0])
        tickets = self.make(
            "helpdesk.ticket",
            lambda n: {
                **marie,
                **stamp,
                "name": f"T {n}",
                "description": "-",
                "x_asset_id": (assets[n] if n % 2 else one).id,
            },
            number,
        )
        kind = self.env["repair.order"]._abs_repair_type(self.togo)
        self.make(
            "repair.order",
            lambda n: {
                **marie,
                **stamp,
                "product_id": self.kit.id,
                "lot_id": one.lot_id.id,
                "x_ticket_id": tickets[n].id,
                "picking_type_id": kind.id,
            },
            number,
        )
        self.make(
            "project.task",
            lambda n: {
                "name": f"K {n}",
                "project_id": self.project.id,
                "x_ticket_id": tickets[n].id,
            },
            number,
        )
        team = self.env["maintenance.team"]._abs_of_company(self.togo)
        self.make(
            "maintenance.request",
            lambda n: {
                **stamp,
                "name": f"R {n}",
                "equipment_id": one.equipment_id.id,
                "maintenance_team_id": team.id,
                "x_ticket_id": tickets[n].id,
            },
            number,
        )
        self.make(
            "account.move",
            lambda n: {
                **marie,
                **stamp,
                "move_type": "out_invoice",
                "x_subscription_id": self.sub.id,
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.installation.id, "price_unit": 10})
                ],
            },
            number,
        )
        self.make(
            "ov.asset.swap",
            lambda n: {
                "asset_id": one.id,
                "loaner_lot_id": assets[n].lot_id.id,
                "reason": "-",
                "state": "returned",
            },
            number,
        )
        one._abs_log([(None, one)] * number, kind="note", note="-")

    def cost(self, path):
        """Return ``(queries, rows of each list)`` of one request, the second of two."""
        for _time in range(2):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            body = self.ok("GET", path, who=self.kofi)
            spent = self.env.cr.sql_log_count - before
        rows = {k: len(v) for k, v in body.items() if isinstance(v, list)}
        return spent, rows

    def test_maps_ask_as_often_for_50_as_for_5(self):
        root = "/api/relationships"
        paths = {
            f"{root}/customers/{self.marie.id}": {
                *("orders", "assets", "equipment", "tickets", "tasks", "repairs"),
                "invoices",
            },
            f"{root}/serials/{self.serials[0]}": {
                *("repairs", "tickets", "requests", "swaps", "history"),
            },
            f"{root}/subscriptions/{self.sub.code}": {
                *("assets", "equipment", "tasks", "tickets", "repairs", "invoices"),
            },
        }
        self.grow(self.serials[:FEW])
        few = {path: self.cost(path) for path in paths}
        self.grow(self.serials[FEW:])
        for path, lists in paths.items():
            with self.subTest(path):
                (before, first), (after, then) = few[path], self.cost(path)
                for name in lists:
                    told = f"{name}: {first[name]}, then {then[name]}"
                    self.assertLess(first[name], 3 * FEW, told)
                    self.assertGreaterEqual(then[name], MANY // 2, told)
                self.assertLessEqual(after, before, f"{first} then {then}")
