"""Random requests against an independent model of who sees what (SPEC 1, row 9).

5,000 requests on each run of CI. ``ABS_ISOLATION_SEED`` repeats a walk,
``ABS_ISOLATION_REQUESTS`` sets its length. ``visibility.py`` is the model,
``isolation_world.py`` the records, ``isolation_reads.py`` the routes.
"""

import os
import random
import time

from odoo.tests import TransactionCase, tagged

from ..api import ROUTES
from ..compat import SERIES
from .isolation_routes import DETAILS, GOVERNANCE, LISTS, PUBLIC, SHARED
from .isolation_steps import AUDIENCE, Steps
from .visibility import Caller

REQUESTS = 5000 if SERIES == 18 else 600
READABLE = {
    path: route for route in ROUTES if route.method == "GET" for path in route.paths
}


@tagged("post_install", "-at_install")
class TestRoutesOfTheWalk(TransactionCase):
    def test_every_readable_route_has_a_model(self):
        """A new route is walked, or it is said here why it tells of nobody."""
        parts = [set(LISTS), set(DETAILS), GOVERNANCE, SHARED, PUBLIC]
        self.assertEqual(sum(map(len, parts)), len(set.union(*parts)))
        first = {route.paths[0] for route in READABLE.values()}
        self.assertEqual(set.union(*parts), first)


@tagged("post_install", "-at_install")
class TestRandomIsolation(Steps):
    def setUp(self):
        self.seed = int(os.environ.get("ABS_ISOLATION_SEED") or time.time())
        self.count = int(os.environ.get("ABS_ISOLATION_REQUESTS") or REQUESTS)
        print(f"random isolation: ABS_ISOLATION_SEED={self.seed}")
        self.random = random.Random(self.seed)
        super().setUp()
        self.done, self.created, self.revoked = 0, 0, set()
        self.last, self.tally = "", {}
        self.acting = self.writers()
        self.bodies = {route: self.body_of(route) for route, _n, _k in self.acting}
        self.posts = {p: r for r in ROUTES if r.method == "POST" for p in r.paths}
        self.package = self._sample_ov_bop_sheet().product_id
        lots = self.env["stock.lot"].search([("product_id", "=", self.kit.id)])
        self.lot_names = {lot.id: lot.name for lot in lots}
        # Some units are paid: no request for money is made for their orders.
        orders = self.env["sale.order"].search([("invoice_ids", "!=", False)])
        owed = orders.filtered(
            lambda o: sum(o.invoice_ids.mapped("amount_residual_signed")) > 200
        )
        self.unpaid = set(owed.ids)
        self.marked = [key[1] for key in self.facts.rows if key[0] == "order"]

    def test_random_requests(self):
        start, changed = time.monotonic(), 0
        while self.done < self.count:
            if self.done // 20 > changed:
                changed = self.done // 20
                self.change()
            self.request()
        spent = time.monotonic() - start
        most = ", ".join(f"{n} {kind}" for kind, n in sorted(self.tally.items()))
        print(f"random isolation: {self.done} requests in {spent:.0f} s, ", end="")
        print(f"{1000 * spent / self.done:.0f} ms each ({most})")

    # -- one request -----------------------------------------------------------------

    def request(self):
        caller = self.caller()
        account = None
        if caller.kind == "employee" and self.random.random() < 0.3:
            able = [a for a in self.accounts.ids if a in self.facts.reach(caller)]
            most = able if able and self.random.random() < 0.7 else self.accounts.ids
            account = self.random.choice(most)
        luck = self.random.random()
        if luck < 0.12 and self.open_to(caller, account):
            return self.try_what_is_hidden(caller, account)
        if luck < 0.16 and self.open_to(caller, account):
            return self.create(caller, account)
        return self.read(caller, account)

    def caller(self):
        luck = self.random.random()
        if luck < 0.15:
            return self.random.choice([*self.keys])
        if luck < 0.3:
            return Caller("customer", self.random.choice(self.lives).id)
        who = self.random.choice([*self.staff, *self.staff, self.hq, self.admin])
        return Caller("employee", who.id)

    def open_to(self, caller, account):
        """Tell whether a log-in stands, and may name the account of the header."""
        if caller.kind != "employee":
            return True
        person = self.facts.people[caller.id].active
        return person and (not account or self.facts.belongs(caller, account))

    def refusal(self, route, caller, account):
        """Return 401 or 403 when the caller does not get as far as a record."""
        if caller.kind == "employee" and not self.facts.people[caller.id].active:
            return 401
        if AUDIENCE.get(caller.kind, caller.kind) not in route.audience:
            return 403
        if caller.kind == "key":
            scopes = ("read", "write", "system") if caller.system else ("read",)
            return None if route.key_scope in scopes else 403
        if caller.kind == "employee":
            if account and not self.facts.belongs(caller, account):
                return 403
            if not self.facts.has_role(caller, route.role, account):
                return 403
        return None

    def read(self, caller, account):
        paths = [p for p, r in READABLE.items() if "public" not in r.audience]
        if self.random.random() < 0.95:
            kind = AUDIENCE.get(caller.kind, caller.kind)
            paths = [p for p in paths if kind in READABLE[p].audience]
        # What tells of nobody's records is asked less often.
        weights = [1 if READABLE[p].paths[0] in SHARED else 4 for p in paths]
        [path] = self.random.choices(paths, weights)
        route = READABLE[path]
        path = route.paths[0]
        refused = self.refusal(route, caller, account)
        if refused:
            answer = self.ask(self.path_of(route), caller, account)
            self.equal(answer.status, refused, "status")
            return None
        if path in LISTS:
            return self.check_list(path, caller, account)
        if path in DETAILS:
            return self.check_detail(path, caller, account)
        if path in SHARED:
            return self.check_shared(path, caller, account)
        return self.check_governance(path, caller, account)

    def ask(self, path, caller, account, method="GET", body=None):
        """Send a request, and keep what to say of it should the answer be wrong."""
        who = {}
        if caller.kind == "key":
            who["key"] = self.keys[caller]
        elif caller.kind == "customer":
            who["who"] = self.env["res.partner"].browse(caller.id)
        else:
            who["who"] = self.env["abs.employee"].browse(caller.id)
            if account:
                who["sa"] = self.env["ov.serviced_account"].browse(account)
        self.last = (method, path, body, caller, account)
        answer = self.call(method, path, body, **who)
        self.last += (answer,)
        self.done += 1
        kind = f"{caller.kind} {method} {answer.status}"
        self.tally[kind] = self.tally.get(kind, 0) + 1
        return answer

    def equal(self, got, wanted, what):
        """Compare; say who asked for what, with which memberships, and how to repeat."""
        if got == wanted:
            return
        method, path, body, caller, account, *answer = self.last or ("",) * 5
        lines = [f"{what}: got {got!r}, wanted {wanted!r}"]
        if isinstance(got, set) and isinstance(wanted, set):
            lines = [f"{what}: {got - wanted} too many, {wanted - got} missing"]
        lines.append(f"{method} {path} {body or ''} X-SA-ID {account} by {caller}")
        if caller and caller.kind == "employee":
            name = self.env["abs.employee"].browse(caller.id).name
            lines.append(f"{name}: {self.facts.people[caller.id]}")
        lines.append(f"resting accounts: {self.facts.resting}")
        lines.append(f"ABS_ISOLATION_SEED={self.seed}, after {self.done} requests")
        lines += [one.text[:3000] for one in answer]
        self.fail("\n".join(lines))
