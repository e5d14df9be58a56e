"""What our own calls hand down in the context: values that no caller can send.

Any log-in may put any key into the context of an RPC call, but JSON and XML carry no
objects. So a key of ours is believed only when its value is of a class of this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

#: Odoo has no types: an environment, records of a model, a search domain, a cursor.
Env: TypeAlias = Any
Records: TypeAlias = Any
Domain: TypeAlias = list[Any]
Cursor: TypeAlias = Any
#: an object of JSON, whose values are of all kinds
Json: TypeAlias = dict[str, Any]

POLICIES = ("sa_tree", "sa_wide", "assigned_plus_unassigned", "assigned_only")


class Grant(NamedTuple):
    """What one membership opens.

    :param str policy: one of :data:`POLICIES`
    :param tuple account_ids: the SA, or with ``sa_tree`` that SA and all below it
    :param int actor_id: the member's person partner
    """

    policy: str
    account_ids: tuple[int, ...]
    actor_id: int


class Scope(NamedTuple):
    """The resolved reach of a caller.

    ``kind``: ``system`` (API key: no SA filter), ``admin`` (everything), ``employee``
    (the union of ``grants``), ``customer`` (own records of ``customer_id``),
    ``nobody``. ``company_ids``: companies of company-bound records; empty means all
    for ``system`` and ``admin``.
    """

    kind: str = "nobody"
    grants: tuple[Grant, ...] = ()
    company_ids: tuple[int, ...] = ()
    customer_id: int = 0


NOBODY = Scope()


@dataclass(frozen=True)
class Member:
    """One effective membership of the caller."""

    id: int
    account_id: int
    role: str
    company_id: int | None
    account_ids: tuple[int, ...]
    is_manager: bool


@dataclass(frozen=True)
class Principal:
    """The caller of one request.

    ``account_id`` is the SA of ``X-SA-ID``; ``account_ids`` all SAs in reach.
    """

    kind: str = "public"
    employee_id: int = 0
    actor_id: int = 0
    customer_id: int = 0
    api_key_id: int = 0
    scopes: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    scope: Scope = NOBODY
    company_ids: tuple[int, ...] = ()
    account_id: int = 0
    account_company_id: int = 0
    session: str = ""

    @property
    def identity(self) -> str:
        """The owner of an idempotency key, such as ``employee:12``."""
        number = self.employee_id or self.customer_id or self.api_key_id
        return f"{self.kind}:{number}"

    @property
    def company_id(self) -> int:
        """The company that the call works for: that of ``X-SA-ID``, or the only one in
        reach; 0 when there are several. Its day is the day of the call."""
        if len(self.company_ids) == 1:
            return self.company_ids[0]
        return self.account_company_id

    @property
    def is_admin(self) -> bool:
        return any(member.role == "admin" for member in self.members)

    @property
    def account_ids(self) -> tuple[int, ...]:
        return tuple(sorted({i for member in self.members for i in member.account_ids}))

    def members_here(self) -> Sequence[Member]:
        """Return the memberships that reach the SA of ``X-SA-ID``, or all."""
        if not self.account_id:
            return self.members
        return [m for m in self.members if self.account_id in m.account_ids]

    def has_role(self, role: str | None) -> bool:
        """Tell whether the caller has ``role`` somewhere (in ``X-SA-ID``'s SA)."""
        if role is None or self.is_admin:
            return True
        if role == "admin":
            return False
        if role == "sa_manager":
            return any(member.is_manager for member in self.members_here())
        return any(member.role == "staff" for member in self.members_here())

    @property
    def creation_account(self) -> int:
        """The id of the SA that a create belongs to (docs/contract.md 1.10), or 0."""
        if self.account_id:
            return self.account_id
        if len(self.members) == 1 and not self.is_admin:
            return self.members[0].account_id
        return 0


class Call(NamedTuple):
    """Who sent a request of the API, and for which Service Account; 0 is nobody.

    :param int actor_id: the person partner of the employee or customer
    :param int account_id: the SA that a create belongs to
    """

    actor_id: int = 0
    employee_id: int = 0
    account_id: int = 0


NO_CALL = Call()


@dataclass(frozen=True)
class _Carried:
    """The wrapped value of a :class:`Switch`; equal ones share an Odoo environment."""

    value: Any


class Switch:
    """A rule that our own code turns on or off for the calls below it.

    The module that reads a switch declares it; :meth:`of` is the only reader.
    """

    def __init__(self, name: str) -> None:
        self._key = f"abs_{name}"

    def on(self, records: Records, value: Any = True) -> Records:
        """Return ``records`` with the switch set to the hashable ``value``."""
        return records.with_context(**{self._key: _Carried(value)})

    def of(self, env: Env) -> Any:
        """Return the value of the switch in an environment, None where it is not set."""
        carried = env.context.get(self._key)
        return carried.value if isinstance(carried, _Carried) else None
