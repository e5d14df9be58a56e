"""Who sees what (SPEC 1, rows 9, 10 and 25), decided a second time from plain facts.

Nothing here calls the addon: the random walk compares its answers with these lines.
"""

from dataclasses import dataclass, field

#: kinds whose rows the whole company sees (SPEC 5, Stock)
OF_COMPANY = {"lot", "movement", "warehouse"}


@dataclass
class Member:
    """One membership: an account, a role, a policy, whether it is in force."""

    account: int
    policy: str
    role: str = "agent"
    manager: bool = False
    active: bool = True


@dataclass
class Person:
    """An employee: the partner, the memberships, whether the log-in is open."""

    partner: int
    members: list = field(default_factory=list)
    admin: bool = False
    active: bool = True


@dataclass
class Row:
    """A record as the database has it: its stamp, its company, whose it is.

    ``more`` holds what lists filter by and figures are made of.
    """

    kind: str
    id: int
    sa: int | None
    actor: int | None
    company: int | None
    customer: int | None
    more: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Caller:
    """``employee`` and ``customer`` by id; a ``key`` by its company, 0 for all."""

    kind: str
    id: int
    system: bool = False


@dataclass
class Facts:
    """The tree of accounts, people by id, and the rows of all records."""

    parents: dict = field(default_factory=dict)
    companies: dict = field(default_factory=dict)
    #: accounts that are suspended: memberships in them open nothing
    resting: set = field(default_factory=set)
    people: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    #: contact -> (parent, type); office people -> their company
    addresses: dict = field(default_factory=dict)
    office: dict = field(default_factory=dict)
    #: what was worked out, until :meth:`forget`
    kept: dict = field(default_factory=dict)

    def forget(self):
        """To be called whenever a fact has changed."""
        self.kept.clear()

    # -- memberships -----------------------------------------------------------------

    def within(self, account, top):
        while account:
            if account == top:
                return True
            account = self.parents.get(account)
        return False

    def members(self, caller):
        """Return the memberships that are in force."""
        if caller.kind != "employee":
            return []
        if ("members", caller) not in self.kept:
            self.kept["members", caller] = [
                m
                for m in self.people[caller.id].members
                if m.active and m.account not in self.resting
            ]
        return self.kept["members", caller]

    def admin(self, caller):
        return caller.kind == "employee" and any(
            m.role == "admin" for m in self.members(caller)
        )

    def covers(self, member, account):
        below = member.policy == "sa_tree" and self.within(account, member.account)
        return below or account == member.account

    def reach(self, caller):
        """Return the accounts whose records a person may see some of."""
        members = self.members(caller)
        return {a for a in self.parents if any(self.covers(m, a) for m in members)}

    def belongs(self, caller, account):
        """Tell whether ``X-SA-ID`` may name this account."""
        return self.admin(caller) or account in self.reach(caller)

    def has_role(self, caller, role, account=None):
        """Tell whether a person has a role, in the account of the header if any."""
        if role is None or self.admin(caller):
            return True
        members = self.members(caller)
        if account:
            members = [m for m in members if self.covers(m, account)]
        if role == "staff":
            return any(m.role == "staff" for m in members)
        return role == "sa_manager" and any(m.manager for m in members)

    def own_companies(self, caller):
        """Return the companies of a caller's accounts, None for all there are."""
        if caller.kind == "key":
            return {caller.id} if caller.id else None
        if self.admin(caller):
            return None
        if ("companies", caller) not in self.kept:
            own = {self.companies[a] for a in self.reach(caller)} - {None}
            self.kept["companies", caller] = own
        return self.kept["companies", caller]

    # -- records ---------------------------------------------------------------------

    def sees(self, caller, row, account=None):
        """Tell whether a caller sees a row, in a list narrowed to an account or not."""
        if account and not self.in_list_of(row, account):
            return False
        if row.kind in OF_COMPANY:
            return caller.kind != "customer" and self.at(row.company, caller)
        if caller.kind == "customer":
            return self.is_own(caller.id, row)
        if caller.kind == "key":
            return self.key_sees(caller, row)
        if self.admin(caller):
            return True
        partner = self.people[caller.id].partner
        if any(self.opens(m, partner, row) for m in self.members(caller)):
            return True
        return self.is_for_all(row, caller)

    def opens(self, member, partner, row):
        """Row 9, policy by policy."""
        if member.policy == "sa_tree":
            return self.within(row.sa, member.account)
        if row.sa != member.account:
            return False
        if member.policy == "sa_wide":
            return True
        if member.policy == "assigned_plus_unassigned":
            return row.actor in (partner, None)
        return row.actor == partner

    def is_for_all(self, row, caller):
        """Plain contacts (level 1) and goods that no sale moves have no account."""
        if row.kind == "contact":
            office = self.office.get(row.id)
            return self.is_plain(row) and (not office or self.at(office, caller))
        return self.is_goods(row) and self.at(row.company, caller)

    def is_plain(self, row):
        return row.kind == "contact" and not row.sa and row.more["ranked"]

    def is_goods(self, row):
        """Receipts, and transfers that are no customer's."""
        flow = row.kind == "picking" and row.more["x_flow"]
        return flow == "receipt" or (flow == "transfer" and not row.customer)

    def at(self, company, caller):
        own = self.own_companies(caller)
        return own is None or company in own

    def in_list_of(self, row, account):
        """Row 10: an account's list holds its records, and those of all or of the
        company, which no account has."""
        if row.kind in OF_COMPANY or self.is_goods(row):
            return row.sa == account or row.company == self.companies[account]
        return row.sa == account or self.is_plain(row)

    def key_sees(self, caller, row):
        if not caller.id:
            return True
        if row.kind == "contact" and not row.sa:
            office = self.office.get(row.id)
            return office == caller.id if office else self.is_plain(row)
        home = self.companies[row.sa] if row.sa else row.company
        # The global root is of no company: what it has is everybody's.
        return home in (caller.id, None) and row.company in (caller.id, None)

    def is_own(self, customer, row):
        """A customer's: of the person or of an address of theirs, no other person."""
        if row.kind == "contact":
            return row.id == customer
        parent, kind = self.addresses.get(row.customer, (None, "contact"))
        return row.customer == customer or (parent == customer and kind != "contact")

    def family(self, customer, contact):
        """Tell whether a contact is the customer or below."""
        while contact:
            if contact == customer:
                return True
            contact = self.addresses.get(contact, (None, None))[0]
        return False

    def visible(self, caller):
        """Return ``{kind: {id}}`` of all that a caller sees."""
        if ("visible", caller) not in self.kept:
            found = self.kept["visible", caller] = {}
            for key, row in self.rows.items():
                if self.sees(caller, row):
                    found.setdefault(key[0], set()).add(key[1])
        return self.kept["visible", caller]

    def named(self, caller):
        """Return the contacts that a caller sees, or that papers in sight name."""
        if ("named", caller) not in self.kept:
            seen = self.visible(caller)
            named = seen.get("contact", set()) | {
                self.rows[kind, i].customer for kind, ids in seen.items() for i in ids
            }
            # An address is called by its person's name, too.
            above = {self.addresses.get(i, (None,))[0] for i in named}
            self.kept["named", caller] = named | above
        return self.kept["named", caller]
