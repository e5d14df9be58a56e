"""Loaner swaps and repairs (docs/contract.md 6)."""

from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict, Forbidden
from .assets_common import LifeBuilders
from .common import AbsCommon


@tagged("post_install", "-at_install")
class TestSwap(LifeBuilders, AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["S-1", "S-2", "LOAN-1", "LOAN-2"])
        cls.receive(cls.cable, 10)
        cls.cable.with_company(cls.togo).standard_price = 7.5

    def setUp(self):
        super().setUp()
        self.asset = self.deploy(self.marie, "S-1")
        self.pool("LOAN-1")
        self.Place = self.env["stock.location"]

    def test_swap_and_return(self):
        asset, deployed = self.asset, self.place("sync_deployed")
        asset._api_swap(loaner_serial="LOAN-1", reason="does not charge")
        swap = asset.open_swap_id
        self.assertEqual(self.units_at("S-1"), {self.place("service_repair"): 1})
        self.assertEqual(self.units_at("LOAN-1"), {deployed: 1})
        self.assertEqual((asset.state, swap.state), ("inactive", "open"))
        loaner = swap.loaner_asset_id
        self.assertEqual(loaner.lot_id.name, "LOAN-1")
        self.assertEqual(asset.open_loaner_id, loaner.lot_id)
        self.assertEqual(
            (loaner.state, loaner.partner_id, loaner.loaner_for_id, loaner.x_sa_id),
            ("active", self.marie, asset, self.sa_lom),
        )
        self.assertFalse(loaner.order_id)
        repair = swap.repair_id
        self.assertEqual(
            (repair.state, repair.lot_id, repair.x_asset_id, repair.x_equipment_id),
            ("confirmed", asset.lot_id, asset, asset.equipment_id),
        )
        self.assertEqual(repair.x_sa_id, self.sa_lom)
        self.assertEqual(asset.equipment_id.x_customer_id, self.marie)
        for picking in (asset.event_ids + loaner.event_ids).picking_id:
            if picking.picking_type_id.code == "internal" and picking.partner_id:
                self.assertEqual(picking.x_sa_id, self.sa_lom)

        asset._api_swap_return()
        self.assertEqual(self.units_at("S-1"), {deployed: 1})
        self.assertEqual(self.units_at("LOAN-1"), {self.place("loaner_pool"): 1})
        self.assertEqual(
            (asset.state, loaner.state, swap.state, repair.state),
            ("active", "inactive", "returned", "done"),
        )
        self.assertFalse(asset.open_swap_id or asset.open_loaner_id)
        self.assertTrue(swap.date_back)
        self.assertEqual(
            self.kinds(asset),
            ["received", "delivered", "swap_out", "repaired", "swap_in"],
        )
        self.assertEqual(self.kinds(loaner), ["received", "swap_in", "swap_out"])
        self.assertEqual(len(self.asset_of("S-1")), 1)

    def test_the_loaner_goes_out_again(self):
        """Its second customer is another one, its second time the same asset."""
        self.asset._api_swap(loaner_serial="LOAN-1", reason="first")
        self.asset._api_swap_return()
        self.asset._api_swap(loaner_serial="LOAN-1", reason="second")
        self.assertEqual(self.asset.open_swap_id.loaner_asset_id.state, "active")
        self.asset._api_swap_return()
        other = self.deploy(self.paul, "S-2")
        other._api_swap(loaner_serial="LOAN-1", reason="third")
        loaner = other.open_swap_id.loaner_asset_id
        self.assertEqual((loaner.partner_id, loaner.x_sa_id), (self.paul, self.sa_kar))
        live = self.asset_of("LOAN-1").filtered(lambda a: a.state == "active")
        self.assertEqual(live, loaner)

    def test_a_sold_unit_can_be_swapped_too(self):
        self.sell(self.marie, ["S-2"])
        sold = self.asset_of("S-2")
        sold._api_swap(loaner_serial="LOAN-1", reason="dead")
        sold._api_swap_return()
        self.assertEqual(sold.location_id.usage, "customer")
        self.assertEqual(sold.state, "active")

    def test_refusals(self):
        asset = self.asset

        def code(kind, **how):
            with self.assertRaises(kind) as caught, self.env.cr.savepoint():
                asset._api_swap(reason="x", **how)
            return caught.exception.code

        self.assertEqual(
            code(BusinessError, loaner_serial="LOAN-2"), "serial_unavailable"
        )
        self.assertEqual(
            code(BusinessError, loaner_serial="nothing"), "serial_unavailable"
        )
        self.assertEqual(
            code(BusinessError, loaner_lot_id=asset.lot_id.id), "serial_unavailable"
        )
        with self.assertRaises(BusinessError) as caught:
            asset._api_swap_return()
        self.assertEqual(caught.exception.code, "no_swap")
        asset._api_swap(loaner_serial="LOAN-1", reason="broken")
        self.pool("LOAN-2")
        self.assertEqual(code(Conflict, loaner_serial="LOAN-2"), "swap_open")
        asset = self.asset.open_swap_id.loaner_asset_id
        self.assertEqual(code(BusinessError, loaner_serial="LOAN-2"), "asset_is_loaner")
        self.assertEqual(self.units_at("LOAN-2"), {self.place("loaner_pool"): 1})

    def test_only_staff_of_its_own_sa(self):
        """Staff of one SA who are agents of another act as agents there."""
        self.enroll(self.sa_lom, self.yao, "agent")
        theirs = self.asset.with_env(self.api_env(self.yao)).sudo()
        for call in (
            lambda: theirs._api_swap(loaner_serial="LOAN-1", reason="dark"),
            theirs._api_swap_return,
        ):
            with self.assertRaises(Forbidden):
                call()
        self.asset._api_swap(loaner_serial="LOAN-1", reason="dark")
        repair = self.asset.open_swap_id.repair_id
        with self.assertRaises(Forbidden):
            repair.with_env(theirs.env)._api_complete()

    def test_the_ticket_is_of_the_same_customer(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "x", "description": "x", "partner_id": self.paul.id}
        )
        with self.assertRaises(BusinessError) as caught:
            self.asset._api_swap(
                loaner_serial="LOAN-1", reason="dark", ticket_id=ticket.id
            )
        self.assertEqual(caught.exception.code, "customer_mismatch")

    def test_open_parts_hold_the_return_back(self):
        asset = self.asset
        asset._api_swap(loaner_serial="LOAN-1", reason="broken")
        repair = asset.open_swap_id.repair_id
        repair._abs_add_parts([{"product_id": self.cable.id, "quantity": 2}])
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            asset._api_swap_return()
        self.assertEqual(caught.exception.code, "repair_open")
        repair._api_complete()
        asset._api_swap_return()
        self.assertEqual(asset.state, "active")

    def test_parts_leave_stock_and_cost(self):
        asset, stock = self.asset, self.wh_togo.lot_stock_id
        before = self.env["stock.quant"]._get_available_quantity(self.cable, stock)
        asset._api_swap(loaner_serial="LOAN-1", reason="broken")
        repair = asset.open_swap_id.repair_id
        repair._api_complete(parts=[{"product_id": self.cable.id, "quantity": 3}])
        self.assertEqual(repair.state, "done")
        after = self.env["stock.quant"]._get_available_quantity(self.cable, stock)
        self.assertEqual(before - after, 3)
        self.assertEqual(repair.x_parts_cost, self.togo.currency_id.round(22.5))
        self.assertEqual(repair.x_parts_cost, 23, "3 x 7.5, in XOF")
        self.assertEqual(self.units_at("S-1"), {self.place("service_repair"): 1})
        with self.assertRaises(Conflict):
            repair._api_complete()

    def test_parts_that_are_not_there(self):
        self.asset._api_swap(loaner_serial="LOAN-1", reason="broken")
        repair = self.asset.open_swap_id.repair_id
        with self.assertRaises(BusinessError) as caught:
            repair._api_complete(parts=[{"product_id": self.cable.id, "quantity": 99}])
        self.assertEqual(caught.exception.code, "insufficient_stock")

    def test_a_serial_as_part(self):
        self.receive(self.battery, ["BAT-1"])
        self.asset._api_swap(loaner_serial="LOAN-1", reason="battery is flat")
        repair = self.asset.open_swap_id.repair_id
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            repair._api_complete(parts=[{"product_id": self.battery.id, "quantity": 1}])
        self.assertEqual(caught.exception.code, "serial_required")
        lot = self.lot("BAT-1")
        repair._api_complete(
            parts=[{"product_id": self.battery.id, "quantity": 1, "lot_id": lot.id}]
        )
        self.assertEqual(repair.state, "done")
        self.assertEqual(self.units_at("BAT-1"), {})
