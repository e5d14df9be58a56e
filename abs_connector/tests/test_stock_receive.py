"""Goods receipts: serials, lots, units, steps, who may (docs/contract.md 5)."""

from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict, Forbidden
from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestReceive(StockCase):
    def test_all_kinds_in_one_receipt(self):
        picking = self.receive_goods(
            (self.kit, 2, "R-1", "R-2"),
            (self.kit, 1, "R-3"),
            (self.cable, 10),
            (self.cable, 5),
            (self.flour, 4, "L-1"),
            (self.flour, 6, "L-2"),
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual(len(picking.move_ids), 3, "lines of one product add up")
        self.assertEqual(self.held(self.kit), 3)
        self.assertEqual(self.held(self.cable), 15)
        self.assertEqual(self.held(self.flour, lot=self.lot("L-2", self.flour)), 6)
        self.assertEqual(picking.x_flow, "receipt")
        self.assertEqual(self.lot("R-1").x_company_id, self.togo)
        more = self.receive_goods((self.flour, 3, "L-1"))
        self.assertEqual(more.state, "done")
        self.assertEqual(self.held(self.flour, lot=self.lot("L-1", self.flour)), 7)

    def test_units_of_measure(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        names = [f"DZ-{i}" for i in range(12)]
        vals = {
            "warehouse_id": self.wh_togo.id,
            "lines": [
                {
                    "product_id": self.cable.id,
                    "quantity": 2,
                    "uom_id": dozen.id,
                },
                {
                    "product_id": self.kit.id,
                    "quantity": 1,
                    "uom_id": dozen.id,
                    "lots": names,
                },
            ],
        }
        self.pickings._api_receive(vals)
        self.assertEqual(self.held(self.cable), 24)
        self.assertEqual(self.held(self.kit), 12)
        vals["lines"][0]["uom_id"] = self.env.ref("uom.product_uom_hour").id
        self.refuse("uom_mismatch", self.pickings._api_receive, vals)
        vals["lines"] = [{**vals["lines"][1], "lots": names[:11]}]
        self.refuse("serial_required", self.pickings._api_receive, vals)

    def test_refusals(self):
        receive = self.receive_goods
        receive((self.kit, None, "X-1"))
        said = self.refuse("serial_unavailable", receive, (self.kit, None, "X-1"))
        self.assertIn(self.stock.display_name, said)
        said = self.refuse("serial_unavailable", receive, (self.battery, None, "X-1"))
        self.assertIn("Test Kit", said)
        self.refuse("duplicate_serial", receive, (self.kit, None, "X-2", "X-2"))
        self.refuse(
            "duplicate_serial", receive, (self.kit, 1, "X-2"), (self.kit, 1, "X-2")
        )
        self.refuse("serial_required", receive, (self.kit, 3, "X-2", "X-3"))
        self.refuse("serial_required", receive, (self.kit, 1, "X-2", "X-3"))
        self.refuse("serial_required", receive, (self.kit, 2))
        self.refuse("lot_required", receive, (self.flour, 2))
        self.refuse("lot_required", receive, (self.flour, 2, "A", "B"))
        self.refuse("not_tracked", receive, (self.cable, 2, "A"))
        self.refuse("not_stockable", receive, (self.installation, 1))
        self.assertFalse(self.lot("X-2"))
        said = self.refuse(
            "serial_unavailable",
            receive,
            (self.kit, None, "X-1"),
            warehouse=self.wh_kenya,
        )
        self.assertIn(self.togo.name, said)
        self.assertNotIn(self.stock.display_name, said, "another company's shelf")

    def test_a_serial_at_a_customer_or_scrapped_is_not_received(self):
        self.receive_goods((self.kit, None, "C-1", "C-2"))
        self.order((self.kit, 1))._api_validate(None)
        sold = self.last_order.picking_ids.move_line_ids.lot_id
        said = self.refuse(
            "serial_unavailable", self.receive_goods, (self.kit, None, sold.name)
        )
        self.assertIn("customer", said)
        other = self.lot("C-1") | self.lot("C-2")
        other -= sold
        self.env["stock.scrap"]._api_scrap(
            {"product_id": self.kit.id, "lot_name": other.name, "reason": "burnt"}
        )
        said = self.refuse(
            "serial_unavailable", self.receive_goods, (self.kit, None, other.name)
        )
        self.assertIn("scrapped", said)

    def test_a_lost_serial_is_counted_in_not_received_again(self):
        """Odoo's own refusal ("already been assigned") told nobody what to do."""
        self.receive_goods((self.kit, None, "L-1"))
        line = {"product_id": self.kit.id, "lot_name": "L-1"}

        def count(number):
            return self.quants._api_adjust(
                {
                    "warehouse_id": self.wh_togo.id,
                    "reason": "count",
                    "lines": [{**line, "quantity_counted": number}],
                }
            )

        count(0)
        for house in (self.wh_togo, self.wh_kenya):
            said = self.refuse(
                *("serial_unavailable", self.receive_goods, (self.kit, None, "L-1")),
                warehouse=house,
            )
            self.assertIn("count it in", said)
        with self.assertRaises(BusinessError), self.env.cr.savepoint():
            self.receive(self.kit, ["L-1"])  # the web client's way
        count(1)
        self.assertEqual(self.held(self.kit, lot=self.lot("L-1")), 1)

    def test_later_validation_in_part(self):
        picking = self.receive_goods((self.kit, 3, "P-1", "P-2"), validate=False)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(self.held(self.kit), 0)
        move = picking.move_ids
        self.refuse("serial_required", picking._api_validate)
        line = {"move_id": move.id, "lots": ["P-1", "P-2"]}
        self.refuse("serial_required", picking._api_validate, [line])
        picking._api_validate([line], force_backorder=True)
        rest = picking.backorder_ids
        self.assertEqual(rest.move_ids.product_uom_qty, 1)
        self.assertEqual(self.held(self.kit), 2)
        # The name is taken meanwhile: the check is made again at validation.
        self.refuse(
            "serial_unavailable",
            rest._api_validate,
            [{"move_id": rest.move_ids.id, "lots": ["P-1"]}],
        )
        rest._api_validate([{"move_id": rest.move_ids.id, "lots": ["P-9"]}])
        self.assertEqual(self.held(self.kit), 3)
        self.refuse("receipt_done", rest._api_validate, kind=Conflict)

    def test_purchase_order_in_part(self):
        supplier = self.env["res.partner"].create({"name": "Oves Factory"})
        order = (
            self.env["purchase.order"]
            .with_company(self.togo)
            .create(
                {
                    "partner_id": supplier.id,
                    "company_id": self.togo.id,
                    "picking_type_id": self.wh_togo.in_type_id.id,
                    "order_line": [
                        Command.create({"product_id": self.kit.id, "product_qty": 2}),
                        Command.create({"product_id": self.cable.id, "product_qty": 8}),
                    ],
                }
            )
        )
        order.button_confirm()
        receipt = order.picking_ids
        self.assertEqual(receipt.x_flow, "receipt")
        receipt._api_validate(
            [
                {"move_id": self.move(receipt, self.kit).id, "lots": ["PO-1"]},
                {"move_id": self.move(receipt, self.cable).id, "quantity": 3},
            ],
            force_backorder=True,
        )
        self.assertEqual(order.order_line.mapped("qty_received"), [1, 3])
        rest = order.picking_ids - receipt
        rest._api_validate(
            [
                {"move_id": self.move(rest, self.kit).id, "lots": ["PO-2"]},
                {"move_id": self.move(rest, self.cable).id, "quantity": 6},
            ]
        )
        self.assertEqual(
            order.order_line.mapped("qty_received"),
            [2, 9],
            "the supplier sent one more",
        )

    def test_receive_with_quality_step(self):
        self.wh_togo.reception_steps = "three_steps"
        picking = self.receive_goods((self.kit, None, "Q-1"), (self.cable, 4))
        self.assertEqual(self.held(self.kit), 0)
        for _step in range(2):
            step = self.pickings.search(
                [
                    ("x_flow", "=", "receipt"),
                    ("state", "=", "assigned"),
                    ("picking_type_id.warehouse_id", "=", self.wh_togo.id),
                    ("id", ">", picking.id),
                ]
            )
            self.assertEqual(len(step), 1)
            step._api_validate()
        self.assertEqual(self.held(self.kit), 1)
        self.assertEqual(self.held(self.cable), 4)

    def test_guard_in_the_web_client(self):
        """Odoo's own receipt of a serial that is elsewhere would double the unit."""
        self.receive(self.kit, ["W-1"])
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            self.receive(self.kit, ["W-1"], warehouse=self.wh_kenya)
        self.assertEqual(caught.exception.code, "serial_unavailable")

    def test_stamps_of_a_receipt_through_the_api(self):
        env = self.api_env(self.kofi, account=self.sa_lom)
        picking = (
            env["stock.picking"]
            .sudo()
            ._api_receive(
                {
                    "warehouse_id": self.wh_togo.id,
                    "lines": [{"product_id": self.kit.id, "lots": ["ST-1"]}],
                }
            )
        )
        self.assertEqual(picking.x_sa_id, self.sa_lom)
        self.assertEqual(picking.x_actor_id, self.kofi.partner_id)
        self.assertEqual(self.lot("ST-1").x_sa_id, self.sa_lom)

    def test_staff_of_the_company_only(self):
        vals = {
            "warehouse_id": self.wh_togo.id,
            "lines": [{"product_id": self.cable.id, "quantity": 1}],
        }
        for person, account in ((self.jean, self.sa_lom), (self.wanjiru, self.sa_nbo)):
            model = self.api_env(person, account=account)["stock.picking"].sudo()
            self.refuse("role_required", model._api_receive, vals, kind=Forbidden)
        # An admin who names an SA of another company made a mistake.
        model = self.api_env(self.admin, account=self.sa_nbo)["stock.picking"].sudo()
        self.refuse("company_mismatch", model._api_receive, vals)
