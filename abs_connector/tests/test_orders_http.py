"""Quotations and orders over HTTP: shapes, edits, approval, confirm to finalize."""

from base64 import b64decode

from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestOrdersHttp(AbsHttpCase):
    def setUp(self):
        super().setUp()
        self.togo.write({"x_sale_approval": True, "x_sale_approval_amount": 1000})
        self.receive(self.cable, 100)

    def quote(self, lines=None, who=None, **extra):
        body = {
            "partner_id": self.marie.id,
            "products": lines or [{"product_id": self.cable.id, "quantity": 2}],
            **extra,
        }
        return self.ok("POST", "/api/quotations", body, 201, who=who or self.jean)[
            "order"
        ]

    def test_quotation_in_the_shape_of_the_contract(self):
        order = self.quote(
            [
                {"product_id": self.installation.id, "quantity": 1, "price_unit": 40.0},
                {"product_id": self.cable.id, "qty": 2, "discount": 10},
            ],
            client_order_ref="CUST-REF-001",
        )
        self.assertEqual(order["state"], "draft")
        self.assertEqual(order["approval_state"], "not_required")
        self.assertEqual(
            order["partner"], {"id": self.marie.id, "name": "Marie Dupont"}
        )
        self.assertEqual(order["currency"]["name"], "XOF")
        self.assertEqual(order["sa"]["id"], self.sa_lom.id)
        self.assertEqual(order["actor"]["id"], self.jean.partner_id.id)
        self.assertEqual(order["session"]["source"], "api")
        self.assertEqual(order["client_order_ref"], "CUST-REF-001")
        self.assertEqual(order["lines"][0]["price_unit"], 40.0)
        cable = order["lines"][1]
        self.assertEqual((cable["quantity"], cable["discount"]), (2.0, 10.0))
        self.assertEqual(cable["taxes"][0]["name"], "VAT 18%")
        stored = self.env["sale.order"].browse(order["id"])
        self.assertEqual(order["amount_total"], stored.amount_total)
        self.assertEqual(stored.x_maker_id, self.jean)
        self.assertEqual(stored.company_id, self.togo)

    def test_pricelist_price_when_none_is_given(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Togo",
                "currency_id": self.togo.currency_id.id,
                "company_id": self.togo.id,
                "item_ids": [
                    (
                        0,
                        0,
                        {
                            "applied_on": "1_product",
                            "product_tmpl_id": self.cable.product_tmpl_id.id,
                            "compute_price": "fixed",
                            "fixed_price": 21,
                        },
                    )
                ],
            }
        )
        order = self.quote(pricelist_id=pricelist.id)
        self.assertEqual(order["lines"][0]["price_unit"], 21.0)
        self.assertEqual(order["amount_untaxed"], 42.0)

    def test_bad_bodies(self):
        line = {"product_id": self.cable.id, "quantity": 1}
        base = {"partner_id": self.marie.id, "products": [line]}
        for change in (
            {"products": []},
            {"products": [{**line, "quantity": 0}]},
            {"products": [{**line, "price_unit": -1}]},
            {"products": [{"quantity": 1}]},
            {"partner_id": None},
            {"unknown": 1},
        ):
            self.refused(
                400, None, "POST", "/api/quotations", {**base, **change}, who=self.jean
            )
        self.refused(
            404,
            None,
            "POST",
            "/api/quotations",
            {**base, "partner_id": self.paul.id},
            who=self.jean,
        )
        self.refused(
            400,
            "company_mismatch",
            "POST",
            "/api/quotations",
            {**base, "company_id": self.kenya.id},
            who=self.jean,
        )
        self.cable.sale_ok = False
        self.refused(400, None, "POST", "/api/quotations", base, who=self.jean)

    def test_edit_and_add_lines(self):
        order = self.quote()
        path = f"/api/orders/{order['id']}"
        line = order["lines"][0]["id"]
        changed = self.ok(
            "PUT",
            path,
            {"client_order_ref": "R2", "lines": [{"id": line, "quantity": 5}]},
            who=self.jean,
        )["order"]
        self.assertEqual(changed["client_order_ref"], "R2")
        self.assertEqual(changed["lines"][0]["quantity"], 5.0)
        more = self.ok(
            "POST",
            f"{path}/add-lines",
            {"products": [{"product_id": self.installation.id, "quantity": 1}]},
            who=self.jean,
        )["order"]
        self.assertEqual(len(more["lines"]), 2)
        gone = self.ok(
            "PUT", path, {"lines": [{"id": line, "delete": True}]}, who=self.jean
        )["order"]
        self.assertEqual(
            [x["product"]["id"] for x in gone["lines"]], [self.installation.id]
        )
        last = gone["lines"][0]["id"]
        self.refused(
            400,
            "no_lines",
            "PUT",
            path,
            {"lines": [{"id": last, "quantity": 0}]},
            who=self.jean,
        )
        self.refused(
            404,
            "line_not_found",
            "PUT",
            path,
            {"lines": [{"id": line, "quantity": 1}]},
            who=self.jean,
        )
        self.ok("POST", f"{path}/confirm", who=self.jean)
        self.refused(400, "invalid_state", "PUT", path, {"note": "x"}, who=self.jean)

    def test_lists_and_filters(self):
        first, second = self.quote(), self.quote()
        self.ok("POST", f"/api/orders/{second['id']}/confirm", who=self.jean)
        other = self.quotation(self.paul, [(self.cable, 1)])
        rows = self.ok("GET", "/api/orders", who=self.jean)
        ids = [row["id"] for row in rows["items"]]
        self.assertEqual(
            set(ids) & {first["id"], second["id"]}, {first["id"], second["id"]}
        )
        self.assertNotIn(other.id, ids)
        drafts = self.ok("GET", "/api/orders?state=draft", who=self.jean)
        self.assertIn(first["id"], [row["id"] for row in drafts["items"]])
        self.assertNotIn(second["id"], [row["id"] for row in drafts["items"]])
        mine = self.ok(
            "GET", f"/api/orders?customer_id={self.marie.id}&q=S0", who=self.ama
        )
        self.assertGreaterEqual(mine["total"], 2)
        one = self.ok("GET", "/api/orders?limit=1&page=2", who=self.ama)
        self.assertEqual((one["page"], one["limit"], len(one["items"])), (2, 1, 1))
        self.refused(400, None, "GET", "/api/orders?colour=red", who=self.jean)
        self.refused(404, None, "GET", f"/api/orders/{other.id}", who=self.jean)
        self.refused(404, None, "GET", f"/api/orders/{first['id']}", who=self.edem)

    def test_approval_over_http(self):
        big = [{"product_id": self.cable.id, "quantity": 10, "price_unit": 1000}]
        order = self.quote(big)
        path = f"/api/orders/{order['id']}"
        self.assertEqual(order["approval_state"], "required")
        self.refused(400, "approval_required", "POST", f"{path}/confirm", who=self.jean)
        self.refused(
            400, "approval_not_pending", "POST", f"{path}/approve", who=self.kofi
        )
        asked = self.ok("POST", f"{path}/request-approval", who=self.jean)["order"]
        self.assertEqual(asked["approval_state"], "pending")
        self.refused(
            409, "approval_pending", "POST", f"{path}/request-approval", who=self.jean
        )
        self.refused(403, "role_required", "POST", f"{path}/approve", who=self.jean)
        self.refused(404, None, "POST", f"{path}/approve", who=self.yao)
        self.refused(400, None, "POST", f"{path}/reject", {}, who=self.kofi)
        rejected = self.ok(
            "POST", f"{path}/reject", {"reason": "Price too high"}, who=self.kofi
        )["order"]
        self.assertEqual(rejected["approval_state"], "rejected")
        self.assertEqual(rejected["approvals"][0]["note"], "Price too high")
        self.assertEqual(
            rejected["approvals"][0]["actor"]["id"], self.kofi.partner_id.id
        )
        line = order["lines"][0]["id"]
        self.ok("PUT", path, {"lines": [{"id": line, "quantity": 9}]}, who=self.jean)
        self.ok("POST", f"{path}/request-approval", {"note": "Revised"}, who=self.jean)
        waiting = self.ok("GET", "/api/orders?approval_state=pending", who=self.kofi)
        self.assertIn(order["id"], [row["id"] for row in waiting["items"]])
        done = self.ok("POST", f"{path}/approve", {"note": "Q2"}, who=self.kofi)[
            "order"
        ]
        self.assertEqual(done["approval_state"], "approved")
        self.refused(409, "already_approved", "POST", f"{path}/approve", who=self.ama)
        sold = self.ok("POST", f"{path}/confirm", who=self.jean)["order"]
        self.assertEqual((sold["state"], sold["approval_state"]), ("sale", "approved"))
        self.refused(409, "already_confirmed", "POST", f"{path}/confirm", who=self.jean)
        record = self.env["sale.order"].browse(order["id"])
        notes = record.message_ids.filtered(lambda m: "rejected" in (m.body or ""))
        self.assertEqual(notes.author_id, self.kofi.partner_id)
        kinds = [step["kind"] for step in sold["approvals"]]
        self.assertEqual(kinds, ["approve", "request", "void", "reject", "request"])
        self.togo.x_sale_approval = False
        other = self.quote(big)
        self.refused(
            400,
            "approval_disabled",
            "POST",
            f"/api/orders/{other['id']}/request-approval",
            who=self.jean,
        )

    def test_confirm_finalize_cancel(self):
        lines = [
            {"product_id": self.cable.id, "quantity": 2},
            {"product_id": self.installation.id, "quantity": 1},
        ]
        order = self.quote(lines)
        path = f"/api/orders/{order['id']}"
        sold = self.ok("POST", f"{path}/confirm", who=self.jean)["order"]
        self.assertEqual(len(sold["pickings"]), 1)
        self.assertEqual([i["state"] for i in sold["invoices"]], ["draft"])
        self.assertIsNone(sold["invoices"][0]["name"])
        body = self.refused(
            400, "not_finalizable", "POST", f"{path}/finalize", who=self.jean
        )
        told = [detail["field"] for detail in body["details"]]
        self.assertEqual(told, ["pickings", "invoices"])
        self.deliver(self.env["stock.picking"].browse(sold["pickings"][0]["id"]))
        body = self.refused(
            400, "not_finalizable", "POST", f"{path}/finalize", who=self.jean
        )
        self.assertEqual([d["field"] for d in body["details"]], ["invoices"] * 2)
        for invoice in self.ok("GET", f"{path}/invoices", who=self.jean)["items"]:
            post = f"{path}/invoices/{invoice['id']}/confirm"
            self.ok("POST", post, who=self.jean)
        done = self.ok("POST", f"{path}/finalize", who=self.jean)["order"]
        self.assertEqual(done["state"], "done")
        self.assertEqual(len(done["invoices"]), 2)
        listed = self.ok("GET", "/api/orders?state=done", who=self.jean)
        self.assertIn(order["id"], [row["id"] for row in listed["items"]])
        self.refused(
            409, "already_finalized", "POST", f"{path}/finalize", who=self.jean
        )
        self.refused(400, "order_finalized", "POST", f"{path}/cancel", who=self.jean)

        second = self.quote(lines)
        path = f"/api/orders/{second['id']}"
        self.ok("POST", f"{path}/confirm", who=self.jean)
        gone = self.ok(
            "POST", f"{path}/cancel", {"reason": "Moved away"}, who=self.jean
        )["order"]
        self.assertEqual(gone["state"], "cancel")
        self.assertEqual({p["state"] for p in gone["pickings"]}, {"cancel"})
        self.assertEqual({i["state"] for i in gone["invoices"]}, {"cancel"})
        self.refused(409, "already_cancelled", "POST", f"{path}/cancel", who=self.jean)
        self.refused(400, "invalid_state", "POST", f"{path}/confirm", who=self.jean)

    def test_send_and_proforma(self):
        order = self.quote()
        path = f"/api/orders/{order['id']}"
        self.marie.email = False
        self.refused(400, "email_missing", "POST", f"{path}/send", who=self.jean)
        self.marie.email = "marie@test.abs"
        body = self.ok("POST", f"{path}/send", who=self.jean)
        self.assertEqual(body["order"]["state"], "sent")
        self.assertIn("marie@test.abs", body["message"])
        mails = self.env["mail.mail"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order["id"])]
        )
        messages = self.env["sale.order"].browse(order["id"]).message_ids
        self.assertTrue(mails or messages.filtered("notified_partner_ids"))
        technical = self.env.ref("abs_connector.user_api").partner_id
        record = self.env["sale.order"].browse(order["id"])
        self.assertNotIn(technical, record.message_partner_ids)
        pdf = self.ok("GET", f"{path}/proforma-pdf", who=self.jean)
        # Odoo renders HTML inside tests; the black-box tests read real PDFs
        text = b64decode(pdf["content"]).decode()
        self.assertIn(order["name"], text)
        self.assertIn("Test Cable", text)
        self.refused(404, None, "GET", f"{path}/proforma-pdf", who=self.edem)
