"""The equipment hub and its maintenance schedule (docs/contract.md 6)."""

from datetime import date

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .assets_common import LifeBuilders
from .common import AbsCommon

ADMINISTRATORS = "abs_connector.group_administrator"


@tagged("post_install", "-at_install")
class TestEquipment(LifeBuilders, AbsCommon):
    def test_hub(self):
        self.receive(self.kit, ["E-1"])
        order = self.sell(self.marie, ["E-1"])
        asset = self.asset_of("E-1")
        equipment = asset.equipment_id
        self.assertEqual(
            (
                equipment.serial_no,
                equipment.x_lot_id,
                equipment.x_product_id,
                equipment.x_customer_id,
                equipment.x_order_id,
                equipment.x_asset_id,
                equipment.company_id,
            ),
            ("E-1", asset.lot_id, self.kit, self.marie, order, asset, self.togo),
        )
        self.assertEqual(equipment.x_transfer_count, 2)
        self.give_back(order.picking_ids, ["E-1"])
        self.assertFalse(equipment.x_customer_id, "nobody holds it now")
        self.assertEqual(equipment.x_order_id, order)
        self.sell(self.paul, ["E-1"])
        self.assertEqual(equipment.x_customer_id, self.paul, "one hub per serial")
        self.assertEqual(
            self.env["maintenance.equipment"].search_count(
                [("x_lot_id", "=", asset.lot_id.id)]
            ),
            1,
        )

    def test_same_number_of_another_product(self):
        """serial_no is unique over all products in Odoo; a delivery must not fail."""
        self.env["maintenance.equipment"].create({"name": "Drill", "serial_no": "E-2"})
        self.receive(self.kit, ["E-2"])
        self.sell(self.marie, ["E-2"])
        self.assertEqual(self.asset_of("E-2").equipment_id.serial_no, "T-SK/E-2")

    def test_preventive_requests(self):
        self.kit.x_maintenance_interval = 1
        self.receive(self.kit, ["E-3"])
        Equipment = self.env["maintenance.equipment"]
        with freeze_time("2025-12-31"):
            self.sell(self.marie, ["E-3"])
        asset = self.asset_of("E-3")
        equipment = asset.equipment_id
        self.assertEqual(equipment.x_next_maintenance_date, date(2026, 1, 31))

        def run(day):
            with freeze_time(day):
                Equipment._cron_preventive()
            return self.env["maintenance.request"].search(
                [("equipment_id", "=", equipment.id)], order="x_due_date"
            )

        self.assertFalse(run("2026-01-30"))
        requests = run("2026-01-31")
        self.assertEqual(len(requests), 1)
        self.assertEqual(len(run("2026-01-31")), 1, "once only")
        self.assertEqual(requests.maintenance_type, "preventive")
        self.assertEqual(requests.company_id, self.togo)
        self.assertIn(requests.maintenance_team_id.company_id.id, (False, self.togo.id))
        self.assertEqual(requests.x_asset_id, asset)
        self.assertEqual(
            (requests.x_sa_id, requests.x_actor_id), (asset.x_sa_id, asset.x_actor_id)
        )
        # month ends count from the first day, not from the last date
        self.assertEqual(equipment.x_next_maintenance_date, date(2026, 2, 28))
        self.assertEqual(run("2026-02-28")[-1:].x_due_date, date(2026, 2, 28))
        self.assertEqual(equipment.x_next_maintenance_date, date(2026, 3, 31))
        # three missed months: one visit
        requests = run("2026-06-15")
        self.assertEqual(len(requests), 3)
        self.assertEqual(requests[-1:].x_due_date, date(2026, 5, 31))
        self.assertEqual(equipment.x_next_maintenance_date, date(2026, 6, 30))

    def test_a_failing_equipment_does_not_stop_the_others(self):
        self.kit.x_maintenance_interval = 1
        self.receive(self.kit, ["E-4", "E-5"])
        with freeze_time("2026-01-10"):
            self.sell(self.marie, ["E-4", "E-5"])
        bad = self.asset_of("E-4").equipment_id
        good = self.asset_of("E-5").equipment_id
        original = type(bad)._abs_request

        def failing(record, **vals):
            if record == bad:
                raise ValueError("boom")
            return original(record, **vals)

        self.patch(type(bad), "_abs_request", failing)
        with (
            freeze_time("2026-02-10"),
            mute_logger("odoo.addons.abs_connector.models.asset.maintenance_equipment"),
        ):
            self.env["maintenance.equipment"]._cron_preventive()
        self.assertEqual(len(good.maintenance_ids), 1)
        self.assertFalse(bad.maintenance_ids)

    def test_a_conflict_reaches_the_retry(self):
        """Only a new snapshot helps: it is no failure of that equipment."""
        self.kit.x_maintenance_interval = 1
        self.receive(self.kit, ["E-7"])
        with freeze_time("2026-01-10"):
            self.sell(self.marie, ["E-7"])

        def conflict(record, **vals):
            raise SerializationFailure("somebody else was first")

        equipment = self.env["maintenance.equipment"]
        self.patch(type(equipment), "_abs_request", conflict)
        with freeze_time("2026-02-10"), self.assertRaises(SerializationFailure):
            equipment._cron_preventive()

    def test_scrapped_units_get_no_visits(self):
        self.kit.x_maintenance_interval = 1
        self.receive(self.kit, ["E-6"])
        with freeze_time("2026-01-10"):
            order = self.sell(self.marie, ["E-6"])
            self.give_back(order.picking_ids, ["E-6"])
            self.scrap(self.lot("E-6"), self.wh_togo.lot_stock_id)
        with freeze_time("2026-03-10"):
            self.env["maintenance.equipment"]._cron_preventive()
        equipment = self.asset_of("E-6").equipment_id
        self.assertFalse(equipment.maintenance_ids)
