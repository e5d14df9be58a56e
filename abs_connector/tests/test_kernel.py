"""The conventions of every answer (docs/contract.md 4): shapes, errors, CORS, idempotency."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestKernel(AbsHttpCase):
    def test_health_needs_no_token(self):
        body = self.ok("GET", "/api/system/health")
        self.assertEqual(body["status"], "ok")
        self.assertIs(body["database"], True)
        self.assertTrue(body["version"].endswith(".0.1.4.0"), body["version"])

    def test_unknown_paths_and_methods_answer_json(self):
        self.refused(404, "not_found", "GET", "/api/nothing/here")
        self.refused(404, "not_found", "GET", "/api/orders/abc", who=self.jean)
        answer = self.refused(405, "method_not_allowed", "PUT", "/api/system/health")
        self.assertIn("method", answer["error"])

    def test_request_id_is_echoed(self):
        for path in ("/api/system/health", "/api/nothing"):
            answer = self.call("GET", path, headers={"X-Request-ID": "phone-7:12"})
            self.assertEqual(answer.headers["X-Request-ID"], "phone-7:12")
        answer = self.call("GET", "/api/nothing", headers={"X-Request-ID": "a b"})
        self.assertNotEqual(answer.headers["X-Request-ID"], "a b")

    def test_cors_on_every_path_and_on_errors(self):
        for path in ("/api/orders", "/api/orders/1/confirm", "/api/nothing"):
            answer = self.call("OPTIONS", path, headers={"Origin": "https://app.test"})
            self.assertEqual(answer.status, 204, path)
            allowed = answer.headers["Access-Control-Allow-Headers"]
            for header in (
                "Authorization",
                "X-API-KEY",
                "X-SA-ID",
                "Idempotency-Key",
                "Content-Type",
                "X-Request-ID",
            ):
                self.assertIn(header, allowed)
            self.assertNotIn("Set-Cookie", answer.headers)
        answer = self.call("GET", "/api/orders")
        self.assertEqual(answer.status, 401)
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("abs_connector.cors_origins", "https://app.test")
        for origin, told in (("https://app.test", True), ("https://evil.test", False)):
            answer = self.call("GET", "/api/orders", headers={"Origin": origin})
            given = answer.headers.get("Access-Control-Allow-Origin")
            self.assertEqual(given, origin if told else None)

    def test_no_cookie(self):
        for path in ("/api/system/health", "/api/orders", "/api/nothing"):
            self.assertNotIn("Set-Cookie", self.call("GET", path).headers)

    def test_bodies_that_are_no_json(self):
        def send(data, kind="application/json"):
            return self.call(
                "POST", "/api/auth/login", data=data, headers={"Content-Type": kind}
            )

        for data in (b"{", b"[1]", b'"x"', b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe"):
            answer = send(data)
            self.assertEqual(answer.status, 400, (data, answer.text))
        self.assertEqual(send(b"[" * 100_000).status, 400)
        self.assertEqual(send(b"a=1", "application/x-www-form-urlencoded").status, 415)
        self.assertEqual(send(b" " * (2 * 1024 * 1024) + b"{}").status, 413)

    def test_a_body_in_chunks_is_as_limited(self):
        body = b'{"email": "a@b.c"}' + b" " * (2 * 1024 * 1024)
        answer = self.call(
            *("POST", "/api/auth/login"),
            data=iter([body]),  # an iterator has no length: sent in chunks
            headers={"Content-Type": "application/json"},
        )
        self.assertEqual((answer.status, answer.body["code"]), (413, "too_large"))

    def test_odd_addresses_are_no_failure_of_ours(self):
        for path in ("/api//orders", "/api/orders//", "/api/orders/1%00", "/api/%00"):
            self.refused(404, "not_found", "GET", path, who=self.jean)

    def test_unknown_fields_and_filters_are_refused(self):
        body = {"email": "a@b.c", "password": "x", "colour": "red"}
        answer = self.refused(400, "invalid_input", "POST", "/api/auth/login", body)
        self.assertEqual(answer["details"][0]["field"], "colour")
        for query in (
            "colour=red",
            "limit=0",
            "limit=100000",
            "page=x",
            "page=1&page=2",
        ):
            answer = self.refused(
                400, "invalid_input", "GET", f"/api/contacts?{query}", who=self.jean
            )
            self.assertEqual(answer["details"][0]["field"], query.split("=")[0])

    def test_role_before_input_before_record(self):
        """The order of docs/contract.md 4: token, role, input, record, state."""
        path = "/api/contacts/999999999/assign"
        bad, good = {"colour": 1}, {"actor_id": self.afi.partner_id.id}
        self.refused(401, "unauthorized", "POST", path, bad)
        self.refused(403, "role_required", "POST", path, bad, who=self.jean)
        self.refused(400, "invalid_input", "POST", path, bad, who=self.ama)
        self.refused(404, "not_found", "POST", path, good, who=self.ama)

    def test_refused_request_changes_nothing(self):
        before = self.env["res.partner"].search_count([])
        body = {"name": "Nobody", "email": "not an address", "colour": 1}
        self.refused(400, None, "POST", "/api/contacts", body, who=self.jean)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_idempotency(self):
        body, headers = {"name": "Once Only"}, {"Idempotency-Key": "k-1"}

        def send(body=body, who=self.jean, headers=headers):
            return self.call("POST", "/api/contacts", body, who=who, headers=headers)

        first, again = send(), send()
        self.assertEqual((first.status, again.status), (201, 201))
        self.assertEqual(first.text, again.text)
        self.assertNotIn("Idempotent-Replay", first.headers)
        self.assertEqual(again.headers["Idempotent-Replay"], "true")
        slash = self.call(
            "POST", "/api/contacts/", body, who=self.jean, headers=headers
        )
        self.assertEqual(slash.text, first.text)
        named = [("name", "=", "Once Only")]
        self.assertEqual(self.env["res.partner"].search_count(named), 1)
        other = send({"name": "Other"})
        self.assertEqual(
            (other.status, other.body["code"]), (422, "idempotency_mismatch")
        )
        self.assertEqual(send(who=self.afi).status, 201)  # another caller's key
        self.assertEqual(self.env["res.partner"].search_count(named), 2)
        self.assertEqual(send(headers={"Idempotency-Key": "a b"}).status, 400)

    def test_a_refused_callback_may_come_again_under_its_key(self):
        """It is logged and committed, and the key with it, but not an answer."""
        for _time in range(2):
            self.refused(
                *(404, "not_found", "POST", "/api/payments/callback/sandbox/no"),
                {"status": "success"},
                headers={"Idempotency-Key": "k-callback"},
            )

    def test_idempotency_lasts_thirty_days(self):
        headers, body = {"Idempotency-Key": "k-30"}, {"name": "Thirty Days"}

        def send():
            answer = self.call(
                "POST", "/api/contacts", body, who=self.jean, headers=headers
            )
            self.assertEqual(answer.status, 201, answer.text)
            return "Idempotent-Replay" in answer.headers

        self.assertFalse(send())
        records = self.env["abs.idempotency.record"]
        record = records.search([], order="id desc", limit=1)
        for days, replayed in ((29, True), (31, False)):
            record = records.search([], order="id desc", limit=1)
            record.date = fields.Datetime.now() - timedelta(days=days)
            self.assertIs(send(), replayed, days)
        named = [("name", "=", "Thirty Days")]
        self.assertEqual(self.env["res.partner"].search_count(named), 2)
        young = records.search([], order="id desc", limit=1)
        old = records.create(
            {
                "digest": "old",
                "body_digest": "old",
                "date": fields.Datetime.now() - timedelta(days=31),
            }
        )
        records._gc()
        self.env.invalidate_all()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    def test_idempotency_key_is_of_one_route_and_account(self):
        headers = {"Idempotency-Key": "k-route"}
        made = self.ok(
            *("POST", "/api/contacts", {"name": "Routed"}),
            who=self.admin,
            sa=self.sa_lom,
            headers=headers,
        )
        path = f"/api/contacts/{made['contact']['id']}"
        body = {"name": "Routed"}
        answer = self.call("PUT", path, body, who=self.admin, headers=headers)
        self.assertEqual(answer.status, 200)
        self.assertNotIn("Idempotent-Replay", answer.headers)
        self.refused(
            *(422, "idempotency_mismatch", "POST", "/api/contacts", body),
            who=self.admin,
            sa=self.sa_kar,
            headers=headers,
        )

    def test_idempotency_key_is_of_one_record_however_its_address_is_spelled(self):
        number, headers = self.paul.id, {"Idempotency-Key": "k-spelled"}
        body, who = {"name": "Paul the First"}, self.admin
        path = f"/api/contacts/{number}"
        first = self.call("PUT", path, body, who=who, headers=headers)
        self.assertEqual(first.status, 200, first.text)
        digits = str(number)
        arabic = "".join(chr(ord(digit) - ord("0") + 0x660) for digit in digits)
        for spelled in (
            f"000{digits}",
            f"{digits}/",
            f"00{digits}/",
            "".join(f"%{ord(digit):02X}" for digit in digits),
            arabic,
        ):
            again = self.call(
                "PUT", f"/api/contacts/{spelled}", body, who=who, headers=headers
            )
            if again.status != 404:  # an address that is none changes nothing
                self.assertEqual(
                    again.headers.get("Idempotent-Replay"), "true", spelled
                )
                self.assertEqual(again.text, first.text, spelled)
        for spelled in (f"+{digits}", f"-{digits}", f"%20{digits}", f"{digits}.0"):
            self.refused(
                *(404, "not_found", "PUT", f"/api/contacts/{spelled}", body),
                who=who,
                headers=headers,
            )
        other = self.call(
            *("PUT", f"/api/contacts/{self.marie.id}", {"name": "Marie the First"}),
            who=who,
            headers=headers,
        )
        self.assertNotIn("Idempotent-Replay", other.headers)

    def test_idempotency_key_of_a_product_is_of_one_spelling(self):
        headers, number = {"Idempotency-Key": "k-ref"}, self.kit.id
        for ref, status in ((number, 201), (f"0{number}", 404), (f"%20{number}", 404)):
            body = {"product_id": self.cable.id, "quantity": 1}
            answer = self.call(
                *("POST", f"/api/products/{ref}/bom", body),
                who=self.admin,
                headers=headers,
            )
            self.assertEqual(answer.status, status, (ref, answer.text))
        alias = self.call(
            *("POST", f"/api/products/{number}/bop", body),
            who=self.admin,
            headers=headers,
        )
        self.assertEqual(alias.headers.get("Idempotent-Replay"), "true", alias.text)

    def test_stored_answers_keep_their_secrets(self):
        path = f"/api/contacts/{self.paul.id}/portal-access"
        call = ("POST", path, {})
        headers = {"Idempotency-Key": "k-secret"}
        first = self.call(*call, who=self.yao, headers=headers)
        again = self.call(*call, who=self.yao, headers=headers)
        self.assertEqual(first.text, again.text)
        record = self.env["abs.idempotency.record"].search([], order="id desc", limit=1)
        self.assertTrue(record.answer)
        self.assertNotIn(first.body["password"], record.answer)
        self.assertNotIn("Paul", record.answer)

    def test_refused_request_leaves_its_key_free(self):
        headers = {"Idempotency-Key": "k-2"}
        bad = self.call(
            "POST", "/api/contacts", {"colour": 1}, who=self.jean, headers=headers
        )
        self.assertEqual(bad.status, 400)
        good = self.call(
            "POST", "/api/contacts", {"name": "Later"}, who=self.jean, headers=headers
        )
        self.assertEqual(good.status, 201, good.text)

    def test_language_of_messages(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        headers = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}
        french = self.call("GET", "/api/nothing", headers=headers).body["error"]
        english = self.call("GET", "/api/nothing").body["error"]
        self.assertNotEqual(french, english)
        refused = self.call(
            "GET", "/api/contacts?limit=0", who=self.jean, headers=headers
        )
        self.assertIn("au moins", refused.body["error"])

    def test_writes_are_logged(self):
        log = self.env["abs.request.log"]
        self.ok(
            "POST",
            "/api/contacts",
            {"name": "Logged"},
            who=self.jean,
            headers={"X-Request-ID": "log-1"},
        )
        row = log.search([("request_id", "=", "log-1")])
        self.assertEqual((row.status, row.employee_id), (201, self.jean))

    def test_documentation_is_served(self):
        document = self.call("GET", "/api/openapi.json").body
        self.assertEqual(document["openapi"], "3.1.0")
        page = self.call("GET", "/api/docs")
        self.assertEqual(page.status, 200)
        self.assertNotRegex(page.text, r'(src|href)="(https?:)?//')
