"""The serial of an asset that people set or change by hand."""

from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import BusinessError, Conflict
from .assets_common import LifeBuilders
from .common import AbsCommon


@tagged("post_install", "-at_install")
class TestSerialByHand(LifeBuilders, AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lots = cls.env["stock.lot"]
        cls.old, cls.other = lots.create(
            [{"name": name, "product_id": cls.kit.id} for name in ("OLD-1", "OLD-2")]
        )
        cls.asset, _status = cls.env["ov.asset"]._api_register(
            cls.sa_lom, {"lot_id": cls.old.id, "partner_id": cls.marie.id}
        )

    def refused(self, code, asset, lot, **vals):
        with self.assertRaises(BusinessError) as caught:
            asset.write({"lot_id": lot.id, **vals})
        self.assertEqual(caught.exception.code, code)

    def test_a_wrong_number_is_corrected(self):
        former = self.asset.equipment_id
        self.asset.lot_id = self.other
        equipment = self.asset.equipment_id
        self.assertEqual(equipment.x_lot_id, self.other)
        self.assertEqual(equipment.x_asset_id, self.asset)
        self.assertEqual(
            (former.x_lot_id, former.x_asset_id), (self.old, self.asset.browse())
        )
        self.assertEqual(self.kinds(self.asset), ["registered", "registered"])
        self.assertEqual(self.asset.state, "active")
        again, status = self.env["ov.asset"]._api_register(
            self.sa_lom, {"lot_id": self.old.id, "partner_id": self.marie.id}
        )
        self.assertEqual((status, again.equipment_id), (201, former))
        self.refused("asset_exists", self.asset, self.old)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    "UPDATE ov_asset SET lot_id = %s WHERE id = %s",
                    [self.old.id, self.asset.id],
                )

    def test_a_unit_in_stock(self):
        self.receive(self.kit, ["S-1"])
        self.asset.lot_id = self.lot("S-1")
        self.assertEqual(self.asset.state, "inactive")
        self.assertEqual(self.asset.location_id, self.wh_togo.lot_stock_id)
        self.sell(self.marie, ["S-1"])
        self.assertEqual(self.asset_of("S-1"), self.asset)
        self.assertEqual(self.asset.state, "active")
        self.refused("serial_fixed", self.asset, self.other)

    def test_another_product(self):
        lot = self.env["stock.lot"].create({"name": "B", "product_id": self.battery.id})
        self.refused("invalid", self.asset, lot)
        self.asset.write({"lot_id": lot.id, "product_id": self.battery.id})
        self.assertEqual(self.asset.equipment_id.x_product_id, self.battery)

    def test_another_company_and_scrap(self):
        self.receive(self.kit, ["S-2"])
        self.receive(self.kit, ["S-3"], self.wh_kenya)
        gone = self.lot("S-2")
        self.scrap(gone, self.wh_togo.lot_stock_id)
        vals = {"company_id": self.togo.id, "partner_id": self.marie.id}
        for lot in (gone, self.lot("S-3")):
            self.refused("serial_unavailable", self.asset, lot)
            with self.assertRaises(BusinessError) as caught:
                self.env["ov.asset"].create({**vals, "lot_id": lot.id})
            self.assertEqual(caught.exception.code, "serial_unavailable")

    def test_in_the_form(self):
        bare = self.env["ov.asset"].create(
            {"name": "Unit", "company_id": self.togo.id, "partner_id": self.marie.id}
        )
        with Form(bare) as form:
            form.lot_id = self.other
        self.assertEqual(bare.product_id, self.kit)
        self.assertEqual(bare.equipment_id.x_lot_id, self.other)
        with self.assertRaises(Conflict), Form(bare) as form:
            form.lot_id = self.old
        with Form(bare) as form:
            form.lot_id = self.env["stock.lot"]
        self.assertFalse(bare.equipment_id)
