"""The OpenAPI document says what the server does: statuses, headers, forms, rules."""

import re

from jsonschema import Draft202012Validator
from odoo.tests import TransactionCase, tagged
from pydantic import ValidationError

from ..api.base import MAX_ID
from ..api.openapi import document
from ..api.routing import ROUTES
from ..schemas.assets import AssetIn, SwapIn
from ..schemas.auth import LoginIn
from ..schemas.contacts import AccessIn, ContactIn, ContactUpdate
from ..schemas.governance import MemberIn
from ..schemas.orders import LineChangeIn, LineIn
from ..schemas.packages import BomOptionIn
from ..schemas.pickings import DoneLineIn, ReceiptLineIn
from .http_common import AbsHttpCase

#: bodies of schemas with rules between fields: the first ones are right, the others not
BODIES = {
    LoginIn: (
        [
            {"email": "a@b.c", "password": "x"},
            {"phone": "+22890112233", "password": "x"},
        ],
        [{"password": "x"}, {"email": "a@b.c", "phone": "90112233", "password": "x"}],
    ),
    SwapIn: (
        [{"loaner_lot_id": 1, "reason": "r"}, {"loaner_serial": "S", "reason": "r"}],
        [{"reason": "r"}, {"loaner_lot_id": 1, "loaner_serial": "S", "reason": "r"}],
    ),
    MemberIn: (
        [{"employee_id": 1, "role_code": "agent", "person_partner_id": None}],
        [
            {"role_code": "agent"},
            {"employee_id": 1, "person_partner_id": 2, "role_code": "agent"},
        ],
    ),
    AssetIn: ([{"name": "A"}, {"lot_id": 3}], [{}, {"notes": "n"}, {"name": None}]),
    ReceiptLineIn: (
        [{"product_id": 1, "quantity": 2}, {"product_id": 1, "lots": ["S"]}],
        [{"product_id": 1}, {"product_id": 1, "lots": []}],
    ),
    DoneLineIn: (
        [{"move_id": 1}, {"product_id": 2}, {"lot_name": "S"}, {"lots": ["S"]}],
        [{}, {"quantity": 2}, {"lots": []}],
    ),
    ContactUpdate: (
        [{}, {"country": "TG"}, {"country_id": 1, "country": None}],
        [{"country": "TG", "country_id": 1}, {"customer_rank": 0}],
    ),
    LineIn: ([{"product_id": 1}, {"bop_id": 1}], [{}, {"product_id": None}]),
    LineChangeIn: (
        [{"id": 1, "delete": True}, {"id": 1, "quantity": 0}, {"product_id": 1}],
        [
            {},
            {"id": 1, "product_id": 1},
            {"id": 1, "bop_id": 1},
            {"product_id": 1, "delete": True},
            {"product_id": 1, "quantity": 0},
        ],
    ),
    BomOptionIn: (
        [{"name": "N"}, {"name": "N", "line_id": 1, "product_id": 2}],
        [{"name": "N", "line_id": 1}, {"name": "N", "product_id": 2}],
    ),
    AccessIn: (
        [{}, {"invite": True}, {"password": "12345678", "invite": False}],
        [{"password": "12345678", "invite": True}],
    ),
    # and single fields whose form is more than a length
    ContactIn: (
        [
            {"name": "N"},
            {"name": "N", "email": "ma.rie@mail.abs.demo"},
            {"name": "N", "phone": "+228 90 11-22-33"},
        ],
        [
            {"name": " "},
            {"name": "a\nb"},
            {"name": "N", "email": "marie@demo"},
            {"name": "N", "email": "@abs.demo"},
            {"name": "N", "email": "ma rie@abs.demo"},
            {"name": "N", "phone": "1234"},
            {"name": "N", "is_company": 1},
            {"name": "N", "country": "T1"},
        ],
    ),
}


@tagged("post_install", "-at_install")
class TestOpenApi(TransactionCase):
    def setUp(self):
        super().setUp()
        self.document = document("test")

    def operation(self, method, path):
        return self.document["paths"][path][method]

    def statuses(self, method, path):
        return set(self.operation(method, path)["responses"])

    def test_successes(self):
        """201 for what is created; 200 besides only where it may be there already."""
        both = {("post", "/api/assets"), ("post", "/api/orders/{order}/invoice")}
        for path, verbs in self.document["paths"].items():
            for method in verbs:
                told = self.statuses(method, path) & {"200", "201"}
                self.assertEqual(len(told), 2 if (method, path) in both else 1, path)

    def test_wrong_passwords_and_signatures_are_401(self):
        for path in (
            "/api/auth/login",
            "/api/auth/refresh",
            "/api/customer/auth/login",
            "/api/customer/auth/refresh",
            "/api/payments/callback/{provider}",
            "/api/payments/callback/{provider}/{token}",
            "/api/payments/callback/{provider}/{token}/{event}",
        ):
            self.assertIn("401", self.statuses("post", path), path)
        callback = "/api/payments/callback/{provider}"
        self.assertIn("403", self.statuses("post", callback))

    def test_media_types(self):
        answer = self.operation("get", "/api/docs")["responses"]["200"]
        self.assertEqual(list(answer["content"]), ["text/html"])
        answer = self.operation("get", "/api/openapi.json")["responses"]["200"]
        self.assertEqual(list(answer["content"]), ["application/json"])

    def test_headers_of_requests(self):
        parameters = self.operation("post", "/api/contacts")["parameters"]
        headers = {p["name"]: p["schema"] for p in parameters if p["in"] == "header"}
        self.assertEqual(headers["X-SA-ID"]["pattern"], "^[0-9]{1,9}$")
        self.assertEqual(headers["Idempotency-Key"]["pattern"], r"^[\x21-\x7e]{1,255}$")
        self.assertIn("X-Request-ID", headers)

    def test_headers_of_answers(self):
        wanted = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
        for verbs in self.document["paths"].values():
            for operation in verbs.values():
                for status, answer in operation["responses"].items():
                    headers = answer["headers"]
                    self.assertIn("X-Request-ID", headers)
                    self.assertIn(wanted.get(status, "X-Request-ID"), headers)
        other = self.document["components"]["responses"]["MethodNotAllowed"]
        self.assertIn("Allow", other["headers"])

    def test_refusals_have_codes(self):
        for name, told in self.document["components"]["schemas"].items():
            if "Error" in name and "allOf" in told:
                self.assertTrue(told["allOf"][1]["properties"]["code"]["enum"], name)

    def test_numbers_of_records_have_bounds(self):
        for path, verbs in self.document["paths"].items():
            for operation in verbs.values():
                for parameter in operation["parameters"]:
                    schema = parameter["schema"]
                    self.assertNotIn({"type": "null"}, schema.get("anyOf", ()))
                    if schema.get("type") != "integer":
                        continue
                    self.assertLessEqual(schema["maximum"], MAX_ID, path)
                    low = {"minimum", "exclusiveMinimum"} & set(schema)
                    self.assertTrue(low, f"{path}: {parameter['name']}")

    def test_unknown_fields_are_refused(self):
        for path, verbs in self.document["paths"].items():
            for operation in verbs.values():
                body = operation.get("requestBody", {}).get("content", {})
                schema = body.get("application/json", {}).get("schema", {})
                if "$ref" in schema:
                    name = schema["$ref"].rpartition("/")[2]
                    schema = self.document["components"]["schemas"][name]
                    self.assertIs(schema["additionalProperties"], False, path)

    def test_document_and_validator_agree(self):
        """Each body is judged by the schema of the document and by the server alike."""
        for schema, (right, wrong) in BODIES.items():
            told = Draft202012Validator(
                {
                    "$ref": f"#/components/schemas/{schema.__name__}",
                    "components": self.document["components"],
                }
            )
            for body in [*right, *wrong]:
                with self.subTest(schema=schema.__name__, body=body):
                    self.assertEqual(self.takes(schema, body), body in right)
                    self.assertEqual(told.is_valid(body), body in right)

    def takes(self, schema, body):
        try:
            schema.model_validate(body, strict=True)
        except ValidationError:
            return False
        return True

    def test_every_rule_stands_in_the_document(self):
        """No validator between fields but the declared ones."""
        named = self.document["components"]["schemas"]
        with_rules = {"BomOptionUpdate"}  # the base of BomOptionIn
        for schema in BODIES:
            if schema._rules:
                with_rules.add(schema.__name__)
                self.assertEqual(
                    len(named[schema.__name__]["allOf"]), len(schema._rules)
                )
        self.assertEqual(
            with_rules,
            {
                n
                for n, told in named.items()
                if "allOf" in told and "properties" in told
            },
        )
        for route in ROUTES:
            body = route.contract.body
            if body not in (None, dict):
                own = body.__pydantic_decorators__.model_validators
                self.assertEqual(list(own), ["_keep_rules"], body.__name__)

    def test_patterns_are_read_by_everybody(self):
        """Python, and so the generators of data, compile each of them."""
        left, found = [self.document], set()
        while left:
            part = left.pop()
            if isinstance(part, dict):
                found |= {part["pattern"]} if "pattern" in part else set()
                left += part.values()
            elif isinstance(part, list):
                left += part
        self.assertGreater(len(found), 10)
        for pattern in found:
            re.compile(pattern)


@tagged("post_install", "-at_install")
class TestDocumentedAnswers(AbsHttpCase):
    def test_form_of_headers(self):
        """Of whomever they come: a document knows no kinds of caller."""
        for who in ({"who": self.ama}, {"key": self.api_key()}):
            for value in ("x", "", "1234567890", "-1", "١"):
                headers = {"X-SA-ID": value.encode()}
                answer = self.call("GET", "/api/warehouses", headers=headers, **who)
                self.assertEqual(answer.status, 400, value)
                self.assertEqual(answer.body["code"], "invalid_input")

    def test_json_is_not_guessed_at(self):
        """`"1"` is a text and 1 is no truth value: the document has types."""
        for body in (
            {"name": "Guess", "is_company": 1},
            {"name": "Guess", "is_company": "true"},
            {"name": "Guess", "actor_id": "1"},
        ):
            answer = self.call("POST", "/api/contacts", body, who=self.ama)
            self.assertEqual(answer.status, 400, body)
            self.assertEqual(answer.body["code"], "invalid_input")

    def test_whole_numbers_may_have_a_point(self):
        """JSON knows one kind of number, and clients write 7 as 7.0."""
        body = f'{{"name": "Point", "actor_id": {self.jean.partner_id.id}.0}}'
        headers = {"Content-Type": "application/json"}
        answer = self.call(
            "POST", "/api/contacts", who=self.ama, data=body, headers=headers
        )
        self.assertEqual(answer.status, 201, answer.body)

    def test_numbers_beyond_the_database(self):
        for path in ("/api/orders?sa_id=99999999999", "/api/assets?partner_id=0"):
            answer = self.call("GET", path, who=self.ama)
            self.assertEqual(
                (answer.status, answer.body["code"]), (400, "invalid_input")
            )

    def test_docs_are_html(self):
        answer = self.call("GET", "/api/docs")
        self.assertIn("text/html", answer.headers["Content-Type"])

    def test_other_methods_are_405(self):
        answer = self.call("DELETE", "/api/contacts", who=self.ama)
        self.assertEqual(answer.status, 405)
        self.assertIn("POST", answer.headers["Allow"])
