"""Assets, swaps, tickets, repairs, relationship maps over HTTP, with their refusals."""

from odoo.tests import tagged

from .assets_common import LifeBuilders
from .http_common import AbsHttpCase

SHAPE = {
    "id",
    "name",
    "asset_code",
    "product",
    "lot",
    "partner",
    "order",
    "subscription",
    "equipment",
    "location",
    "installation_date",
    "state",
    "sa",
    "actor",
}
TICKET = {
    "id",
    "number",
    "subject",
    "description",
    "priority",
    "stage",
    "closed",
    "partner",
    "asset",
    "equipment",
    "order",
    "sa",
    "actor",
    "create_date",
}


@tagged("post_install", "-at_install")
class TestAssetsHttp(LifeBuilders, AbsHttpCase):
    def setUp(self):
        super().setUp()
        self.receive(self.kit, ["H-1", "H-2", "H-3", "H-4"])
        self.order = self.sell(self.marie, ["H-1"])
        self.asset = self.asset_of("H-1")

    # ------------------------------------------------------------ assets
    def test_list_detail_scope(self):
        body = self.ok("GET", "/api/assets", who=self.jean)
        self.assertEqual([row["id"] for row in body["items"]], self.asset.ids)
        row = body["items"][0]
        self.assertLessEqual(SHAPE, set(row))
        self.assertEqual(row["partner"]["id"], self.marie.id)
        self.assertEqual(row["lot"]["name"], "H-1")
        self.assertEqual(row["equipment"]["id"], self.asset.equipment_id.id)
        path = f"/api/assets/{self.asset.id}"
        asset = self.ok("GET", path, who=self.kofi)["asset"]
        self.assertEqual(
            [e["kind"] for e in asset["history"]], ["delivered", "received"]
        )
        for other in (self.afi, self.edem, self.otieno):
            self.refused(404, "not_found", "GET", path, who=other)
            self.assertEqual(self.ok("GET", "/api/assets", who=other)["total"], 0)
            self.refused(404, "not_found", "PUT", path, {"note": "x"}, who=other)
        self.refused(403, None, "GET", path, who=self.marie)
        self.refused(401, None, "GET", path)
        key = self.api_key()
        self.assertEqual(self.ok("GET", path, key=key)["asset"]["id"], self.asset.id)

    def test_filters(self):
        self.sell(self.marie, ["H-2"])
        for query, total in (
            ("state=active", 2),
            ("state=inactive", 0),
            (f"partner_id={self.marie.id}", 2),
            (f"partner_id={self.paul.id}", 0),
            (f"sa_id={self.sa_lom.id}", 2),
            ("serial=H-2", 1),
            ("asset_code=H-1", 1),
            (f"order_id={self.order.id}", 1),
            ("limit=1&page=2", 2),
        ):
            body = self.ok("GET", f"/api/assets?{query}", who=self.kofi)
            self.assertEqual(body["total"], total, query)
        self.refused(400, None, "GET", "/api/assets?colour=red", who=self.kofi)
        self.refused(400, None, "GET", "/api/assets?state=lost", who=self.kofi)

    def test_register(self):
        vals = {
            "name": "Solar Kit 200W",
            "asset_code": "H-1",
            "product_id": self.kit.id,
            "partner_id": self.marie.id,
            "installation_date": "2026-04-23",
            "lot_id": self.lot("H-1").id,
        }
        asset = self.ok("POST", "/api/assets", vals, status=200, who=self.jean)["asset"]
        self.assertEqual(asset["id"], self.asset.id)
        self.assertEqual(asset["installation_date"], "2026-04-23")
        self.assertEqual(asset["name"], "Solar Kit 200W")
        new = {"lot_id": self.lot("H-3").id, "partner_id": self.marie.id}
        asset = self.ok("POST", "/api/assets", new, status=201, who=self.jean)["asset"]
        self.assertEqual((asset["asset_code"], asset["state"]), ("H-3", "inactive"))
        self.assertEqual(asset["sa"]["id"], self.sa_lom.id)
        self.assertEqual(asset["actor"]["id"], self.jean.partner_id.id)
        self.refused(400, None, "POST", "/api/assets", {}, who=self.jean)
        # Marie's unit, and Marie herself, do not exist for Kara
        self.refused(404, None, "POST", "/api/assets", vals, who=self.edem)
        vals["partner_id"] = self.paul.id
        self.refused(409, "asset_exists", "POST", "/api/assets", vals, who=self.edem)
        self.refused(
            403, None, "POST", "/api/assets", new, key=self.api_key(can_write=True)
        )

    def test_update(self):
        path = f"/api/assets/{self.asset.id}"
        body = self.ok("PUT", path, {"note": "cable replaced"}, who=self.jean)
        self.assertEqual(body["asset"]["history"][0]["note"], "cable replaced")
        self.assertEqual(
            body["asset"]["history"][0]["actor"]["id"], self.jean.partner_id.id
        )
        self.refused(
            403,
            "role_required",
            "PUT",
            path,
            {"partner_id": self.zoe().id},
            who=self.jean,
        )
        self.refused(
            400, "asset_sold", "PUT", path, {"partner_id": self.zoe().id}, who=self.kofi
        )
        self.refused(
            400, "state_by_stock", "PUT", path, {"state": "transferred"}, who=self.kofi
        )
        self.refused(400, None, "PUT", path, {"x_sa_id": 1}, who=self.kofi)

    def zoe(self):
        return self.make_customer("Zoe", self.sa_lom, self.jean)

    # ------------------------------------------------------------ swaps
    def test_swap_and_return(self):
        self.pool("H-4")
        path = f"/api/assets/{self.asset.id}/swap"
        body = {"loaner_serial": "H-4", "reason": "does not charge"}
        self.refused(403, "role_required", "POST", path, body, who=self.jean)
        self.refused(404, "not_found", "POST", path, body, who=self.yao)
        self.refused(400, None, "POST", path, {"reason": "x"}, who=self.kofi)
        self.refused(
            400,
            "serial_unavailable",
            "POST",
            path,
            {"loaner_serial": "H-3", "reason": "x"},
            who=self.kofi,
        )
        asset = self.ok("POST", path, body, status=200, who=self.kofi)["asset"]
        self.assertEqual(asset["state"], "inactive")
        self.assertEqual(asset["swap"]["loaner"]["name"], "H-4")
        self.assertTrue(asset["swap"]["repair"])
        self.refused(409, "swap_open", "POST", path, body, who=self.kofi)
        repair = asset["swap"]["repair"]["id"]
        self.receive(self.cable, 5)
        done = {"parts": [{"product_id": self.cable.id, "quantity": 2}]}
        for other in (self.yao, self.wanjiru):
            self.refused(
                404,
                "not_found",
                "POST",
                f"/api/repairs/{repair}/complete",
                done,
                who=other,
            )
        out = self.ok("POST", f"/api/repairs/{repair}/complete", done, who=self.kofi)
        self.assertEqual(out["repair"]["state"], "done")
        self.assertEqual(out["repair"]["parts"][0]["used"], 2)
        self.refused(
            409,
            "repair_closed",
            "POST",
            f"/api/repairs/{repair}/complete",
            {},
            who=self.kofi,
        )
        asset = self.ok("POST", f"{path}/return", {}, who=self.kofi)["asset"]
        self.assertEqual((asset["state"], asset["swap"]), ("active", None))
        self.assertEqual(asset["swaps"][0]["state"], "returned")
        self.refused(400, "no_swap", "POST", f"{path}/return", {}, who=self.kofi)
        rows = self.ok("GET", f"/api/repairs?asset_id={self.asset.id}", who=self.kofi)
        self.assertEqual([row["id"] for row in rows["items"]], [repair])
        self.assertEqual(self.ok("GET", "/api/repairs", who=self.yao)["total"], 0)

    # ------------------------------------------------------------ tickets
    def open_ticket(self, **vals):
        body = {
            "subject": "No light",
            "description": "It went dark.\nSince yesterday <b>",
            "partner_id": self.marie.id,
            "asset_id": self.asset.id,
            **vals,
        }
        return self.ok("POST", "/api/tickets", body, status=201, who=self.jean)[
            "ticket"
        ]

    def test_tickets(self):
        ticket = self.open_ticket(priority="high")
        self.assertLessEqual(TICKET, set(ticket))
        self.assertEqual(ticket["description"], "It went dark.\nSince yesterday <b>")
        self.assertEqual((ticket["priority"], ticket["closed"]), ("2", False))
        self.assertEqual(ticket["order"]["id"], self.order.id)
        self.assertEqual(ticket["actor"]["id"], self.jean.partner_id.id)
        path = f"/api/tickets/{ticket['id']}"
        for other in (self.afi, self.edem, self.otieno):
            self.refused(404, "not_found", "GET", path, who=other)
            self.refused(404, "not_found", "POST", f"{path}/close", {}, who=other)
            self.assertEqual(self.ok("GET", "/api/tickets", who=other)["total"], 0)
        changed = self.ok(
            "PUT",
            path,
            {"subject": "Dark", "description": "All", "priority": 3},
            who=self.jean,
        )["ticket"]
        self.assertEqual(
            (changed["subject"], changed["description"], changed["priority"]),
            ("Dark", "All", "3"),
        )
        self.refused(400, None, "PUT", path, {"priority": "9"}, who=self.jean)
        self.refused(404, None, "PUT", path, {"stage_id": 999999}, who=self.jean)
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        moved = self.ok("PUT", path, {"stage_id": stage.id}, who=self.jean)["ticket"]
        self.assertEqual(moved["stage"]["id"], stage.id)
        for query, total in (
            (f"stage_id={stage.id}", 1),
            (f"partner_id={self.marie.id}", 1),
            ("closed=false", 1),
            ("closed=true", 0),
            (f"asset_id={self.asset.id}", 1),
        ):
            body = self.ok("GET", f"/api/tickets?{query}", who=self.jean)
            self.assertEqual(body["total"], total, query)
        closed = self.ok(
            "POST",
            f"{path}/close",
            {"resolution": "Fuse changed"},
            status=200,
            who=self.jean,
        )["ticket"]
        self.assertTrue(closed["closed"])
        self.assertEqual(closed["resolution"], "Fuse changed")
        self.refused(409, "already_closed", "POST", f"{path}/close", {}, who=self.jean)

    def test_ticket_refusals(self):
        body = {"subject": "x", "description": "y", "partner_id": self.paul.id}
        self.refused(404, "not_found", "POST", "/api/tickets", body, who=self.jean)
        body["partner_id"] = self.zoe().id
        body["asset_id"] = self.asset.id
        self.refused(
            400, "customer_mismatch", "POST", "/api/tickets", body, who=self.jean
        )
        self.refused(400, None, "POST", "/api/tickets", {"subject": "x"}, who=self.jean)
        ticket = self.open_ticket()
        self.env["helpdesk.ticket.stage"].search([]).closed = False
        path = f"/api/tickets/{ticket['id']}/close"
        self.refused(400, "no_closing_stage", "POST", path, {}, who=self.jean)

    def test_ticket_leads_to_work(self):
        ticket = self.open_ticket()
        path = f"/api/tickets/{ticket['id']}"
        for name in ("repair", "maintenance-request", "field-task"):
            self.refused(404, "not_found", "POST", f"{path}/{name}", {}, who=self.edem)
        self.receive(self.cable, 5)
        parts = [{"product_id": self.cable.id, "quantity": 1}]
        repair = self.ok(
            "POST", f"{path}/repair", {"parts": parts}, status=201, who=self.jean
        )["repair"]
        self.assertEqual(repair["ticket"]["id"], ticket["id"])
        self.assertEqual(repair["asset"]["id"], self.asset.id)
        self.assertEqual(repair["parts"][0]["planned"], 1)
        self.refused(409, "repair_exists", "POST", f"{path}/repair", {}, who=self.jean)
        body = {"note": "check the roof", "schedule_date": "2026-12-01 09:00:00"}
        request = self.ok(
            "POST", f"{path}/maintenance-request", body, status=201, who=self.jean
        )["maintenance_request"]
        self.assertEqual(request["schedule_date"], "2026-12-01 09:00:00")
        self.assertEqual(request["equipment"]["id"], self.asset.equipment_id.id)
        task = self.ok("POST", f"{path}/field-task", {}, status=201, who=self.jean)[
            "task"
        ]
        self.assertEqual(task["ticket"]["id"], ticket["id"])
        seen = self.ok("GET", path, who=self.jean)["ticket"]
        self.assertEqual([r["id"] for r in seen["repairs"]], [repair["id"]])
        self.assertEqual([r["id"] for r in seen["tasks"]], [task["id"]])
        self.assertEqual(
            [r["id"] for r in seen["maintenance_requests"]], [request["id"]]
        )

    # ------------------------------------------------------------ maps
    def test_maps(self):
        ticket = self.open_ticket()
        path = f"/api/relationships/customers/{self.marie.id}"
        body = self.ok("GET", path, who=self.kofi)
        self.assertEqual([o["id"] for o in body["orders"]], self.order.ids)
        self.assertEqual([a["id"] for a in body["assets"]], self.asset.ids)
        self.assertEqual([t["id"] for t in body["tickets"]], [ticket["id"]])
        self.assertEqual(body["equipment"][0]["serial_no"], "H-1")
        self.assertEqual([d["order"]["id"] for d in body["deliveries"]], self.order.ids)
        self.refused(404, "not_found", "GET", path, who=self.edem)
        body = self.ok("GET", "/api/relationships/serials/H-1", who=self.kofi)
        self.assertEqual(body["customer"]["id"], self.marie.id)
        self.assertEqual(body["order"]["id"], self.order.id)
        self.assertEqual(
            [e["kind"] for e in body["history"]], ["received", "delivered"]
        )
        self.assertEqual(len(body["moves"]), 2)
        other = self.ok("GET", "/api/relationships/serials/H-1", who=self.edem)
        self.assertIsNone(other["customer"])
        self.assertEqual((other["assets"], other["history"]), ([], []))
        self.assertNotIn("Marie", str(other))
        self.refused(
            404, "not_found", "GET", "/api/relationships/serials/H-1", who=self.otieno
        )
        self.refused(
            404, "not_found", "GET", "/api/relationships/serials/nope", who=self.kofi
        )
        self.refused(
            404,
            "not_found",
            "GET",
            "/api/relationships/subscriptions/nope",
            who=self.kofi,
        )
