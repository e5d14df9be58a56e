"""What the lists of orders, invoices and payments have in common."""

from typing import Annotated

from pydantic import AliasChoices, Field

from ..api.base import Day, Key, Name, Query

PARTNER = AliasChoices("partner_id", "customer_id")
CustomerId = Annotated[Key | None, Field(validation_alias=PARTNER)]


def contains(text, names):
    """Return the domain of the records with ``text`` in one of the fields."""
    return ["|"] * (len(names) - 1) + [(name, "ilike", text) for name in names]


class DocumentQuery(Query):
    """Filters by governance, period and text.

    ``_day`` is the field of the period, ``_text`` are the fields that ``q`` looks in.
    """

    _day = None
    _text = ("name",)
    _domain = {
        "sa_id": ("x_sa_id", "="),
        "actor_id": ("x_actor_id", "="),
        "partner_id": ("partner_id", "child_of"),
        "date_from": None,
        "date_to": None,
        "state": None,
        "q": None,
    }

    sa_id: Key | None = None
    actor_id: Key | None = None
    company_id: Key | None = None
    date_from: Day | None = Field(None, description="on this day or later")
    date_to: Day | None = Field(None, description="on this day or earlier")
    q: Name | None = Field(None, description="part of number, reference or customer")

    def to_domain(self):
        domain = super().to_domain()
        if self.date_from:
            domain.append((self._day, ">=", self.date_from))
        if self.date_to:
            domain.append((self._day, "<=", self.date_to))
        if self.q:
            domain += contains(self.q, self._text)
        return domain
