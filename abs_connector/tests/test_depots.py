"""Two warehouses in one company: where a sale ships from (docs/contract.md 5)."""

from odoo.tests import Form, tagged

from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestDepots(StockHttpCase):
    def setUp(self):
        super().setUp()
        houses = self.env["stock.warehouse"].sudo()
        self.second, self.third = houses.create(
            [
                {"name": "Test Kara", "code": "TKAR", "company_id": self.togo.id},
                {"name": "Test Sokodé", "code": "TSOK", "company_id": self.togo.id},
            ]
        )
        self.outlet = self.env["ov.outlet"].create(
            {"name": "Shop", "account_id": self.sa_lom.id}
        )

    def quote(self, **extra):
        body = {
            "partner_id": self.marie.id,
            "products": [{"product_id": self.kit.id, "quantity": 1}],
            **extra,
        }
        return self.ok("POST", "/api/quotations", body, 201, who=self.jean)["order"]

    def account_path(self, account):
        return f"/api/service-accounts/{account.id}"

    def test_order_of_precedence(self):
        self.assertEqual(self.quote()["warehouse"]["id"], self.wh_togo.id)
        self.sa_togo.warehouse_id = self.second
        self.assertEqual(self.quote()["warehouse"]["id"], self.second.id)
        row = self.ok(
            "PUT",
            self.account_path(self.sa_lom),
            {"warehouse_id": self.third.id},
            who=self.ama,
        )["service_account"]
        self.assertEqual(row["warehouse"]["id"], self.third.id)
        self.assertEqual(self.quote()["warehouse"]["id"], self.third.id)
        self.outlet.warehouse_id = self.second
        shop = {"outlet_id": self.outlet.id}
        self.assertEqual(self.quote(**shop)["warehouse"]["id"], self.second.id)
        named = self.quote(**shop, warehouse_id=self.wh_togo.id)
        self.assertEqual(named["warehouse"]["id"], self.wh_togo.id)

    def test_inherited_down_the_tree(self):
        self.sa_togo.warehouse_id = self.second
        self.assertEqual(self.sa_lom_a.depot_id, self.second)
        self.sa_lom.warehouse_id = self.third
        self.assertEqual(self.sa_lom_a.depot_id, self.third)
        self.assertEqual(self.sa_kar.depot_id, self.second)
        self.assertFalse(self.sa_nbo.depot_id)
        row = self.ok(
            "PUT", self.account_path(self.sa_lom), {"warehouse_id": None}, who=self.ama
        )["service_account"]
        self.assertIsNone(row["warehouse"])
        self.assertEqual(row["ships_from"]["id"], self.second.id)
        self.second.active = False
        self.assertFalse(self.sa_lom_a.depot_id)

    def test_of_the_own_company_only(self):
        foreign = {"warehouse_id": self.wh_kenya.id}
        path = self.account_path(self.sa_lom)
        self.refused(404, None, "PUT", path, foreign, who=self.ama)
        self.refused(400, "company_mismatch", "PUT", path, foreign, who=self.admin)
        body = {
            "partner_id": self.marie.id,
            "products": [{"product_id": self.kit.id, "quantity": 1}],
            **foreign,
        }
        self.refused(404, None, "POST", "/api/quotations", body, who=self.jean)
        self.refused(
            *(400, "company_mismatch", "POST", "/api/quotations", body),
            who=self.admin,
            sa=self.sa_lom,
        )

    def test_a_serial_of_the_second_warehouse_is_sold_and_delivered(self):
        self.receive(self.kit, ["DEP-1"], warehouse=self.second)
        self.receive(self.kit, ["DEP-2"])
        self.sa_lom.warehouse_id = self.second
        order = self.quote()
        self.ok("POST", f"/api/orders/{order['id']}/confirm", {}, who=self.ama)
        picking = self.env["sale.order"].browse(order["id"]).picking_ids
        self.assertEqual(picking.picking_type_id.warehouse_id, self.second)
        path = f"/api/stock/deliveries/{picking.id}/validate"
        line = {"move_id": picking.move_ids.id, "quantity": 1, "lot_name": "DEP-2"}
        said = self.refused(
            400, "serial_unavailable", "POST", path, {"lines": [line]}, who=self.ama
        )["error"]
        self.assertIn(self.wh_togo.lot_stock_id.display_name, said)
        self.assertIn(self.second.lot_stock_id.display_name, said)
        line["lot_name"] = "DEP-1"
        self.ok("POST", path, {"lines": [line]}, who=self.ama)
        self.assertEqual(picking.move_ids.lot_ids.name, "DEP-1")

    def test_a_change_follows_unless_somebody_chose(self):
        self.outlet.warehouse_id = self.second
        shop = {"outlet_id": self.outlet.id}
        plain, chosen = self.quote(), self.quote(warehouse_id=self.third.id)
        for order, house in ((plain, self.second), (chosen, self.third)):
            row = self.ok("PUT", f"/api/orders/{order['id']}", shop, who=self.jean)
            self.assertEqual(row["order"]["warehouse"]["id"], house.id)
        path = f"/api/orders/{chosen['id']}"
        body = {"warehouse_id": self.wh_togo.id}
        row = self.ok("PUT", path, body, who=self.jean)["order"]
        self.assertEqual(row["warehouse"]["id"], self.wh_togo.id)

    def test_a_quotation_that_goes_to_another_sa(self):
        self.sa_kar.warehouse_id = self.second
        order = self.env["sale.order"].browse(self.quote()["id"])
        order._sa_assign(self.sa_kar, self.edem.partner_id)
        self.assertEqual(order.warehouse_id, self.second)

    def test_the_web_client_takes_the_same(self):
        self.sa_lom.warehouse_id = self.second
        user = self.make_user(
            "seller.depot", "sales_team.group_sale_salesman_all_leads"
        )
        self.kofi.sudo().user_id = user
        orders = self.env["sale.order"].with_user(user)
        orders = orders.with_context(allowed_company_ids=self.togo.ids)
        with Form(orders) as form:
            form.partner_id = self.marie
            form.x_outlet_id = self.outlet
        self.assertEqual(form.record.warehouse_id, self.second)
        self.outlet.warehouse_id = self.third
        with Form(orders) as form:
            form.partner_id = self.marie
            form.x_outlet_id = self.outlet
        self.assertEqual(form.record.warehouse_id, self.third)
        made = orders.create({"partner_id": self.marie.id})
        self.assertEqual(made.x_sa_id, self.sa_lom)
        self.assertEqual(made.warehouse_id, self.second)
        named = {"partner_id": self.marie.id, "warehouse_id": self.wh_togo.id}
        self.assertEqual(orders.create(named).warehouse_id, self.wh_togo)

    def test_readiness_asks_for_it(self):
        def item():
            body = self.ok("GET", "/api/system/readiness", who=self.admin)
            rows = next(
                c["items"]
                for c in body["companies"]
                if c["company"] and c["company"]["id"] == self.togo.id
            )
            return next(row for row in rows if row["code"] == "depots")

        self.assertFalse(item()["ok"])
        self.assertIn("Test Lomé", item()["detail"])
        self.sa_togo.warehouse_id = self.second
        self.assertTrue(item()["ok"])
