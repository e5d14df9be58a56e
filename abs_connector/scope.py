"""Who may see what, as a hashable value that travels in the context (SPEC 1, row 9)."""

from typing import NamedTuple

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
