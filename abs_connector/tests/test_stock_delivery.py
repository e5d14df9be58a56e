"""Validating deliveries: whole, in part, by serial, in steps (docs/contract.md 5)."""

from odoo.tests import tagged

from ..compat import SOL_UOM
from ..exceptions import Conflict, NotFound
from .stock_common import StockCase

QUANTS_BELOW_ZERO = [("quantity", "<", 0), ("location_id.usage", "=", "internal")]


@tagged("post_install", "-at_install")
class TestDelivery(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["D-1", "D-2", "D-3", "D-4"])
        cls.receive(cls.cable, 20)
        cls.env["stock.picking"]._api_receive(
            {
                "warehouse_id": cls.wh_togo.id,
                "lines": [
                    {"product_id": cls.flour.id, "quantity": 5, "lots": ["F-1"]},
                    {"product_id": cls.flour.id, "quantity": 5, "lots": ["F-2"]},
                ],
            }
        )

    def test_everything_without_lines(self):
        picking = self.order((self.kit, 2), (self.cable, 3), (self.flour, 7))
        reserved = picking.move_line_ids.lot_id
        done = picking._api_validate()
        self.assertEqual(done.state, "done")
        self.assertEqual(done.move_line_ids.lot_id, reserved)
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [2, 3, 7])
        self.refuse("delivery_done", picking._api_validate, kind=Conflict)

    def test_serials_by_name_id_and_line(self):
        picking = self.order((self.kit, 3))
        move = picking.move_ids
        line = move.move_line_ids[0]
        reserved = line.lot_id.name
        others = [n for n in ("D-1", "D-2", "D-3", "D-4") if n != reserved]
        picking._api_validate(
            [
                {"move_line_id": line.id, "quantity": 1},
                {"move_id": move.id, "quantity": 1, "lots": [others[0]]},
                {"move_id": move.id, "lot_ids": [self.lot(others[2]).id]},
            ]
        )
        self.assertEqual(
            sorted(move.lot_ids.mapped("name")),
            sorted([reserved, others[0], others[2]]),
        )

    def test_serial_refusals(self):
        picking = self.order((self.kit, 2))
        move = picking.move_ids

        def validate(*lots, quantity=2, **more):
            line = {"move_id": move.id, "quantity": quantity, "lots": list(lots)}
            return picking._api_validate([line], **more)

        self.refuse("serial_required", validate, "D-1")
        self.refuse("serial_required", validate)
        self.refuse("serial_required", validate, "D-1", quantity=1)
        self.refuse("serial_required", validate, "D-1", force_backorder=True)
        self.refuse("duplicate_serial", validate, "D-1", "D-1")
        self.refuse("serial_unavailable", validate, "D-1", "UNKNOWN")
        self.refuse("quantity_exceeded", validate, "D-1", "D-2", "D-3", quantity=3)
        self.receive(self.battery, ["B-1"])
        said = self.refuse("serial_unavailable", validate, "D-1", "B-1")
        self.assertIn("Test Battery", said)
        self.pickings._api_transfer(
            {
                "from_location_id": self.stock.id,
                "to_location_id": self.wh_togo.x_loaner_pool_id.id,
                "lines": [{"product_id": self.kit.id, "lots": ["D-4"]}],
            }
        )
        said = self.refuse("serial_unavailable", validate, "D-1", "D-4")
        self.assertIn("Loaner Pool", said)
        other = self.order((self.kit, 1), partner=self.paul)
        other._api_validate([{"move_id": other.move_ids.id, "lots": ["D-1"]}])
        said = self.refuse("serial_unavailable", validate, "D-1", "D-2")
        self.assertIn("customer", said)
        with self.assertRaises(NotFound), self.env.cr.savepoint():
            picking._api_validate([{"move_id": other.move_ids.id, "lots": ["D-2"]}])
        self.assertEqual(picking.state, "assigned")
        validate("D-2", "D-3")
        self.assertEqual(picking.state, "done")

    def test_a_serial_reserved_elsewhere_may_be_taken(self):
        first, second = self.order((self.kit, 2)), self.order((self.kit, 2))
        taken = first.move_line_ids.lot_id
        second._api_validate(
            [{"move_id": second.move_ids.id, "lots": taken.mapped("name")}]
        )
        self.assertEqual(second.move_ids.lot_ids, taken)
        first._api_validate()
        self.assertFalse(first.move_ids.lot_ids & taken)
        for name in ("D-1", "D-2", "D-3", "D-4"):
            self.assertEqual(self.held(self.kit, lot=self.lot(name)), 0)

    def test_the_other_gets_a_real_unit_for_the_taken_one(self):
        """Its new reservation is on the unit's own quant, not on a second, empty one."""
        first, second = self.order((self.kit, 2)), self.order((self.kit, 2))
        taken = first.move_line_ids.lot_id
        move = second.move_ids
        second._api_validate([{"move_id": move.id, "lot_ids": taken.ids}])
        left = first.move_line_ids.lot_id
        self.assertEqual(len(left), 2)
        self.assertFalse(left & taken)
        quants = self.env["stock.quant"].search(
            [("product_id", "=", self.kit.id), ("location_id", "=", self.stock.id)]
        )
        held = [(q.lot_id, q.quantity, q.reserved_quantity) for q in quants]
        self.assertCountEqual(
            [row for row in held if row[0] in left], [(lot, 1, 1) for lot in left]
        )
        first._api_validate()
        self.assertFalse(quants.search(QUANTS_BELOW_ZERO))

    def test_lots_over_split_rows(self):
        """Rows of one lot may cancel out: what counts is their sum (cookbook, 10)."""
        lot = self.lot("F-1", self.flour)
        row = {
            "product_id": self.flour.id,
            "location_id": self.stock.id,
            "lot_id": lot.id,
        }
        self.env["stock.quant"].sudo().create({**row, "quantity": -3})
        picking = self.order((self.flour, 4))
        line = {"move_id": picking.move_ids.id, "quantity": 3, "lots": ["F-1"]}
        said = self.refuse(
            "insufficient_stock", picking._api_validate, [line], force_backorder=True
        )
        self.assertIn("2", said)
        line["quantity"] = 2
        picking._api_validate([line], force_backorder=True)
        self.assertEqual(self.held(self.flour, lot=lot), 0)

    def test_part_and_backorder(self):
        picking = self.order((self.kit, 2), (self.cable, 4), (self.flour, 6))
        kit, cable, flour = (
            self.move(picking, p) for p in (self.kit, self.cable, self.flour)
        )
        lines = [
            {"move_id": kit.id, "lots": ["D-3"]},
            {"move_id": cable.id, "quantity": 1},
            {"move_id": flour.id, "quantity": 2, "lots": ["F-2"]},
        ]
        self.refuse("serial_required", picking._api_validate, lines)
        whole = {"move_id": kit.id, "lots": ["D-3", "D-4"]}
        self.refuse("backorder_required", picking._api_validate, [whole, *lines[1:]])
        picking._api_validate(lines, force_backorder=True)
        order = self.last_order
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 1, 2])
        rest = picking.backorder_ids
        self.assertEqual(rest.x_sa_id, picking.x_sa_id)
        self.assertEqual(self.held(self.flour, lot=self.lot("F-2", self.flour)), 3)
        rest._api_validate()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 4, 6])
        self.assertFalse(rest.backorder_ids)

    def test_unnamed_lines(self):
        """Not named: whole without force_backorder, left with it; serials are named."""
        picking = self.order((self.kit, 1), (self.cable, 4))
        kit, cable = self.move(picking, self.kit), self.move(picking, self.cable)
        self.refuse(
            "serial_required",
            picking._api_validate,
            [{"move_id": cable.id, "quantity": 4}],
        )
        picking._api_validate([{"move_id": kit.id, "lots": ["D-1"]}])
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [1, 4])
        picking = self.order((self.kit, 1), (self.cable, 4))
        picking._api_validate(
            [{"move_id": self.move(picking, self.cable).id, "quantity": 2}],
            force_backorder=True,
        )
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [0, 2])
        rest = picking.backorder_ids
        self.assertEqual(sum(rest.move_ids.mapped("product_uom_qty")), 3)
        self.refuse(
            "nothing_to_validate",
            rest._api_validate,
            [{"move_id": self.move(rest, self.cable).id, "quantity": 0}],
            force_backorder=True,
        )

    def test_shortage(self):
        picking = self.order((self.cable, 50))
        said = self.refuse("insufficient_stock", picking._api_validate)
        for part in ("Insufficient stock", "Test Cable", "50", "20"):
            self.assertIn(part, said)
        line = {"move_id": picking.move_ids.id, "quantity": 30}
        self.refuse(
            "insufficient_stock", picking._api_validate, [line], force_backorder=True
        )
        other = self.order((self.cable, 1))
        self.refuse("insufficient_stock", other._api_validate)  # all 20 are promised
        picking._api_validate(force_backorder=True)
        self.assertEqual(self.last_order.order_line.qty_delivered, 0)
        self.assertEqual(self.held(self.cable), 0)
        self.receive(self.cable, 40)
        picking.backorder_ids._api_validate()
        self.assertEqual(self.held(self.cable), 10)
        kits = self.order((self.kit, 9))
        self.refuse("insufficient_stock", kits._api_validate)
        lots = self.order((self.flour, 11))
        self.refuse("insufficient_stock", lots._api_validate)
        line = {"move_id": lots.move_ids.id, "quantity": 6, "lots": ["F-1"]}
        self.refuse(
            "insufficient_stock", lots._api_validate, [line], force_backorder=True
        )

    def test_a_promise_made_twice_delivers_once(self):
        """Odoo can reserve one unit for two orders (skip-locked quants): physical
        stock decides, and it never goes below zero."""
        lamp = self.make_product("Lamp", "T-LMP", 5, type="consu", is_storable=True)
        self.receive(lamp, 1)
        first, second = self.order((lamp, 1)), self.order((lamp, 1))
        self.env["stock.quant"].create(
            {"product_id": lamp.id, "location_id": self.stock.id, "quantity": 1}
        )
        second.action_assign()
        self.assertEqual(second.move_ids.quantity, 1)
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = quantity - 1 WHERE id = (SELECT max(id) "
            "FROM stock_quant WHERE product_id = %s AND quantity > 0)",
            [lamp.id],
        )
        self.env.invalidate_all()
        first._api_validate()
        self.refuse("insufficient_stock", second._api_validate)
        self.assertEqual(self.held(lamp), 0)

    def test_consumables_need_no_stock(self):
        tape = self.make_product("Tape", "T-TAPE", 1, type="consu", is_storable=False)
        self.order((tape, 7))._api_validate()
        self.assertEqual(self.last_order.order_line.qty_delivered, 7)

    def test_units_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.quotation(self.marie, [(self.cable, 1)])
        order.order_line[SOL_UOM] = dozen
        self.env["ir.config_parameter"].set_param("stock.propagate_uom", "1")
        order.action_confirm()
        picking = order.picking_ids
        self.assertEqual(picking.move_ids._abs_units(1), 12)
        said = self.refuse(
            "quantity_exceeded",
            picking._api_validate,
            [{"move_id": picking.move_ids.id, "quantity": 12}],
        )
        self.assertIn("Test Cable", said)
        picking._api_validate()
        self.assertEqual(self.held(self.cable), 8)

    def test_pick_and_ship(self):
        self.wh_togo.delivery_steps = "pick_ship"
        picking = self.order((self.kit, 1), (self.cable, 2))
        self.assertEqual(picking.x_flow, "delivery")
        self.assertEqual(picking._api_steps()[picking.id], "pick")
        line = {"move_id": self.move(picking, self.kit).id, "lots": ["D-2"]}
        picking._api_validate([line])
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [0, 0])
        ship = self.last_order.picking_ids - picking
        self.assertEqual(ship._api_steps()[ship.id], "ship")
        self.assertEqual(ship.x_sa_id, self.sa_lom)
        line = {"move_id": self.move(ship, self.kit).id, "lots": ["D-1"]}
        said = self.refuse("serial_unavailable", ship._api_validate, [line])
        self.assertIn("D-1", said)
        ship._api_validate()
        self.assertEqual(ship.move_line_ids.lot_id.mapped("name"), ["D-2"])
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [1, 2])

    def test_cancelled(self):
        picking = self.order((self.cable, 1))
        picking.action_cancel()
        self.refuse("delivery_cancelled", picking._api_validate)
