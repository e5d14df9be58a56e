"""Rules of stock: serials, validation, returns, counts, transfers (SPEC 5 Stock, 6)."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..compat import SOL_UOM
from ..exceptions import BusinessError, Conflict, Forbidden, NotFound
from .common import AbsCommon


class StockCase(AbsCommon):
    """Verbs as the system; ``self.refuse(code, call, ...)``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pickings = cls.env["stock.picking"]
        cls.quants = cls.env["stock.quant"]
        cls.stock = cls.wh_togo.lot_stock_id
        cls.flour = cls.make_product(
            "Test Flour", "T-FLR", 2, type="consu", is_storable=True, tracking="lot"
        )

    def receive_goods(self, *lines, warehouse=None, **more):
        """Receive ``(product, quantity or None, *serials)`` through the verb."""
        return self.pickings.abs_receive(
            {
                "warehouse_id": (warehouse or self.wh_togo).id,
                "lines": [
                    {"product_id": p.id, "quantity": quantity, "lots": list(serials)}
                    for p, quantity, *serials in lines
                ],
                **more,
            }
        )

    def order(self, *lines, partner=None):
        """Return the open picking of a confirmed order, and its lines by product."""
        order = self.quotation(partner or self.marie, lines)
        order.action_confirm()
        self.last_order = order
        return order.picking_ids

    def move(self, picking, product):
        return picking.move_ids.filtered(lambda m: m.product_id == product)

    def refuse(self, code, function, *args, kind=BusinessError, **kwargs):
        """Expect a refusal that changes nothing; return its sentence."""
        with self.assertRaises(kind) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.assertEqual(caught.exception.code, code, str(caught.exception))
        self.env.invalidate_all()
        return str(caught.exception)

    def held(self, product, place=None, lot=None):
        return self.quants._abs_held(product, place or self.stock, lot)[0]

    def lot(self, name, product=None):
        domain = [("name", "=", name), ("product_id", "=", (product or self.kit).id)]
        return self.env["stock.lot"].search(domain)


@tagged("post_install", "-at_install")
class TestLocations(StockCase):
    def test_every_warehouse_has_its_places(self):
        for house in self.wh_togo | self.wh_kenya:
            sync = house.x_sync_deployed_id
            self.assertEqual(sync.usage, "internal")
            self.assertEqual(sync.company_id, house.company_id)
            self.assertFalse(sync.warehouse_id, "deployed units are in no warehouse")
            for place in house.x_loaner_pool_id | house.x_service_repair_id:
                self.assertEqual(place.warehouse_id, house)
                self.assertFalse(place._child_of(house.lot_stock_id))
        second = self.env["stock.warehouse"].create(
            {"name": "Depot", "code": "DPT", "company_id": self.togo.id}
        )
        self.assertEqual(second.x_sync_deployed_id, self.wh_togo.x_sync_deployed_id)
        self.assertNotEqual(second.x_loaner_pool_id, self.wh_togo.x_loaner_pool_id)
        places = self.env["stock.location"]
        self.assertEqual(
            places._abs_locations(self.togo, "loaner_pool"),
            self.wh_togo.x_loaner_pool_id | second.x_loaner_pool_id,
        )
        self.assertEqual(
            places._abs_location(self.togo, "loaner_pool"),
            self.wh_togo.x_loaner_pool_id,
        )
        count = places.search_count([("x_role", "!=", False)])
        self.env["stock.warehouse"]._abs_ensure_locations()
        self.assertEqual(places.search_count([("x_role", "!=", False)]), count)

    def test_role_stands_where_it_must(self):
        pool = self.wh_togo.x_loaner_pool_id
        with self.assertRaises(UserError), self.env.cr.savepoint():
            pool.x_role = "sync_deployed"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            pool.usage = "transit"

    def test_sync_delivery_counts_as_delivered_and_comes_back(self):
        """In one step and in two: delivered, reserved for real, returned."""
        sync = self.wh_togo.x_sync_deployed_id
        for steps, name in (("ship_only", "SD-1"), ("pick_ship", "SD-2")):
            self.wh_togo.delivery_steps = steps
            self.receive_goods((self.kit, None, name))
            # subs decides which orders are SYNC: here the place is given by hand.
            order = self.quotation(self.marie, [(self.kit, 1)])
            line = type(order.order_line)
            self.patch(line, "_get_location_final", lambda this, s=sync: s)
            order.action_confirm()
            for _step in range(2):
                for picking in order.picking_ids.filtered(lambda p: p.state != "done"):
                    picking.abs_validate()
            self.assertEqual(self.lot(name)._abs_place(), sync)
            self.assertTrue(sync._abs_is_field())
            self.assertEqual(order.order_line.qty_delivered, 1)
            self.assertEqual(self.kit.with_company(self.togo).qty_available, 0)
            out = order.picking_ids.filtered(
                lambda p: p.picking_type_id.code == "outgoing"
            )
            back = out.abs_return(None, "ends")
            self.assertEqual(back.state, "done")
            self.assertEqual(order.order_line.qty_delivered, 0)
            place = self.lot(name)._abs_place()
            self.assertEqual(place.usage, "internal")
            self.assertEqual(place.warehouse_id, self.wh_togo)
            self.quants.abs_adjust(
                {
                    "warehouse_id": self.wh_togo.id,
                    "reason": "clean",
                    "lines": [
                        {
                            "product_id": self.kit.id,
                            "lot_name": name,
                            "quantity_counted": 0,
                        }
                    ],
                }
            )


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
        self.pickings.abs_receive(vals)
        self.assertEqual(self.held(self.cable), 24)
        self.assertEqual(self.held(self.kit), 12)
        vals["lines"][0]["uom_id"] = self.env.ref("uom.product_uom_hour").id
        self.refuse("uom_mismatch", self.pickings.abs_receive, vals)
        vals["lines"] = [{**vals["lines"][1], "lots": names[:11]}]
        self.refuse("serial_required", self.pickings.abs_receive, vals)

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
        self.order((self.kit, 1)).abs_validate(None)
        sold = self.last_order.picking_ids.move_line_ids.lot_id
        said = self.refuse(
            "serial_unavailable", self.receive_goods, (self.kit, None, sold.name)
        )
        self.assertIn("customer", said)
        other = self.lot("C-1") | self.lot("C-2")
        other -= sold
        self.env["stock.scrap"].abs_scrap(
            {"product_id": self.kit.id, "lot_name": other.name, "reason": "burnt"}
        )
        said = self.refuse(
            "serial_unavailable", self.receive_goods, (self.kit, None, other.name)
        )
        self.assertIn("scrapped", said)

    def test_later_validation_in_part(self):
        picking = self.receive_goods((self.kit, 3, "P-1", "P-2"), validate=False)
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(self.held(self.kit), 0)
        move = picking.move_ids
        self.refuse("serial_required", picking.abs_validate)
        line = {"move_id": move.id, "lots": ["P-1", "P-2"]}
        self.refuse("serial_required", picking.abs_validate, [line])
        picking.abs_validate([line], force_backorder=True)
        rest = picking.backorder_ids
        self.assertEqual(rest.move_ids.product_uom_qty, 1)
        self.assertEqual(self.held(self.kit), 2)
        # The name is taken meanwhile: the check is made again at validation.
        self.refuse(
            "serial_unavailable",
            rest.abs_validate,
            [{"move_id": rest.move_ids.id, "lots": ["P-1"]}],
        )
        rest.abs_validate([{"move_id": rest.move_ids.id, "lots": ["P-9"]}])
        self.assertEqual(self.held(self.kit), 3)
        self.refuse("receipt_done", rest.abs_validate, kind=Conflict)

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
        receipt.abs_validate(
            [
                {"move_id": self.move(receipt, self.kit).id, "lots": ["PO-1"]},
                {"move_id": self.move(receipt, self.cable).id, "quantity": 3},
            ],
            force_backorder=True,
        )
        self.assertEqual(order.order_line.mapped("qty_received"), [1, 3])
        rest = order.picking_ids - receipt
        rest.abs_validate(
            [
                {"move_id": self.move(rest, self.kit).id, "lots": ["PO-2"]},
                {"move_id": self.move(rest, self.cable).id, "quantity": 6},
            ]
        )
        self.assertEqual(
            order.order_line.mapped("qty_received"), [2, 9], "the supplier sent one more"
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
            step.abs_validate()
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
            .abs_receive(
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
            self.refuse("role_required", model.abs_receive, vals, kind=Forbidden)
        # An admin who names an SA of another company made a mistake.
        model = self.api_env(self.admin, account=self.sa_nbo)["stock.picking"].sudo()
        self.refuse("company_mismatch", model.abs_receive, vals)


@tagged("post_install", "-at_install")
class TestDelivery(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["D-1", "D-2", "D-3", "D-4"])
        cls.receive(cls.cable, 20)
        cls.env["stock.picking"].abs_receive(
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
        done = picking.abs_validate()
        self.assertEqual(done.state, "done")
        self.assertEqual(done.move_line_ids.lot_id, reserved)
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [2, 3, 7])
        self.refuse("delivery_done", picking.abs_validate, kind=Conflict)

    def test_serials_by_name_id_and_line(self):
        picking = self.order((self.kit, 3))
        move = picking.move_ids
        line = move.move_line_ids[0]
        reserved = line.lot_id.name
        others = [n for n in ("D-1", "D-2", "D-3", "D-4") if n != reserved]
        picking.abs_validate(
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
            return picking.abs_validate([line], **more)

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
        self.pickings.abs_transfer(
            {
                "from_location_id": self.stock.id,
                "to_location_id": self.wh_togo.x_loaner_pool_id.id,
                "lines": [{"product_id": self.kit.id, "lots": ["D-4"]}],
            }
        )
        said = self.refuse("serial_unavailable", validate, "D-1", "D-4")
        self.assertIn("Loaner Pool", said)
        other = self.order((self.kit, 1), partner=self.paul)
        other.abs_validate([{"move_id": other.move_ids.id, "lots": ["D-1"]}])
        said = self.refuse("serial_unavailable", validate, "D-1", "D-2")
        self.assertIn("customer", said)
        with self.assertRaises(NotFound), self.env.cr.savepoint():
            picking.abs_validate([{"move_id": other.move_ids.id, "lots": ["D-2"]}])
        self.assertEqual(picking.state, "assigned")
        validate("D-2", "D-3")
        self.assertEqual(picking.state, "done")

    def test_a_serial_reserved_elsewhere_may_be_taken(self):
        first, second = self.order((self.kit, 2)), self.order((self.kit, 2))
        taken = first.move_line_ids.lot_id
        second.abs_validate([{"move_id": second.move_ids.id, "lots": taken.mapped("name")}])
        self.assertEqual(second.move_ids.lot_ids, taken)
        first.abs_validate()
        self.assertFalse(first.move_ids.lot_ids & taken)
        negative = [("quantity", "<", 0), ("location_id.usage", "=", "internal")]
        self.assertFalse(self.quants.search(negative))

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
        self.refuse("serial_required", picking.abs_validate, lines)
        whole = {"move_id": kit.id, "lots": ["D-3", "D-4"]}
        self.refuse("backorder_required", picking.abs_validate, [whole, *lines[1:]])
        picking.abs_validate(lines, force_backorder=True)
        order = self.last_order
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 1, 2])
        rest = picking.backorder_ids
        self.assertEqual(rest.x_sa_id, picking.x_sa_id)
        self.assertEqual(self.held(self.flour, lot=self.lot("F-2", self.flour)), 3)
        rest.abs_validate()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [2, 4, 6])
        self.assertFalse(rest.backorder_ids)

    def test_unnamed_lines(self):
        """Not named: whole without force_backorder, left with it; serials are named."""
        picking = self.order((self.kit, 1), (self.cable, 4))
        kit, cable = self.move(picking, self.kit), self.move(picking, self.cable)
        self.refuse(
            "serial_required",
            picking.abs_validate,
            [{"move_id": cable.id, "quantity": 4}],
        )
        picking.abs_validate([{"move_id": kit.id, "lots": ["D-1"]}])
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [1, 4])
        picking = self.order((self.kit, 1), (self.cable, 4))
        picking.abs_validate(
            [{"move_id": self.move(picking, self.cable).id, "quantity": 2}],
            force_backorder=True,
        )
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [0, 2])
        rest = picking.backorder_ids
        self.assertEqual(sum(rest.move_ids.mapped("product_uom_qty")), 3)
        self.refuse(
            "nothing_to_validate",
            rest.abs_validate,
            [{"move_id": self.move(rest, self.cable).id, "quantity": 0}],
            force_backorder=True,
        )

    def test_shortage(self):
        picking = self.order((self.cable, 50))
        said = self.refuse("insufficient_stock", picking.abs_validate)
        for part in ("Insufficient stock", "Test Cable", "50", "20"):
            self.assertIn(part, said)
        line = {"move_id": picking.move_ids.id, "quantity": 30}
        self.refuse(
            "insufficient_stock", picking.abs_validate, [line], force_backorder=True
        )
        other = self.order((self.cable, 1))
        self.refuse("insufficient_stock", other.abs_validate)  # all 20 are promised
        picking.abs_validate(force_backorder=True)
        self.assertEqual(self.last_order.order_line.qty_delivered, 0)
        self.assertEqual(self.held(self.cable), 0)
        self.receive(self.cable, 40)
        picking.backorder_ids.abs_validate()
        self.assertEqual(self.held(self.cable), 10)
        kits = self.order((self.kit, 9))
        self.refuse("insufficient_stock", kits.abs_validate)
        lots = self.order((self.flour, 11))
        self.refuse("insufficient_stock", lots.abs_validate)
        line = {"move_id": lots.move_ids.id, "quantity": 6, "lots": ["F-1"]}
        self.refuse(
            "insufficient_stock", lots.abs_validate, [line], force_backorder=True
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
        first.abs_validate()
        self.refuse("insufficient_stock", second.abs_validate)
        self.assertEqual(self.held(lamp), 0)

    def test_consumables_need_no_stock(self):
        tape = self.make_product("Tape", "T-TAPE", 1, type="consu", is_storable=False)
        self.order((tape, 7)).abs_validate()
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
            picking.abs_validate,
            [{"move_id": picking.move_ids.id, "quantity": 12}],
        )
        self.assertIn("Test Cable", said)
        picking.abs_validate()
        self.assertEqual(self.held(self.cable), 8)

    def test_pick_and_ship(self):
        self.wh_togo.delivery_steps = "pick_ship"
        picking = self.order((self.kit, 1), (self.cable, 2))
        self.assertEqual(picking.x_flow, "delivery")
        self.assertEqual(picking.abs_steps()[picking.id], "pick")
        line = {"move_id": self.move(picking, self.kit).id, "lots": ["D-2"]}
        picking.abs_validate([line])
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [0, 0])
        ship = self.last_order.picking_ids - picking
        self.assertEqual(ship.abs_steps()[ship.id], "ship")
        self.assertEqual(ship.x_sa_id, self.sa_lom)
        line = {"move_id": self.move(ship, self.kit).id, "lots": ["D-1"]}
        said = self.refuse("serial_unavailable", ship.abs_validate, [line])
        self.assertIn("D-1", said)
        ship.abs_validate()
        self.assertEqual(ship.move_line_ids.lot_id.mapped("name"), ["D-2"])
        self.assertEqual(self.last_order.order_line.mapped("qty_delivered"), [1, 2])

    def test_cancelled(self):
        picking = self.order((self.cable, 1))
        picking.action_cancel()
        self.refuse("delivery_cancelled", picking.abs_validate)


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
        return picking.abs_validate([line])

    def test_a_part_then_the_rest(self):
        picking = self.deliver_kits("T-1", "T-2")
        order = self.last_order
        line = {"product_id": self.kit.id, "lots": ["T-2"]}
        back = picking.abs_return([line], "does not charge")
        self.assertEqual(back.state, "done")
        self.assertEqual(back.x_flow, "return")
        self.assertEqual(back.x_sa_id, self.sa_lom)
        self.assertEqual(back.move_line_ids.lot_id.name, "T-2")
        self.assertEqual(self.lot("T-2")._abs_place(), self.stock)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [1, 4])
        self.assertIn("does not charge", str(back.note))
        self.refuse("serial_unavailable", picking.abs_return, [line])
        cable = {"product_id": self.cable.id, "quantity": 3}
        picking.abs_return([cable])
        self.refuse("quantity_exceeded", picking.abs_return, [cable])
        picking.abs_return()
        self.assertEqual(order.order_line.mapped("qty_delivered"), [0, 0])
        self.refuse("nothing_to_return", picking.abs_return)

    def test_only_what_this_delivery_brought(self):
        mine = self.deliver_kits("T-1")
        theirs = self.deliver_kits("T-2", partner=self.paul)
        line = {"product_id": self.kit.id, "lots": ["T-2"]}
        said = self.refuse("serial_unavailable", mine.abs_return, [line])
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
        self.refuse("delivery_not_done", picking.abs_return)
        picking.abs_validate()
        self.refuse(
            "serial_required",
            picking.abs_return,
            [{"product_id": self.kit.id, "quantity": 1}],
        )
        receipt = self.receive(self.cable, 1)
        self.refuse("delivery_not_done", receipt.abs_return)

    def test_returned_unit_is_sold_again(self):
        picking = self.deliver_kits("T-3")
        picking.abs_return()
        again = self.deliver_kits("T-3", partner=self.paul)
        self.assertEqual(self.lot("T-3").x_sa_id, self.sa_kar)
        self.assertEqual(again.state, "done")


@tagged("post_install", "-at_install")
class TestCountTransferScrap(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["N-1", "N-2", "N-3"])
        cls.receive(cls.cable, 20)
        cls.pool = cls.wh_togo.x_loaner_pool_id

    def count(self, product, counted, warehouse=None, **line):
        return self.quants.abs_adjust(
            {
                "warehouse_id": (warehouse or self.wh_togo).id,
                "reason": "June count",
                "lines": [
                    {"product_id": product.id, "quantity_counted": counted, **line}
                ],
            }
        )["lines"][0]

    def transfer(self, source, target, product, quantity=None, *names, **more):
        line = {"product_id": product.id, "quantity": quantity, "lots": list(names)}
        vals = {
            "from_location_id": source.id,
            "to_location_id": target.id,
            "lines": [line],
            **more,
        }
        return self.pickings.abs_transfer(vals)

    def test_count(self):
        row = self.count(self.cable, 17)
        self.assertEqual(row["qty_difference"], -3)
        self.assertEqual(self.held(self.cable), 17)
        move = self.env["stock.move"].browse(row["movement_id"])
        self.assertEqual(move.reference, "June count")
        self.assertTrue(move.is_inventory)
        self.assertIsNone(self.count(self.cable, 17)["movement_id"])
        self.count(self.kit, 0, lot_name="N-1")
        self.assertFalse(self.lot("N-1")._abs_place())
        self.count(self.kit, 1, lot_id=self.lot("N-1").id)
        self.count(self.kit, 1, lot_name="FOUND")
        self.assertEqual(self.lot("FOUND")._abs_place(), self.stock)
        self.assertEqual(self.held(self.kit), 4)

    def test_count_over_split_rows(self):
        self.env["stock.quant"].sudo().create(
            {"product_id": self.cable.id, "location_id": self.stock.id, "quantity": 2}
        )
        self.assertEqual(self.held(self.cable), 22)
        self.count(self.cable, 10)
        self.assertEqual(self.held(self.cable), 10)

    def test_count_below_promises(self):
        picking = self.order((self.cable, 15))
        self.count(self.cable, 10)
        self.assertEqual(self.held(self.cable), 10)
        self.refuse("insufficient_stock", picking.abs_validate)

    def test_count_refusals(self):
        self.refuse("serial_required", self.count, self.kit, 2)
        self.refuse("lot_required", self.count, self.flour, 2)
        self.refuse("serial_quantity", self.count, self.kit, 2, lot_name="N-1")
        self.refuse("not_stockable", self.count, self.installation, 2)
        self.refuse("not_tracked", self.count, self.cable, 2, lot_name="N-1")
        lot = self.lot("N-1").id
        self.refuse("serial_unavailable", self.count, self.battery, 1, lot_id=lot)
        self.refuse("serial_unavailable", self.count, self.battery, 1, lot_name="N-1")
        self.refuse("serial_unavailable", self.count, self.kit, 0, lot_name="NEVER")
        self.order((self.kit, 1)).abs_validate()
        sold = self.last_order.picking_ids.move_line_ids.lot_id
        self.refuse("serial_unavailable", self.count, self.kit, 1, lot_id=sold.id)
        self.refuse(
            "serial_unavailable",
            self.count,
            self.kit,
            1,
            warehouse=self.wh_kenya,
            lot_name=(self.lot("N-1") | self.lot("N-2") - sold)[:1].name,
        )
        shelf = self.env["stock.location"].create(
            {
                "name": "Shelf",
                "location_id": self.stock.id,
                "usage": "internal",
                "company_id": self.togo.id,
            }
        )
        self.transfer(self.stock, shelf, self.cable, 5)
        said = self.refuse("location_required", self.count, self.cable, 20)
        self.assertIn("Shelf", said)
        self.count(self.cable, 6, location_id=shelf.id)
        self.assertEqual(self.held(self.cable, shelf), 6)

    def test_transfer_within_and_between_warehouses(self):
        done = self.transfer(self.stock, self.pool, self.kit, None, "N-1")
        self.assertEqual(done.x_flow, "transfer")
        self.assertEqual(self.lot("N-1")._abs_place(), self.pool)
        sellable = self.kit.with_context(location=self.stock.id).free_qty
        self.assertEqual(sellable, 2, "the pool is not for sale")
        depot = self.env["stock.warehouse"].create(
            {"name": "Depot", "code": "DP2", "company_id": self.togo.id}
        )
        self.transfer(self.stock, depot.lot_stock_id, self.cable, 8)
        self.assertEqual(self.held(self.cable, depot.lot_stock_id), 8)
        self.assertEqual(self.held(self.cable), 12)
        open_one = self.transfer(
            self.stock, self.pool, self.kit, None, "N-2", validate=False
        )
        self.assertEqual(open_one.state, "assigned")
        self.assertEqual(self.lot("N-2")._abs_place(), self.stock)
        open_one.abs_validate()
        self.assertEqual(self.lot("N-2")._abs_place(), self.pool)

    def test_transfer_between_companies(self):
        there = self.wh_kenya.lot_stock_id
        pickings = self.pickings.abs_transfer(
            {
                "from_location_id": self.stock.id,
                "to_location_id": there.id,
                "lines": [
                    {"product_id": self.kit.id, "lots": ["N-1"]},
                    {"product_id": self.cable.id, "quantity": 6},
                ],
            }
        )
        self.assertEqual(pickings.mapped("state"), ["done", "done"])
        self.assertEqual(pickings.company_id, self.togo | self.kenya)
        self.assertEqual(self.lot("N-1")._abs_place(), there)
        self.assertEqual(self.lot("N-1").x_company_id, self.kenya)
        self.assertEqual(self.held(self.cable, there), 6)
        self.assertEqual(self.held(self.cable), 14)
        out, into = self.transfer(
            there, self.stock, self.cable, 2, validate=False
        )
        self.refuse("previous_step_pending", into.abs_validate)
        out.abs_validate()
        into.abs_validate()
        self.assertEqual(self.held(self.cable), 16)

    def test_transfer_refusals(self):
        move, customers = self.transfer, self.env.ref("stock.stock_location_customers")
        self.refuse("same_location", move, self.stock, self.stock, self.cable, 1)
        self.refuse(
            "location_not_internal", move, self.stock, customers, self.cable, 1
        )
        sync = self.wh_togo.x_sync_deployed_id
        self.refuse(
            "location_not_allowed", move, self.stock, sync, self.kit, None, "N-1"
        )
        self.refuse(
            "insufficient_stock", move, self.stock, self.pool, self.cable, 21
        )
        self.refuse("serial_required", move, self.stock, self.pool, self.kit, 2, "N-1")
        self.refuse(
            "duplicate_serial", move, self.stock, self.pool, self.kit, 2, "N-1", "N-1"
        )
        self.refuse(
            "serial_unavailable", move, self.pool, self.stock, self.kit, 1, "N-1"
        )
        self.refuse(
            "serial_unavailable", move, self.stock, self.pool, self.kit, 1, "NEVER"
        )
        self.refuse("not_tracked", move, self.stock, self.pool, self.cable, 1, "N-1")
        model = self.api_env(self.yao)["stock.picking"].sudo()
        self.refuse(
            "role_required",
            model.abs_transfer,
            {
                "from_location_id": self.stock.id,
                "to_location_id": self.wh_kenya.lot_stock_id.id,
                "lines": [{"product_id": self.cable.id, "quantity": 1}],
            },
            kind=Forbidden,
        )

    def test_move_lot_through_its_life(self):
        lot, house = self.lot("N-1"), self.wh_togo
        sync, bench = house.x_sync_deployed_id, house.x_service_repair_id
        customers = self.env.ref("stock.stock_location_customers")
        move = self.pickings.abs_move_lot
        route = [self.stock, self.pool, sync, bench, sync, customers, self.stock]
        for source, target in zip(route, route[1:], strict=False):
            done = move(lot, source, target, "life", partner=self.marie, origin="X")
            self.assertEqual(done.state, "done")
            self.assertEqual(done.picking_type_id, house.int_type_id)
            self.assertEqual(lot._abs_place(), target)
            self.assertEqual(done.move_ids.partner_id, self.marie)
        self.refuse("serial_unavailable", move, lot, self.pool, sync, "not there")

    def test_scrap(self):
        scrap = self.env["stock.scrap"].abs_scrap
        done = scrap(
            {"product_id": self.kit.id, "lot_id": self.lot("N-1").id, "reason": "fire"}
        )
        self.assertEqual(done.state, "done")
        self.assertFalse(self.lot("N-1")._abs_place())
        self.refuse(
            "serial_unavailable",
            scrap,
            {"product_id": self.kit.id, "lot_name": "N-1"},
        )
        vals = {"product_id": self.cable.id, "warehouse_id": self.wh_togo.id}
        scrap({**vals, "quantity": 4})
        self.assertEqual(self.held(self.cable), 16)
        self.refuse("insufficient_stock", scrap, {**vals, "quantity": 17})
        self.refuse("location_required", scrap, {"product_id": self.cable.id})
        self.refuse("serial_required", scrap, {"product_id": self.kit.id})
        two = {"product_id": self.kit.id, "lot_name": "N-2", "quantity": 2}
        self.refuse("serial_quantity", scrap, two)
        self.order((self.kit, 1)).abs_validate()
        sold = self.last_order.picking_ids.move_line_ids.lot_id
        self.refuse(
            "serial_unavailable",
            scrap,
            {"product_id": self.kit.id, "lot_id": sold.id},
        )
        # A leased unit is company property: it is scrapped from where it is.
        free = (self.lot("N-2") | self.lot("N-3")) - sold
        sync = self.wh_togo.x_sync_deployed_id
        self.pickings.abs_move_lot(free, self.stock, sync, "lease")
        gone = scrap({"product_id": self.kit.id, "lot_id": free.id, "reason": "stolen"})
        self.assertEqual(gone.location_id, sync)

    def test_levels_equal_the_quants_and_odoo(self):
        self.transfer(self.stock, self.pool, self.kit, None, "N-1")
        self.order((self.kit, 1), (self.cable, 3))
        rows, total = self.quants.abs_levels([("company_id", "=", self.togo.id)])
        self.assertEqual(total, len(rows))
        for product in (self.kit, self.cable):
            own = [r for r in rows if r["product"]["id"] == product.id]
            here = product.with_context(allowed_company_ids=self.togo.ids)
            self.assertEqual(sum(r["qty_on_hand"] for r in own), here.qty_available)
            self.assertEqual(sum(r["qty_available"] for r in own), here.free_qty)
        first, total_again = self.quants.abs_levels(
            [("company_id", "=", self.togo.id)], limit=2
        )
        self.assertEqual(total_again, total)
        self.assertEqual(first, rows[:2])

    def test_reorder_rules_still_work(self):
        supplier = self.env["res.partner"].create({"name": "Oves Factory"})
        self.cable.write(
            {
                "seller_ids": [
                    Command.create(
                        {"partner_id": supplier.id, "price": 3, "company_id": False}
                    )
                ],
                "route_ids": [
                    Command.link(self.env.ref("purchase_stock.route_warehouse0_buy").id)
                ],
            }
        )
        rule = (
            self.env["stock.warehouse.orderpoint"]
            .with_company(self.togo)
            .create(
                {
                    "product_id": self.cable.id,
                    "warehouse_id": self.wh_togo.id,
                    "location_id": self.stock.id,
                    "company_id": self.togo.id,
                    "product_min_qty": 30,
                    "product_max_qty": 100,
                }
            )
        )
        rule.action_replenish()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.cable.id), ("company_id", "=", self.togo.id)]
        )
        self.assertEqual(line.product_qty, 80)
        line.order_id.button_confirm()
        line.order_id.picking_ids.abs_validate()
        self.assertEqual(self.held(self.cable), 100)

    def test_serial_twice_in_one_place_is_refused_by_odoo_too(self):
        with self.assertRaises(UserError):
            self.receive(self.kit, ["N-1"])
