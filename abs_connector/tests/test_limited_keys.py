"""An API key of one company leaves alone what all companies share."""

from odoo import Command
from odoo.tests import tagged

from .http_common import AbsHttpCase

PATH = "/api/products"


@tagged("post_install", "-at_install")
class TestLimitedKeys(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parts = {"product_id": cls.cable.id, "quantity": 2}
        cls.package = cls.make_product("Shared Package", "T-PACK", 0)
        colour = {"name": "Colour", "option_ids": [Command.create({"name": "red"})]}
        cls.sheet = cls.env["ov.bop.sheet"].create(
            {
                "product_id": cls.package.id,
                "line_ids": [Command.create(parts)],
                "property_ids": [Command.create(colour)],
            }
        )
        cls.gone = cls.make_product("Gone", "T-GONE", 1, active=False)
        cls.bare = cls.make_product("Bare", "T-BARE", 0)

    def limited(self, company):
        return self.api_key(can_write=True, can_system=True, company_id=company.id)

    def writes(self):
        """Return every call that changes a product or package that all share."""
        bom, prop = f"{PATH}/T-PACK/bom", self.sheet.property_ids
        line, option = self.sheet.line_ids, prop.option_ids
        return [
            ("PUT", f"{PATH}/T-SK", {"name": "Ours"}),
            ("PUT", f"{PATH}/T-SK", {"default_code": "OURS"}),
            ("PUT", f"{PATH}/T-SK", {"barcode": "1"}),
            ("PUT", f"{PATH}/T-SK", {"description": "x", "list_price": 1}),
            ("DELETE", f"{PATH}/T-SK", None),
            ("POST", f"{PATH}/T-GONE/restore", {}),
            ("POST", f"{PATH}/T-BARE/bom", {"product_id": self.cable.id}),
            ("POST", bom, {"product_id": self.kit.id}),
            ("PUT", f"{bom}/{line.id}", {"quantity": 9}),
            ("DELETE", f"{bom}/{line.id}", None),
            ("DELETE", bom, None),
            (
                "POST",
                f"{bom}/properties",
                {"name": "Size", "options": [{"name": "large"}]},
            ),
            ("PUT", f"{bom}/properties/{prop.id}", {"name": "Paint"}),
            ("DELETE", f"{bom}/properties/{prop.id}", None),
            ("POST", f"{bom}/properties/{prop.id}/options", {"name": "blue"}),
            (
                "PUT",
                f"{bom}/properties/{prop.id}/options/{option.id}",
                {"name": "blue"},
            ),
            ("DELETE", f"{bom}/properties/{prop.id}/options/{option.id}", None),
        ]

    def test_what_all_companies_share_is_not_a_limited_keys(self):
        key = self.limited(self.kenya)
        for call in self.writes():
            with self.subTest(call=call):
                self.refused(403, "role_required", *call, key=key)
        self.assertEqual(self.kit.name, "Test Kit")
        self.assertEqual(self.sheet.line_ids.quantity, 2)
        self.sheet.active = False
        self.refused(
            *(403, "role_required", "POST", f"{PATH}/T-PACK/bom/restore", {}), key=key
        )

    def test_an_unlimited_key_may(self):
        key = self.api_key(can_write=True)
        self.ok("PUT", f"{PATH}/T-SK", {"name": "Better Kit"}, key=key)
        self.ok("POST", f"{PATH}/T-GONE/restore", {}, key=key)
        self.ok("POST", f"{PATH}/T-PACK/bom", {"product_id": self.kit.id}, key=key)

    def test_its_own_products_are_its_own(self):
        key = self.limited(self.kenya)
        for company in ({}, {"company_id": None}, {"company_id": self.kenya.id}):
            body = {"name": "Kenyan", **company}
            made = self.ok("POST", PATH, body, 201, key=key)["product"]
            self.assertEqual(made["company"]["id"], self.kenya.id)
        path = f"{PATH}/{made['id']}"
        self.ok("PUT", path, {"name": "Kenya's", "list_price": 3}, key=key)
        self.ok("POST", f"{path}/bom", {"product_id": self.cable.id}, key=key)
        self.ok("DELETE", path, key=key)
        self.ok("POST", f"{path}/restore", {}, key=key)
        foreign = {"name": "Kenyan", "company_id": self.togo.id}
        self.refused(404, "not_found", "POST", PATH, foreign, key=key)

    def test_its_own_price_and_taxes_are_its_own(self):
        lists = self.env["product.pricelist"]
        own = {"name": "Own", "sequence": 0}
        for company in (self.togo, self.kenya):
            currency = {"currency_id": company.currency_id.id}
            lists.create({**own, **currency, "company_id": company.id})
        template = self.cable.product_tmpl_id
        before = (template.list_price, self.cable._abs_prices(self.togo))
        togos = template.taxes_id.filtered(lambda t: t.company_id == self.togo)
        body = {"list_price": 77, "tax_ids": []}
        row = self.ok("PUT", f"{PATH}/T-CABLE", body, key=self.limited(self.kenya))
        self.assertEqual(row["product"]["list_price"], 77)
        self.assertEqual(row["product"]["taxes"], [])
        self.assertEqual(
            (template.list_price, self.cable._abs_prices(self.togo)), before
        )
        self.assertLessEqual(togos, template.taxes_id)

    def test_its_own_price_in_the_main_companys_currency(self):
        """The list price is everybody's, also for a company of the same currency."""
        template = self.cable.product_tmpl_id
        self.env["product.pricelist"].search(
            [("company_id", "in", (self.kenya.id, False))]
        ).active = False
        shared = self.env["product.pricelist"].create(
            {
                "name": "Everybody's",
                "company_id": False,
                "currency_id": self.kenya.currency_id.id,
            }
        )
        key = self.limited(self.kenya)
        price = {"list_price": 77}
        self.refused(
            *(400, "pricelist_missing", "PUT", f"{PATH}/T-CABLE", price), key=key
        )
        self.assertFalse(shared.item_ids)
        self.assertEqual(template.list_price, 25)
