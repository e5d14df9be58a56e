"""``/api/products`` over HTTP: catalogue, writes, categories."""

from odoo.tests import tagged

from .http_common import AbsHttpCase

PATH = "/api/products"


@tagged("post_install", "-at_install")
class TestProductsApi(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        categories = cls.env["product.category"]
        cls.solar = categories.create(
            {"name": "API Solar", "x_product_family": "solar_home"}
        )
        cls.parts = categories.create({"name": "API Parts", "parent_id": cls.solar.id})
        pu = {"x_pu_category": "physical", "x_pu_metric": "piece"}
        cls.kit.write({**pu, "categ_id": cls.solar.id})
        cls.battery.write({**pu, "categ_id": cls.parts.id, "barcode": "3760001"})
        cls.installation.write({"x_pu_category": "service", "x_service_type": "gage"})
        cls.warranty.write(
            {
                "x_pu_category": "contract",
                "x_contract_type": "warranty",
                "recurring_invoice": True,
                "x_pu_metric": "energy",
            }
        )

    def codes(self, query="", **options):
        """Return the codes of the test products in a list."""
        options.setdefault("who", self.jean)
        body = self.ok("GET", f"{PATH}?limit=100{query}", **options)
        codes = {row["default_code"] for row in body["items"]}
        return {code for code in codes if code and code.startswith("T-")}

    # -- reading -----------------------------------------------------------------

    def test_row(self):
        self.receive(self.kit, ["API-1", "API-2", "API-3"])
        self.receive(self.kit, ["API-4"], self.wh_kenya)
        body = self.ok("GET", f"{PATH}/T-SK", who=self.jean)
        row = body["product"]
        self.assertEqual(row["id"], self.kit.id)
        self.assertEqual(row["template_id"], self.kit.product_tmpl_id.id)
        self.assertEqual(row["product_type"], "product")
        self.assertEqual(
            (row["tracking"], row["invoice_policy"]), ("serial", "delivery")
        )
        self.assertEqual(row["category"]["id"], self.solar.id)
        self.assertEqual(row["x_product_family"], "solar_home")
        self.assertEqual((row["qty_available"], row["qty_forecasted"]), (3, 3))
        self.assertEqual(row["currency"]["name"], "XOF")
        self.assertEqual([tax["amount"] for tax in row["taxes"]], [18])
        self.assertEqual(row["list_price"], 450)
        self.assertIsNone(row["package"])
        kenyan = self.ok("GET", f"{PATH}/{self.kit.id}", who=self.otieno)["product"]
        self.assertEqual(kenyan["qty_available"], 1)
        self.assertEqual(kenyan["currency"]["name"], "KES")
        self.assertEqual([tax["amount"] for tax in kenyan["taxes"]], [16])
        everything = self.ok("GET", f"{PATH}/T-SK", key=self.api_key())["product"]
        self.assertEqual(everything["qty_available"], 4)

    def test_filters_and_synonyms(self):
        physical = {"T-SK", "T-BAT"}
        self.assertEqual(self.codes("&pu_category=physical"), physical)
        self.assertEqual(self.codes("&x_pu_category=physical"), physical)
        self.assertEqual(self.codes("&x_pu_category=solar_home"), physical)
        self.assertEqual(self.codes("&pu_category=solar_home"), physical)
        self.assertEqual(self.codes("&x_product_family=solar_home"), physical)
        self.assertEqual(self.codes("&pu_category=e_mobility"), set())
        self.assertEqual(self.codes("&x_pu_metric=kwh"), {"T-WAR"})
        self.assertEqual(self.codes("&x_pu_metric=energy"), {"T-WAR"})
        self.assertEqual(self.codes("&recurring_invoice=true"), {"T-WAR"})
        self.assertNotIn("T-WAR", self.codes("&recurring_invoice=false"))
        self.assertEqual(self.codes("&product_type=service"), {"T-INST", "T-WAR"})
        goods = {"T-SK", "T-BAT", "T-CABLE"}
        self.assertEqual(self.codes("&product_type=product"), goods)
        self.assertEqual(self.codes("&product_type=consu"), set())
        self.assertEqual(self.codes("&q=battery"), {"T-BAT"})
        self.assertEqual(self.codes("&q=3760001"), {"T-BAT"})
        self.assertEqual(self.codes("&sku=T-SK"), {"T-SK"})
        self.assertEqual(self.codes("&default_code=T-SK"), {"T-SK"})
        self.assertEqual(self.codes(f"&category_id={self.solar.id}"), physical)
        self.assertEqual(self.codes(f"&category_id={self.parts.id}"), {"T-BAT"})
        self.assertEqual(self.codes("&tracking=serial"), physical)
        self.assertEqual(self.codes("&x_contract_type=warranty"), {"T-WAR"})
        self.assertEqual(self.codes("&x_service_type=gage"), {"T-INST"})
        for bad in ("pu_category=none", "colour=red", "product_type=combo", "page=0"):
            self.refused(400, None, "GET", f"{PATH}?{bad}", who=self.jean)

    def test_pages(self):
        first = self.ok("GET", f"{PATH}?limit=2&page=1&q=Test", who=self.jean)
        second = self.ok("GET", f"{PATH}?limit=2&page=2&q=Test", who=self.jean)
        self.assertEqual(first["total"], 5)
        ids = [row["id"] for row in first["items"] + second["items"]]
        self.assertEqual(len(set(ids)), 4)

    def test_reference(self):
        body = self.ok("GET", f"{PATH}/{self.kit.id}", who=self.jean)
        self.assertEqual(body["product"]["default_code"], "T-SK")
        self.refused(404, "not_found", "GET", f"{PATH}/NO-SUCH", who=self.jean)
        self.refused(404, "not_found", "GET", f"{PATH}/99999999999", who=self.jean)
        number = str(self.kit.id)
        self.make_product("Numbered", number, 1)
        body = self.ok("GET", f"{PATH}/{number}", who=self.jean)
        self.assertEqual(body["product"]["id"], self.kit.id, "an id comes first")
        self.make_product("Twin", "T-SK", 1)
        code = "ambiguous_reference"
        self.refused(400, code, "GET", f"{PATH}/T-SK", who=self.jean)
        self.kit.company_id = self.togo
        body = self.ok("GET", f"{PATH}/T-SK", who=self.jean)
        self.assertEqual(body["product"]["id"], self.kit.id, "the company's own")

    def test_visibility(self):
        self.make_product("Kara only", "T-KAR-ONLY", 1, x_sa_id=self.sa_kar.id)
        self.make_product("Togo", "T-TOGO", 1, x_sa_id=self.sa_togo.id)
        self.make_product("Kenyan", "T-KEN", 1, company_id=self.kenya.id)
        seen = self.codes()
        self.assertIn("T-TOGO", seen)
        self.assertFalse(seen & {"T-KAR-ONLY", "T-KEN"})
        self.refused(404, "not_found", "GET", f"{PATH}/T-KAR-ONLY", who=self.jean)
        self.assertIn("T-KAR-ONLY", self.codes(who=self.edem))
        self.assertIn("T-KEN", self.codes(who=self.admin))
        narrowed = self.codes(who=self.admin, sa=self.sa_lom)
        self.assertIn("T-SK", narrowed, "shared products stay in a narrowed list")
        self.assertFalse(narrowed & {"T-KAR-ONLY", "T-KEN"})
        self.refused(403, None, "GET", PATH, who=self.marie)
        self.refused(401, None, "GET", PATH)

    # -- writing -----------------------------------------------------------------

    def test_create_update_archive(self):
        vals = {
            "name": "Solar Kit 100W",
            "sku": "T-NEW",
            "x_pu_category": "physical",
            "pu_metric": "kwh",
            "tracking": "serial",
            "list_price": 300,
            "category_id": self.parts.id,
        }
        body = self.ok("POST", PATH, vals, status=201, who=self.kofi)
        row = body["product"]
        self.assertEqual(row["product_type"], "product")
        self.assertEqual(row["invoice_policy"], "delivery")
        self.assertEqual(row["x_pu_metric"], "energy")
        self.assertEqual(row["sa"]["id"], self.sa_lom.id)
        self.assertEqual((row["list_price"], row["currency"]["name"]), (300, "XOF"))
        self.assertEqual([tax["amount"] for tax in row["taxes"]], [18])
        self.refused(404, "not_found", "GET", f"{PATH}/T-NEW", who=self.edem)
        self.refused(409, "default_code_taken", "POST", PATH, vals, who=self.kofi)
        change = {"name": "Solar Kit 120W", "list_price": 320, "tracking": "lot"}
        row = self.ok("PUT", f"{PATH}/T-NEW", change, who=self.kofi)["product"]
        self.assertEqual((row["name"], row["list_price"]), ("Solar Kit 120W", 320))
        self.assertEqual(row["tracking"], "lot")
        row = self.ok("PUT", f"{PATH}/T-NEW", {"x_pu_metric": None}, who=self.kofi)
        self.assertIsNone(row["product"]["x_pu_metric"])
        row = self.ok("DELETE", f"{PATH}/T-NEW", who=self.kofi)["product"]
        self.assertFalse(row["active"])
        self.refused(404, "not_found", "GET", f"{PATH}/T-NEW", who=self.kofi)
        self.assertEqual(self.codes("&active=false", who=self.kofi), {"T-NEW"})

    def test_restore(self):
        self.make_product("Old", "T-OLD", 1, x_sa_id=self.sa_lom.id)
        path = f"{PATH}/T-OLD"
        self.refused(409, "not_archived", "POST", f"{path}/restore", who=self.kofi)
        archived = self.ok("DELETE", path, who=self.kofi)["product"]["id"]
        self.refused(404, "not_found", "GET", path, who=self.kofi)
        self.refused(403, "role_required", "POST", f"{path}/restore", who=self.jean)
        self.refused(404, "not_found", "POST", f"{path}/restore", who=self.yao)
        taken = self.make_product("New", "T-OLD", 1, x_sa_id=self.sa_lom.id)
        self.refused(
            409, "default_code_taken", "POST", f"{path}/restore", who=self.kofi
        )
        taken.default_code = "T-OTHER"
        by_id = f"{PATH}/{archived}/restore"
        row = self.ok("POST", by_id, who=self.kofi)["product"]
        self.assertEqual((row["id"], row["active"]), (archived, True))
        self.assertEqual(self.ok("GET", path, who=self.jean)["product"]["id"], archived)
        self.ok("DELETE", path, who=self.kofi)
        self.ok("POST", f"{path}/restore", who=self.kofi)
        self.refused(404, "not_found", "POST", f"{PATH}/T-NONE/restore", who=self.kofi)

    def test_taxes(self):
        rows = self.ok("GET", "/api/taxes", who=self.jean)["items"]
        self.assertEqual({row["company"]["id"] for row in rows}, {self.togo.id})
        by_amount = {row["amount"]: row["id"] for row in rows}
        vat, reduced = by_amount[18], self.env["account.tax"].browse(by_amount[18])
        reduced = reduced.copy({"name": "VAT 10%", "amount": 10})
        everywhere = self.ok("GET", "/api/taxes?limit=200", who=self.admin)["items"]
        kenyan = next(r for r in everywhere if r["company"]["id"] == self.kenya.id)
        vals = {"name": "Bulb", "sku": "T-TAX", "tax_ids": [reduced.id]}
        row = self.ok("POST", PATH, vals, status=201, who=self.kofi)["product"]
        self.assertEqual([tax["amount"] for tax in row["taxes"]], [10])
        path = f"{PATH}/T-TAX"
        for sent, told in (([vat], [18]), ([], []), ([vat], [18]), (None, [18])):
            row = self.ok("PUT", path, {"tax_ids": sent}, who=self.kofi)["product"]
            self.assertEqual([tax["amount"] for tax in row["taxes"]], told)
        self.refused(
            404, "not_found", "PUT", path, {"taxes": [kenyan["id"]]}, who=self.kofi
        )
        other = {"taxes": [kenyan["id"]]}
        self.refused(400, "company_mismatch", "PUT", path, other, who=self.admin)
        reduced.type_tax_use = "purchase"
        bought = {"taxes": [reduced.id]}
        self.refused(400, "tax_not_for_sale", "PUT", path, bought, who=self.kofi)
        # A shared product has taxes of each company; those of the others stay.
        self.ok("PUT", f"{PATH}/T-SK", other, who=self.admin)
        self.assertEqual(
            self.kit.taxes_id.filtered(lambda t: t.company_id == self.togo).ids, [vat]
        )
        self.ok("PUT", f"{PATH}/T-SK", {"taxes": []}, who=self.admin, sa=self.sa_lom)
        self.assertNotIn(self.togo, self.kit.taxes_id.company_id)
        self.assertIn(self.kenya, self.kit.taxes_id.company_id)

    def test_create_services_and_bad_ones(self):
        service = {"name": "S", "pu_category": "service", "service_type": "access"}
        row = self.ok("POST", PATH, service, status=201, who=self.kofi)["product"]
        self.assertEqual(
            (row["product_type"], row["invoice_policy"]), ("service", "order")
        )
        for vals in (
            {**service, "x_contract_type": "warranty"},
            {**service, "recurring_invoice": True},
            {**service, "product_type": "product"},
            {**service, "tracking": "serial"},
        ):
            answer = self.refused(400, "pu_rule", "POST", PATH, vals, who=self.kofi)
            self.assertTrue(answer["details"])
        for vals in ({}, {"name": "x", "colour": 1}, {"name": "x", "list_price": -1}):
            self.refused(400, None, "POST", PATH, vals, who=self.kofi)

    def test_roles(self):
        vals = {"name": "X"}
        self.refused(403, "role_required", "POST", PATH, vals, who=self.jean)
        self.refused(403, "role_required", "PUT", f"{PATH}/T-SK", vals, who=self.kofi)
        self.refused(403, "role_required", "DELETE", f"{PATH}/T-SK", who=self.kofi)
        self.assertTrue(self.kit.active)
        self.refused(403, None, "POST", PATH, vals, key=self.api_key())
        key = self.api_key(can_write=True)
        row = self.ok("POST", PATH, vals, status=201, key=key)["product"]
        self.assertIsNone(row["sa"])
        row = self.ok("PUT", f"{PATH}/T-SK", {"name": "Kit 2"}, who=self.admin)
        self.assertEqual(row["product"]["name"], "Kit 2")

    # -- categories --------------------------------------------------------------

    def test_categories(self):
        body = self.ok("GET", f"{PATH}/categories", who=self.jean)
        solar = next(row for row in body["items"] if row["id"] == self.solar.id)
        self.assertEqual(solar["x_product_family"], "solar_home")
        self.assertEqual(solar["product_count"], 2)
        self.assertEqual([c["id"] for c in solar["children"]], [self.parts.id])
        self.assertEqual(solar["children"][0]["product_count"], 1)
        query = f"?category_id={self.solar.id}&view=flat"
        flat = self.ok("GET", f"{PATH}/categories{query}", who=self.jean)["items"]
        self.assertEqual([r["id"] for r in flat], [self.solar.id, self.parts.id])
        self.assertEqual(flat[1]["parent"]["id"], self.solar.id)
        query = f"?view=products&category_id={self.parts.id}"
        body = self.ok("GET", f"{PATH}/categories{query}", who=self.jean)
        self.assertEqual([r["default_code"] for r in body["items"]], ["T-BAT"])
        self.assertEqual((body["total"], body["page"]), (1, 1))

    # -- queries -----------------------------------------------------------------

    def test_the_number_of_queries_does_not_grow(self):
        from ..api import dump
        from ..schemas.products import ProductOut

        def fill(count, name):
            for index in range(count):
                product = self.make_product("Many", f"{name}-{index}", 5)
                package = self.make_product("Pack", f"{name}-P-{index}", 0)
                package._api_add_component({"product_id": product.id})
                package._api_add_component({"product_id": self.kit.id})
            return self.env["product.product"].search(
                [("default_code", "=like", f"{name}-%")]
            )

        def queries(products):
            self.env.flush_all()
            self.env.invalidate_all()
            env = self.api_env(self.jean)
            before = self.env.cr.sql_log_count
            dump.rows(ProductOut, products.with_env(env).sudo())
            return self.env.cr.sql_log_count - before

        few, many = fill(3, "T-F"), fill(25, "T-M")
        queries(few)
        self.assertEqual(len(many), 50)
        self.assertEqual(queries(few), queries(many))
