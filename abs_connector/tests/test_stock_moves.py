"""Counts, transfers, life-cycle moves, scrap, levels, reorder rules."""

from itertools import pairwise

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import Forbidden
from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestCountTransferScrap(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["N-1", "N-2", "N-3"])
        cls.receive(cls.cable, 20)
        cls.pool = cls.wh_togo.x_loaner_pool_id

    def count(self, product, counted, warehouse=None, **line):
        return self.quants._api_adjust(
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
        return self.pickings._api_transfer(vals)

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
        self.refuse("insufficient_stock", picking._api_validate)

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
        self.order((self.kit, 1))._api_validate()
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
        open_one._api_validate()
        self.assertEqual(self.lot("N-2")._abs_place(), self.pool)

    def test_transfer_between_companies(self):
        there = self.wh_kenya.lot_stock_id
        pickings = self.pickings._api_transfer(
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
        out, into = self.transfer(there, self.stock, self.cable, 2, validate=False)
        self.assertEqual((out.x_flow, into.x_flow), ("transfer", "receipt"))
        self.refuse("previous_step_pending", into._api_validate)
        out._api_validate()
        into._api_validate()
        self.assertEqual(self.held(self.cable), 16)

    def pack(self, product, quantity, lot=None):
        """Put goods into a new package on the shelf."""
        model = self.quants._fields["package_id"].comodel_name
        package = self.env[model].create({"name": "P"})
        self.quants._update_available_quantity(
            product, self.stock, quantity, package_id=package, lot_id=lot
        )
        return package

    def rows(self, product):
        domain = [("product_id", "=", product.id), ("location_id", "=", self.stock.id)]
        found = self.quants.search([*domain, ("quantity", "!=", 0)])
        return {row.package_id: row.quantity for row in found}

    def test_goods_in_packages_are_counted_and_scrapped_where_they_are(self):
        """Taken from no package, they stood below zero beside it."""
        product = self.make_product("Boxed", "T-BOX", 5, type="consu", is_storable=True)
        first, second = self.pack(product, 6), self.pack(product, 4)
        loose = first.browse()
        self.receive_goods((product, 3))
        vals = {"warehouse_id": self.wh_togo.id, "reason": "count"}
        line = {"product_id": product.id, "location_id": self.stock.id}

        def count(quantity):
            lines = [{**line, "quantity_counted": quantity}]
            return self.quants._api_adjust({**vals, "lines": lines})["lines"][0]

        self.assertEqual(count(11)["qty_before"], 13)
        self.assertEqual(self.rows(product), {loose: 1, first: 6, second: 4})
        count(3)
        self.assertEqual(self.rows(product), {second: 3})
        scrap = {"product_id": product.id, "quantity": 2}
        self.env["stock.scrap"]._api_scrap({**scrap, "location_id": self.stock.id})
        self.assertEqual(self.rows(product), {second: 1})
        count(0)
        self.assertEqual(self.rows(product), {})
        count(2)
        self.assertEqual(self.rows(product), {loose: 2})

    def test_transfer_refusals(self):
        move, customers = self.transfer, self.env.ref("stock.stock_location_customers")
        self.refuse("same_location", move, self.stock, self.stock, self.cable, 1)
        self.refuse("location_not_internal", move, self.stock, customers, self.cable, 1)
        sync = self.wh_togo.x_sync_deployed_id
        self.refuse(
            "location_not_allowed", move, self.stock, sync, self.kit, None, "N-1"
        )
        self.refuse("insufficient_stock", move, self.stock, self.pool, self.cable, 21)
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
        self.cable.company_id = self.togo
        there = self.wh_kenya.lot_stock_id
        self.refuse("company_mismatch", move, self.stock, there, self.cable, 1)
        self.cable.company_id = False
        model = self.api_env(self.yao)["stock.picking"].sudo()
        self.refuse(
            "role_required",
            model._api_transfer,
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
        route = [self.stock, self.pool, sync, bench, sync, customers, self.stock]
        for source, target in pairwise(route):
            self.assertEqual(lot._abs_place(), source)
            done = lot._abs_asset_move(target, self.togo, partner_id=self.marie.id)
            self.assertEqual(done.state, "done")
            self.assertEqual(done.picking_type_id, house.int_type_id)
            self.assertEqual(lot._abs_place(), target)
            self.assertEqual(done.move_ids.partner_id, self.marie)
        move = lot._abs_asset_move
        self.refuse("serial_unavailable", move, self.stock, self.togo)
        self.refuse("serial_unavailable", move, sync, self.kenya)

    def test_scrap(self):
        scrap = self.env["stock.scrap"]._api_scrap
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
        self.order((self.kit, 1))._api_validate()
        sold = self.last_order.picking_ids.move_line_ids.lot_id
        self.refuse(
            "serial_unavailable",
            scrap,
            {"product_id": self.kit.id, "lot_id": sold.id},
        )
        # A leased unit is company property: it is scrapped from where it is.
        free = (self.lot("N-2") | self.lot("N-3")) - sold
        sync = self.wh_togo.x_sync_deployed_id
        free._abs_asset_move(sync, self.togo)
        gone = scrap({"product_id": self.kit.id, "lot_id": free.id, "reason": "stolen"})
        self.assertEqual(gone.location_id, sync)

    def test_levels_equal_the_quants_and_odoo(self):
        self.transfer(self.stock, self.pool, self.kit, None, "N-1")
        self.order((self.kit, 1), (self.cable, 3))
        rows, total = self.quants._api_levels([("company_id", "=", self.togo.id)])
        self.assertEqual(total, len(rows))
        for product in (self.kit, self.cable):
            own = [r for r in rows if r["product"]["id"] == product.id]
            here = product.with_context(allowed_company_ids=self.togo.ids)
            self.assertEqual(sum(r["qty_on_hand"] for r in own), here.qty_available)
            self.assertEqual(sum(r["qty_available"] for r in own), here.free_qty)
        first, total_again = self.quants._api_levels(
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
        line.order_id.picking_ids._api_validate()
        self.assertEqual(self.held(self.cable), 100)

    def test_serial_twice_in_one_place_is_refused_by_odoo_too(self):
        with self.assertRaises(UserError):
            self.receive(self.kit, ["N-1"])
