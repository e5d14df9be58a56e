"""Lists of what bodies ask for, references, filters, terms of a contact."""

from datetime import timedelta
from urllib.parse import quote

from odoo.fields import Date
from odoo.tests import tagged

from .stock_common import StockHttpCase


@tagged("post_install", "-at_install")
class TestChoices(StockHttpCase):
    def rows(self, path, who=None):
        body = self.ok("GET", path, who=who or self.jean)
        return next(value for value in body.values() if isinstance(value, list))

    def ids(self, path, who=None):
        return {row["id"] for row in self.rows(path, who)}

    def test_lists_of_what_bodies_name(self):
        outlets = self.env["ov.outlet"].create(
            [
                {"name": "Shop", "account_id": self.sa_lom.id},
                {"name": "Far", "account_id": self.sa_nbo.id},
            ]
        )
        self.assertEqual(self.ids("/api/outlets") & set(outlets.ids), {outlets[0].id})
        journals = self.rows("/api/journals?limit=500")
        self.assertEqual({row["type"] for row in journals}, {"cash", "bank"})
        self.assertEqual({row["company"]["id"] for row in journals}, {self.togo.id})
        mobile = self.rows("/api/journals?payment_source=mobile_money")
        self.assertTrue(mobile)
        term = self.env["account.payment.term"].create(
            {"name": "Kenyan", "company_id": self.kenya.id}
        )
        terms = self.ids("/api/payment-terms")
        self.assertTrue(terms)
        self.assertNotIn(term.id, terms)
        self.assertIn(term.id, self.ids("/api/payment-terms", self.otieno))
        self.rows("/api/pricelists")
        self.assertTrue(self.rows("/api/ticket-stages"))
        places = self.ids("/api/locations?limit=500")
        self.assertIn(self.stock.id, places)
        self.assertNotIn(self.wh_kenya.lot_stock_id.id, places)
        self.wh_togo.x_loaner_pool_id.active = False
        pool = self.wh_togo.x_loaner_pool_id.id
        self.assertNotIn(pool, self.ids("/api/locations?limit=500"))
        self.assertIn("XOF", {row["name"] for row in self.rows("/api/currencies")})
        (togo,) = self.rows("/api/countries?code=tg")
        self.assertEqual(togo["phone_code"], 228)
        self.refused(403, None, "GET", "/api/outlets", who=self.marie)
        key = self.api_key()
        self.ok("GET", "/api/outlets", key=key)

    def test_a_code_of_digits_is_not_another_products_id(self):
        other = self.make_product("Digits", str(self.battery.id), 5)
        path = f"/api/products/{self.battery.id}"
        said = self.refused(
            *(400, "ambiguous_reference", "PUT", path, {"name": "Renamed"}),
            who=self.admin,
        )["error"]
        self.assertIn(f"code:{self.battery.id}", said)
        self.assertEqual(self.battery.name, "Test Battery")
        for ref, product in (("id", self.battery), ("code", other)):
            row = self.ok(
                "GET", f"/api/products/{ref}:{self.battery.id}", who=self.admin
            )
            self.assertEqual(row["product"]["id"], product.id)
        code = {"default_code": str(self.kit.id)}
        self.refused(
            *(409, "default_code_taken", "PUT", f"/api/products/{self.cable.id}", code),
            who=self.admin,
        )

    def test_slashes_in_every_address(self):
        product = self.make_product("Slash", "A/B-1", 5)
        for code in ("A/B-1", quote("A/B-1", safe="")):
            row = self.ok("GET", f"/api/products/{code}", who=self.admin)["product"]
            self.assertEqual(row["id"], product.id)
            self.ok("GET", f"/api/products/{code}/bom", who=self.admin)
        row = self.ok("PUT", "/api/products/A%2FB-1", {"name": "New"}, who=self.admin)
        self.assertEqual(row["product"]["name"], "New")
        self.receive(self.kit, ["S/1"])
        for place in ("stock/lots", "relationships/serials"):
            self.ok("GET", f"/api/{place}/S%2F1", who=self.kofi)

    def test_slashes_that_an_address_would_lose_are_refused(self):
        for code in ("/A", "A/", "A//B", "A/../B", "."):
            body = {"name": "N", "product_type": "product", "default_code": code}
            self.refused(
                400, "odd_slashes", "POST", "/api/products", body, who=self.kofi
            )
        line = {"product_id": self.kit.id, "lots": ["S//1"]}
        body = {**self.base, "lines": [line]}
        self.refused(
            400, "odd_slashes", "POST", "/api/stock/receive", body, who=self.kofi
        )

    def test_filters_of_pickings(self):
        self.receive(self.kit, ["F-1"])
        order = self.sale((self.kit, 1))
        picking = order.picking_ids
        actor = self.jean.partner_id.id
        path = "/api/stock/deliveries"
        today = Date.today()
        late = today + timedelta(days=400)
        for query, found in (
            (f"sa_id={self.sa_lom.id}", True),
            (f"sa_id={self.sa_kar.id}", False),
            (f"actor_id={actor}", picking.x_actor_id.id == actor),
            (f"actor_id={self.afi.partner_id.id}", False),
            (f"date_to={late}", True),
            (f"date_from={late}", False),
        ):
            ids = self.ids(f"{path}?limit=100&{query}", self.kofi)
            self.assertEqual(picking.id in ids, found, query)
        picking._api_validate()
        done = f"{path}?state=done&date_from={today - timedelta(days=1)}"
        self.assertIn(picking.id, self.ids(done, self.kofi))
        self.ids(f"/api/stock/receipts?date_to={late}&sa_id={self.sa_lom.id}")
        self.ids(f"/api/tickets?actor_id={actor}")

    def test_terms_of_a_contact(self):
        term = self.env["account.payment.term"].create(
            {"name": "T60", "company_id": self.togo.id}
        )
        prices = self.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "currency_id": self.togo.currency_id.id,
                "company_id": self.togo.id,
            }
        )
        body = {
            "name": "Terms",
            "customer_rank": 2,
            "country_id": self.env.ref("base.bj").id,
            "payment_term_id": term.id,
            "pricelist_id": prices.id,
        }
        self.refused(403, "role_required", "POST", "/api/contacts", body, who=self.jean)
        row = self.ok("POST", "/api/contacts", body, 201, who=self.kofi)["contact"]
        self.assertEqual(row["customer_rank"], 2)
        self.assertEqual(row["country"]["id"], body["country_id"])
        self.assertEqual(row["payment_term"]["id"], term.id)
        self.assertEqual(row["pricelist"]["id"], prices.id)
        quote_ = {
            "partner_id": row["id"],
            "products": [{"product_id": self.kit.id, "quantity": 1}],
        }
        order = self.ok("POST", "/api/quotations", quote_, 201, who=self.kofi)["order"]
        self.assertEqual(order["payment_term"]["id"], term.id)
        self.refused(
            *(400, None, "POST", "/api/contacts", {"name": "X", "customer_rank": 0}),
            who=self.kofi,
        )
        path = f"/api/contacts/{row['id']}"
        row = self.ok("PUT", path, {"payment_term_id": None}, who=self.kofi)["contact"]
        self.assertIsNone(row["payment_term"])
