"""Stock over HTTP: shapes of the reference, codes with their status, who may what."""

from odoo import fields
from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestStockApi(AbsHttpCase):
    def setUp(self):
        super().setUp()
        self.stock = self.wh_togo.lot_stock_id
        self.base = {"warehouse_id": self.wh_togo.id}

    def reader_key(self):
        """A key that was used just now: noting its use needs a cursor of its own."""
        return self.api_key(last_used=fields.Datetime.now())

    def receive_ok(self, *lines, **more):
        body = {**self.base, "lines": list(lines), **more}
        return self.ok("POST", "/api/stock/receive", body, who=self.kofi, status=201)[
            "picking"
        ]

    def sale(self, *lines, partner=None):
        order = self.quotation(partner or self.marie, lines)
        order.action_confirm()
        return order

    # -- reading -----------------------------------------------------------------------

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
        key = self.reader_key()
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
        delivery.abs_validate([{"product_id": self.kit.id, "lots": ["SN/2026/1"]}])
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
            400, "ambiguous_lot", "GET", "/api/stock/lots/SAME", who=self.jean
        )
        self.assertIn("Test Flour", said["error"])
        path = f"/api/stock/lots/SAME?product_id={flour.id}"
        body = self.ok("GET", path, who=self.jean)
        self.assertEqual(body["locations"][0]["qty_on_hand"], 3.0)

    # -- receipts ----------------------------------------------------------------------

    def test_receive_in_all_dialects(self):
        supplier = self.make_customer("Oves Factory", supplier_rank=1, customer_rank=0)
        body = {
            **self.base,
            "partner_id": supplier.id,
            "validate": True,
            "lines": [
                {"product_id": self.kit.id, "qty": 1, "lot_name": "DI-1"},
                {"product_id": self.kit.id, "qty": 1, "lot_name": "DI-2"},
                {"product_id": self.cable.id, "quantity": 5},
            ],
        }
        path = "/api/stock/receive"
        answer = self.ok("POST", path, body, who=self.kofi, status=201)
        self.assertEqual(answer["message"], "Goods receipt created and validated")
        picking = answer["picking"]
        self.assertEqual(picking["state"], "done")
        self.assertEqual(picking["partner"]["id"], supplier.id)
        self.assertEqual(picking["sa"]["id"], self.sa_lom.id)
        body = {
            **self.base,
            "supplier_id": supplier.id,
            "scheduled_date": "2026-04-25",
            "lines": [
                {"product_id": self.kit.id, "quantity": 2, "lots": ["DI-3", "DI-4"]}
            ],
        }
        path = "/api/warehouse/receive"
        picking = self.ok("POST", path, body, who=self.ama, status=201)["picking"]
        self.assertEqual(picking["state"], "done")
        self.assertEqual(len(picking["lines"][0]["lot_ids"]), 2)
        body["lines"][0]["lots"] = ["DI-5", "DI-6"]
        body["validate"] = False
        answer = self.ok("POST", path, body, who=self.ama, status=201)
        self.assertEqual(answer["message"], "Goods receipt created")
        self.assertEqual(answer["picking"]["state"], "assigned")
        self.assertEqual(answer["picking"]["scheduled_date"], "2026-04-25 00:00:00")
        rows = self.ok("GET", "/api/stock/receipts", who=self.jean)["receipts"]
        row = next(r for r in rows if r["id"] == answer["picking"]["id"])
        self.assertEqual(row["supplier"], {"id": supplier.id, "name": "Oves Factory"})
        self.assertEqual(row["location_to"]["id"], self.stock.id)
        self.assertEqual(row["move_count"], 1)
        path = f"/api/stock/receipts/{row['id']}"
        self.refused(403, "role_required", "POST", f"{path}/validate", who=self.jean)
        done = self.ok("POST", f"{path}/validate", who=self.ama)
        self.assertEqual(done["receipt"]["state"], "done")
        self.assertEqual(done["receipt"]["lines"][0]["qty_done"], 2.0)
        self.refused(409, "receipt_done", "POST", f"{path}/validate", who=self.ama)
        listed = self.ok("GET", "/api/stock/receipts?state=done", who=self.jean)
        self.assertIn(row["id"], [r["id"] for r in listed["receipts"]])
        detail = self.ok("GET", path, who=self.jean)["receipt"]
        self.assertEqual(detail["supplier"]["id"], supplier.id)

    def test_receive_refusals(self):
        def refuse(status, code, *lines, who=self.kofi, **more):
            return self.refused(
                status,
                code,
                "POST",
                "/api/stock/receive",
                {**self.base, "lines": list(lines), **more},
                who=who,
            )

        kit = {"product_id": self.kit.id}
        self.receive_ok({**kit, "lots": ["RR-1"]})
        said = refuse(400, "serial_unavailable", {**kit, "lots": ["RR-1"]})
        self.assertIn(self.stock.display_name, said["error"])
        refuse(400, "duplicate_serial", {**kit, "lots": ["RR-2", "RR-2"]})
        refuse(400, "serial_required", {**kit, "qty": 10, "lot_name": "RR-2"})
        refuse(400, "serial_required", {**kit, "qty": 2})
        refuse(400, "invalid_input", {**kit})
        refuse(400, "invalid_input", {**kit, "qty": -1, "lot_name": "RR-2"})
        refuse(400, "invalid_input", {**kit, "qty": "many", "lot_name": "RR-2"})
        refuse(400, "invalid_input", {**kit, "lots": ["RR-2"], "colour": "red"})
        refuse(400, "invalid_input", {**kit, "lots": [""]})
        refuse(400, "invalid_input")
        refuse(404, "not_found", {"product_id": 2**31 - 1, "qty": 1})
        refuse(403, "role_required", {**kit, "lots": ["RR-2"]}, who=self.jean)
        # Kenya's staff do not see Togo's warehouse.
        refuse(404, "not_found", {**kit, "lots": ["RR-2"]}, who=self.wanjiru)
        self.assertFalse(self.env["stock.lot"].search([("name", "=", "RR-2")]))

    # -- deliveries --------------------------------------------------------------------

    def test_delivery_list_detail_and_validate(self):
        self.receive(self.kit, ["DV-1", "DV-2", "DV-3"])
        self.receive(self.cable, 9)
        order = self.sale((self.kit, 2), (self.cable, 3))
        picking = order.picking_ids
        rows = self.ok("GET", "/api/stock/deliveries?state=ready", who=self.jean)
        (row,) = rows["deliveries"]
        self.assertEqual(rows["total"], 1)
        self.assertEqual(row["id"], picking.id)
        self.assertEqual(row["state"], "assigned")
        self.assertEqual(row["partner"]["id"], self.marie.id)
        self.assertEqual(row["sale_order"], {"id": order.id, "name": order.name})
        self.assertEqual(row["origin"], order.name)
        self.assertEqual(row["location_from"]["id"], self.stock.id)
        self.assertEqual(row["move_count"], 2)
        self.assertIsNone(row["date_done"])
        for query, found in (
            ("", 1),
            (f"?sale_order_id={order.id}", 1),
            (f"?warehouse_id={self.wh_togo.id}", 1),
            (f"?warehouse_id={self.wh_kenya.id}", 0),
            ("?state=done", 0),
        ):
            path = f"/api/stock/deliveries{query}"
            self.assertEqual(self.ok("GET", path, who=self.jean)["total"], found, path)
        path = f"/api/stock/deliveries/{picking.id}"
        detail = self.ok("GET", path, who=self.jean)["delivery"]
        line = next(r for r in detail["lines"] if r["product"]["id"] == self.kit.id)
        self.assertEqual((line["qty_ordered"], line["qty_done"]), (2.0, 0.0))
        self.assertEqual(len(line["lot_ids"]), 2)
        self.assertIsNone(detail["note"])
        self.assertEqual(len(line["move_lines"]), 2)
        # One serial for two units; then a part; the rest is on the backorder.
        body = {"lines": [{"move_id": line["id"], "qty_done": 2.0, "lot_name": "DV-3"}]}
        for status, code, extra in (
            (400, "serial_required", {}),
            (400, "serial_required", {"force_backorder": True}),
        ):
            self.refused(
                status,
                code,
                "POST",
                f"{path}/validate",
                {**body, **extra},
                who=self.jean,
            )
        body["lines"][0]["qty_done"] = 1
        body["force_backorder"] = True
        done = self.ok("POST", f"{path}/validate", body, who=self.jean)
        self.assertEqual(done["delivery"]["state"], "done")
        self.assertTrue(done["delivery"]["date_done"])
        self.assertTrue(done["message"].startswith("Delivery validated"))
        (rest,) = done["delivery"]["backorders"]
        self.assertIn(rest["name"], done["message"])
        self.refused(409, "delivery_done", "POST", f"{path}/validate", who=self.jean)
        answer = self.ok(
            "POST", f"/api/stock/deliveries/{rest['id']}/validate", who=self.jean
        )
        self.assertEqual(answer["message"], "Delivery validated")
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 3])
        self.assertEqual(
            self.ok("GET", path, key=self.reader_key())["delivery"]["id"], picking.id
        )

    def test_delivery_by_lot_id_and_move_line_id(self):
        self.receive(self.kit, ["ML-1", "ML-2"])
        picking = self.sale((self.kit, 1)).picking_ids
        lot = self.env["stock.lot"].search([("name", "=", "ML-2")])
        line = picking.move_line_ids
        body = {"lines": [{"move_line_id": line.id, "lot_id": lot.id, "qty_done": 1}]}
        path = f"/api/stock/deliveries/{picking.id}/validate"
        done = self.ok("POST", path, body, who=self.jean)["delivery"]
        self.assertEqual(done["lines"][0]["lot_ids"], lot.ids)

    def test_delivery_refusals(self):
        self.receive(self.kit, ["RF-1", "RF-2"])
        self.receive(self.kit, ["RF-KE"], warehouse=self.wh_kenya)
        self.receive(self.battery, ["RF-B"])
        picking = self.sale((self.kit, 1)).picking_ids
        path = f"/api/stock/deliveries/{picking.id}/validate"
        move = picking.move_ids.id

        def refuse(status, code, line=None, **more):
            body = {"lines": [{"move_id": move, **line}]} if line else {}
            return self.refused(
                status, code, "POST", path, {**body, **more}, who=self.jean
            )

        refuse(400, "serial_unavailable", {"lot_name": "NEVER"})
        refuse(400, "serial_unavailable", {"lot_name": "RF-B"})
        said = refuse(400, "serial_unavailable", {"lot_name": "RF-KE"})
        self.assertIn(self.kenya.name, said["error"])
        refuse(400, "quantity_exceeded", {"lots": ["RF-1", "RF-2"]})
        refuse(400, "duplicate_serial", {"qty_done": 1, "lots": ["RF-1", "RF-1"]})
        refuse(404, "not_found", {"move_id": 2**31 - 1, "lot_name": "RF-1"})
        lot = self.env["stock.lot"].search([("name", "=", "RF-KE")])
        refuse(404, "not_found", {"lot_id": lot.id})
        self.refused(
            400,
            "invalid_input",
            "POST",
            path,
            {"lines": [{"qty_done": 1}]},
            who=self.jean,
        )
        # Who else: another agent, another SA, a customer; a receipt under this path.
        for person in (self.afi, self.edem, self.wanjiru):
            self.refused(404, "not_found", "POST", path, who=person)
        self.refused(403, None, "POST", path, who=self.marie)
        receipt = self.receive(self.cable, 1)
        for verb in ("", "/validate", "/return"):
            self.refused(
                404,
                "not_found",
                "POST" if verb else "GET",
                f"/api/stock/deliveries/{receipt.id}{verb}",
                who=self.admin,
            )
        self.refused(
            404, "not_found", "GET", f"/api/stock/receipts/{picking.id}", who=self.admin
        )
        self.assertEqual(picking.state, "assigned")

    def test_shortage(self):
        self.receive(self.cable, 3)
        picking = self.sale((self.cable, 5)).picking_ids
        path = f"/api/stock/deliveries/{picking.id}/validate"
        said = self.refused(400, "insufficient_stock", "POST", path, who=self.jean)
        self.assertIn("Insufficient stock", said["error"])
        (detail,) = said["details"]
        self.assertEqual((detail["asked"], detail["available"]), (5.0, 3.0))
        self.assertEqual(detail["product"]["id"], self.cable.id)
        done = self.ok("POST", path, {"force_backorder": True}, who=self.jean)
        self.assertEqual(done["delivery"]["lines"][0]["qty_done"], 3.0)

    def test_return(self):
        self.receive(self.kit, ["RT-1", "RT-2"])
        picking = self.sale((self.kit, 2)).picking_ids
        path = f"/api/stock/deliveries/{picking.id}"
        self.refused(400, "delivery_not_done", "POST", f"{path}/return", who=self.jean)
        self.ok("POST", f"{path}/validate", who=self.jean)
        line = {"move_id": picking.move_ids.id, "quantity": 1, "lots": ["RT-1"]}
        body = {"lines": [line], "reason": "broken display"}
        for person in (self.afi, self.edem):
            self.refused(404, "not_found", "POST", f"{path}/return", body, who=person)
        back = self.ok("POST", f"{path}/return", body, who=self.jean, status=201)
        back = back["picking"]
        self.assertEqual((back["state"], back["note"]), ("done", "broken display"))
        self.refused(
            400, "serial_unavailable", "POST", f"{path}/return", body, who=self.jean
        )
        where = self.ok("GET", "/api/stock/lots/RT-1", who=self.jean)
        self.assertEqual(where["locations"][0]["location"]["id"], self.stock.id)
        # The return belongs to the SA: another one does not see it among receipts.
        done = "/api/stock/receipts?state=done&limit=100"
        seen = self.ok("GET", done, who=self.jean)["receipts"]
        self.assertIn(back["id"], [r["id"] for r in seen])
        seen = self.ok("GET", done, who=self.yao)["receipts"]
        self.assertNotIn(back["id"], [r["id"] for r in seen])

    # -- other movements ---------------------------------------------------------------

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

    def test_adjustment(self):
        self.receive(self.kit, ["AD-1"])
        self.receive(self.cable, 5)
        lot = self.env["stock.lot"].search([("name", "=", "AD-1")])
        body = {
            **self.base,
            "reason": "Physical count June 2025",
            "lines": [
                {"product_id": self.kit.id, "lot_id": lot.id, "quantity_counted": 0},
                {"product_id": self.cable.id, "quantity_counted": 7.0},
            ],
        }
        answer = self.ok("POST", "/api/stock/adjustment", body, who=self.kofi)
        rows = answer["adjustment"]["lines"]
        self.assertEqual([r["qty_difference"] for r in rows], [-1.0, 2.0])
        self.assertEqual(rows[0]["lot"], {"id": lot.id, "name": "AD-1"})
        self.assertEqual(self.cable.with_company(self.togo).qty_available, 7)
        self.ok("POST", "/api/stock/adjust", body, who=self.ama)
        path = f"/api/stock/movements?product_id={self.cable.id}"
        moves = self.ok("GET", path, who=self.jean)["movements"]
        self.assertEqual(moves[0]["type"], "adjustment")
        self.assertEqual(moves[0]["reference"], "Physical count June 2025")
        path = "/api/stock/adjustment"
        self.refused(403, "role_required", "POST", path, body, who=self.jean)
        self.refused(404, "not_found", "POST", path, body, who=self.wanjiru)
        del body["reason"]
        self.refused(400, "invalid_input", "POST", path, body, who=self.kofi)

    def test_transfer_and_scrap(self):
        self.receive(self.kit, ["TR-1", "TR-2"])
        lot = self.env["stock.lot"].search([("name", "=", "TR-1")])
        pool = self.wh_togo.x_loaner_pool_id
        body = {
            "from_location_id": self.stock.id,
            "to_location_id": pool.id,
            "validate": True,
            "lines": [{"product_id": self.kit.id, "qty": 1, "lot_id": lot.id}],
        }
        path = "/api/stock/transfer"
        self.refused(403, "role_required", "POST", path, body, who=self.jean)
        answer = self.ok("POST", path, body, who=self.kofi, status=201)
        self.assertEqual(answer["picking"]["state"], "done")
        said = self.refused(
            400, "serial_unavailable", "POST", path, body, who=self.kofi
        )
        self.assertIn("Loaner Pool", said["error"])
        there = {**body, "to_location_id": self.wh_kenya.lot_stock_id.id}
        there["from_location_id"] = pool.id
        self.refused(404, "not_found", "POST", path, there, who=self.kofi)
        answer = self.ok("POST", path, there, who=self.admin, status=201)["picking"]
        self.assertEqual([p["state"] for p in answer["pickings"]], ["done", "done"])
        self.assertEqual(lot._abs_place(), self.wh_kenya.lot_stock_id)
        body = {"product_id": self.kit.id, "lot_name": "TR-2", "reason": "crushed"}
        path = "/api/stock/scrap"
        self.refused(403, "role_required", "POST", path, body, who=self.jean)
        scrap = self.ok("POST", path, body, who=self.kofi, status=201)["scrap"]
        self.assertEqual((scrap["state"], scrap["reason"]), ("done", "crushed"))
        self.refused(400, "serial_unavailable", "POST", path, body, who=self.kofi)

    def test_a_refusal_changes_nothing(self):
        self.receive(self.kit, ["NO-1"])
        before = self.env["stock.picking"].search_count([])
        body = {
            **self.base,
            "lines": [
                {"product_id": self.cable.id, "qty": 5},
                {"product_id": self.kit.id, "lots": ["NO-1"]},
            ],
        }
        self.refused(
            400, "serial_unavailable", "POST", "/api/stock/receive", body, who=self.kofi
        )
        self.assertEqual(self.env["stock.picking"].search_count([]), before)
        self.assertEqual(self.cable.with_company(self.togo).qty_available, 0)
