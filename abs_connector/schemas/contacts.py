"""Contacts and their assignments (docs/contract.md 5)."""

from typing import Annotated, Literal

from odoo.tools.translate import _
from pydantic import AfterValidator, AliasChoices, Field, StrictInt

from ..api.base import (
    MAX_ID,
    Id,
    In,
    Key,
    Line,
    Money,
    Name,
    NotTogether,
    Out,
    Query,
    Reason,
    Ref,
    Secret,
    Text,
    Timestamp,
)
from ..card import ref
from ..plain import BREAKS, CONTROL


def _email(value):
    local, at, domain = value.rpartition("@")
    if not at or not local or "." not in domain.strip(".") or " " in value:
        raise ValueError(_("write an e-mail address, such as marie@example.com"))
    return value


def _phone(value):
    if sum(c.isdigit() for c in value) < 5 or any(c.isalpha() for c in value):
        raise ValueError(_("write a phone number, such as +228 90 11 22 33"))
    return value


def _phone_terms(text):
    """Find a phone number however it is written: +228 90…, 0022890…, 090 11-22."""
    digits = "".join(c for c in text if c.isdigit()).lstrip("0")
    if len(digits) < 4 or any(c.isalpha() for c in text):
        return []
    return [("x_phone_digits", "like", digits)]


_PART = rf"[^@. {CONTROL}{BREAKS}]"
_REST = rf"[^@ {CONTROL}{BREAKS}]"
Email = Annotated[
    Name,
    AfterValidator(_email),
    Field(
        json_schema_extra={
            "pattern": rf"^[^ {CONTROL}{BREAKS}]+@\.*{_PART}{_REST}*\.{_REST}*{_PART}\.*$"
        }
    ),
]
Phone = Annotated[
    Name,
    AfterValidator(_phone),
    Field(json_schema_extra={"pattern": r"^[ ()+./-]*(?:[0-9][ ()+./-]*){5,}$"}),
]
CountryCode = Annotated[
    str,
    Field(min_length=2, max_length=2, pattern="^[A-Za-z]{2}$", description="ISO 3166"),
]
PersonId = Annotated[
    StrictInt,
    Field(gt=0, le=MAX_ID, description="the member's person partner"),
]


class ContactOut(Out):
    """A customer (or supplier) as its governance level shows it."""

    _model = "res.partner"
    _noun = "contact"
    _source = {
        "country": "country_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    _reads = (
        "name",
        "company_id.currency_id.name",
        "x_sa_id.company_id.currency_id.name",
    )

    id: int
    name: str
    email: str | None
    phone: str | None
    street: str | None
    city: str | None
    country: Ref | None
    company: Ref | None
    customer_rank: int
    sa: Ref | None
    actor: Ref | None
    governance_level: int = Field(description="1 plain, 2 SA, 3 SA and agent")
    credit: Money = Field(description="what the contact owes")
    currency: Ref
    write_date: Timestamp

    @classmethod
    def _bulk_name(cls, records):
        return {r.id: r.name or r.display_name or "" for r in records}

    @classmethod
    def _bulk_company(cls, records):
        return {r.id: ref(r.company_id or r.x_sa_id.company_id) for r in records}

    @classmethod
    def _bulk_governance_level(cls, records):
        return {r.id: r._abs_governance_level() for r in records}

    @classmethod
    def _bulk_credit(cls, records):
        return records._abs_credits()

    @classmethod
    def _bulk_currency(cls, records):
        return {r.id: ref(r._abs_company_of().currency_id) for r in records}


class ContactQuery(Query):
    """Filters of the contact list."""

    _order = "name, id"
    _domain = {"sa_id": ("x_sa_id", "="), "actor_id": ("x_actor_id", "=")}

    q: Text | None = Field(None, description="in name, e-mail or phone")
    email: Text | None = None
    phone: Text | None = None
    sa_id: Key | None = None
    actor_id: Key | None = None
    governance_level: Literal["1", "2", "3"] | None = None
    type: Literal["customer", "supplier"] | None = None

    def to_domain(self):
        plain = {"q", "email", "phone", "governance_level", "type"}
        rest = self.model_copy(update=dict.fromkeys(plain))
        domain = super(ContactQuery, rest).to_domain()
        if self.q:
            terms = [(n, "ilike", self.q) for n in ("name", "email", "phone")]
            terms += _phone_terms(self.q)
            domain += ["|"] * (len(terms) - 1) + terms
        if self.email:
            domain.append(("email", "=ilike", self.email))
        if self.phone:
            terms = [("phone", "ilike", self.phone), *_phone_terms(self.phone)]
            domain += ["|"] * (len(terms) - 1) + terms
        if self.governance_level:
            governed = self.governance_level != "1"
            domain.append(("x_sa_id", "!=" if governed else "=", False))
            if governed:
                actor = "!=" if self.governance_level == "3" else "="
                domain.append(("x_actor_id", actor, False))
        ranks = {"customer": "customer_rank", "supplier": "supplier_rank"}
        if self.type:
            return [*domain, (ranks[self.type], ">", 0)]
        # Partners of users, employees and companies are no contacts.
        return [
            *domain,
            "|",
            "|",
            ("customer_rank", ">", 0),
            ("supplier_rank", ">", 0),
            ("x_sa_id", "!=", False),
        ]


class ContactDetailOut(ContactOut):
    """One contact, with the terms that it buys on."""

    payment_term: Ref | None
    pricelist: Ref | None

    @classmethod
    def _bulk_payment_term(cls, records):
        return records._api_terms("payment_term_id")

    @classmethod
    def _bulk_pricelist(cls, records):
        return records._api_terms("pricelist_id")


class _ContactFields(In):
    _rules = (
        NotTogether(
            *("country", "country_id"),
            say=lambda: _("give country or country_id, not both"),
        ),
    )

    email: Email | None = None
    phone: Phone | None = None
    street: Line | None = None
    street2: Line | None = None
    city: Line | None = None
    zip: Line | None = None
    country: CountryCode | None = None
    country_id: Id["res.country"] | None = None
    customer_rank: int = Field(None, ge=1, le=1_000_000)
    payment_term_id: Id["account.payment.term"] | None = Field(
        None,
        validation_alias=AliasChoices("payment_term_id", "property_payment_term_id"),
        description="by staff",
    )
    pricelist_id: Id["product.pricelist"] | None = Field(
        None,
        validation_alias=AliasChoices("pricelist_id", "property_product_pricelist"),
        description="by staff",
    )
    ref: Line | None = None
    comment: Text | None = None


class _SharedPhone(In):
    allow_duplicate: bool = Field(
        False,
        description="another customer of the SA may have the same phone number, as in a "
        "family; warnings say so then",
    )


class ContactIn(_ContactFields, _SharedPhone):
    """A new contact; ``actor_id`` (staff) names the agent in charge at once."""

    name: Name
    is_company: bool = False
    actor_id: PersonId | None = None


class ContactUpdate(_ContactFields, _SharedPhone):
    name: Name = None


class WarningOut(Out):
    """What was done all the same, and deserves a look."""

    code: Literal["duplicate_contact"]
    message: str


class WrittenContactOut(Out):
    contact: ContactDetailOut
    warnings: list[WarningOut] = Field(
        description="the phone number of another customer, whom it doesn't name"
    )


class MergeIn(In):
    """The contacts that go up in the one of the address, at most 20."""

    contact_ids: list[Id["res.partner"]] = Field(min_length=1, max_length=20)
    preview: bool = Field(False, description="answer the same and change nothing")


class AssignIn(In):
    """Whom the record goes to; ``null`` = to nobody, it waits for an actor."""

    actor_id: PersonId | None
    sa_id: Id["ov.serviced_account"] | None = Field(
        None, description="absent: the present one"
    )
    reason: Reason | None = None
    with_records: bool = Field(
        True, description="what is open of a customer, or below a record, goes along"
    )
    preview: bool = Field(False, description="answer the same and change nothing")


class MovedOut(Out):
    """How many records got another SA or actor, or when merging another customer."""

    orders: int
    deliveries: int
    invoices: int
    assets: int
    subscriptions: int
    tickets: int
    payment_requests: int
    attempts: int


class AssignedOut(Out):
    """What an assignment moved, or in a preview would move."""

    moved: MovedOut
    preview: bool


class AssignedContactOut(AssignedOut):
    contact: ContactDetailOut
    warnings: list[WarningOut] = Field(
        description="the phone number of another customer there, whom it doesn't name"
    )


class MergedContactOut(Out):
    contact: ContactDetailOut
    merged: int = Field(description="how many contacts went up in this one")
    moved: MovedOut
    preview: bool


class AccessIn(In):
    """Without a password one is made and told in the answer, once; to callers who may
    not set it, and with ``invite``, the customer is mailed an invitation instead."""

    _rules = (
        NotTogether(
            *("password", "invite"),
            say=lambda: _("give a password or invite, not both"),
        ),
    )

    password: Annotated[Secret, Field(min_length=8, max_length=256)] | None = None
    invite: bool = False


class InvitationOut(Out):
    sent_to: str = Field(description="in part only, when the contact does not show it")
    expires_at: Timestamp


class AccessOut(Out):
    contact: ContactOut
    login: str | None = Field(description="null when it is not yours to see")
    password: str | None = Field(description="only when it was made by the server")
    invitation: InvitationOut | None = Field(description="what was mailed, if it was")


class AssignmentOut(Out):
    """One row of the history of who was in charge."""

    _model = "ov.sa_customer_assignment"
    _source = {"sa": "account_id", "actor": "actor_id", "assigned_by": "assigned_by_id"}
    _reads = tuple(
        f"{name}.display_name" for name in ("account_id", "actor_id", "assigned_by_id")
    )

    id: int
    sa: Ref | None = Field(description="null: one that is not yours to see, nor who")
    actor: Ref | None
    state: str
    date_from: Timestamp
    date_to: Timestamp | None
    source: str | None
    reason: str | None
    assigned_by: Ref | None

    @classmethod
    def _bulk_sa(cls, records):
        return records._abs_seen_refs("account_id")

    @classmethod
    def _bulk_actor(cls, records):
        return records._abs_seen_refs("actor_id")

    @classmethod
    def _bulk_assigned_by(cls, records):
        return records._abs_seen_refs("assigned_by_id")

    @classmethod
    def _bulk_reason(cls, records):
        return {r.id: r.reason or None for r in records._abs_seen_rows()}


class AssignmentQuery(Query):
    _order = "date_from desc, id desc"
    state: Literal["active", "ended", "transferred"] | None = None
