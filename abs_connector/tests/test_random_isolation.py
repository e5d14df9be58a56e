"""Random requests against an independent model of who sees what (SPEC 1, row 9).

``ABS_ISOLATION_SEED`` repeats a walk, ``ABS_ISOLATION_REQUESTS`` sets its length.
"""

import os
import random
import time

from odoo.tests import tagged

from ..compat import SERIES
from .http_common import AbsHttpCase
from .visibility import Facts, Member

REQUESTS = 1000 if SERIES == 18 else 200
PATHS = {
    "contact": "/api/contacts",
    "order": "/api/orders",
    "subscription": "/api/subscriptions",
    "ticket": "/api/tickets",
}
#: what a key without named scopes opens (SPEC 1, row 25)
OF_KEYS = {"contact"}
POLICIES = ("sa_tree", "sa_wide", "assigned_plus_unassigned", "assigned_only")


@tagged("post_install", "-at_install")
class TestRandomIsolation(AbsHttpCase):
    def setUp(self):
        super().setUp()
        seed = int(os.environ.get("ABS_ISOLATION_SEED") or time.time())
        print(f"random isolation: ABS_ISOLATION_SEED={seed}")
        self.seed, self.random = seed, random.Random(seed)
        self.facts = Facts()
        accounts = self.sa_togo + self.sa_kenya + self.sa_lom + self.sa_lom_a
        self.accounts = accounts + self.sa_kar + self.sa_nbo
        for account in self.accounts:
            self.facts.parents[account.id] = account.parent_id.id
            self.facts.companies[account.id] = account.company_id.id
        self.staff = [self.jean, self.afi, self.edem, self.otieno, self.kofi]
        homes = (self.sa_lom, self.sa_lom, self.sa_kar, self.sa_nbo, self.sa_lom)
        kinds = ("assigned_only", "assigned_plus_unassigned", *POLICIES[3:], "sa_wide")
        self.members = {}
        for who, home, policy in zip(
            self.staff, homes, (*kinds, "assigned_only"), strict=False
        ):
            membership = getattr(self, f"m_{who.name.lower()}")
            membership.scope_policy = policy
            self.note(who, membership, home)
        for who, account, policy in (
            (self.kofi, self.sa_kar, "assigned_only"),
            (self.afi, self.sa_togo, "sa_tree"),
        ):
            made = self.enroll(account, who, "staff", scope_policy=policy)
            self.note(who, made, account)
        self.records, self.words, self.customers = {}, {}, {}
        self.plan = self.env["abs.subscription.plan"].create(
            {"name": "RI", "code": "RI"}
        )
        for n, account in enumerate([*self.accounts] * 3):
            able = [w for w in self.staff if w.company_id == account.company_id]
            actor = able[n % len(able)] if n % 3 else None
            word = f"Marker{n:03d}x"
            customer = self.make_customer(word, account, actor)
            self.keep("contact", customer, word)
            person = actor.partner_id if actor else self.env["res.partner"]
            order = self.quotation(
                customer, [(self.cable, 1)], account=account, actor=person
            )
            self.keep("order", order, f"OrderMark{n:03d}x", customer)
            order.client_order_ref = self.words["order", order.id]
            self.keep_life(n, customer, account, person)
        self.keys = {
            c.id: self.api_key(company_id=c.id) for c in self.togo + self.kenya
        }
        self.read_stamps()

    def note(self, who, membership, account):
        fact = Member(account.id, membership.scope_policy)
        _partner, members = self.facts.people.setdefault(
            who.id, (who.partner_id.id, [])
        )
        members.append(fact)
        self.members[membership] = fact

    def keep_life(self, n, customer, account, person):
        stamps = {
            "partner_id": customer.id,
            "company_id": account.company_id.id,
            "x_sa_id": account.id,
            "x_actor_id": person.id,
        }
        word = f"TicketMark{n:03d}x"
        ticket = self.env["helpdesk.ticket"].create(
            {"name": word, "description": word, **stamps}
        )
        self.keep("ticket", ticket, word, customer)
        subscription = self.env["abs.subscription"].create(
            {"plan_id": self.plan.id, "product_id": self.warranty.id, **stamps}
        )
        self.keep("subscription", subscription, subscription.code, customer)

    def keep(self, kind, record, word, customer=None):
        if customer:
            self.customers[kind, record.id] = ("contact", customer.id)
        self.records[kind, record.id] = record
        self.words[kind, record.id] = word

    def read_stamps(self):
        for key, record in self.records.items():
            stamp = (record.x_sa_id.id, record.x_actor_id.id or None)
            self.facts.stamps[key] = stamp

    # -- what changes between requests -----------------------------------------------

    def change(self):
        if self.random.random() < 0.5:
            membership, fact = self.random.choice([*self.members.items()])
            fact.active = not fact.active
            membership.state = "active" if fact.active else "suspended"
            return
        key = self.random.choice([*self.records])
        record = self.records[key]
        company = record.x_sa_id.company_id
        accounts = [a for a in self.accounts if a.company_id == company]
        account = self.random.choice(accounts)
        able = [w for w in self.staff if w.company_id == company]
        person = self.random.choice(able).partner_id
        if key[0] == "contact" and self.random.random() < 0.7:
            body = {"actor_id": person.id, "sa_id": account.id}
            path = f"{PATHS['contact']}/{record.id}/assign"
            answer = self.call("POST", path, body, who=self.admin)
            self.assertIn(answer.status, (200, 201, 400, 404), answer.text)
        else:
            record._sa_assign(account, self.env["res.partner"], cascade=False)
        self.read_stamps()

    # -- requests --------------------------------------------------------------------

    def test_random_requests(self):
        count = int(os.environ.get("ABS_ISOLATION_REQUESTS") or REQUESTS)
        start = time.monotonic()
        for step in range(count):
            if step % 20 == 19:
                self.change()
            with self.subTest(seed=self.seed, step=step):
                self.request()
        spent = 1000 * (time.monotonic() - start) / count
        print(f"random isolation: {count} requests, {spent:.0f} ms each")

    def request(self):
        kind = self.random.choice([*PATHS])
        narrowed = None
        if self.random.random() < 0.2:
            company = self.random.choice([*self.keys])
            caller = {"key": self.keys[company]}
            if kind not in OF_KEYS:
                answer = self.call("GET", PATHS[kind], **caller)
                self.assertEqual(answer.status, 403, answer.text)
                return

            def sees(key):
                return self.facts.key_sees(company, key)
        else:
            who = self.random.choice(self.staff)
            caller = {"who": who}
            if not any(m.active for m in self.facts.people[who.id][1]):
                return
            if self.random.random() < 0.3:
                narrowed = self.random.choice([*self.accounts])
                caller["sa"] = narrowed
                if not self.facts.belongs(who.id, narrowed.id):
                    answer = self.call("GET", PATHS[kind], **caller)
                    self.assertEqual(answer.status, 403, answer.text)
                    return

            def sees(key):
                return self.facts.sees(who.id, key, narrowed and narrowed.id)

        if self.random.random() < 0.5 or "sa" in caller:
            self.compare_list(kind, caller, sees)
        else:
            key = self.random.choice([k for k in self.records if k[0] == kind])
            answer = self.call("GET", f"{PATHS[kind]}/{key[1]}", **caller)
            expected = 200 if sees(key) else 404
            self.assertEqual(answer.status, expected, f"{key} {answer.text}")
            self.compare_words(answer.text, sees)

    def compare_list(self, kind, caller, sees):
        body = self.ok("GET", f"{PATHS[kind]}?limit=100", **caller)
        rows = next(v for v in body.values() if isinstance(v, list))
        known = {key[1] for key in self.records if key[0] == kind}
        wanted = {key[1] for key in self.records if key[0] == kind and sees(key)}
        self.assertEqual({row["id"] for row in rows} & known, wanted)
        self.compare_words(str(body), sees)

    def compare_words(self, text, sees):
        """A record that is seen names its customer; nothing else is told."""
        seen = {key for key in self.records if sees(key)}
        seen |= {self.customers[key] for key in seen if key in self.customers}
        told = {key for key, word in self.words.items() if word in text}
        self.assertFalse(told - seen, text)
