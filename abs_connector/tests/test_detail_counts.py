"""No query count grows with what one record holds: lines, serials, history."""

from odoo.tests import tagged

from .assets_common import LifeBuilders
from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestDetailCounts(LifeBuilders, StockHttpCase):
    def same(self, few, many, key):
        """Compare two paths; ``key`` leads to the list that is longer in the second."""
        first, little = self.queries(few, who=self.ama)
        second, much = self.queries(many, who=self.ama)
        for name in key.split("."):
            little, much = little[name], much[name]
        self.assertGreater(len(much), len(little))
        self.assertLessEqual(second, first, f"{few}: {first}, {many}: {second}")

    def test_pickings(self):
        goods = [
            self.make_product(f"Part {n}", f"T-P{n}", 1, is_storable=True)
            for n in range(6)
        ]
        made = []
        for number, name in ((1, "A"), (6, "B")):
            kits = {
                "product_id": self.kit.id,
                "lots": [f"DC-{name}{n}" for n in range(5 * number)],
            }
            parts = [{"product_id": p.id, "qty": 9} for p in goods[:number]]
            made.append(self.receive_ok(kits, *parts)["id"])
        path = "/api/stock/receipts/{}"
        self.same(*(path.format(one) for one in made), "receipt.lines")
        made = []
        for number in (1, 6):
            lines = [(self.kit, 5 * number), *((p, 1) for p in goods[:number])]
            made.append(self.sale(*lines).picking_ids.id)
        path = "/api/stock/deliveries/{}"
        self.same(*(path.format(one) for one in made), "delivery.lines")
        for number in made:
            self.ok("POST", f"{path.format(number)}/validate", who=self.ama)
        self.same(*(path.format(one) for one in made), "delivery.lines")

    def test_level_of_a_product_in_many_places(self):
        shelf = {"location_id": self.stock.id, "company_id": self.togo.id}
        places = self.env["stock.location"].create(
            [{"name": f"Shelf {n}", **shelf} for n in range(12)]
        )
        one = self.make_product("One", "T-ONE", 1, is_storable=True)
        many = self.make_product("Many", "T-MANY", 1, is_storable=True)
        quants = self.env["stock.quant"]
        quants._update_available_quantity(one, self.stock, 3)
        for place in places:
            quants._update_available_quantity(many, place, 3)
        path = "/api/stock/levels/{}"
        self.same(path.format(one.id), path.format(many.id), "by_location")

    def test_package(self):
        paths = []
        for number in (1, 8):
            code = f"T-PK{number}"
            package = self.make_product("Package", code, 0, x_sa_id=self.sa_lom.id)
            for part in range(number):
                part = self.make_product("Part", f"{code}-{part}", 1)
                vals = {"product_id": part.id, "substitute_ids": [self.kit.id]}
                package._api_add_component(vals)
            for prop in range(number):
                options = [{"name": f"o{n}"} for n in range(number)]
                package._api_add_property({"name": f"p{prop}", "options": options})
            paths.append(f"/api/products/{code}/bom")
        self.same(*paths, "lines")

    def test_asset(self):
        self.receive(self.kit, ["DC-1", "DC-2"])
        self.sell(self.marie, ["DC-1", "DC-2"])
        few, many = self.asset_of("DC-1"), self.asset_of("DC-2")
        for number in range(12):
            many._api_update({"note": f"visit {number}"})
        path = "/api/assets/{}"
        self.same(path.format(few.id), path.format(many.id), "asset.history")
