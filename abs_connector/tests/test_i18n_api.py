"""Refusals reach the app in the caller's language: one or two of each module."""

from odoo.tests import tagged

from .http_common import AbsHttpCase

FRENCH = {"Accept-Language": "fr-TG,fr;q=0.9,en;q=0.5"}


@tagged("post_install", "-at_install")
class TestFrenchOverHttp(AbsHttpCase):
    def requests(self):
        """Yield ``(method, path, body)`` of what jean may not do, or not so."""
        draft = self.quotation(self.marie, [(self.cable, 1)], self.sa_lom).id
        paul = self.paul.id
        yield "GET", "/api/nothing", None
        yield "GET", "/api/contacts/999999999", None
        yield "GET", "/api/contacts?limit=1000&colour=1", None
        yield "POST", "/api/contacts", {"name": "", "email": 3, "colour": 1}
        yield "POST", "/api/contacts", {"name": "Kofi", "phone": "not a phone"}
        yield "POST", "/api/contacts", {"name": "Kofi", "country": "QQ"}
        yield "GET", "/api/invoices?date_from=2026-13-01", None
        yield "POST", f"/api/contacts/{self.marie.id}/assign", {"sa_id": self.sa_nbo.id}
        yield "POST", "/api/service-accounts", {"name": "X", "code": "X"}
        yield "POST", "/api/quotations", {"partner_id": self.marie.id, "lines": []}
        yield "POST", f"/api/orders/{draft}/finalize", {}
        yield "POST", f"/api/orders/{draft}/invoice", {}
        yield "POST", f"/api/orders/{draft}/register-payment", {"amount": 5}
        yield "POST", f"/api/orders/{draft}/reject", {}
        yield "GET", "/api/products/NO-SUCH", None
        yield "POST", f"/api/products/{self.cable.id}/restore", {}
        yield "GET", "/api/stock/lots/NO-SUCH", None
        yield (
            "POST",
            "/api/stock/transfer",
            {"product_id": self.cable.id, "quantity": -1},
        )
        yield "POST", "/api/payments/attempts", {"customer_id": paul, "amount": "much"}
        yield "POST", "/api/payments/callback/nobody", {}
        yield "GET", "/api/subscription/status/NO-SUCH", None
        yield "POST", "/api/subscriptions", {"customer_id": paul, "periods": -2}
        yield "POST", "/api/tickets", {"customer_id": paul, "priority": "very"}
        yield "GET", "/api/relationships/serials/NO-SUCH", None
        yield "GET", "/api/reports/sa-summary?date_from=yesterday", None

    def test_each_module(self):  # French comes with the addon
        for method, path, body in self.requests():
            with self.subTest(f"{method} {path}"):
                english = self.call(method, path, body, who=self.jean)
                french = self.call(method, path, body, who=self.jean, headers=FRENCH)
                self.assertGreaterEqual(french.status, 400, french.text)
                self.assertEqual(french.status, english.status)
                self.assertEqual(french.body["code"], english.body["code"])
                self.assertNotEqual(french.body["error"], english.body["error"])
                said = [detail["message"] for detail in french.body["details"]]
                for detail in english.body["details"]:
                    self.assertNotIn(detail["message"], said)
