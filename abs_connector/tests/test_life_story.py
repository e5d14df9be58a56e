"""One unit's life as one story: maps, stock moves and assets tell the same (issue 4)."""

from itertools import pairwise

from odoo.tests import tagged

from .assets_common import LifeBuilders
from .subscription_common import SyncCase


@tagged("post_install", "-at_install")
class TestLifeStory(LifeBuilders, SyncCase):
    def agree(self, serial, place, state, customer, kinds):
        """Assert that map, quant, move lines, asset and equipment say the same.

        :param kinds: the steps of the newest asset, oldest first
        """
        lot = self.lot(serial)
        found = self.api_env(self.kofi)["abs.relationship"].sudo()._api_serial(lot)
        asset, moves = found["asset"], found["moves"]
        self.assertEqual(self.units_at(serial), {place: 1})
        self.assertEqual(found["location"], place)
        self.assertEqual(asset.location_id, place)
        lines = self.env["stock.move.line"].search(
            [("lot_id", "=", lot.id), ("state", "=", "done")], order="date, id"
        )
        self.assertEqual(moves, lines, "the map shows each move")
        self.assertEqual(lines[-1:].location_dest_id, place)
        for before, after in pairwise(lines):
            self.assertEqual(before.location_dest_id, after.location_id)
        self.assertEqual((asset.state, found["customer"] or None), (state, customer))
        self.assertEqual(asset.equipment_id, found["equipment"])
        self.assertEqual(found["equipment"].x_customer_id or None, customer)
        own = asset.event_ids
        self.assertEqual(self.kinds(asset), kinds)
        self.assertEqual(found["history"], found["assets"].event_ids.sorted("id"))
        told = own.filtered("move_id")
        self.assertEqual(told.move_id - lines.move_id, told.move_id.browse())
        for event in told:
            line = lines.filtered(lambda x, e=event: x.move_id == e.move_id)
            self.assertEqual(event.location_dest_id, line.location_dest_id)
        return found

    def test_leased_swapped_repaired_owned(self):
        self.receive(self.cable, 3)
        self.cable.with_company(self.togo).standard_price = 10
        self.pool("B-2")
        sub = self.lease("B-1", 2)
        asset = sub.asset_ids
        deployed, bench = self.deployed, self.place("service_repair")
        steps = ["received", "delivered"]
        self.agree("B-1", deployed, "active", self.marie, steps)

        asset._api_swap(loaner_serial="B-2", reason="brake")
        steps.append("swap_out")
        found = self.agree("B-1", bench, "inactive", self.marie, steps)
        self.assertEqual(found["swaps"].state, "open")
        loaner = self.agree(
            "B-2", deployed, "active", self.marie, ["received", "swap_in"]
        )
        self.assertEqual(loaner["asset"].loaner_for_id, asset)
        self.assertEqual(loaner["subscription"], sub, "the loaner is under it, too")

        repair = asset.open_swap_id.repair_id
        repair._api_complete([{"product_id": self.cable.id, "quantity": 2}])
        steps.append("repaired")
        found = self.agree("B-1", bench, "inactive", self.marie, steps)
        self.assertEqual(found["repairs"], repair)

        asset._api_swap_return()
        steps.append("swap_in")
        self.agree("B-1", deployed, "active", self.marie, steps)
        back = ["received", "swap_in", "swap_out"]
        self.agree("B-2", self.place("loaner_pool"), "inactive", None, back)

        sub._remind("Last month billed: transfer the ownership.")
        sub._api_ownership_transfer("own", reason="loyal")
        self.assertFalse(sub.activity_ids, "nothing is left to do")
        steps.append("transferred")
        home = self.marie.property_stock_customer
        found = self.agree("B-1", home, "transferred", self.marie, steps)
        self.assertEqual((found["order"], found["subscription"]), (sub.order_id, sub))

        whole = self.api_env(self.kofi)["abs.relationship"].sudo()
        mine = whole._api_customer(self.marie)
        self.assertLessEqual(asset, mine["assets"])
        self.assertEqual((mine["repairs"], mine["subscriptions"]), (repair, sub))
        contract = whole._api_subscription(sub)
        self.assertEqual(contract["assets"] - loaner["asset"], asset)
        self.assertEqual((contract["repairs"], contract["repair_cost"]), (repair, 20))
        self.assertEqual(contract["invoices"], sub.invoice_ids)

    def test_sold_returned_sold_again(self):
        first = self.quotation(self.marie, [(self.bike, 1, 900)])
        first.action_confirm()
        self.deliver(first.picking_ids, ["B-3"])
        home, stock = self.marie.property_stock_customer, self.wh_togo.lot_stock_id
        steps = ["received", "delivered"]
        self.agree("B-3", home, "active", self.marie, steps)
        self.give_back(first.picking_ids, ["B-3"])
        steps.append("returned")
        self.agree("B-3", stock, "inactive", None, steps)
        again = self.quotation(self.marie, [(self.bike, 1, 900)])
        again.action_confirm()
        self.deliver(again.picking_ids, ["B-3"])
        found = self.agree("B-3", home, "active", self.marie, ["delivered"])
        self.assertEqual(found["order"], again)
        self.assertEqual(len(found["assets"]), 2, "each sale keeps its own history")

    def test_upgrade_brings_the_unit_back(self):
        sub = self.lease("B-4", 2)
        self.env["res.lang"]._activate_lang("fr_FR")
        self.marie.lang = "fr_FR"
        sub._api_ownership_transfer("upgrade", {}, "wants a new one")
        stock = self.wh_togo.lot_stock_id
        self.agree(
            "B-4", stock, "inactive", None, ["received", "delivered", "returned"]
        )
        found = (
            self.api_env(self.kofi)["abs.relationship"].sudo()._api_subscription(sub)
        )
        self.assertIn(sub.upgrade_credit_id, found["invoices"])
        # the customer reads it
        self.assertEqual(sub.upgrade_credit_id.ref, "Reprise de B-4")
