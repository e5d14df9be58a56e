"""Receipts and deliveries over HTTP: dialects, codes with their status, roles."""

from odoo.tests import tagged

from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestGoodsApi(StockHttpCase):
    # -- receipts ---------------------------------------------------------------------

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
        battery = {"product_id": self.battery.id, "lots": ["RR-1"]}
        said = refuse(400, "serial_unavailable", battery)["error"]
        self.assertIn(self.kit.name, said)
        self.assertIn(self.stock.display_name, said)
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

    # -- deliveries -------------------------------------------------------------------

    def test_moves_of_a_customers_unit_are_seen_by_its_account_only(self):
        """A swap is an internal transfer, but it names the customer."""
        self.receive(self.kit, ["SW-1", "SW-2"])
        lot = self.env["stock.lot"].search([("name", "=", "SW-1")])
        stamp = {"x_sa_id": self.sa_lom.id, "x_actor_id": self.jean.partner_id.id}
        swap = lot._abs_asset_move(
            self.wh_togo.x_sync_deployed_id,
            self.togo,
            partner_id=self.marie.id,
            **stamp,
        )
        path = f"/api/stock/receipts/{swap.id}"
        self.ok("GET", path, who=self.jean)
        for other in (self.yao, self.edem):
            self.refused(404, "not_found", "GET", path, who=other)
        lot = self.env["stock.lot"].search([("name", "=", "SW-2")])
        plain = lot._abs_asset_move(self.wh_togo.x_loaner_pool_id, self.togo, **stamp)
        self.ok("GET", f"/api/stock/receipts/{plain.id}", who=self.yao)

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
            self.ok("GET", path, key=self.api_key())["delivery"]["id"], picking.id
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
