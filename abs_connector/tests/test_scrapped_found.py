"""A scrapped unit that is found, and units that no loaner stands in for (issue 9, 10)."""

from odoo.tests import tagged

from ..exceptions import BusinessError
from .assets_common import LifeBuilders
from .common import AbsCommon
from .subscription_common import SyncCase


@tagged("post_install", "-at_install")
class TestFound(LifeBuilders, AbsCommon):
    def setUp(self):
        super().setUp()
        self.receive(self.kit, ["F-1"])
        self.asset = self.deploy(self.marie, "F-1")
        self.scrap(self.lot("F-1"), self.place("sync_deployed"))
        self.assertEqual(self.asset.state, "decommissioned")
        self.stock = self.wh_togo.lot_stock_id

    def count(self, **context):
        quant = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                {
                    "product_id": self.kit.id,
                    "location_id": self.stock.id,
                    "lot_id": self.lot("F-1").id,
                    "inventory_quantity": 1,
                }
            )
        )
        return quant.with_context(inventory_mode=True, **context)

    def violations(self):
        self.env.flush_all()
        return [
            row for row in self.env["abs.audit"].run() if row["model"] == "ov.asset"
        ]

    def test_in_the_web_client_it_takes_a_reason(self):
        dialog = self.env["stock.inventory.adjustment.name"]
        proposed = dialog.default_get(["inventory_adjustment_name"])
        for words in ({}, {"inventory_name": " "}, {"inventory_name": False}):
            with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
                self.count(**words).action_apply_inventory()
            self.assertEqual(caught.exception.code, "reason_required")
        with self.assertRaises(BusinessError), self.env.cr.savepoint():
            quant = self.count()
            dialog.create({**proposed, "quant_ids": [(6, 0, quant.ids)]}).action_apply()
        self.assertEqual(self.units_at("F-1"), {})
        self.assertEqual(self.asset.state, "decommissioned")
        quant = self.count()
        dialog.create(
            {
                "inventory_adjustment_name": "Found in the van",
                "quant_ids": [(6, 0, quant.ids)],
            }
        ).action_apply()
        self.followed("Found in the van")

    def test_by_the_api_the_count_has_one(self):
        line = {"product_id": self.kit.id, "lot_name": "F-1", "quantity_counted": 1}
        self.env["stock.quant"]._api_adjust(
            {
                "warehouse_id": self.wh_togo.id,
                "reason": "It was repaired",
                "lines": [line],
            }
        )
        self.followed("It was repaired")

    def followed(self, reason):
        self.assertEqual(self.units_at("F-1"), {self.stock: 1})
        self.assertEqual(self.asset.state, "inactive")
        self.assertEqual(self.asset.location_id, self.stock)
        self.assertFalse(self.asset.equipment_id.scrap_date)
        last = self.asset.event_ids.sorted("id")[-1]
        self.assertEqual((last.kind, last.note), ("found", reason))
        self.assertEqual(self.violations(), [])
        # It is sold again.
        again = self.deploy(self.marie, "F-1")
        self.assertEqual(again.state, "active")
        self.assertEqual(self.violations(), [])

    def test_audit_and_migration_see_one_of_before(self):
        line = {"product_id": self.kit.id, "lot_name": "F-1", "quantity_counted": 1}
        self.env["stock.quant"]._api_adjust(
            {"warehouse_id": self.wh_togo.id, "reason": "found", "lines": [line]}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ov_asset SET state = 'decommissioned' WHERE id = %s",
            [self.asset.id],
        )
        self.env.invalidate_all()
        (found,) = self.violations()
        self.assertEqual(
            (found["check"], found["res_id"]), ("scrapped_assets", self.asset.id)
        )
        self.env["ov.asset"]._abs_mend_found()
        self.assertEqual(self.asset.state, "inactive")
        self.assertEqual(self.violations(), [])


@tagged("post_install", "-at_install")
class TestNoLoaner(LifeBuilders, SyncCase):
    def setUp(self):
        super().setUp()
        self.sub = self.lease("B-1")
        self.pool("B-2")
        self.asset = self.sub.asset_ids

    def refused(self, code):
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            self.asset._api_swap(loaner_serial="B-2", reason="brake")
        self.assertEqual(caught.exception.code, code)
        self.assertEqual(self.units_at("B-2"), {self.place("loaner_pool"): 1})
        self.assertFalse(self.asset.open_swap_id)

    def test_after_own(self):
        self.sub._api_ownership_transfer("own", reason="paid in cash")
        self.assertEqual(self.asset.state, "transferred")
        self.refused("asset_transferred")
        self.assertEqual(self.asset.state, "transferred")

    def test_after_cancel(self):
        self.sub._api_cancel("moved away")
        self.assertEqual(self.asset.state, "active")
        self.refused("contract_ended")
        self.assertEqual(self.asset.state, "active")

    def test_a_loaner_comes_back_after_the_end(self):
        self.asset._api_swap(loaner_serial="B-2", reason="brake")
        self.sub._api_cancel("moved away")
        self.asset._api_swap_return()
        self.assertEqual(self.units_at("B-2"), {self.place("loaner_pool"): 1})
        self.assertEqual(self.asset.state, "active")
