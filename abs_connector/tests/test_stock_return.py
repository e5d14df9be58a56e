"""Returns of delivered goods (workflow 0g)."""

from odoo.tests import tagged

from ..exceptions import BusinessError
from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestReturn(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["T-1", "T-2", "T-3"])
        cls.receive(cls.cable, 20)

    def deliver_kits(self, *names, partner=None):
        picking = self.order((self.kit, len(names)), (self.cable, 4), partner=partner)
        line = {"move_id": self.move(picking, self.kit).id, "lots": list(names)}
        return picking._api_validate([line])

    def test_a_part_then_the_rest(self):
        picking = self.deliver_kits("T-1", "T-2")
        order = self.last_order
        line = {"product_id": self.kit.id, "lots": ["T-2"]}
        back = picking._api_return([line], "does not charge")
        self.assertEqual(back.state, "done")
        self.assertEqual(back.x_flow, "return")
        self.assertEqual(back.x_sa_id, self.sa_lom)
        self.assertEqual(back.move_line_ids.lot_id.name, "T-2")
        self.assertEqual(self.lot("T-2")._abs_place(), self.stock)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 4])
        self.assertIn("does not charge", str(back.note))
        self.refuse("serial_unavailable", picking._api_return, [line])
        cable = {"product_id": self.cable.id, "quantity": 3}
        picking._api_return([cable])
        self.refuse("quantity_exceeded", picking._api_return, [cable])
        picking._api_return()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0, 0])
        self.refuse("nothing_to_return", picking._api_return)

    def test_only_what_this_delivery_brought(self):
        mine = self.deliver_kits("T-1")
        theirs = self.deliver_kits("T-2", partner=self.paul)
        line = {"product_id": self.kit.id, "lots": ["T-2"]}
        said = self.refuse("serial_unavailable", mine._api_return, [line])
        self.assertIn(mine.name, said)
        # The wizard of the web client is held to the same rule.
        wizard = self.env["stock.return.picking"].with_context(
            active_id=mine.id, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": mine.id})
        for row in wizard.product_return_moves:
            row.quantity = float(row.product_id == self.kit)
        back = self.pickings.browse(wizard.action_create_returns()["res_id"])
        back.move_line_ids.lot_id = self.lot("T-2")
        back.move_ids.picked = True
        with self.assertRaises(BusinessError), self.env.cr.savepoint():
            back.with_context(skip_backorder=True).button_validate()
        self.env.invalidate_all()
        self.assertEqual(theirs.move_ids.filtered("lot_ids").lot_ids.name, "T-2")

    def test_refusals(self):
        picking = self.order((self.kit, 2))
        self.refuse("delivery_not_done", picking._api_return)
        picking._api_validate()
        self.refuse(
            "serial_required",
            picking._api_return,
            [{"product_id": self.kit.id, "quantity": 1}],
        )
        receipt = self.receive(self.cable, 1)
        self.refuse("delivery_not_done", receipt._api_return)

    def test_returned_unit_is_sold_again(self):
        picking = self.deliver_kits("T-3")
        picking._api_return()
        again = self.deliver_kits("T-3", partner=self.paul)
        self.assertEqual(self.lot("T-3").x_sa_id, self.sa_kar)
        self.assertEqual(again.state, "done")

    def test_in_a_warehouse_of_several_steps(self):
        """Only the shipment is returned; what comes back passes quality as a return."""
        self.wh_togo.write(
            {"delivery_steps": "pick_ship", "reception_steps": "three_steps"}
        )
        pick = self.order((self.cable, 3))
        order = self.last_order
        pick._api_validate()
        ship = order.picking_ids - pick
        said = self.refuse("delivery_not_done", pick._api_return)
        self.assertIn(ship.name, said)
        ship._api_validate()
        self.refuse("delivery_not_done", pick._api_return)
        self.assertEqual(self.held(self.cable), 17)
        back = ship._api_return([{"product_id": self.cable.id, "quantity": 2}])
        steps = order.picking_ids - pick - ship - back
        self.assertEqual(steps.mapped("x_flow"), ["return"])
        self.assertEqual(steps.x_sa_id, self.sa_lom)
        self.assertEqual(steps._api_steps()[steps.id], "quality")
        while steps:
            steps = steps.filtered(lambda p: p.state == "assigned")
            steps._api_validate()
            steps = order.picking_ids.filtered(lambda p: p.state == "assigned")
        self.assertEqual(self.held(self.cable), 19)
        self.assertEqual(order.order_line.qty_delivered, 1)
