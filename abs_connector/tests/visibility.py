"""Who sees what (SPEC 1, row 9), decided a second time from plain facts.

Nothing here calls the addon: the random walk compares its answers with these lines.
"""

from dataclasses import dataclass, field


@dataclass
class Member:
    """One membership: an account, a policy, whether it is in force."""

    account: int
    policy: str
    active: bool = True


@dataclass
class Facts:
    """The accounts' parents and companies, people by key, stamps of records."""

    parents: dict = field(default_factory=dict)
    companies: dict = field(default_factory=dict)
    #: person -> (partner id, [Member])
    people: dict = field(default_factory=dict)
    #: (kind, id) -> (account, actor or None)
    stamps: dict = field(default_factory=dict)

    def within(self, account, top):
        while account:
            if account == top:
                return True
            account = self.parents.get(account)
        return False

    def opens(self, member, actor_id, stamp):
        account, actor = stamp
        if not member.active:
            return False
        if member.policy == "sa_tree":
            return self.within(account, member.account)
        if account != member.account:
            return False
        if member.policy == "sa_wide":
            return True
        if member.policy == "assigned_plus_unassigned":
            return actor in (actor_id, None)
        return actor == actor_id

    def sees(self, person, record, account=None):
        """Tell whether a person sees a record, narrowed to an account or not."""
        stamp = self.stamps[record]
        if account and stamp[0] != account:
            return False
        actor_id, members = self.people[person]
        return any(self.opens(member, actor_id, stamp) for member in members)

    def belongs(self, person, account):
        """Tell whether ``X-SA-ID`` may name this account."""
        for member in self.people[person][1]:
            if member.active and (
                member.account == account
                or (member.policy == "sa_tree" and self.within(account, member.account))
            ):
                return True
        return False

    def key_sees(self, company, record):
        return self.companies[self.stamps[record][0]] == company
