"""A request full of mistakes is told the first ones, at little cost."""

import json
import time

from odoo.tests import tagged

from ..exceptions import MAX_DETAILS, BusinessError
from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestManyMistakes(AbsHttpCase):
    def mistakes(self, method, path, body=None, **options):
        """Send a request with more mistakes than are told; return the refusal."""
        if body is not None:
            options["data"] = json.dumps(body)
            options["headers"] = {"Content-Type": "application/json"}
        answer = self.call(method, path, **options)
        self.assertEqual(answer.status, 400, answer.text[:2000])
        self.assertLess(len(answer.text), 12_000)
        details = answer.body["details"]
        self.assertLessEqual(len(details), MAX_DETAILS + 1)
        for item in details:
            self.assertEqual(set(item), {"field", "message"})
        return details

    def test_unknown_fields(self):
        body = {f"unknown-{n}": n for n in range(85_000)}
        self.assertGreater(len(json.dumps(body)), 1_700_000)
        for path, who in (
            ("/api/auth/login", None),
            ("/api/auth/logout", self.jean),
            ("/api/contacts", self.jean),
        ):
            started = time.process_time()
            details = self.mistakes("POST", path, body, who=who)
            self.assertLess(time.process_time() - started, 1.5)
            self.assertEqual(len(details), MAX_DETAILS + 1)
            self.assertEqual(details[0]["field"], "unknown-0")
            self.assertIn(str(85_000 - MAX_DETAILS), details[-1]["message"])

    def test_unknown_fields_inside(self):
        line = {f"unknown-{n}": n for n in range(50_000)}
        details = self.mistakes(
            "POST", "/api/quotations", {"lines": [line]}, who=self.ama
        )
        self.assertEqual(len(details), MAX_DETAILS + 1)
        lines = [{"quantity": "many"}] * 400
        details = self.mistakes(
            "POST", "/api/quotations", {"lines": lines}, who=self.ama
        )
        self.assertEqual(len(details), MAX_DETAILS + 1)

    def test_unreadable_texts(self):
        for body in (
            {"name": ["\x00"] * 50_000},
            {"name": {f"k{n}": "\x00" for n in range(50_000)}},
        ):
            details = self.mistakes("POST", "/api/contacts", body, who=self.ama)
            self.assertEqual(len(details), MAX_DETAILS + 1)

    def test_unknown_filters(self):
        query = "&".join(f"unknown{n}=1" for n in range(3000))
        twice = "&".join(f"page={n}" for n in range(3000))
        for path, who in (("/api/contacts", self.jean), ("/api/auth/me", self.jean)):
            details = self.mistakes("GET", f"{path}?{query}", who=who)
            self.assertEqual(len(details), MAX_DETAILS + 1)
            self.mistakes("GET", f"{path}?{twice}", who=who)

    def test_names_without_end(self):
        for name in ("x" * 1_000_000, "\ud800" * 100_000, "\x00" * 200_000):
            for body in ({name: 1}, {"name": "A", name: "\x00"}):
                details = self.mistakes("POST", "/api/contacts", body, who=self.ama)
                self.assertLessEqual(len(details[0]["field"]), 101)

    def test_nested_without_end(self):
        for depth in (400, 700, 900):
            body = '{"name": ' + '{"a": ' * depth + '"\\u0000"' + "}" * depth + "}"
            answer = self.call(
                *("POST", "/api/contacts"),
                data=body,
                headers={"Content-Type": "application/json"},
                who=self.ama,
            )
            self.assertEqual(answer.status, 400, answer.text[:500])
            self.assertLess(len(answer.text), 12_000)

    def test_every_refusal(self):
        details = [{"field": f"serials.{n}", "message": "taken"} for n in range(500)]
        error = BusinessError("Some are taken.", details=details)
        self.assertEqual(error.details[:MAX_DETAILS], details[:MAX_DETAILS])
        self.assertEqual(len(error.details), MAX_DETAILS + 1)
        few = BusinessError("Some are taken.", details=details[:MAX_DETAILS])
        self.assertEqual(few.details, details[:MAX_DETAILS])
