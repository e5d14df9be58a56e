"""No route without its safeguards: the table of routes itself is tested."""

import re
from pathlib import Path

from odoo import http
from odoo.tests import TransactionCase, tagged

from ..api import ROUTES
from ..api.base import Verbatim
from ..api.contract import Fetched, _marks
from ..api.openapi import document

ADDON = Path(__file__).parents[1]
KINDS = {"employee", "customer", "api_key", "public"}
#: words that everybody may know: no record of a company or customer is among them
PLAIN = {"res.country", "res.currency", "uom.uom"}
#: the only addresses that may be called without a token
OPEN = {
    "/api/auth/accept-invitation",
    "/api/auth/login",
    "/api/auth/refresh",
    "/api/customer/auth/accept",
    "/api/customer/auth/login",
    "/api/customer/auth/refresh",
    "/api/docs",
    "/api/openapi.json",
    "/api/payments/callback/<string:provider>",
    "/api/payments/callback/<string:provider>/<string:token>",
    "/api/payments/callback/<string:provider>/<string:token>/<string:event>",
    "/api/system/health",
}


@tagged("post_install", "-at_install")
class TestRoutes(TransactionCase):
    def _rules(self):
        """Return ``[(url, routing)]`` of all Odoo controllers below /api/."""
        modules = sorted(self.env.registry._init_modules)
        rules = http._generate_routing_rules(modules, nodb_only=False)
        return [
            (url, endpoint.routing)
            for url, endpoint in rules
            if url.startswith("/api/")
        ]

    def test_every_rule_is_a_route_of_the_kernel(self):
        """A controller that used Odoo's own decorator would have no safeguards."""
        self.assertTrue(self._rules())
        for url, routing in self._rules():
            self.assertEqual(routing["type"], "abs_api", url)
            self.assertEqual(routing["auth"], "abs_api", url)
            self.assertIn("abs_route", routing, url)

    def test_no_route_is_hidden(self):
        """Merged controllers would drop a route without a word."""
        served = {(url, routing["abs_route"].method) for url, routing in self._rules()}
        for route in ROUTES:
            for path in route.paths:
                self.assertIn((path, route.method), served)

    def test_audience_schema_and_scope(self):
        for route in ROUTES:
            where = f"{route.method} {route.paths[0]}"
            self.assertTrue(route.audience and route.audience <= KINDS, where)
            self.assertTrue(route.function.__doc__, f"{where} says nothing of itself")
            self.assertEqual(route.readonly and route.method != "GET", False, where)
            if "public" in route.audience:
                self.assertIn(route.paths[0], OPEN, where)
            marks = [_marks(part) for part in route.contract.path.values()]
            for name, annotation in route.contract.path.items():
                if annotation is int and not any(marks):
                    self.fail(f"{where}: {name} is a bare id; use Rec[model]")
                self.assertTrue(annotation in (int, str) or _marks(annotation), where)

    def test_fetched_models_have_a_rule(self):
        """What the API searches is limited by a global rule of ours, and readable."""
        user = self.env.ref("abs_connector.user_api")
        api = self.env(user=user)
        models = set()
        for route in ROUTES:
            models |= {
                mark.model
                for mark in self._all_marks(route.contract)
                if isinstance(mark, Fetched)
            }
        for model in sorted(models - PLAIN):
            self.assertTrue(api[model].has_access("read"), model)
            rules = self.env["ir.rule"].search(
                [("model_id.model", "=", model), ("global", "=", True)]
            )
            texts = [rule.domain_force or "" for rule in rules]
            self.assertTrue(any("abs_scope" in text for text in texts), model)
            self.assertEqual(api[model].search_count([]), 0, f"{model} without a scope")

    def _all_marks(self, contract):
        def walk(annotation, metadata=()):
            mark = _marks(annotation, metadata)
            if isinstance(mark, str):
                yield Fetched(mark)
            elif mark is not None and hasattr(mark, "model_fields"):
                for field in mark.model_fields.values():
                    yield from walk(field.annotation, field.metadata)

        for annotation in contract.path.values():
            yield from walk(annotation)
        if contract.body not in (None, dict):
            yield from walk(contract.body)

    def test_every_readable_model_has_a_rule(self):
        group = self.env.ref("abs_connector.group_api")
        for access in self.env["ir.model.access"].search([("group_id", "=", group.id)]):
            self.assertTrue(access.perm_read and not access.perm_write, access.name)
            if access.model_id.model in PLAIN:
                continue
            rules = self.env["ir.rule"].search([("model_id", "=", access.model_id.id)])
            ours = rules.filtered(lambda r: "abs_scope" in (r.domain_force or ""))
            self.assertTrue(ours, f"{access.model_id.model} has no abs_scope rule")

    def test_controllers_hold_no_rules(self):
        """Controllers parse, call one verb, answer."""
        for path in sorted((ADDON / "controllers").glob("*.py")):
            for pattern in (
                r"\.sudo\(",
                r"\.search\w*\(",
                r"\.browse\(",
                r"cr\.execute",
            ):
                self.assertIsNone(
                    re.search(pattern, path.read_text()), f"{path.name}: {pattern}"
                )

    def test_imports_point_one_way(self):
        forbidden = {
            "api": r"from \.\.(schemas|controllers|models)",
            "schemas": r"from \.\.(controllers|models|api\.(?!base))",
            "models": r"from \.\.\.(api|schemas|controllers)",
        }
        for package, pattern in forbidden.items():
            for path in (ADDON / package).rglob("*.py"):
                found = re.search(pattern, path.read_text())
                self.assertIsNone(found, f"{path.relative_to(ADDON)}: {found}")

    def test_document_is_complete(self):
        """The OpenAPI document names every route, and only those."""
        paths = document("test")["paths"]
        told = {(path, verb.upper()) for path, verbs in paths.items() for verb in verbs}
        routes = {
            (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path), route.method)
            for route in ROUTES
            for path in route.paths
        }
        self.assertEqual(told, routes)
        ids = [
            operation["operationId"]
            for verbs in paths.values()
            for operation in verbs.values()
        ]
        self.assertEqual(sorted(ids), sorted(set(ids)), "operation ids must differ")

    def test_document_is_valid(self):
        from openapi_spec_validator import validate

        validate(document("test"))

    def test_answers_have_schemas(self):
        for route in ROUTES:
            if route.contract.result is Verbatim:
                self.assertIn(route.paths[0], ("/api/openapi.json", "/api/docs"))
            for name, field in route.contract.result.model_fields.items():
                self.assertIsNotNone(field.annotation, name)
