"""Swaps that do not end as they began: a unit was scrapped, moved or leased again."""

from odoo.tests import tagged

from .assets_common import LifeBuilders
from .subscription_common import SyncCase


@tagged("post_install", "-at_install")
class TestOddSwaps(LifeBuilders, SyncCase):
    def setUp(self):
        super().setUp()
        self.sub = self.lease("B-1")
        self.pool("B-2")
        self.asset = self.sub.asset_ids
        self.asset._api_swap(loaner_serial="B-2", reason="brake")
        self.swap = self.asset.open_swap_id
        self.loaner = self.swap.loaner_asset_id

    def summaries(self):
        return self.sub.activity_ids.mapped("summary")

    def test_the_unit_is_beyond_repair(self):
        """The loaner comes back all the same, and the scrapped unit does not."""
        self.scrap(self.lot("B-1"), self.place("service_repair"))
        self.assertFalse(self.asset.equipment_id.x_customer_id)
        self.assertIn(
            "The unit was scrapped: replace it or end the contract.", self.summaries()
        )
        self.asset._api_swap_return()
        self.assertEqual(self.swap.state, "returned")
        self.assertEqual(self.swap.repair_id.state, "cancel")
        self.assertEqual(self.units_at("B-2"), {self.place("loaner_pool"): 1})
        self.assertEqual(self.units_at("B-1"), {})
        self.assertEqual(
            (self.asset.state, self.loaner.state), ("decommissioned", "inactive")
        )

    def test_the_loaner_is_scrapped(self):
        self.scrap(self.lot("B-2"), self.place("sync_deployed"))
        self.assertFalse(self.summaries(), "the customer's own unit is in repair")
        self.asset._api_swap_return()
        self.assertEqual(self.swap.state, "returned")
        self.assertEqual(self.units_at("B-1"), {self.place("sync_deployed"): 1})
        self.assertEqual(
            (self.asset.state, self.loaner.state), ("active", "decommissioned")
        )

    def test_the_loaner_came_back_by_a_transfer(self):
        self.lot("B-2")._abs_asset_move(self.place("loaner_pool"), self.togo)
        self.asset._api_swap_return()
        self.assertEqual(self.swap.state, "returned")
        self.assertEqual(self.units_at("B-2"), {self.place("loaner_pool"): 1})
        self.assertEqual(self.asset.state, "active")

    def test_the_unit_went_to_another_customer(self):
        """It stays there: no return takes it from them."""
        stock = self.env["stock.warehouse"]._abs_of(self.deployed, self.togo)
        self.lot("B-1")._abs_asset_move(stock.lot_stock_id, self.togo)
        other = self.deploy(self.paul, "B-1")
        self.asset._api_swap_return()
        self.assertEqual(self.swap.state, "returned")
        self.assertEqual(self.units_at("B-2"), {self.place("loaner_pool"): 1})
        self.assertEqual((self.asset.state, other.state), ("inactive", "active"))
        self.assertEqual(other.equipment_id.x_asset_id, other)

    def test_a_contract_that_ends_in_a_swap_asks_for_its_loaner(self):
        self.sub._api_cancel()
        self.assertIn(
            "Collect the deployed unit: the contract ended.", self.summaries()
        )
