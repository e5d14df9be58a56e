"""The setup guide's section 13, row by row: status, code, and a sentence that helps."""

from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestMistakes(AbsHttpCase):
    def test_nothing_to_invoice_before_the_delivery(self):
        self.receive(self.kit, ["M-1"])
        order = self.quotation(self.marie, [(self.kit, 1)])
        order.action_confirm()
        said = self.refused(
            *(400, "nothing_to_invoice", "POST", f"/api/orders/{order.id}/invoice", {}),
            who=self.ama,
        )
        self.assertIn("Nothing to invoice", said["error"])
        picking = order.picking_ids
        self.assertIn(f"/api/stock/deliveries/{picking.id}/validate", said["error"])

    def test_delivery_without_stock(self):
        order = self.quotation(self.marie, [(self.cable, 7)])
        order.action_confirm()
        path = f"/api/stock/deliveries/{order.picking_ids.id}/validate"
        said = self.refused(400, "insufficient_stock", "POST", path, {}, who=self.jean)
        for word in ("Insufficient stock", self.cable.name, "7", "0"):
            self.assertIn(word, said["error"])

    def test_approval_is_off(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        path = f"/api/orders/{order.id}/request-approval"
        said = self.refused(400, "approval_disabled", "POST", path, {}, who=self.jean)
        self.assertIn("Settings", said["error"])
        self.assertIn("Quotations & Orders", said["error"])

    def test_mail_without_a_server(self):
        self.env["ir.mail_server"].search([]).active = False
        order = self.quotation(self.marie, [(self.installation, 1)])
        answer = self.ok("POST", f"/api/orders/{order.id}/send", {}, who=self.jean)
        self.assertIn("Outgoing Mail Servers", answer["message"])
        bare = self.make_customer("No Mail", self.sa_lom, self.jean)
        order = self.quotation(bare, [(self.installation, 1)])
        path = f"/api/orders/{order.id}/send"
        self.refused(400, "email_missing", "POST", path, {}, who=self.jean)

    def test_no_closing_stage(self):
        body = {"subject": "S", "description": "D", "partner_id": self.marie.id}
        ticket = self.ok("POST", "/api/tickets", body, who=self.jean)["ticket"]
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)])
        stages.closed = False
        path = f"/api/tickets/{ticket['id']}/close"
        said = self.refused(400, "no_closing_stage", "POST", path, {}, who=self.jean)
        self.assertIn("No closing stage", said["error"])
        self.assertIn("Stages", said["error"])

    def test_serial_that_a_customer_has(self):
        self.receive(self.kit, ["M-2", "M-3"])
        first = self.quotation(self.marie, [(self.kit, 1)])
        first.action_confirm()
        self.deliver(first.picking_ids, ["M-2"])
        order = self.quotation(self.marie, [(self.kit, 1)])
        order.action_confirm()
        move = order.picking_ids.move_ids
        path = f"/api/stock/deliveries/{order.picking_ids.id}/validate"
        line = {"move_id": move.id, "qty_done": 1, "lot_name": "M-2"}
        said = self.refused(
            400, "serial_unavailable", "POST", path, {"lines": [line]}, who=self.jean
        )
        self.assertIn("M-2", said["error"])
        self.assertIn("customer", said["error"])
        self.assertEqual(order.picking_ids.state, "assigned")
        found = self.ok("GET", "/api/stock/lots/M-2", who=self.jean)
        self.assertEqual(found["lot"]["serial"], "M-2")

    def test_invoices_have_their_account(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        order.action_confirm()
        order.invoice_ids.filtered(lambda m: m.state == "draft").action_post()
        ids = set(order.invoice_ids.ids)

        def seen(person, query=""):
            rows = self.ok("GET", f"/api/invoices?limit=100{query}", who=person)
            return ids & {row["id"] for row in rows["items"]}

        self.assertEqual(seen(self.jean), ids)
        for other in (self.afi, self.edem, self.otieno):
            self.assertFalse(seen(other))

    def test_a_key_s_contact_is_plain_until_it_is_assigned(self):
        key = self.api_key(can_write=True)
        body = {"name": "From an integration", "phone": "+22890555555"}
        made = self.ok("POST", "/api/contacts", body, 201, key=key)["contact"]
        self.assertEqual((made["governance_level"], made["sa"]), (1, None))
        path = f"/api/contacts/{made['id']}"
        self.ok("GET", path, who=self.edem)
        take = {"actor_id": self.jean.partner_id.id, "sa_id": self.sa_lom.id}
        taken = self.ok("POST", f"{path}/assign", take, who=self.ama)["contact"]
        self.assertEqual(taken["governance_level"], 3)
        self.ok("GET", path, who=self.jean)
        self.refused(404, "not_found", "GET", path, who=self.edem)
