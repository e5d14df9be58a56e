"""The life of a serial: its asset follows every move (workflow 0g)."""

from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .assets_common import LifeBuilders
from .common import AbsCommon

ADMINISTRATORS = "abs_connector.group_administrator"


@tagged("post_install", "-at_install")
class TestAssetLife(LifeBuilders, AbsCommon):
    def test_life_of_a_serial(self):
        """0g: receipt, delivery, return, sale to another SA, scrap."""
        self.receive(self.kit, ["L-1"])
        self.assertFalse(self.asset_of("L-1"), "nothing is deployed yet")
        order = self.sell(self.marie, ["L-1"])
        asset = self.asset_of("L-1")
        self.assertEqual(len(asset), 1)
        self.assertEqual(
            (asset.state, asset.partner_id, asset.order_id, asset.product_id),
            ("active", self.marie, order, self.kit),
        )
        self.assertEqual(
            (asset.x_sa_id, asset.x_actor_id), (order.x_sa_id, order.x_actor_id)
        )
        history = self.env["ov.sa_asset_assignment"].search(
            [("asset_id", "=", asset.id)]
        )
        self.assertEqual(history.mapped("state"), ["active"])
        self.assertEqual(asset.company_id, self.togo)
        self.assertEqual(asset.asset_code, "L-1")
        self.assertEqual(asset.location_id, asset.lot_id.location_id)
        self.assertEqual(asset.location_id.usage, "customer")

        self.give_back(order.picking_ids, ["L-1"])
        self.assertEqual(asset.state, "inactive")
        self.assertEqual(asset.location_id, self.wh_togo.lot_stock_id)

        second = self.sell(self.paul, ["L-1"])
        new = self.asset_of("L-1") - asset
        self.assertEqual(len(new), 1, "another customer: another asset")
        self.assertEqual((asset.state, new.state), ("inactive", "active"))
        self.assertEqual((new.partner_id, new.x_sa_id), (self.paul, self.sa_kar))
        self.assertEqual(asset.x_sa_id, self.sa_lom, "the old history stays at home")

        self.give_back(second.picking_ids, ["L-1"])
        self.scrap(new.lot_id, self.wh_togo.lot_stock_id)
        self.assertEqual((asset.state, new.state), ("inactive", "decommissioned"))
        self.assertTrue(new.equipment_id.scrap_date)
        self.assertEqual(self.kinds(asset), ["received", "delivered", "returned"])
        self.assertEqual(self.kinds(new), ["delivered", "returned", "scrapped"])
        self.assertEqual(self.units_at("L-1"), {})

    def test_same_customer_again_without_a_sale_is_the_same_asset(self):
        self.receive(self.kit, ["L-2"])
        asset = self.deploy(self.marie, "L-2")
        self.assertEqual(asset.state, "active")
        asset.lot_id._abs_asset_move(self.wh_togo.lot_stock_id, self.togo)
        self.assertEqual(asset.state, "inactive")
        self.assertEqual(self.deploy(self.marie, "L-2"), asset)
        self.assertEqual(asset.state, "active")
        self.assertFalse(asset.end_date)

    def test_one_live_asset_per_serial(self):
        self.receive(self.kit, ["L-3"])
        self.sell(self.marie, ["L-3"])
        asset = self.asset_of("L-3")
        with (
            self.assertRaises(IntegrityError) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["ov.asset"].create(
                {
                    "name": "copy",
                    "lot_id": asset.lot_id.id,
                    "company_id": self.togo.id,
                    "partner_id": self.marie.id,
                }
            )
            self.env.flush_all()
        self.assertIn("live_serial", str(caught.exception))
        self.assertEqual(self.asset_of("L-3"), asset)

    def test_partial_delivery_and_backorder(self):
        self.receive(self.kit, ["L-4", "L-5"])
        order = self.quotation(self.marie, [(self.kit, 2)])
        order.action_confirm()
        self.deliver(order.picking_ids, ["L-4"])
        self.assertEqual(self.asset_of("L-4").state, "active")
        self.assertFalse(self.asset_of("L-5"))
        rest = order.picking_ids.filtered(lambda p: p.state != "done")
        self.deliver(rest, ["L-5"])
        self.assertEqual(self.asset_of("L-5").order_id, order)

    def test_two_steps_make_one_asset(self):
        self.wh_togo.delivery_steps = "pick_ship"
        self.addCleanup(setattr, self.wh_togo, "delivery_steps", "ship_only")
        self.receive(self.kit, ["L-6"])
        order = self.quotation(self.marie, [(self.kit, 1)])
        order.action_confirm()
        self.deliver(order.picking_ids, ["L-6"])
        self.assertFalse(self.asset_of("L-6"), "it only went to Output")
        ship = order.picking_ids.filtered(lambda p: p.state != "done")
        self.deliver(ship, ["L-6"])
        self.assertEqual(self.asset_of("L-6").state, "active")
        self.assertEqual(self.kinds(self.asset_of("L-6")), ["received", "delivered"])

    def test_untracked_goods_make_no_asset(self):
        self.receive(self.cable, 5)
        before = self.env["ov.asset"].search_count([])
        order = self.quotation(self.marie, [(self.cable, 2)])
        order.action_confirm()
        self.deliver(order.picking_ids)
        self.assertEqual(self.env["ov.asset"].search_count([]), before)

    def test_lost_in_a_count(self):
        """A unit that is counted away at the customer's is not deployed any more."""
        self.receive(self.kit, ["L-7"])
        asset = self.deploy(self.marie, "L-7")
        Quant = self.env["stock.quant"].with_context(inventory_mode=True)
        quant = Quant.search(
            [("lot_id", "=", asset.lot_id.id), ("location_id.usage", "=", "internal")]
        )
        quant.inventory_quantity = 0
        quant.action_apply_inventory()
        self.assertEqual(asset.state, "inactive")
        self.assertEqual(self.kinds(asset)[-1], "lost")

    def test_ownership_by_a_move(self):
        """SYNC Deployed -> Customers: no new delivery, the unit becomes theirs."""
        self.receive(self.kit, ["L-8"])
        asset = self.deploy(self.marie, "L-8")
        self.assertEqual(asset.location_id.x_role, "sync_deployed")
        customers = self.env.ref("stock.stock_location_customers")
        asset.lot_id._abs_asset_move(customers, self.togo, partner_id=self.marie.id)
        self.assertEqual(self.asset_of("L-8"), asset)
        self.assertEqual(asset.state, "transferred")
        self.assertEqual(asset.location_id, customers)
        self.assertTrue(asset.end_date)
        self.assertEqual(asset.equipment_id.x_customer_id, self.marie)
        self.assertEqual(self.kinds(asset), ["received", "delivered", "transferred"])

    def test_a_batch_costs_no_more_queries_per_unit(self):
        few = [f"B-{i}" for i in range(3)]
        many = [f"C-{i}" for i in range(23)]
        self.receive(self.kit, few + many)
        costs = []
        follow = type(self.env["ov.asset"])._abs_follow
        counted = []

        def counting(model, moves):
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            follow(model, moves)
            self.env.flush_all()
            counted.append(self.env.cr.sql_log_count - start)

        self.patch(type(self.env["ov.asset"]), "_abs_follow", counting)
        for names in (few, many):
            counted.clear()
            self.sell(self.marie, names)
            costs.append(sum(counted))
            made = self.env["ov.asset"].search([("asset_code", "in", names)])
            self.assertEqual(len(made), len(names))
        growth = (costs[1] - costs[0]) / (len(many) - len(few))
        # Odoo itself inserts rows of models with a sequence-less create in one query
        self.assertLess(growth, 2.5, f"queries for 3 and 23 serials: {costs}")


@tagged("post_install", "-at_install")
class TestGovernanceSection(AbsCommon):
    def test_forms_show_actor_and_reassign(self):
        """Besides the button to the history, which shows the SA too."""
        for model in ("ov.asset", "helpdesk.ticket", "repair.order", "sale.order"):
            arch = self.env[model].get_view(view_type="form")["arch"]
            self.assertIn('name="abs_governance"', arch, model)
            self.assertIn('name="x_actor_id"', arch, model)
            self.assertIn('name="action_reassign"', arch, model)
