"""Counts, transfers and scrap over HTTP; a refusal changes nothing."""

from odoo.tests import tagged

from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestStockMovesApi(StockHttpCase):
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
