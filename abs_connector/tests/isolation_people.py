"""Accounts, people, figures of accounts: reads that are no lists of records."""

from .isolation_reads import Reads


class PeopleReads(Reads):
    """What a caller is told of the tree, of who works where, and of its figures."""

    def check_governance(self, path, caller, account):
        name = path.removeprefix("/api/").split("/<")[0].replace("-", "_")
        if path.endswith("/members"):
            name = "members"
        elif "<" in path:
            name += "_one"
        check = getattr(self, f"check_{name.replace('/', '_')}")
        return check(path, caller, account)

    def accounts_of(self, caller):
        """Return the accounts that stand in a caller's tree: own ones and all below,
        whatever the policy (docs/contract.md 2); of a key those of its company, and the root."""
        parents = self.facts.parents
        if caller.kind == "key":
            home = (caller.id, None)
            return {
                a
                for a, company in self.facts.companies.items()
                if not caller.id or company in home
            }
        if self.facts.admin(caller):
            return set(parents)
        tops = [m.account for m in self.facts.members(caller)]
        return {a for a in parents if any(self.facts.within(a, t) for t in tops)}

    def check_service_accounts(self, path, caller, account):
        wanted = self.accounts_of(caller)
        if account:
            # Row 10 narrows a list to one; a tree keeps what is below.
            wanted = {a for a in wanted if self.facts.within(a, account)}
        answer = self.ask(f"{path}?limit=100", caller, account)
        self.equal(answer.status, 200, "status")
        got = {row["id"] for row in answer.body["items"]}
        self.equal(got & set(self.facts.parents), wanted, "accounts")
        self.check_telling(answer, caller)

    def check_service_accounts_one(self, path, caller, account):
        one = self.random.choice([*self.facts.parents])
        answer = self.ask(f"/api/service-accounts/{one}", caller, account)
        wanted = 200 if one in self.accounts_of(caller) else 404
        self.equal(answer.status, wanted, f"status of account {one}")
        self.check_telling(answer, caller)

    def check_members(self, path, caller, account):
        """For staff of that account: of another one in sight it is 403."""
        one = self.random.choice([*self.facts.parents])
        if caller.kind == "key":
            company = self.facts.companies[one]
            mine = not caller.id or company == caller.id
        else:
            members = [m for m in self.facts.members(caller) if m.role == "staff"]
            mine = self.facts.admin(caller) or any(
                self.facts.covers(m, one) for m in members
            )
        answer = self.ask(f"/api/service-accounts/{one}/members", caller, account)
        wanted = 200 if mine else 403
        if one not in self.accounts_of(caller):
            wanted = 404
        self.equal(answer.status, wanted, f"status of the members of {one}")
        if wanted == 200:
            for row in answer.body["items"]:
                self.equal(row["account"]["id"], one, "the account of a member")
        self.check_telling(answer, caller)

    def check_system_sa_hierarchy(self, path, caller, account):
        answer = self.ask(f"{path}?flat=true", caller, account)
        got = {row["id"] for row in answer.body["items"]}
        wanted = self.accounts_of(caller)
        self.equal(got & set(self.facts.parents), wanted, "accounts of the tree")

    def people_of(self, caller):
        """Return the employees of a caller's accounts and companies (docs/contract.md 5)."""
        own = self.facts.own_companies(caller)
        accounts = self.accounts_of(caller)
        found = set()
        for who in [*self.staff, self.hq, self.admin]:
            members = self.facts.people[who.id].members
            works = any(m.account in accounts for m in members)
            home = own is None or who.company_id.id in own
            if home or (works and caller.kind != "key"):
                found.add(who.id)
        return found

    def check_employees(self, path, caller, account):
        answer = self.ask(f"{path}?limit=100", caller, account)
        self.equal(answer.status, 200, "status")
        ours = {who.id for who in [*self.staff, self.hq, self.admin]}
        ours -= {i for i, person in self.facts.people.items() if not person.active}
        got = {row["id"] for row in answer.body["items"]} & ours
        if not account:
            self.equal(got, self.people_of(caller) & ours, "employees")
        self.equal(got - self.people_of(caller), set(), "employees beyond reach")
        self.check_telling(answer, caller)

    def check_employees_one(self, path, caller, account):
        who = self.random.choice([*self.staff, self.hq, self.admin])
        answer = self.ask(f"/api/employees/{who.id}", caller, account)
        wanted = 200 if who.id in self.people_of(caller) else 404
        if self.facts.people[who.id].active:
            self.equal(answer.status, wanted, f"status of employee {who.name}")

    def check_auth_me(self, path, caller, account):
        body = self.ask(path, caller, account).body
        self.equal(body["employee"]["id"], caller.id, "who I am")
        got = {m["account"]["id"] for m in body["memberships"]}
        wanted = {m.account for m in self.facts.members(caller)}
        self.equal(got, wanted, "the accounts of my memberships")

    def check_customer_me(self, path, caller, account):
        body = self.ask(path, caller, account).body
        self.equal(body["customer"]["id"], caller.id, "who I am")

    def check_reports_sa_summary(self, path, caller, account):
        """Counts and sums of the papers that are seen, by account."""
        group = self.random.choice(("sa", "actor"))
        answer = self.ask(f"{path}?group_by={group}", caller, account)
        self.equal(answer.status, 200, "status")
        key = {"sa": "sa", "actor": "actor"}[group]
        wanted = {}
        for row in self.facts.rows.values():
            if row.kind == "order" and row.more["state"] == "sale":
                column, value = "orders", 1
            elif row.kind == "contact" and row.sa and row.more["customer_rank"]:
                column, value = "new_customers", 1
            else:
                continue
            # A figure belongs to an account: no plain contact, no goods of all.
            if row.sa and self.facts.sees(caller, row, account):
                place = wanted.setdefault(getattr(row, key), {})
                place[column] = place.get(column, 0) + value
        for column in ("orders", "new_customers"):
            got = {
                item["group"] and item["group"]["id"]: item[column]
                for item in answer.body["items"]
                if item[column]
            }
            figures = {k: v[column] for k, v in wanted.items() if column in v}
            self.equal(got, figures, f"{column} by {group}")
            total = answer.body["totals"][column]
            self.equal(total, sum(figures.values()), f"total of {column}")
        self.check_telling(answer, caller)

    def check_shared(self, path, caller, account):
        product = self.cable if "levels" in path else self.package
        address = path.replace("<path:ref>", str(product.id))
        address = address.replace("<int:product>", str(product.id))
        answer = self.ask(address, caller, account)
        self.equal(answer.status, 200, "status")
        self.check_telling(answer, caller)
