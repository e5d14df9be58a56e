"""A scanned serial is enough, and a product means all of its lines (docs/contract.md 5)."""

from odoo.tests import tagged

from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestScanning(StockHttpCase):
    def setUp(self):
        super().setUp()
        self.receive(self.kit, [f"SC-{n}" for n in range(1, 7)])
        self.receive(self.battery, ["SB-1", "SB-2"])
        self.receive(self.cable, 50)

    def picking_of(self, *lines):
        self.last_order = self.sale(*lines)
        return self.last_order.picking_ids

    def do(self, picking, *lines, what="validate", **more):
        path = f"/api/stock/deliveries/{picking.id}/{what}"
        return self.ok("POST", path, {"lines": list(lines), **more}, who=self.kofi)

    def refuse(self, code, picking, *lines, what="validate", **more):
        path = f"/api/stock/deliveries/{picking.id}/{what}"
        body = {"lines": list(lines), **more}
        return self.refused(400, code, "POST", path, body, who=self.kofi)

    def serials(self, picking):
        return sorted(picking.move_ids.lot_ids.mapped("name"))

    def test_a_product_on_several_lines(self):
        picking = self.picking_of((self.kit, 1), (self.kit, 2), (self.cable, 3))
        self.assertEqual(len(picking.move_ids), 3)
        lots = ["SC-4", "SC-5", "SC-6"]
        self.do(
            picking,
            {"product_id": self.kit.id, "lots": lots},
            {"product_id": self.cable.id, "quantity": 3},
        )
        self.assertEqual(self.serials(picking), lots)
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [1, 2, 3])

    def test_one_line_per_scan(self):
        picking = self.picking_of((self.kit, 1), (self.kit, 1), (self.battery, 1))
        scans = [{"lot_name": name} for name in ("SC-6", "SB-2", "SC-1")]
        self.do(picking, *scans)
        self.assertEqual(self.serials(picking), ["SB-2", "SC-1", "SC-6"])

    def test_by_the_id_of_the_lot(self):
        picking = self.picking_of((self.kit, 1), (self.battery, 1))
        lots = self.env["stock.lot"].search([("name", "in", ("SC-2", "SB-1"))])
        self.do(picking, *({"lot_id": lot.id} for lot in lots))
        self.assertEqual(picking.move_ids.lot_ids, lots)

    def test_quantities_over_several_lines(self):
        picking = self.picking_of((self.cable, 2), (self.cable, 3))
        cable = {"product_id": self.cable.id}
        said = self.refuse("quantity_exceeded", picking, {**cable, "quantity": 6})
        self.assertIn("5", said["error"])
        self.refuse("backorder_required", picking, {**cable, "quantity": 2})
        self.do(picking, {**cable, "quantity": 4}, force_backorder=True)
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [2, 2])
        rest = self.last_order.picking_ids - picking
        self.do(rest, cable)
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [2, 3])

    def test_refusals_of_scans(self):
        picking = self.picking_of((self.kit, 1), (self.kit, 1))
        self.refuse("serial_required", picking, {"lot_name": "SC-1"})
        self.refuse("duplicate_serial", picking, *[{"lot_name": "SC-1"}] * 2)
        scans = [{"lots": ["SC-1", "SC-2", "SC-3"]}]
        said = self.refuse("quantity_exceeded", picking, *scans)
        self.assertIn("only 2", said["error"])
        self.refuse("serial_unavailable", picking, {"lot_name": "NEVER-SEEN"})
        said = self.refuse("serial_unavailable", picking, {"lot_name": "SB-1"})
        self.assertIn(self.battery.name, said["error"])
        lines = [{"lot_name": "SC-1"}]
        self.do(picking, *lines, force_backorder=True)
        self.assertEqual(self.serials(picking), ["SC-1"])

    def test_a_name_of_two_products(self):
        self.receive(self.kit, ["TWIN"])
        self.env["stock.lot"].create(
            {"name": "TWIN", "product_id": self.battery.id, "company_id": self.togo.id}
        )
        picking = self.picking_of((self.kit, 1), (self.battery, 1))
        scan = {"lot_name": "TWIN"}
        said = self.refuse("ambiguous_serial", picking, scan, {"lot_name": "SB-1"})
        self.assertEqual(
            {choice["id"] for choice in said["details"][0]["choices"]},
            {self.kit.id, self.battery.id},
        )
        self.do(picking, {**scan, "product_id": self.kit.id}, {"lot_name": "SB-1"})
        self.assertEqual(self.serials(picking), ["SB-1", "TWIN"])
        alone = self.picking_of((self.battery, 1))
        self.do(alone, {"lot_name": "SB-2"})

    def test_returns_by_scan_and_product(self):
        picking = self.picking_of((self.kit, 1), (self.kit, 2), (self.cable, 2))
        lots = ["SC-1", "SC-2", "SC-3"]
        cable = {"product_id": self.cable.id}
        self.do(picking, {"product_id": self.kit.id, "lots": lots}, cable)
        held = {name: self.line_of(picking, name) for name in lots}
        self.do(picking, {"lot_name": "SC-3"}, what="return")
        self.assertEqual(held["SC-3"].qty_delivered, held["SC-3"].product_uom_qty - 1)
        both = {"product_id": self.kit.id, "lots": ["SC-1", "SC-2"]}
        self.do(picking, both, cable, what="return")
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [0, 0, 0])
        self.refuse("serial_unavailable", picking, {"lot_name": "SC-1"}, what="return")
        self.refuse("serial_unavailable", picking, {"lot_name": "SC-6"}, what="return")

    def line_of(self, picking, name):
        lines = picking.move_line_ids.filtered(lambda li: li.lot_id.name == name)
        return lines.move_id.sale_line_id

    def test_returned_quantities_over_lines(self):
        picking = self.picking_of((self.cable, 2), (self.cable, 3))
        self.do(picking, {"product_id": self.cable.id})
        self.do(picking, {"product_id": self.cable.id, "quantity": 4}, what="return")
        self.assertEqual(sum(self.last_order.order_line.mapped("qty_delivered")), 1)
        line = {"product_id": self.cable.id, "quantity": 2}
        self.refuse("quantity_exceeded", picking, line, what="return")

    def test_new_serials_of_a_receipt(self):
        row = self.receive_ok(
            {"product_id": self.kit.id, "quantity": 2}, validate=False
        )
        path = f"/api/stock/receipts/{row['id']}/validate"
        scans = {"lines": [{"lot_name": "NEW-1"}, {"lot_name": "NEW-2"}]}
        self.ok("POST", path, scans, who=self.kofi)
        picking = self.env["stock.picking"].browse(row["id"])
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.serials(picking), ["NEW-1", "NEW-2"])
