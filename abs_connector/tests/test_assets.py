"""The life of a serial (SALES_WORKFLOW 0g, 8), the equipment hub, its schedule."""

from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..compat import USER_GROUPS
from ..exceptions import BusinessError, Conflict
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
class TestRegister(LifeBuilders, AbsCommon):
    def test_complete_the_asset_of_a_delivery(self):
        self.receive(self.kit, ["R-1"])
        order = self.sell(self.marie, ["R-1"])
        Asset = self.env["ov.asset"]
        asset, status = Asset.abs_register(
            self.sa_lom,
            {
                "lot_id": self.lot("R-1").id,
                "partner_id": self.marie.id,
                "name": "Kit on the roof",
                "installation_date": date(2026, 4, 23),
            },
        )
        self.assertEqual(status, 200)
        self.assertEqual(asset.order_id, order)
        self.assertEqual(asset.name, "Kit on the roof")
        self.assertEqual(str(asset.installation_date), "2026-04-23")
        self.assertEqual(len(self.asset_of("R-1")), 1)

    def test_asset_code_finds_the_serial(self):
        self.receive(self.kit, ["R-2"])
        self.sell(self.marie, ["R-2"])
        asset, status = self.env["ov.asset"].abs_register(
            self.sa_lom, {"asset_code": "R-2", "partner_id": self.marie.id}
        )
        self.assertEqual((status, asset), (200, self.asset_of("R-2")))

    def test_another_lot_creates(self):
        lot = self.env["stock.lot"].create({"name": "OLD-1", "product_id": self.kit.id})
        asset, status = self.env["ov.asset"].abs_register(
            self.sa_lom, {"lot_id": lot.id, "partner_id": self.marie.id}
        )
        self.assertEqual(status, 201)
        self.assertEqual((asset.x_sa_id, asset.state), (self.sa_lom, "active"))
        self.assertEqual(asset.equipment_id.x_lot_id, lot)
        self.assertEqual(self.kinds(asset), ["registered"])

    def test_a_unit_in_stock_is_not_active(self):
        """0g: the delivery makes it active; scrapped units are not registered."""
        self.receive(self.kit, ["R-5", "R-6"])
        register = self.env["ov.asset"].abs_register
        vals = {"lot_id": self.lot("R-5").id, "partner_id": self.marie.id}
        asset, status = register(self.sa_lom, vals)
        self.assertEqual((status, asset.state), (201, "inactive"))
        self.assertEqual(asset.location_id, self.wh_togo.lot_stock_id)
        self.assertFalse(asset.installation_date)
        again, status = register(self.sa_lom, {**vals, "notes": "roof"})
        self.assertEqual((status, again, again.state), (200, asset, "inactive"))
        self.sell(self.marie, ["R-5"])
        self.assertEqual(self.asset_of("R-5"), asset)
        self.assertEqual(asset.state, "active")
        self.assertTrue(asset.installation_date)
        self.assertEqual(self.kinds(asset)[-1], "delivered")
        # by a person in the web client too
        own = self.env["ov.asset"].create({"lot_id": self.lot("R-6").id})
        self.assertEqual(own.state, "inactive")
        own.unlink()
        self.scrap(self.lot("R-6"), self.wh_togo.lot_stock_id)
        with self.assertRaises(BusinessError) as caught:
            register(self.sa_lom, {"lot_id": self.lot("R-6").id})
        self.assertEqual(caught.exception.code, "serial_unavailable")
        self.assertIn("scrapped", str(caught.exception))

    def test_unit_of_somebody_else(self):
        self.receive(self.kit, ["R-3"])
        self.sell(self.paul, ["R-3"])
        with self.assertRaises(Conflict) as caught:
            self.env["ov.asset"].abs_register(
                self.sa_lom,
                {"lot_id": self.lot("R-3").id, "partner_id": self.marie.id},
            )
        self.assertEqual(caught.exception.code, "asset_exists")

    def test_wrong_product(self):
        self.receive(self.kit, ["R-4"])
        with self.assertRaises(BusinessError) as caught:
            self.env["ov.asset"].abs_register(
                self.sa_lom,
                {
                    "lot_id": self.lot("R-4").id,
                    "product_id": self.battery.id,
                    "partner_id": self.marie.id,
                },
            )
        self.assertEqual(caught.exception.code, "serial_unavailable")

    def test_without_a_serial(self):
        asset, status = self.env["ov.asset"].abs_register(
            self.sa_lom,
            {"asset_code": "GATEWAY-7", "name": "Gateway", "partner_id": self.marie.id},
        )
        self.assertEqual((status, asset.lot_id.id), (201, False))
        self.assertFalse(asset.equipment_id)

    def test_edit(self):
        self.receive(self.kit, ["R-5"])
        self.sell(self.marie, ["R-5"])
        asset = self.asset_of("R-5")
        asset.abs_update({"note": "panel cleaned", "notes": "dog in the yard"})
        self.assertEqual(self.kinds(asset)[-1], "note")
        self.assertEqual(asset.notes, "dog in the yard")
        with self.assertRaises(BusinessError) as caught:
            asset.abs_update({"state": "decommissioned"})
        self.assertEqual(caught.exception.code, "state_by_stock")
        with self.assertRaises(BusinessError) as caught:
            asset.abs_update({"partner_id": self.paul.id})
        self.assertEqual(caught.exception.code, "asset_sold")
        asset.abs_update({"state": "inactive"})
        self.assertEqual(asset.state, "inactive")
        asset.abs_update({"state": "active"})
        self.assertEqual(asset.state, "active")

    def test_history_is_not_edited(self):
        self.receive(self.kit, ["R-6"])
        self.sell(self.marie, ["R-6"])
        user = self.env["res.users"].create(
            {
                "name": "Office",
                "login": "office@test.abs",
                "company_id": self.togo.id,
                "company_ids": [(6, 0, self.env.companies.ids)],
            }
        )
        user.write({USER_GROUPS: [(4, self.env.ref(ADMINISTRATORS).id)]})
        event = self.asset_of("R-6").event_ids[:1].with_user(user)
        self.assertEqual(event.kind, "delivered")
        with self.assertRaises(BusinessError):
            event.write({"note": "forged"})
        with self.assertRaises(AccessError):
            event.unlink()


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
                Equipment._cron_x_preventive()
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
        original = type(bad)._x_request

        def failing(record, **vals):
            if record == bad:
                raise ValueError("boom")
            return original(record, **vals)

        self.patch(type(bad), "_x_request", failing)
        with (
            freeze_time("2026-02-10"),
            mute_logger(
                "odoo.addons.abs_connector.models.assets.maintenance_equipment"
            ),
        ):
            self.env["maintenance.equipment"]._cron_x_preventive()
        self.assertEqual(len(good.maintenance_ids), 1)
        self.assertFalse(bad.maintenance_ids)

    def test_scrapped_units_get_no_visits(self):
        self.kit.x_maintenance_interval = 1
        self.receive(self.kit, ["E-6"])
        with freeze_time("2026-01-10"):
            order = self.sell(self.marie, ["E-6"])
            self.give_back(order.picking_ids, ["E-6"])
            self.scrap(self.lot("E-6"), self.wh_togo.lot_stock_id)
        with freeze_time("2026-03-10"):
            self.env["maintenance.equipment"]._cron_x_preventive()
        equipment = self.asset_of("E-6").equipment_id
        self.assertFalse(equipment.maintenance_ids)


@tagged("post_install", "-at_install")
class TestGovernanceSection(AbsCommon):
    def test_forms_show_actor_and_reassign(self):
        """Besides the button to the history, which shows the SA too."""
        for model in ("ov.asset", "helpdesk.ticket", "repair.order", "sale.order"):
            arch = self.env[model].get_view(view_type="form")["arch"]
            self.assertIn('name="abs_governance"', arch, model)
            self.assertIn('name="x_actor_id"', arch, model)
            self.assertIn('name="action_abs_reassign"', arch, model)
