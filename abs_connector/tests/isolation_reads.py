"""What each readable route may answer: a table of routes, and the checks of answers."""

from .isolation_world import IsolationWorld

#: lists: kind, which of the rows are in the list at all, filters
LISTS = {
    "/api/contacts": ("contact", "listed", ("sa_id", "actor_id", "q")),
    "/api/orders": ("order", None, ("sa_id", "actor_id", "partner_id", "state", "q")),
    "/api/invoices": ("invoice", None, ("sa_id", "actor_id", "partner_id", "state")),
    "/api/payments": ("payment", None, ("sa_id", "actor_id", "partner_id")),
    "/api/payments/attempts": ("attempt", None, ("order_id", "invoice_id", "state")),
    "/api/payment-requests": ("request", None, ("order_id", "state")),
    "/api/assets": ("asset", None, ("sa_id", "actor_id", "state", "order_id")),
    "/api/repairs": ("repair", None, ("state",)),
    "/api/tickets": ("ticket", None, ("sa_id",)),
    "/api/subscriptions": (
        "subscription",
        None,
        ("sa_id", "actor_id", "partner_id", "state"),
    ),
    "/api/stock/deliveries": ("picking", "outbound", ()),
    "/api/stock/receipts": ("picking", "inbound", ()),
    "/api/stock/lots": ("lot", None, ()),
    "/api/stock/movements": ("movement", None, ()),
    "/api/warehouses": ("warehouse", None, ()),
    "/api/customer/orders": ("order", None, ()),
    "/api/customer/invoices": ("invoice", "posted", ()),
    "/api/customer/payments": ("payment", None, ()),
    "/api/customer/assets": ("asset", None, ("state",)),
    "/api/customer/tickets": ("ticket", None, ()),
    "/api/customer/subscriptions": ("subscription", None, ("state",)),
}
#: one record, and what hangs below it
DETAILS = {
    "/api/contacts/<int:contact>": "contact",
    "/api/contacts/<int:contact>/assignments": "contact",
    "/api/orders/<int:order>": "order",
    "/api/orders/<int:order>/invoices": "order",
    "/api/orders/<int:order>/proforma-pdf": "order",
    "/api/invoices/<int:invoice>": "invoice",
    "/api/invoices/<int:invoice>/pdf": "invoice",
    "/api/customers/<int:customer>/invoices": "contact",
    "/api/customers/<int:customer>/invoices/pending": "contact",
    "/api/customers/<int:customer>/payments": "contact",
    "/api/customers/<int:customer>/next-payment": "contact",
    "/api/customers/<int:customer>/dashboard": "contact",
    "/api/payments/<int:payment>": "payment",
    "/api/payments/attempts/<int:attempt>": "attempt",
    "/api/payment-requests/<int:record>": "request",
    "/api/assets/<int:asset>": "asset",
    "/api/repairs/<int:repair>": "repair",
    "/api/tickets/<int:ticket>": "ticket",
    "/api/subscriptions/<int:subscription>": "subscription",
    "/api/subscriptions/<int:subscription>/equity": "subscription",
    "/api/subscription/status/<path:code>": "subscription",
    "/api/customer/subscriptions/<int:subscription>": "subscription",
    "/api/relationships/customers/<int:customer>": "contact",
    "/api/relationships/subscriptions/<path:code>": "subscription",
    "/api/relationships/serials/<path:name>": "lot",
    "/api/stock/lots/<path:lot_name>": "lot",
    "/api/stock/deliveries/<int:delivery>": "picking",
    "/api/stock/receipts/<int:receipt>": "picking",
}
#: accounts, people and figures: each has a check of its own
GOVERNANCE = {
    "/api/service-accounts",
    "/api/service-accounts/<int:account>",
    "/api/service-accounts/<int:account>/members",
    "/api/system/sa-hierarchy",
    "/api/employees",
    "/api/employees/<int:employee>",
    "/api/reports/sa-summary",
    "/api/auth/me",
    "/api/customer/me",
}
#: the catalogue and the system: no record of anybody, and no word of one
SHARED = {
    "/api/products",
    "/api/products/categories",
    "/api/products/<path:ref>",
    "/api/products/<path:ref>/bom",
    "/api/taxes",
    "/api/outlets",
    "/api/journals",
    "/api/payment-terms",
    "/api/pricelists",
    "/api/ticket-stages",
    "/api/locations",
    "/api/currencies",
    "/api/countries",
    "/api/subscription-plans",
    "/api/stock/levels",
    "/api/stock/levels/<int:product>",
    "/api/system/global-root",
    "/api/system/readiness",
}
PUBLIC = {"/api/system/health", "/api/openapi.json", "/api/docs"}
#: a page is drawn for a second: asked for only where the answer is 404
DRAWN = {"/api/orders/<int:order>/proforma-pdf", "/api/invoices/<int:invoice>/pdf"}
FLOWS = {
    "/api/stock/deliveries/<int:delivery>": ("delivery",),
    "/api/stock/receipts/<int:receipt>": ("receipt", "return", "transfer"),
}
#: the kinds of what stands in answers, by its name there
NESTED = {
    "order": "order",
    "orders": "order",
    "sale_order": "order",
    "invoice": "invoice",
    "invoices": "invoice",
    "credited_invoice": "invoice",
    "payment": "payment",
    "payments": "payment",
    "payment_request": "request",
    "attempts": "attempt",
    "delivery": "picking",
    "deliveries": "picking",
    "picking": "picking",
    "pickings": "picking",
    "backorders": "picking",
    "backorder_of": "picking",
    "asset": "asset",
    "assets": "asset",
    "loaner_asset": "asset",
    "loaner_for": "asset",
    "ticket": "ticket",
    "tickets": "ticket",
    "repair": "repair",
    "repairs": "repair",
    "requests": "maintenance",
    "maintenance_requests": "maintenance",
    "subscription": "subscription",
    "subscriptions": "subscription",
    "contact": "contact",
}
#: what a record links to, answered in full as far as it is seen
WHOLE = {
    "/api/relationships/customers/<int:customer>": (
        ("orders", "order"),
        ("assets", "asset"),
        ("tickets", "ticket"),
        ("invoices", "invoice"),
        ("subscriptions", "subscription"),
    ),
}


class Reads(IsolationWorld):
    """Each check takes the caller, the account of the header, and the answer."""

    # -- lists -----------------------------------------------------------------------

    def in_list(self, which, row):
        more = row.more
        if which == "listed":
            return bool(row.sa or more["ranked"])
        if which == "outbound":
            return more["x_flow"] == "delivery"
        if which == "inbound":
            return more["x_flow"] in ("receipt", "return")
        return which != "posted" or more["state"] == "posted"

    def filters(self, path):
        """Return a query string, and the test that rows of its answer pass."""
        kind, _which, names = LISTS[path]
        query, tests = {}, []
        if kind == "picking":
            state = self.random.choice(("done", "assigned", None))
            if state:
                query["state"] = state
                tests.append(lambda row: row.more["state"] == state)
            else:
                closed = ("done", "cancel")
                tests.append(lambda row: row.more["state"] not in closed)
        if names and self.random.random() < 0.5:
            name = self.random.choice(names)
            value, test = getattr(self, f"filter_{name}")(kind)
            query[name] = value
            tests.append(test)
        if kind not in ("lot", "movement") and self.random.random() < 0.1:
            late = self.random.random() < 0.5
            query["updated_since"] = "2099-01-01" if late else "2001-01-01"
            tests.append(lambda row: not late)
        text = "".join(f"&{key}={value}" for key, value in query.items())
        return text, lambda row: all(test(row) for test in tests)

    def filter_sa_id(self, kind):
        account = self.random.choice([*self.accounts.ids])
        return account, lambda row: row.sa == account

    def filter_actor_id(self, kind):
        actor = self.random.choice(self.staff).partner_id.id
        return actor, lambda row: row.actor == actor

    def filter_partner_id(self, kind):
        customer = self.random.choice(self.lives).id
        return customer, lambda row: self.facts.family(customer, row.customer)

    def filter_state(self, kind):
        rows = [row for row in self.facts.rows.values() if row.kind == kind]
        state = self.random.choice(sorted({row.more["state"] for row in rows}))
        return state, lambda row: row.more["state"] == state

    def filter_order_id(self, kind):
        order = self.random.choice([k[1] for k in self.facts.rows if k[0] == "order"])
        return order, lambda row: row.more["order_id"] == order

    def filter_invoice_id(self, kind):
        ids = [k[1] for k in self.facts.rows if k[0] == "invoice"]
        invoice = self.random.choice(ids)
        return invoice, lambda row: row.more["invoice_id"] == invoice

    def filter_q(self, kind):
        """The whole word of one record: no other answers to it."""
        if kind == "contact":
            customer = self.random.choice(self.lives)
            return customer.name, lambda row: row.id == customer.id
        ids = [k[1] for k in self.facts.rows if k[0] == kind]
        number = self.random.choice(ids)
        return f"Zqo{number:05d}x", lambda row: row.id == number

    def check_list(self, path, caller, account):
        kind, which, _names = LISTS[path]
        query, test = self.filters(path)
        answer = self.ask(f"{path}?limit=100{query}", caller, account)
        wanted = {
            row.id
            for row in self.facts.rows.values()
            if row.kind == kind
            and self.in_list(which, row)
            and test(row)
            and self.facts.sees(caller, row, account)
        }
        self.equal(answer.status, 200, "status")
        self.compare_rows(answer, wanted)
        self.check_telling(answer, caller)

    def compare_rows(self, answer, wanted):
        body = answer.body
        names = ("items", "deliveries", "receipts", "lots", "movements", "warehouses")
        got = [row["id"] for row in next(body[n] for n in names if n in body)]
        self.equal(len(got), len(set(got)), "rows of the list, and how many differ")
        if len(wanted) > 100:
            self.equal(set(got) - wanted, set(), "rows beyond the scope")
        else:
            self.equal(set(got), wanted, "ids of the list")
        self.equal(body["total"], len(wanted), "total")

    # -- one record ------------------------------------------------------------------

    def check_detail(self, path, caller, account):
        kind = DETAILS[path]
        rows = [row for row in self.facts.rows.values() if row.kind == kind]
        rows = [row for row in rows if self.addressed(path, row)]
        if path in DRAWN:
            rows = [row for row in rows if not self.facts.sees(caller, row)]
        if not rows:
            return False
        row = self.random.choice(rows)
        seen = self.facts.sees(caller, row)
        flows = FLOWS.get(path)
        if flows and row.more["x_flow"] not in flows:
            seen = False
        address = path[: path.index("<")] + str(self.name_of(path, row))
        rest = path[path.index(">") + 1 :]
        answer = self.ask(address + rest, caller, account)
        self.equal(answer.status, 200 if seen else 404, f"status of {row}")
        self.check_telling(answer, caller)
        if seen:
            self.check_below(path, caller, account, row, answer.body)
        return True

    def addressed(self, path, row):
        if path == "/api/stock/receipts/<int:receipt>":
            return row.more["x_flow"] in ("receipt", "return", "delivery")
        return row.kind != "lot" or row.id in self.lot_names

    def name_of(self, path, row):
        if row.kind == "lot":
            return self.lot_names[row.id]
        return row.more["code"] if "code" in path else row.id

    def check_below(self, path, caller, account, row, body):
        """What hangs below a record that is seen: all that is seen, nothing else."""
        seen = self.seen(caller)
        if path.endswith("/dashboard"):
            return self.check_dashboard(caller, row, body)
        if path == "/api/contacts/<int:contact>/assignments":
            return self.check_history(caller, body)
        if path == "/api/orders/<int:order>":
            self.below(body["order"], "invoices", "invoice", self.invoices_of, row, seen)
            self.below(body["order"], "pickings", "picking", self.pickings_of, row, seen)
        elif path == "/api/contacts/<int:contact>":
            self.check_credit(caller, row, body["contact"])
        elif path == "/api/customers/<int:customer>/next-payment":
            due = self.papers(caller, row, "invoice", self.is_due)
            self.equal(bool(body["next_payment"]), bool(due), "a next payment")
        elif path == "/api/orders/<int:order>/invoices":
            wanted = self.invoices_of.get(row.id, set())
            wanted = self.narrowed(wanted & seen.get("invoice", set()), account)
            self.equal({r["id"] for r in body["items"]}, wanted, "the order's invoices")
            self.equal(body["total"], len(wanted), "total")
        elif path.startswith("/api/customers/"):
            kind = "payment" if path.endswith("payments") else "invoice"
            test = self.is_due if path.endswith("pending") else None
            wanted = {r.id for r in self.papers(caller, row, kind, test)}
            wanted = self.narrowed(wanted, account, kind)
            self.equal({r["id"] for r in body["items"]}, wanted, f"{kind}s")
            self.equal(body["total"], len(wanted), "total")
        for name, kind in WHOLE.get(path, ()):
            wanted = {r.id for r in self.papers(caller, row, kind)}
            self.equal({r["id"] for r in body[name]}, wanted, f"{name} of the map")
        return None

    def below(self, body, name, kind, links, row, seen):
        wanted = links.get(row.id, set()) & seen.get(kind, set())
        self.equal({r["id"] for r in body[name]}, wanted, f"{name} of the order")

    def narrowed(self, ids, account, kind="invoice"):
        """Lists below a record are lists: the header narrows them as well."""
        if not account:
            return ids
        return {i for i in ids if self.facts.rows[kind, i].sa == account}

    def papers(self, caller, row, kind, test=None):
        """Return the rows of a customer and their addresses that a caller sees."""
        return [
            found
            for found in self.facts.rows.values()
            if found.kind == kind
            and self.facts.family(row.id, found.customer)
            and (test is None or test(found))
            and self.facts.sees(caller, found)
        ]

    def is_due(self, row):
        more = row.more
        open_one = more["state"] == "posted" and more["amount_residual"] > 0
        return open_one and more["move_type"] == "out_invoice"

    # -- figures ---------------------------------------------------------------------

    def check_dashboard(self, caller, row, body):
        def papers(kind, test=None):
            return self.papers(caller, row, kind, test)

        orders = papers("order", lambda r: r.more["state"] == "sale")
        self.equal(body["orders"]["count"], len(orders), "orders")
        self.money(body["orders"]["total"], (r.more["amount_total"] for r in orders))
        moves = papers("invoice", lambda r: r.more["state"] == "posted")
        self.money(
            body["invoices"]["outstanding"],
            (self.signed(r, "amount_residual") for r in moves),
        )
        self.money(
            body["invoices"]["paid"],
            (
                self.signed(r, "amount_total") - self.signed(r, "amount_residual")
                for r in moves
            ),
        )
        money = papers("payment", lambda r: r.more["state"] in ("in_process", "paid"))
        self.equal(body["payments"]["count"], len(money), "payments")
        self.money(body["payments"]["total"], (r.more["amount"] for r in money))
        for name in ("asset", "subscription", "ticket"):
            self.equal(body[f"{name}s"], len(papers(name)), f"{name}s counted")

    def signed(self, row, name):
        value = row.more[name]
        return -value if row.more["move_type"] == "out_refund" else value

    def money(self, told, amounts):
        """One customer's papers are in one currency."""
        wanted = round(float(sum(amounts)), 2)
        self.equal(round(sum(told.values()), 2), wanted, "a sum of the dashboard")

    def check_credit(self, caller, row, body):
        """What a contact owes, as far as its papers are seen."""
        cr, seen = self.env.cr, self.seen(caller)
        cr.execute(
            "SELECT l.move_id, l.payment_id, l.amount_residual, m.x_sa_id, m.move_type "
            "FROM account_move_line l JOIN account_account a ON a.id = l.account_id "
            "JOIN account_move m ON m.id = l.move_id WHERE l.partner_id = %s "
            "AND a.account_type = 'asset_receivable' AND l.parent_state = 'posted'",
            [row.id],
        )
        owed = sum(
            residual
            for move, payment, residual, account, kind in cr.fetchall()
            if move in seen.get("invoice", ())
            or payment in seen.get("payment", ())
            or (kind == "entry" and not payment and not account)
        )
        self.equal(round(body["credit"], 2), round(float(owed), 2), "credit")

    def check_history(self, caller, body):
        """Of accounts out of reach it is told when somebody was in charge, not who."""
        for row in body["items"]:
            account = row["sa"] and row["sa"]["id"]
            if caller.kind == "key":
                own = self.facts.own_companies(caller)
                reached = own is None or self.facts.companies.get(account) in own
            else:
                reached = not account or self.facts.belongs(caller, account)
                members = self.facts.members(caller)
                # Below an own account, whatever the policy: its name is in the tree.
                reached |= any(self.facts.within(account, m.account) for m in members)
            self.equal(bool(reached or not account), True, f"an account of {row}")

    # -- nothing else is told --------------------------------------------------------

    def seen(self, caller):
        """Return ``{kind: ids}``, kept until the world changes."""
        if caller not in self.known:
            self.known[caller] = self.facts.visible(caller)
        return self.known[caller]

    def named(self, caller):
        """Return the contacts that a caller's papers name."""
        if ("named", caller) not in self.known:
            seen = self.seen(caller)
            self.known["named", caller] = seen.get("contact", set()) | {
                row.customer
                for key, row in self.facts.rows.items()
                if row.customer and key[1] in seen.get(key[0], ())
            }
        return self.known["named", caller]

    def check_telling(self, answer, caller):
        """No word of a record that the caller does not see stands in an answer, and no
        record is linked. A paper that is seen names its customer, and says no more."""
        seen = self.seen(caller)
        for kind, number in self.told(answer.text):
            if kind == "contact":
                fine = number in self.named(caller)
            elif kind == "mail":
                fine = number in seen.get("contact", ())
                fine |= caller.kind == "customer" and number == caller.id
            else:
                fine = number in seen.get(kind, ())
            self.equal(fine, True, f"a word of {kind} {number}, which is not seen")
        if answer.body:
            self.check_nested(answer.body, seen, "")

    def check_nested(self, value, seen, path):
        if isinstance(value, list):
            for part in value:
                self.check_nested(part, seen, path)
            return
        if not isinstance(value, dict):
            return
        for name, part in value.items():
            kind = NESTED.get(name)
            if path.endswith(".movements") and name == "picking":
                continue  # its number alone: the whole company sees what moved
            for one in part if isinstance(part, list) else [part]:
                if kind and isinstance(one, dict) and one.get("id"):
                    fine = one["id"] in seen.get(kind, ())
                    where = f"{path}.{name}: {kind} {one['id']}, which is not seen"
                    self.equal(fine, True, where)
            self.check_nested(part, seen, f"{path}.{name}")
