"""Nobody reaches another Service Account's records by any route (docs/contract.md 1.9).

Driven by the table of routes: a new endpoint is covered by itself.
"""

from odoo.tests import tagged

from ..api import ROUTES
from ..api.contract import Page
from .http_common import AbsHttpCase
from .samples import COMPANY_BOUND, SHARED, Samples, references


@tagged("post_install", "-at_install")
class TestIsolation(Samples, AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_samples()

    def governed(self, route):
        """Tell whether a route names a record that belongs to one SA."""
        return any(self.stamped(model) for model in self.private(route))

    def stamped(self, model):
        return model not in COMPANY_BOUND and "x_sa_id" in self.env[model]._fields

    def private(self, route):
        return [model for model in references(route.contract) if model not in SHARED]

    def strangers(self, route):
        """Yield ``(who, why)``: callers to whom the samples must not exist."""
        if "employee" in route.audience and route.role != "admin":
            yield self.wanjiru, "the manager of another company's SA"
            if self.governed(route):
                yield self.yao, "the manager of another SA of the same company"
                if route.role is None:
                    yield self.edem, "the agent of another SA"
        elif "customer" in route.audience:
            yield self.paul, "another customer"

    def agents(self, route):
        """Yield an agent of the same SA to whom the samples are not assigned."""
        models = [self.env[model] for model in self.private(route)]
        assigned = models and all("x_actor_id" in model._fields for model in models)
        if assigned and "employee" in route.audience and route.role is None:
            yield self.afi, "another agent of the same SA"

    def test_records_of_others_do_not_exist(self):
        tried = 0
        for route in ROUTES:
            if not self.private(route):
                continue
            path, body = self.path_of(route), self.body_of(route)
            for who, why in [*self.strangers(route), *self.agents(route)]:
                with self.subTest(f"{route.method} {path} as {why}"):
                    answer = self.call(
                        route.method,
                        path,
                        body if route.method != "GET" else None,
                        who=who,
                    )
                    self.assertEqual(answer.status, 404, f"{body}: {answer.text}")
                    self.assertNotIn(self.marie.name, answer.text)
                    tried += 1
        self.assertGreater(tried, 100)

    def lists(self):
        for route in ROUTES:
            if route.contract.kind is Page and not route.contract.path:
                yield route

    def test_lists_leave_the_records_of_others_out(self):
        seen = 0
        for route in self.lists():
            schema = route.contract.result
            model = schema._model
            if model is None or model in SHARED or "employee" not in route.audience:
                continue
            sample = self.sample(model)
            governed = self.stamped(model)
            strangers = [self.wanjiru]
            if governed:
                strangers += [self.yao, self.edem]
                if "x_actor_id" in self.env[model]._fields:
                    strangers.append(self.afi)
            path = f"{route.paths[0]}?limit={route.contract.query._max}"
            with self.subTest(path):
                for who in strangers:
                    if route.role and who in (self.edem, self.afi):
                        continue
                    ids = self.ids(path, schema, who)
                    self.assertNotIn(sample.id, ids, f"{path} as {who.name}")
                if sample.id in self.ids(path, schema, self.ama):
                    seen += 1
        self.assertGreater(seen, 4, "the lists show their own records")

    def ids(self, path, schema, who):
        rows = self.ok("GET", path, who=who)[schema._nouns]
        return [row["id"] for row in rows if "id" in row]

    def test_a_header_of_another_account_is_refused(self):
        for route in self.lists():
            if "employee" in route.audience and route.role != "admin":
                answer = self.call("GET", route.paths[0], who=self.yao, sa=self.sa_lom)
                self.assertEqual(answer.status, 403, route.paths[0])
                self.assertEqual(answer.body["code"], "sa_forbidden")

    def test_an_ended_member_reaches_nothing(self):
        token = self.token(self.kofi)
        members = self.env["ov.membership"]._effective(employee=self.kofi)
        members.write({"state": "revoked"})
        headers = {"Authorization": f"Bearer {token}"}
        for route in ROUTES:
            if "employee" not in route.audience or not self.private(route):
                continue
            answer = self.call(
                route.method,
                self.path_of(route),
                self.body_of(route) if route.method != "GET" else None,
                headers=headers,
            )
            self.assertIn(answer.status, (403, 404), f"{route.paths[0]}: {answer.text}")
