"""What one order releases is free for the next, however Odoo split the stock's rows.

Rows are split when several people sell at once (``abs soak`` found it on 19.0: 5 units
of 71 stayed reserved for nobody, then more, until nothing could be delivered).
"""

from odoo.tests import tagged

from ..compat import move_name
from .common import AbsCommon


@tagged("post_install", "-at_install")
class TestReserved(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clamp = cls.env["product.product"].create(
            {"name": "Clamp", "type": "consu", "is_storable": True}
        )
        cls.stock = cls.wh_togo.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        # One transaction held the first row when the next one came.
        cls.rows = cls.env["stock.quant"]
        for _turn in range(2):
            cls.rows |= cls.rows.sudo().create(
                {
                    "product_id": cls.clamp.id,
                    "location_id": cls.stock.id,
                    "quantity": 5,
                }
            )

    def taking(self, quantity):
        """Return a confirmed delivery that has reserved ``quantity``."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.wh_togo.out_type_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            **move_name(self.clamp),
                            "product_id": self.clamp.id,
                            "product_uom_qty": quantity,
                            "company_id": self.togo.id,
                            "location_id": self.stock.id,
                            "location_dest_id": self.customers.id,
                        },
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.assertEqual(picking.move_ids.quantity, quantity)
        return picking

    def stands_on(self, *reserved):
        """Have the reservations stand on the rows as another order of events left it."""
        self.env.flush_all()
        for row, quantity in zip(self.rows, reserved, strict=True):
            self.env.cr.execute(
                "UPDATE stock_quant SET reserved_quantity = %s WHERE id = %s",
                [quantity, row.id],
            )
        self.env.invalidate_all()

    def reserved(self):
        self.env.flush_all()
        return sum(
            self.env["stock.quant"]
            .search(
                [
                    ("product_id", "=", self.clamp.id),
                    ("location_id", "=", self.stock.id),
                ]
            )
            .mapped("reserved_quantity")
        )

    def violations(self):
        self.env.flush_all()
        return [
            row["detail"]
            for row in self.env["abs.audit"].run()
            if row["check"] == "reserved_for_nobody"
        ]

    def test_released_wherever_it_stands(self):
        for reserved in ((0, 3), (3, 0), (1, 2), (2, 1), (5, -2), (-2, 5)):
            with self.subTest(reserved):
                picking = self.taking(3)
                self.stands_on(*reserved)
                picking.do_unreserve()
                self.assertEqual(self.reserved(), 0)
                self.assertEqual(self.violations(), [])

    def test_delivered_and_cancelled(self):
        for end in ("_action_done", "action_cancel"):
            with self.subTest(end):
                picking, other = self.taking(2), self.taking(1)
                self.stands_on(0, 3)
                picking.move_ids.picked = True
                getattr(picking, end)()
                self.assertEqual(self.reserved(), 1)
                other.action_cancel()
                self.assertEqual(self.reserved(), 0)

    def test_the_last_units_can_be_delivered(self):
        self.taking(3)
        self.stands_on(0, 3)
        self.env["stock.picking"].search(
            [("move_ids.product_id", "=", self.clamp.id)]
        ).action_cancel()
        picking = self.taking(10)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertEqual(picking.state, "done")

    def test_audit_sees_it(self):
        self.taking(3)
        self.stands_on(2, 1)
        self.assertEqual(self.violations(), [])
        self.stands_on(2, 2)
        (detail,) = self.violations()
        self.assertIn("4.0 reserved, 3.0 to be moved", detail.replace(".00", ".0"))
