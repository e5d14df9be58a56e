"""What our own calls hand down in the context: values that no caller can send.

Any log-in may put any key into the context of an RPC call, but JSON and XML carry no
objects. So a key of ours is believed only when its value is of a class of this file.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

POLICIES = ("sa_tree", "sa_wide", "assigned_plus_unassigned", "assigned_only")


class Grant(NamedTuple):
    """What one membership opens.

    :param str policy: one of :data:`POLICIES`
    :param tuple account_ids: the SA, or with ``sa_tree`` that SA and all below it
    :param int actor_id: the member's person partner
    """

    policy: str
    account_ids: tuple
    actor_id: int


class Scope(NamedTuple):
    """The resolved reach of a caller.

    ``kind``: ``system`` (API key: no SA filter), ``admin`` (everything), ``employee``
    (the union of ``grants``), ``customer`` (own records of ``customer_id``),
    ``nobody``. ``company_ids``: companies of company-bound records; empty means all
    for ``system`` and ``admin``.
    """

    kind: str = "nobody"
    grants: tuple = ()
    company_ids: tuple = ()
    customer_id: int = 0


NOBODY = Scope()


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

    def on(self, records: Any, value: Any = True) -> Any:
        """Return ``records`` with the switch set to the hashable ``value``."""
        return records.with_context(**{self._key: _Carried(value)})

    def of(self, env: Any) -> Any:
        """Return the value of the switch in an environment, None where it is not set."""
        carried = env.context.get(self._key)
        return carried.value if isinstance(carried, _Carried) else None
