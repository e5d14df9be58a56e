"""Locations with a role; units at SYNC Deployed (docs/contract.md 6)."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .stock_common import StockCase


@tagged("post_install", "-at_install")
class TestLocations(StockCase):
    def test_every_warehouse_has_its_places(self):
        for house in self.wh_togo | self.wh_kenya:
            sync = house.x_sync_deployed_id
            self.assertEqual(sync.usage, "internal")
            self.assertEqual(sync.company_id, house.company_id)
            self.assertFalse(sync.warehouse_id, "deployed units are in no warehouse")
            for place in house.x_loaner_pool_id | house.x_service_repair_id:
                self.assertEqual(place.warehouse_id, house)
                self.assertFalse(place._child_of(house.lot_stock_id))
        second = self.env["stock.warehouse"].create(
            {"name": "Depot", "code": "DPT", "company_id": self.togo.id}
        )
        self.assertEqual(second.x_sync_deployed_id, self.wh_togo.x_sync_deployed_id)
        self.assertNotEqual(second.x_loaner_pool_id, self.wh_togo.x_loaner_pool_id)
        places = self.env["stock.location"]
        self.assertEqual(
            places._abs_locations(self.togo, "loaner_pool"),
            self.wh_togo.x_loaner_pool_id | second.x_loaner_pool_id,
        )
        self.assertEqual(
            places._abs_location(self.togo, "loaner_pool"),
            self.wh_togo.x_loaner_pool_id,
        )
        count = places.search_count([("x_role", "!=", False)])
        self.env["stock.warehouse"]._abs_ensure_locations()
        self.assertEqual(places.search_count([("x_role", "!=", False)]), count)

    def test_role_stands_where_it_must(self):
        pool = self.wh_togo.x_loaner_pool_id
        with self.assertRaises(UserError), self.env.cr.savepoint():
            pool.x_role = "sync_deployed"
        with self.assertRaises(UserError), self.env.cr.savepoint():
            pool.usage = "transit"

    def test_sync_delivery_counts_as_delivered_and_comes_back(self):
        """In one step and in two: delivered, reserved for real, returned."""
        sync = self.wh_togo.x_sync_deployed_id
        for steps, name in (("ship_only", "SD-1"), ("pick_ship", "SD-2")):
            self.wh_togo.delivery_steps = steps
            self.receive_goods((self.kit, None, name))
            # subs decides which orders are SYNC: here the place is given by hand.
            order = self.quotation(self.marie, [(self.kit, 1)])
            line = type(order.order_line)
            self.patch(line, "_get_location_final", lambda this, s=sync: s)
            order.action_confirm()
            for _step in range(2):
                for picking in order.picking_ids.filtered(lambda p: p.state != "done"):
                    picking._api_validate()
            self.assertEqual(self.lot(name)._abs_place(), sync)
            self.assertTrue(sync._abs_is_field())
            self.assertEqual(order.order_line.qty_delivered, 1)
            self.assertEqual(self.kit.with_company(self.togo).qty_available, 0)
            out = order.picking_ids.filtered(
                lambda p: p.picking_type_id.code == "outgoing"
            )
            back = out._api_return(None, "ends")
            self.assertEqual(back.state, "done")
            self.assertEqual(order.order_line.qty_delivered, 0)
            place = self.lot(name)._abs_place()
            self.assertEqual(place.usage, "internal")
            self.assertEqual(place.warehouse_id, self.wh_togo)
            self.quants._api_adjust(
                {
                    "warehouse_id": self.wh_togo.id,
                    "reason": "clean",
                    "lines": [
                        {
                            "product_id": self.kit.id,
                            "lot_name": name,
                            "quantity_counted": 0,
                        }
                    ],
                }
            )
