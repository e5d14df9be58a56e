"""Names stand in one line and codes can be looked up, by every door (issue 9, 10)."""

from urllib.parse import quote

from odoo.tests import tagged

from ..exceptions import BusinessError
from .http_common import AbsHttpCase

#: line ends, controls, and what turns the reading direction around
BAD = ["A\nB", "A\rB", "A\tB", "A\x1bB", "A\x7fB", "A\x85B"]
BAD += ["A\u2028B", "A\u202eB", "A\u2066B"]
#: fine in a name (Persian needs the second), but no address finds them
HIDDEN = ["A\u200eB", "A\u200cB", "A\u00a0B"]


@tagged("post_install", "-at_install")
class TestControlCharacters(AbsHttpCase):
    def bodies(self, text):
        """Yield ``(method, path, body, who)`` of writes with a text as name or code."""
        ama, admin = {"who": self.ama}, {"who": self.admin}
        receive = {
            "warehouse_id": self.wh_togo.id,
            "lines": [{"product_id": self.kit.id, "lots": [text]}],
        }
        one = {"product_id": self.kit.id, "lot_name": text, "quantity": 1}
        account = f"/api/service-accounts/{self.sa_lom.id}"
        yield "POST", "/api/stock/receive", receive, ama
        yield "POST", "/api/stock/receive", {**receive, "lines": [one]}, ama
        yield (
            "POST",
            "/api/stock/adjustment",
            {
                "warehouse_id": self.wh_togo.id,
                "reason": "count",
                "lines": [{**one, "quantity": None, "quantity_counted": 1}],
            },
            ama,
        )
        yield "POST", "/api/products", {"name": "P", "default_code": text}, ama
        yield "POST", "/api/products", {"name": "P", "barcode": text}, ama
        yield "PUT", f"/api/products/{self.kit.id}", {"default_code": text}, admin
        yield "PUT", account, {"account_code": text}, admin
        assets = {"name": "Unit", "asset_code": text}
        yield "POST", "/api/assets", assets, {"who": self.jean}

    def names(self, text):
        ama, jean = {"who": self.ama}, {"who": self.jean}
        person = {"name": text, "email": "control@test.abs"}
        contact = f"/api/contacts/{self.marie.id}"
        yield "POST", "/api/contacts", {"name": text}, jean
        yield "PUT", contact, {"name": text}, jean
        yield "PUT", contact, {"city": text}, jean
        yield "PUT", contact, {"ref": text}, jean
        yield "POST", "/api/products", {"name": text}, ama
        yield "POST", "/api/employees", person, ama
        yield (
            "PUT",
            f"/api/service-accounts/{self.sa_lom.id}",
            {"name": text},
            {"who": self.admin},
        )

    def test_codes(self):
        for text in (*BAD, *HIDDEN):
            for method, path, body, options in self.bodies(text):
                with self.subTest(text=text, path=path):
                    if "quantity" in (body.get("lines") or [{}])[0]:
                        line = {k: v for k, v in body["lines"][0].items() if v}
                        body["lines"] = [line]
                    self.refused(*(400, "invalid_input", method, path, body), **options)
            path = f"/api/stock/locate/{quote(text)}"
            self.assertIn(self.call("GET", path, who=self.ama).status, (400, 404))

    def test_names(self):
        for text in BAD:
            for method, path, body, options in self.names(text):
                with self.subTest(text=text, path=path):
                    self.refused(*(400, "invalid_input", method, path, body), **options)
        for text in ("Zoë Ağa", "Ann\u200cMarie", "李小龙", "O'Neil & Co"):
            for method, path, body, options in self.names(text):
                self.call(method, path, body, **options)
            self.ok("POST", "/api/contacts", {"name": text}, 201, who=self.jean)

    def test_notes_have_lines(self):
        body = {"name": "Kossi", "comment": "one\ntwo\tthree\r\nfour"}
        self.ok("POST", "/api/contacts", body, 201, who=self.jean)
        body["comment"] = "one\u202etwo"
        self.refused(
            *(400, "invalid_input", "POST", "/api/contacts", body), who=self.jean
        )

    def test_models(self):
        """What comes by the web client, RPC or an import is held to the same."""
        for text in (*BAD, *HIDDEN):
            for write in (
                lambda t: self.env["stock.lot"].create(
                    {"name": t, "product_id": self.kit.id}
                ),
                lambda t: self.kit.write({"default_code": t}),
                lambda t: self.kit.product_tmpl_id.write({"barcode": t}),
                lambda t: self.sa_lom.write({"account_code": t}),
            ):
                with (
                    self.subTest(text=text),
                    self.assertRaises(BusinessError) as caught,
                ):
                    write(text)
                self.assertEqual(caught.exception.code, "control_characters")
        for text in BAD:
            for record in (self.sa_lom, self.jean, self.kit):
                with self.assertRaises(BusinessError):
                    record.write({"name": text})

    def test_the_audit_names_what_is_there(self):
        self.receive(self.kit, ["CTRL-1"])
        lot = self.env["stock.lot"].search([("name", "=", "CTRL-1")])
        self.env.cr.execute(
            "UPDATE stock_lot SET name = %s WHERE id = %s", ["A\u202eB", lot.id]
        )
        self.env.invalidate_all()
        rows = self.env["abs.audit"].run()
        found = [r["res_id"] for r in rows if r["check"] == "unprintable_codes"]
        self.assertEqual(found, [lot.id])
