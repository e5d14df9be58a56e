"""Quantities that Odoo would round to nothing, and halves of serials: refused."""

from odoo.tests import tagged

from ..exceptions import BusinessError
from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestSmallQuantities(StockCase):
    def test_stock(self):
        self.receive_goods((self.cable, 10), (self.flour, 4, "L-1"))
        said = self.refuse("quantity_too_small", self.receive_goods, (self.cable, 1e-3))
        self.assertIn("steps of 0.01 Units: 0.001 is too little", said)
        lot = self.lot("L-1", self.flour)
        house, pool = self.wh_togo, self.wh_togo.wh_input_stock_loc_id
        count = {"product_id": self.cable.id, "quantity_counted": 1e-9}
        vals = {"warehouse_id": house.id, "reason": "count", "lines": [count]}
        self.refuse("quantity_too_small", self.quants._api_adjust, vals)
        scrap = {"product_id": self.flour.id, "lot_id": lot.id, "quantity": 0.004}
        scrap["warehouse_id"] = house.id
        self.refuse("quantity_too_small", self.env["stock.scrap"]._api_scrap, scrap)
        move = {"product_id": self.cable.id, "quantity": 0.001}
        vals = {"from_location_id": self.stock.id, "to_location_id": pool.id}
        vals["lines"] = [move]
        self.refuse("quantity_too_small", self.pickings._api_transfer, vals)
        picking = self.order((self.cable, 2))
        part = [{"product_id": self.cable.id, "quantity": 0.001}]
        validate = picking._api_validate
        self.refuse("quantity_too_small", validate, part, force_backorder=True)
        picking._api_validate()
        self.refuse("quantity_too_small", picking._api_return, part)
        self.assertEqual(self.held(self.cable), 8)

    def test_orders(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        small = [{"product_id": self.cable.id, "quantity": 0.001}]
        self.refuse("quantity_too_small", order._abs_line_commands, small)
        small[0]["id"] = order.order_line.id
        self.refuse("quantity_too_small", order._abs_line_commands, small)

    def test_half_a_serial_is_not_sold(self):
        """It could be confirmed, but never delivered; also in the web client."""
        for quantity in (0.5, 1.5):
            with self.assertRaises(BusinessError) as caught:
                self.quotation(self.marie, [(self.kit, quantity)])
            self.assertEqual(caught.exception.code, "whole_units")
        order = self.quotation(self.marie, [(self.kit, 2), (self.cable, 0.5)])
        with self.assertRaises(BusinessError):
            order.order_line[0].product_uom_qty = 2.5
