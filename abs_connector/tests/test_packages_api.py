"""``/api/products/<ref>/bom`` over HTTP: components, properties, options, archive."""

from odoo.tests import tagged

from .http_common import AbsHttpCase

PATH = "/api/products"


@tagged("post_install", "-at_install")
class TestPackagesApi(AbsHttpCase):
    def test_package(self):
        bom = f"{PATH}/T-PK/bom"
        self.make_product("Package", "T-PK", 0, x_sa_id=self.sa_lom.id)
        empty = self.ok("GET", bom, who=self.jean)
        self.assertEqual((empty["bom"], empty["lines"]), (None, []))
        line = {"product_id": self.kit.id, "qty": 2}
        self.refused(403, "role_required", "POST", bom, line, who=self.jean)
        body = self.ok("POST", bom, line, status=201, who=self.kofi)
        self.assertEqual(body["bom"]["product"]["name"], "Package")
        self.assertEqual(body["lines"][0]["quantity"], 2)
        self.refused(409, "component_exists", "POST", bom, line, who=self.kofi)
        more = {"product_id": self.battery.id, "substitutes": [self.cable.id]}
        lines = self.ok("POST", bom, more, status=201, who=self.kofi)["lines"]
        self.assertTrue(lines[1]["substitutable"])
        self.assertEqual(lines[1]["substitutes"][0]["id"], self.cable.id)
        price = self.ok("GET", f"{PATH}/T-PK", who=self.jean)["product"]
        self.assertEqual(price["list_price"], 2 * 450 + 120)
        self.assertEqual(price["package"]["name"], "Package")
        url = f"{PATH}/T-PK/bop/{lines[0]['id']}"
        lines = self.ok("PUT", url, {"quantity": 3}, who=self.kofi)["lines"]
        self.assertEqual(lines[0]["quantity"], 3)
        self.refused(400, None, "PUT", url, {"quantity": 0}, who=self.kofi)
        self.refused(404, None, "PUT", url, {"quantity": 1}, who=self.yao)
        self.assertEqual(
            self.ok("GET", f"{PATH}/T-PK/bop", who=self.jean)["lines"], lines
        )
        lines = self.ok("DELETE", url, who=self.kofi)["lines"]
        self.assertEqual([row["product"]["id"] for row in lines], [self.battery.id])
        self.refused(404, None, "DELETE", url, who=self.kofi)
        loop = {"product_id": price["id"]}
        self.refused(400, "package_circle", "POST", bom, loop, who=self.kofi)

    def test_component_out_of_scope_is_not_found(self):
        self.make_product("Package", "T-PK", 0, x_sa_id=self.sa_lom.id)
        hidden = self.make_product("Hidden", "T-HID", 1, x_sa_id=self.sa_kar.id)
        line = {"product_id": hidden.id}
        self.refused(404, None, "POST", f"{PATH}/T-PK/bom", line, who=self.kofi)

    def test_properties_and_options(self):
        package = self.make_product("Package", "T-PK", 0, x_sa_id=self.sa_lom.id)
        bom = f"{PATH}/T-PK/bom"
        vals = {"name": "Colour", "required": True, "options": [{"name": "Black"}]}
        path = f"{bom}/properties"
        self.refused(400, "package_missing", "POST", path, vals, who=self.kofi)
        line = {"product_id": self.kit.id}
        body = self.ok("POST", bom, line, status=201, who=self.kofi)
        line = body["lines"][0]["id"]
        for who, status in ((self.jean, 403), (self.yao, 404)):
            self.refused(status, None, "POST", path, vals, who=who)
        self.refused(400, None, "POST", path, {**vals, "options": []}, who=self.kofi)
        half = {**vals, "options": [{"name": "Silver", "line_id": line}]}
        self.refused(400, "invalid_input", "POST", path, half, who=self.kofi)
        twice = {**vals, "options": [{"name": "Black"}, {"name": "black"}]}
        self.refused(409, "option_exists", "POST", path, twice, who=self.kofi)
        body = self.ok("POST", path, vals, status=201, who=self.kofi)
        (prop,) = body["properties"]
        self.assertEqual((prop["name"], prop["required"]), ("Colour", True))
        self.assertEqual([o["name"] for o in prop["options"]], ["Black"])
        again = {"name": "COLOUR", "options": [{"name": "x"}]}
        self.refused(409, "property_exists", "POST", path, again, who=self.kofi)
        path = f"{PATH}/T-PK/bop/properties/{prop['id']}"
        body = self.ok("PUT", path, {"required": False}, who=self.kofi)
        self.assertFalse(body["properties"][0]["required"])
        # an option that swaps a component
        swap = {"name": "Big", "line_id": line, "product_id": self.battery.id}
        options = f"{path}/options"
        body = self.ok("POST", options, swap, status=201, who=self.kofi)
        black, big = body["properties"][0]["options"]
        self.assertEqual(
            (big["line_id"], big["product"]["id"]), (line, self.battery.id)
        )
        self.refused(409, "option_exists", "POST", options, swap, who=self.kofi)
        chosen = {"Colour": "big"}
        (row,) = package._abs_package()._api_expand(properties=chosen)
        self.assertEqual(row["product_id"], self.battery.id)
        option = f"{options}/{big['id']}"
        loop = {"line_id": line, "product_id": package.id}
        self.refused(400, "package_circle", "PUT", option, loop, who=self.kofi)
        other = self.make_product("Other", "T-OT", 0, x_sa_id=self.sa_lom.id)
        sheet = other._api_add_component({"product_id": self.cable.id})
        loop = {"line_id": sheet.line_ids.id, "product_id": self.cable.id}
        self.refused(400, "component_unknown", "PUT", option, loop, who=self.kofi)
        self.refused(
            404, None, "PUT", option.replace("T-PK", "T-OT"), swap, who=self.kofi
        )
        plain = {"name": "White", "line_id": None, "product_id": None}
        body = self.ok("PUT", option, plain, who=self.kofi)
        white = body["properties"][0]["options"][1]
        self.assertEqual((white["name"], white["product"]), ("White", None))
        self.refused(409, None, "PUT", option, {"name": "black"}, who=self.kofi)
        body = self.ok("DELETE", option, who=self.kofi)
        self.assertEqual(len(body["properties"][0]["options"]), 1)
        last = f"{options}/{black['id']}"
        self.refused(400, "last_option", "DELETE", last, who=self.kofi)
        self.assertEqual(self.ok("DELETE", path, who=self.kofi)["properties"], [])
        self.refused(404, None, "DELETE", path, who=self.kofi)

    def test_archive_and_restore(self):
        self.make_product("Package", "T-PK", 7, x_sa_id=self.sa_lom.id)
        bom = f"{PATH}/T-PK/bom"
        self.refused(404, None, "DELETE", bom, who=self.kofi)
        self.refused(404, None, "POST", f"{bom}/restore", who=self.kofi)
        line = {"product_id": self.kit.id, "qty": 2}
        self.ok("POST", bom, line, status=201, who=self.kofi)
        self.refused(409, "not_archived", "POST", f"{bom}/restore", who=self.kofi)
        self.refused(403, None, "DELETE", bom, who=self.jean)
        self.ok("DELETE", bom, who=self.kofi)
        self.assertIsNone(self.ok("GET", bom, who=self.jean)["bom"])
        row = self.ok("GET", f"{PATH}/T-PK", who=self.jean)["product"]
        self.assertEqual((row["list_price"], row["package"]), (7, None))
        body = self.ok("POST", f"{bom}/restore", who=self.kofi)
        self.assertEqual(body["lines"][0]["quantity"], 2)
        self.assertTrue(self.ok("GET", bom, who=self.jean)["bom"])
