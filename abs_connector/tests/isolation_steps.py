"""What happens between the reads: the world changes, and people try what is not theirs.

Changes go through HTTP where the API has the verb. What a change does to stamps is
foretold from SPEC 1, rows 2 and 20, before the rows are read anew.
"""

from ..api import ROUTES
from ..api.contract import _marks
from .isolation_people import PeopleReads
from .isolation_world import MODELS
from .visibility import Caller

KINDS = {model: kind for kind, model in MODELS.items()}
POLICIES = ("sa_tree", "sa_wide", "assigned_plus_unassigned", "assigned_only")
#: bodies that name a record: the route, the field, the kind, the rest of the body
NAMED = (
    ("/api/quotations", "customer_id", "contact", "sale"),
    ("/api/tickets", "partner_id", "contact", "ticket"),
    ("/api/subscriptions", "partner_id", "contact", "contract"),
    ("/api/payment-requests", "partner_id", "contact", "money"),
    ("/api/payment-requests", "order_id", "order", "money"),
    ("/api/payment-requests", "invoice_id", "invoice", "money"),
    ("/api/payments/attempts", "order_id", "order", "push"),
    ("/api/payments/attempts", "invoice_id", "invoice", "push"),
    ("/api/payments/attempts", "request_id", "request", "push"),
    ("/api/assets", "partner_id", "contact", "unit"),
    ("/api/assets", "order_id", "order", "unit"),
)
MOST_CREATED = 60
#: callers of the model, as the routes name them
AUDIENCE = {"key": "api_key"}


class Steps(PeopleReads):
    # -- refused: what is not seen is not sold to, paid for, assigned or ended ---------

    def writers(self):
        """Return the routes that act on a record of somebody, by its place in the path."""
        found = []
        for route in ROUTES:
            if route.method == "GET":
                continue
            for name, annotation in route.contract.path.items():
                kind = KINDS.get(_marks(annotation))
                if kind:
                    found.append((route, name, kind))
                    break
        return found

    def try_what_is_hidden(self, caller, account):
        if caller.kind == "employee" and self.random.random() < 0.4:
            return self.try_to_name(caller, account)
        audience = AUDIENCE.get(caller.kind, caller.kind)
        routes = [r for r in self.acting if audience in r[0].audience]
        route, name, kind = self.random.choice(routes)
        row = self.hidden(caller, kind)
        if row is None:
            return False
        path = self.path_of(route)
        start = route.paths[0].index(f"<int:{name}>")
        path = path[:start] + str(row.id) + path[start:].lstrip("0123456789")
        body = self.bodies[route]
        refused = self.refusal(route, caller, account)
        answer = self.ask(path, caller, account, route.method, body)
        self.equal(answer.status, refused or 404, f"status, with {row}")
        self.check_telling(answer, caller)
        return True

    def try_to_name(self, caller, account):
        path, name, kind, what = self.random.choice(NAMED)
        row = self.hidden(caller, kind)
        if row is None:
            return False
        body = {name: row.id, **self.rest_of(what)}
        route = self.posts[path]
        refused = self.refusal(route, caller, account)
        answer = self.ask(path, caller, account, "POST", body)
        self.equal(answer.status, refused or 404, f"status, with {row}")
        self.check_telling(answer, caller)
        return True

    def rest_of(self, what):
        return {
            "sale": {"products": [{"product_id": self.cable.id, "quantity": 1}]},
            "ticket": {"subject": "x", "description": "x"},
            "contract": {"plan_id": self.monthly.id, "product_id": self.cover.id},
            "money": {"amount": 1},
            "push": {"amount": 1, "phone": "+22890112233"},
            "unit": {"name": "x"},
        }[what]

    def hidden(self, caller, kind):
        seen = self.seen(caller).get(kind, ())
        ids = [k[1] for k in self.facts.rows if k[0] == kind and k[1] not in seen]
        return self.facts.rows[kind, self.random.choice(ids)] if ids else None

    # -- created: who gets the stamp is foretold ----------------------------------------

    def create(self, caller, account):
        """An employee makes a contact, a ticket, a quotation, or asks for money."""
        if caller.kind != "employee" or self.created >= MOST_CREATED:
            return False
        kind = self.random.choice(("contact", "ticket", "order", "request"))
        at = account or self.only_account(caller)
        if kind == "request":
            return self.create_request(caller, account)
        customer = None
        if kind != "contact":
            ids = [
                partner.id
                for partner in self.lives
                if partner.id in self.seen(caller).get("contact", ())
                and self.same_company(partner.id, at)
            ]
            if not ids:
                return False
            customer = self.facts.rows["contact", self.random.choice(ids)]
        actor = self.maker(caller, at, kind, customer)
        if at and actor == "unclear":
            return False
        path = {"contact": "contacts", "ticket": "tickets", "order": "quotations"}[kind]
        body = {"name": "Zqnew", **self.rest_of("ticket")}
        if kind == "contact":
            body = {"name": f"New {self.created}"}
        elif kind == "ticket":
            body = {"partner_id": customer.id, **self.rest_of("ticket")}
        else:
            body = {"customer_id": customer.id, **self.rest_of("sale")}
        answer = self.ask(f"/api/{path}", caller, account, "POST", body)
        wanted = 201 if at and at not in self.facts.resting else 400
        if kind == "order" and not self.related(customer.sa, at):
            wanted = 400
        self.equal(answer.status, wanted, f"status of a create in {at}")
        if wanted == 201:
            made = answer.body[kind]
            self.created += 1
            self.renew()
            row = self.facts.rows[kind, made["id"]]
            self.equal((row.sa, row.actor), (at, actor), "stamp of what was created")
            self.equal(made["sa"]["id"], at, "account of what was created")
        return True

    def create_request(self, caller, account):
        """A request for an order belongs to whom the order belongs (row 2)."""
        rows = [
            row
            for row in self.facts.rows.values()
            if row.kind == "order"
            and row.id in self.seen(caller).get("order", ())
            and row.more["state"] == "sale"
            and row.id in self.unpaid
        ]
        if not rows:
            return False
        order = self.random.choice(rows)
        body = {"order_id": order.id, "amount": 1}
        answer = self.ask("/api/payment-requests", caller, account, "POST", body)
        self.equal(answer.status, 201, f"status of a request for {order}")
        self.created += 1
        self.renew()
        row = self.facts.rows["request", answer.body["payment_request"]["id"]]
        stamp = (order.sa, order.actor)
        self.equal((row.sa, row.actor), stamp, "stamp of the request")
        return True

    def only_account(self, caller):
        """Row 10: without the header a create needs exactly one membership."""
        members = self.facts.members(caller)
        if len(members) != 1 or self.facts.admin(caller):
            return None
        return members[0].account

    def same_company(self, customer, account):
        own = self.facts.rows["contact", customer].sa
        companies = self.facts.companies
        return not account or companies.get(own) == companies.get(account)

    def related(self, one, other):
        """An account sells to customers of its own, and of those above and below it."""
        within = self.facts.within
        return bool(one and other and (within(one, other) or within(other, one)))

    def maker(self, caller, account, kind, customer):
        """Return the actor: an agent their own; of staff the customer's agent, else the
        maker; a contact of staff waits."""
        facts = self.facts
        if not account or not facts.companies.get(account):
            return "unclear"
        own = [m for m in facts.members(caller) if m.account == account]
        roles = {m.role for m in facts.members(caller) if facts.covers(m, account)}
        partner = facts.people[caller.id].partner
        if facts.admin(caller) or len(roles) != 1 or (roles == {"agent"} and not own):
            return "unclear"
        if roles == {"agent"}:
            return partner
        if kind == "contact":
            return None
        if customer.sa == account and customer.actor:
            return customer.actor
        return partner

    # -- changes -----------------------------------------------------------------------

    def change(self):
        """Let one thing happen; refused requests since the last one changed nothing."""
        before = self.facts.rows
        self.read_rows()
        self.equal(self.facts.rows, before, "rows after refused requests and reads")
        step = self.random.choice(
            (
                self.change_policy,
                self.change_state,
                self.revoke_or_enrol,
                self.assign_customer,
                self.assign_customer,
                self.assign_alone,
                self.assign_alone,
                self.rest_account,
                self.dismiss,
                self.change_policy,
                self.confirm,
            )
        )
        step()
        self.renew()

    def renew(self):
        self.read_rows()
        self.facts.forget()

    def by_admin(self, method, path, body=None, status=(200, 201)):
        answer = self.ask(path, Caller("employee", self.admin.id), None, method, body)
        self.equal(answer.status in status, True, f"status {answer.status}")
        return answer.body

    def membership(self):
        """Return a membership that may change: those of managers and admins stay."""
        ids = [i for i, m in self.memberships.items() if not m.manager]
        ids = [i for i in ids if self.memberships[i].role != "admin"]
        return self.env["ov.membership"].browse(self.random.choice(ids))

    def member_path(self, membership):
        account = membership.account_id.id
        return f"/api/service-accounts/{account}/members/{membership.id}"

    def change_policy(self):
        managers = [i for i, m in self.memberships.items() if m.role != "admin"]
        membership = self.env["ov.membership"].browse(self.random.choice(managers))
        policy = self.random.choice(POLICIES)
        if membership.state == "revoked":
            return
        path = self.member_path(membership)
        self.by_admin("PUT", path, {"scope_policy": policy})
        self.memberships[membership.id].policy = policy

    def change_state(self):
        rest = [i for i, m in self.memberships.items() if not m.active]
        rest = [i for i in rest if i not in self.revoked]
        membership = self.membership()
        if len(rest) > 1:  # most people work
            membership = membership.browse(self.random.choice(rest))
        if membership.state == "revoked":
            return
        state = "suspended" if membership.state == "active" else "active"
        self.by_admin("PUT", self.member_path(membership), {"state": state})
        self.memberships[membership.id].active = state == "active"

    def revoke_or_enrol(self):
        """What was revoked comes back as a new membership."""
        gone = [i for i in self.memberships if i in self.revoked]
        if not gone:
            membership = self.membership()
            self.by_admin("DELETE", self.member_path(membership))
            self.memberships[membership.id].active = False
            self.revoked.add(membership.id)
            return
        old = self.env["ov.membership"].browse(self.random.choice(gone))
        if not old.employee_id.active:
            return
        role, policy = old.role_code, self.random.choice(POLICIES)
        body = {"employee_id": old.employee_id.id, "role_code": role}
        body["scope_policy"] = policy
        path = f"/api/service-accounts/{old.account_id.id}/enroll"
        made = self.by_admin("POST", path, body)["membership"]
        self.revoked.discard(old.id)
        self.memberships.pop(old.id)
        self.note(self.env["ov.membership"].browse(made["id"]))

    def assign_customer(self):
        """Row 20: open records move along, done ones stay, nobody else's do."""
        customer = self.random.choice(self.lives)
        company = self.facts.companies[self.facts.rows["contact", customer.id].sa]
        accounts = [a for a, c in self.facts.companies.items() if c == company]
        account = self.random.choice(accounts)
        people = [
            (i, p)
            for i, p in self.facts.people.items()
            if p.active and account in self.facts.reach(Caller("employee", i))
        ]
        actor = self.random.choice([None, *[p.partner for _i, p in people]])
        if account in self.facts.resting:
            return
        before = {key: (r.sa, r.actor) for key, r in self.facts.rows.items()}
        body = {"actor_id": actor, "sa_id": account}
        self.by_admin("POST", f"/api/contacts/{customer.id}/assign", body)
        self.read_rows()
        for key, row in self.facts.rows.items():
            moved = before[key] != (row.sa, row.actor)
            if moved or key == ("contact", customer.id):
                self.equal((row.sa, row.actor), (account, actor), f"stamp of {row}")
            if moved and row.customer:
                mine = self.facts.family(customer.id, row.customer)
                self.equal(mine, True, f"whose {row} is, which moved along")

    def assign_alone(self):
        """Orders, units, tickets and contracts alone: the API has no verb for it yet."""
        keys = [k for k in self.facts.rows if k[0] in MODELS and k[0] != "contact"]
        key = self.random.choice(keys)
        row = self.facts.rows[key]
        if not row.company:
            return
        accounts = self.accounts.filtered(lambda a: a.company_id.id == row.company)
        able = [w for w in self.staff if w.company_id.id == row.company]
        person = self.random.choice([None, *able])
        partner = person.partner_id if person else self.env["res.partner"]
        record = self.env[MODELS[key[0]]].browse(key[1])
        account = self.random.choice([*accounts])
        record._sa_assign(account, partner, cascade=False)

    def rest_account(self):
        """Suspend an account, or take it up again: memberships in it open nothing."""
        account = self.random.choice([self.sa_kar, self.sa_lom_a])
        rests = account.id in self.facts.resting
        path = f"/api/service-accounts/{account.id}"
        self.by_admin("PUT", path, {"state": "active" if rests else "suspended"})
        (self.facts.resting.discard if rests else self.facts.resting.add)(account.id)

    def dismiss(self):
        """End a person's log-in, or open it again: the token is worth nothing at once."""
        managers = (self.ama, self.yao, self.wanjiru)
        able = [w for w in self.staff if w not in managers]
        gone = [w for w in able if not self.facts.people[w.id].active]
        who = self.random.choice(gone or able)
        person = self.facts.people[who.id]
        person.active = not person.active
        if person.active:
            # As the web client does: to the API somebody who left is not there.
            who.active = True
            self._tokens.pop(("abs.employee", who.id), None)
        else:
            self.by_admin("PUT", f"/api/employees/{who.id}", {"active": False})

    def confirm(self):
        """What a confirmed order brings belongs to whom the order belongs (row 2)."""
        drafts = [
            row
            for row in self.facts.rows.values()
            if row.kind == "order" and row.more["state"] == "draft" and row.sa
        ]
        if not drafts:
            return
        order = self.random.choice(drafts)
        before = set(self.facts.rows)
        self.by_admin("POST", f"/api/orders/{order.id}/confirm", {})
        self.read_rows()
        for key in set(self.facts.rows) - before:
            row = self.facts.rows[key]
            if row.kind in ("picking", "invoice"):
                stamp = (order.sa, order.actor)
                self.equal((row.sa, row.actor), stamp, f"stamp of {row}")
