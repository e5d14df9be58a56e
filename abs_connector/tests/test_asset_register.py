"""Assets registered and edited by hand (workflow 8)."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..compat import USER_GROUPS
from ..exceptions import BusinessError, Conflict
from .assets_common import LifeBuilders
from .common import AbsCommon

ADMINISTRATORS = "abs_connector.group_administrator"


@tagged("post_install", "-at_install")
class TestRegister(LifeBuilders, AbsCommon):
    def test_complete_the_asset_of_a_delivery(self):
        self.receive(self.kit, ["R-1"])
        order = self.sell(self.marie, ["R-1"])
        Asset = self.env["ov.asset"]
        asset, status = Asset._api_register(
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
        asset, status = self.env["ov.asset"]._api_register(
            self.sa_lom, {"asset_code": "R-2", "partner_id": self.marie.id}
        )
        self.assertEqual((status, asset), (200, self.asset_of("R-2")))

    def test_another_lot_creates(self):
        lot = self.env["stock.lot"].create({"name": "OLD-1", "product_id": self.kit.id})
        asset, status = self.env["ov.asset"]._api_register(
            self.sa_lom, {"lot_id": lot.id, "partner_id": self.marie.id}
        )
        self.assertEqual(status, 201)
        self.assertEqual((asset.x_sa_id, asset.state), (self.sa_lom, "active"))
        self.assertEqual(asset.equipment_id.x_lot_id, lot)
        self.assertEqual(self.kinds(asset), ["registered"])

    def test_a_unit_in_stock_is_not_active(self):
        """0g: the delivery makes it active; scrapped units are not registered."""
        self.receive(self.kit, ["R-5", "R-6"])
        register = self.env["ov.asset"]._api_register
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
            self.env["ov.asset"]._api_register(
                self.sa_lom,
                {"lot_id": self.lot("R-3").id, "partner_id": self.marie.id},
            )
        self.assertEqual(caught.exception.code, "asset_exists")

    def test_wrong_product(self):
        self.receive(self.kit, ["R-4"])
        with self.assertRaises(BusinessError) as caught:
            self.env["ov.asset"]._api_register(
                self.sa_lom,
                {
                    "lot_id": self.lot("R-4").id,
                    "product_id": self.battery.id,
                    "partner_id": self.marie.id,
                },
            )
        self.assertEqual(caught.exception.code, "serial_unavailable")

    def test_without_a_serial(self):
        asset, status = self.env["ov.asset"]._api_register(
            self.sa_lom,
            {"asset_code": "GATEWAY-7", "name": "Gateway", "partner_id": self.marie.id},
        )
        self.assertEqual((status, asset.lot_id.id), (201, False))
        self.assertFalse(asset.equipment_id)

    def test_edit(self):
        self.receive(self.kit, ["R-5"])
        self.sell(self.marie, ["R-5"])
        asset = self.asset_of("R-5")
        asset._api_update({"note": "panel cleaned", "notes": "dog in the yard"})
        self.assertEqual(self.kinds(asset)[-1], "note")
        self.assertEqual(asset.notes, "dog in the yard")
        with self.assertRaises(BusinessError) as caught:
            asset._api_update({"state": "decommissioned"})
        self.assertEqual(caught.exception.code, "state_by_stock")
        with self.assertRaises(BusinessError) as caught:
            asset._api_update({"partner_id": self.paul.id})
        self.assertEqual(caught.exception.code, "asset_sold")
        asset._api_update({"state": "inactive"})
        self.assertEqual(asset.state, "inactive")
        asset._api_update({"state": "active"})
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
