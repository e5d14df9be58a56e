"""Reading stock over HTTP: shapes and filters of the reference, who sees what."""

from odoo.tests import tagged

from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestStockApi(StockHttpCase):
    def test_warehouses(self):
        body = self.ok("GET", "/api/warehouses", who=self.jean)
        self.assertEqual(body["total"], len(body["warehouses"]))
        mine = {w["id"]: w for w in body["warehouses"]}
        self.assertIn(self.wh_togo.id, mine)
        self.assertNotIn(self.wh_kenya.id, mine)
        row = mine[self.wh_togo.id]
        self.assertEqual(row["short_name"], self.wh_togo.code)
        self.assertEqual(row["company"], {"id": self.togo.id, "name": self.togo.name})
        places = row["locations"]
        self.assertEqual(
            set(places),
            {
                "input",
                "quality",
                "stock",
                "pack",
                "output",
                "sync_deployed",
                "loaner_pool",
                "service_repair",
            },
        )
        self.assertEqual(places["stock"]["id"], self.stock.id)
        self.assertEqual(places["loaner_pool"]["id"], self.wh_togo.x_loaner_pool_id.id)
        everything = self.ok("GET", "/api/warehouses?limit=200", who=self.admin)
        ids = {w["id"] for w in everything["warehouses"]}
        self.assertLessEqual({self.wh_togo.id, self.wh_kenya.id}, ids)
        key = self.api_key()
        self.ok("GET", "/api/warehouses", key=key)
        self.refused(403, None, "GET", "/api/warehouses", who=self.marie)
        self.refused(401, None, "GET", "/api/warehouses")

    def test_levels(self):
        self.receive(self.kit, ["LV-1", "LV-2"])
        self.receive(self.cable, 9)
        self.receive(self.cable, 4, warehouse=self.wh_kenya)
        self.sale((self.cable, 2))
        path = f"/api/stock/levels?product_id={self.cable.id}"
        body = self.ok("GET", path, who=self.jean)
        self.assertEqual(body["total"], 1)
        (row,) = body["levels"]
        self.assertEqual(row["product"], {"id": self.cable.id, "name": "Test Cable"})
        self.assertEqual(row["location"]["id"], self.stock.id)
        figures = (row["qty_on_hand"], row["qty_reserved"], row["qty_available"])
        self.assertEqual(figures, (9.0, 2.0, 7.0))
        self.assertEqual(self.ok("GET", path, who=self.admin)["total"], 2)
        other = self.ok("GET", path, who=self.admin, sa=self.sa_nbo)
        self.assertEqual([r["qty_on_hand"] for r in other["levels"]], [4.0])
        path += f"&warehouse_id={self.wh_kenya.id}"
        self.assertEqual(self.ok("GET", path, who=self.jean)["total"], 0)
        pages = [
            self.ok("GET", f"/api/stock/levels?limit=1&page={n}", who=self.jean)
            for n in (1, 2)
        ]
        total = self.ok("GET", "/api/stock/levels?limit=200", who=self.jean)["total"]
        self.assertEqual([p["total"] for p in pages], [total, total])
        self.assertNotEqual(pages[0]["levels"], pages[1]["levels"])
        later = "/api/stock/levels?updated_since=2100-01-01"
        self.assertEqual(self.ok("GET", later, who=self.jean)["total"], 0)
        self.refused(400, None, "GET", "/api/stock/levels?limit=201", who=self.jean)
        self.refused(400, None, "GET", "/api/stock/levels?colour=red", who=self.jean)

    def test_level_of_a_product(self):
        self.receive(self.cable, 9)
        self.sale((self.cable, 2))
        self.receive_ok({"product_id": self.cable.id, "qty": 5}, validate=False)
        self.receive(self.cable, 100, warehouse=self.wh_kenya)
        body = self.ok("GET", f"/api/stock/levels/{self.cable.id}", who=self.jean)
        self.assertEqual(body["product"]["default_code"], "T-CABLE")
        self.assertEqual(body["product"]["tracking"], "none")
        self.assertEqual(
            body["totals"],
            {
                "qty_on_hand": 9.0,
                "qty_reserved": 2.0,
                "qty_available": 7.0,
                "qty_forecasted": 12.0,
            },
        )
        self.assertEqual(len(body["by_location"]), 1)
        path = f"/api/stock/levels/{self.cable.id}?warehouse_id={self.wh_kenya.id}"
        body = self.ok("GET", path, who=self.admin)
        self.assertEqual(body["totals"]["qty_forecasted"], 100.0)
        empty = self.ok("GET", path, who=self.jean)
        self.assertEqual(empty["totals"]["qty_forecasted"], 0.0)
        self.refused(404, "not_found", "GET", "/api/stock/levels/0", who=self.jean)

    def test_lots(self):
        self.receive(self.kit, ["LOT-1", "LOT-2"])
        self.receive(self.kit, ["LOT-KE"], warehouse=self.wh_kenya)
        body = self.ok("GET", "/api/stock/lots?q=lot-", who=self.jean)
        self.assertEqual([lot["serial"] for lot in body["lots"]], ["LOT-1", "LOT-2"])
        self.assertEqual(body["lots"][0]["qty_on_hand"], 1.0)
        self.assertEqual(body["lots"][0]["product"]["id"], self.kit.id)
        body = self.ok("GET", "/api/stock/lots?serial=LOT-1", who=self.jean)
        self.assertEqual(body["total"], 1)
        path = f"/api/stock/lots?product_id={self.battery.id}"
        self.assertEqual(self.ok("GET", path, who=self.jean)["total"], 0)
        here = self.ok("GET", "/api/stock/lots?q=lot-", who=self.ama, sa=self.sa_lom)
        self.assertEqual(here["total"], 2, "X-SA-ID narrows to the SA's company")
        self.refused(404, "not_found", "GET", "/api/stock/lots/LOT-KE", who=self.jean)
        body = self.ok("GET", "/api/stock/lots/LOT-KE", who=self.admin)
        self.assertEqual(
            body["locations"][0]["location"]["id"], self.wh_kenya.lot_stock_id.id
        )

    def test_locate_a_serial(self):
        for name in ("SN/2026/1", "SN.2026.2", "SN 2026 Ö"):
            self.receive(self.kit, [name])
            body = self.ok("GET", f"/api/stock/lots/{name}", who=self.jean)
            self.assertEqual(body["lot"]["serial"], name)
            self.assertEqual(body["locations"][0]["qty_available"], 1.0)
            self.assertIsNone(body["with_customer"])
        delivery = self.sale((self.kit, 1)).picking_ids
        delivery._api_validate([{"product_id": self.kit.id, "lots": ["SN/2026/1"]}])
        body = self.ok("GET", "/api/stock/lots/SN/2026/1", who=self.jean)
        self.assertEqual(body["lot"]["qty_on_hand"], 0)
        self.assertEqual(body["locations"], [])
        where = body["with_customer"]
        self.assertEqual(where["customer"]["id"], self.marie.id)
        self.assertEqual(where["delivery"]["id"], delivery.id)
        # Another SA of the company sees that it is sold, not to whom.
        body = self.ok("GET", "/api/stock/lots/SN/2026/1", who=self.edem)
        self.assertIsNone(body["with_customer"]["customer"])
        self.assertIsNone(body["with_customer"]["delivery"])
        self.assertNotIn("Marie", str(body))
        self.refused(404, "not_found", "GET", "/api/stock/lots/NEVER", who=self.jean)

    def test_one_name_two_products(self):
        flour = self.make_product(
            "Test Flour", "T-FLR", 2, type="consu", is_storable=True, tracking="lot"
        )
        self.receive(self.kit, ["SAME"])
        self.receive_ok({"product_id": flour.id, "qty": 3, "lot_name": "SAME"})
        said = self.refused(
            400, "ambiguous_serial", "GET", "/api/stock/lots/SAME", who=self.jean
        )
        self.assertIn("Test Flour", said["error"])
        path = f"/api/stock/lots/SAME?product_id={flour.id}"
        body = self.ok("GET", path, who=self.jean)
        self.assertEqual(body["locations"][0]["qty_on_hand"], 3.0)

    def test_movements(self):
        self.receive(self.kit, ["MV-1"])
        self.receive(self.cable, 5)
        self.receive(self.cable, 5, warehouse=self.wh_kenya)
        picking = self.sale((self.kit, 1)).picking_ids
        self.ok("POST", f"/api/stock/deliveries/{picking.id}/validate", who=self.jean)
        lot = self.env["stock.lot"].search([("name", "=", "MV-1")])
        body = self.ok("GET", f"/api/stock/movements?lot_id={lot.id}", who=self.edem)
        self.assertEqual(
            [m["type"] for m in body["movements"]], ["outgoing", "incoming"]
        )
        first = body["movements"][0]
        self.assertEqual(first["reference"], picking.name)
        self.assertEqual(first["picking"]["id"], picking.id)
        self.assertEqual(first["from_location"]["id"], self.stock.id)
        self.assertEqual((first["qty_ordered"], first["qty_done"]), (1.0, 1.0))
        self.assertEqual(first["lot_ids"], lot.ids)
        self.assertNotIn("Marie", str(body))
        mine = f"/api/stock/movements?product_id={self.cable.id}"
        self.assertEqual(self.ok("GET", mine, who=self.edem)["total"], 1)
        self.assertEqual(self.ok("GET", mine, who=self.admin)["total"], 2)
        today = self.env.cr.now().date()
        for query, total in (
            ("picking_type=outgoing", 1),
            ("picking_type=incoming", 2),
            ("picking_type=internal", 0),
            (f"location_id={self.stock.id}", 3),
            (f"date_from={today}", 3),
            (f"date_to={today}", 3),
            ("date_to=2020-01-01", 0),
            ("date_from=2100-01-01", 0),
        ):
            found = self.ok("GET", f"/api/stock/movements?{query}", who=self.edem)
            own = (self.kit.id, self.cable.id)
            rows = [m for m in found["movements"] if m["product"]["id"] in own]
            self.assertEqual(len(rows), total, query)
        for query in ("picking_type=sideways", "date_from=yesterday"):
            path = f"/api/stock/movements?{query}"
            self.refused(400, "invalid_input", "GET", path, who=self.edem)

    def test_a_shelf_and_the_way_between_companies(self):
        self.receive(self.kit, ["WAY-1", "WAY-2"])
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id, "company_id": self.togo.id}
        )
        for name in ("WAY-1", "WAY-2"):
            lot = self.env["stock.lot"].search([("name", "=", name)])
            lot._abs_asset_move(shelf, self.togo)
        picking = self.sale((self.kit, 1)).picking_ids
        picking._api_validate([{"product_id": self.kit.id, "lots": ["WAY-1"]}])
        path = f"/api/stock/movements?location_id={shelf.id}"
        rows = self.ok("GET", path, who=self.jean)["movements"]
        self.assertEqual(
            [r["type"] for r in rows], ["outgoing", "internal", "internal"]
        )
        self.assertEqual(rows[0]["from_location"]["id"], shelf.id)
        out, _into = self.env["stock.picking"]._api_transfer(
            {
                "from_location_id": shelf.id,
                "to_location_id": self.wh_kenya.lot_stock_id.id,
                "validate": False,
                "lines": [{"product_id": self.kit.id, "lots": ["WAY-2"]}],
            }
        )
        out._api_validate()
        body = self.ok("GET", "/api/stock/lots/WAY-2", who=self.admin)
        self.assertEqual(body["locations"], [])
        self.assertEqual(body["in_transit"]["id"], out.location_dest_id.id)
        # What moved has changed, for a phone that asks for news.
        lot = self.env["stock.lot"].search([("name", "=", "WAY-2")])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_lot SET write_date = '2020-01-01' WHERE id = %s", lot.ids
        )
        query = "?updated_since=2024-01-01&serial=WAY-2"
        self.assertEqual(
            self.ok("GET", f"/api/stock/lots{query}", who=self.jean)["total"], 1
        )
        # the half that leaves is no customer's delivery: staff of the company see it
        rows = self.ok("GET", "/api/stock/deliveries?state=done", who=self.admin)
        self.assertNotIn(out.id, [row["id"] for row in rows["deliveries"]])
        path = f"/api/stock/receipts/{out.id}"
        self.assertEqual(self.ok("GET", path, who=self.kofi)["receipt"]["id"], out.id)
