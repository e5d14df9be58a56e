"""Service Accounts, members, employees, hierarchy, readiness (docs/contract.md 5)."""

from typing import Annotated, Literal

from odoo.tools.translate import _
from pydantic import AfterValidator, AliasChoices, Field

from ..api.base import (
    MARK_SCHEMA,
    Day,
    ExactlyOne,
    Id,
    In,
    Key,
    Money,
    Name,
    Out,
    Query,
    Ref,
    Secret,
    Text,
    Timestamp,
    mark,
)
from .auth import AccountOut
from .contacts import Email, PersonId, Phone

Role = Literal["admin", "staff", "agent"]
Policy = Literal["sa_tree", "sa_wide", "assigned_plus_unassigned", "assigned_only"]
SaType = Literal["root", "seed", "branch"]
AccountState = Literal["draft", "active", "suspended", "closed"]
MemberState = Literal["invited", "active", "suspended", "revoked"]
Code = Annotated[
    str,
    Field(min_length=1, max_length=64, pattern=r"^\S+$"),
    AfterValidator(mark),
    Field(json_schema_extra={"pattern": MARK_SCHEMA["pattern"].replace("/", r"\s")}),
]
Threshold = Annotated[float, Field(ge=0, le=1e12)]


class ServiceAccountOut(Out):
    _model = "ov.serviced_account"
    _noun = "service_account"
    _source = {
        "company": "company_id",
        "source_company": "source_company_id",
        "parent": "parent_id",
        "manager": "manager_partner_id",
        "manager_member_id": "sa_manager.id",
        "currency": "currency_id",
        "warehouse": "warehouse_id",
        "ships_from": "depot_id",
    }
    id: int
    name: str
    account_code: str
    sa_type: str
    state: str
    is_global_root: bool
    company: Ref | None
    source_company: Ref | None
    parent: Ref | None
    manager: Ref | None = Field(description="the person who is SA manager")
    manager_member_id: int | None
    approval_threshold: Money = Field(description="0: as set for the company")
    currency: Ref | None
    warehouse: Ref | None = Field(description="its own; null: as above it")
    ships_from: Ref | None = Field(
        description="its own or the nearest above; null: the company's first"
    )
    member_count: int
    create_date: Timestamp
    write_date: Timestamp


class ServiceAccountQuery(Query):
    _order = "parent_path, id"
    q: Text | None = Field(None, description="in name or code")
    sa_type: SaType | None = None
    state: AccountState | None = None
    company_id: Key | None = None
    parent_id: Key | None = None

    def to_domain(self):
        rest = self.model_copy(update={"q": None})
        domain = super(ServiceAccountQuery, rest).to_domain()
        if self.q:
            domain += [
                "|",
                ("name", "ilike", self.q),
                ("account_code", "ilike", self.q),
            ]
        return domain


_CODE = Field(validation_alias=AliasChoices("account_code", "code"))


class ServiceAccountIn(In):
    """``sa_manager`` names the employee who becomes its manager; else the first staff
    member enrolled does."""

    name: Name
    account_code: Code = _CODE
    sa_type: SaType = "seed"
    company_id: Id["res.company"] | None = None
    source_company_id: Id["res.company"] | None = None
    parent_id: Id["ov.serviced_account"] | None = None
    state: AccountState = "active"
    approval_threshold: Threshold = 0
    warehouse_id: Id["stock.warehouse"] | None = None
    sa_manager: Id["abs.employee"] | None = None


class ServiceAccountUpdate(In):
    """``sa_manager`` names the membership that takes over."""

    name: Name = None
    account_code: Code = Field(
        None, validation_alias=AliasChoices("account_code", "code")
    )
    sa_type: SaType = None
    parent_id: Id["ov.serviced_account"] = None
    state: AccountState = None
    approval_threshold: Threshold = None
    warehouse_id: Id["stock.warehouse"] | None = Field(
        None, description="null: as above it"
    )
    sa_manager: Id["ov.membership"] = None


class MemberOut(Out):
    _model = "ov.membership"
    _noun = "membership"
    _source = {
        "account": "account_id",
        "employee": "employee_id",
        "person": "person_partner_id",
        "manager_member_id": "manager_member_id.id",
        "waiting": "released_count",
    }
    id: int
    account: AccountOut
    employee: Ref
    person: Ref
    role_code: str
    scope_policy: str
    state: str
    is_manager: bool
    manager_member_id: int | None = Field(description="whom the member reports to")
    date_from: Day | None
    date_to: Day | None
    waiting: int = Field(description="records that the end left without an actor")
    write_date: Timestamp


class MemberQuery(Query):
    _order = "role_code, id"
    role_code: Role | None = None
    state: MemberState | None = None


class MemberIn(In):
    _rules = (
        ExactlyOne(
            *("employee_id", "person_partner_id"),
            say=lambda: _("give either employee_id or person_partner_id"),
        ),
    )

    employee_id: Id["abs.employee"] | None = None
    person_partner_id: PersonId | None = None
    role_code: Role
    scope_policy: Policy | None = None
    manager_member_id: Id["ov.membership"] | None = None
    state: Literal["invited", "active"] = "active"
    date_from: Day | None = None
    date_to: Day | None = None


class MemberUpdate(In):
    """``manager_member_id: null`` on staff makes them the SA manager."""

    role_code: Role = None
    scope_policy: Policy = None
    manager_member_id: Id["ov.membership"] | None = None
    state: MemberState = None
    date_from: Day = None
    date_to: Day | None = None


class EmployeeOut(Out):
    _model = "abs.employee"
    _noun = "employee"
    _source = {
        "partner": "partner_id",
        "company": "company_id",
        "memberships": "membership_ids",
    }
    id: int
    name: str
    email: str
    phone: str | None
    partner: Ref
    company: Ref
    active: bool
    has_password: bool
    memberships: list[MemberOut]
    write_date: Timestamp


class EmployeeQuery(Query):
    _order = "name, id"
    _context = {"active_test": False}
    q: Text | None = Field(None, description="in name, e-mail or phone")
    email: Text | None = None
    company_id: Key | None = None
    sa_id: Key | None = None
    active: bool | None = None

    def to_domain(self):
        rest = self.model_copy(update=dict.fromkeys(("q", "email", "sa_id")))
        domain = super(EmployeeQuery, rest).to_domain()
        if self.q:
            domain += ["|", "|"]
            domain += [(n, "ilike", self.q) for n in ("name", "email", "phone")]
        if self.email:
            domain.append(("email", "=", self.email.lower()))
        if self.sa_id:
            domain.append(("membership_ids.account_id", "=", self.sa_id))
        return domain


class EmployeeIn(In):
    name: Name
    email: Email
    phone: Phone | None = None
    company_id: Id["res.company"] | None = None
    person_partner_id: Id["res.partner"] | None = None
    password: Annotated[Secret, Field(min_length=8, max_length=256)] | None = None


class EmployeeUpdate(In):
    """``active: false`` ends the access at once."""

    name: Name = None
    email: Email = None
    phone: Phone | None = None
    company_id: Id["res.company"] = None
    password: Annotated[Secret, Field(min_length=8, max_length=256)] = None
    active: bool = None


class GlobalRootOut(Out):
    exists: bool
    account: ServiceAccountOut | None
    is_global_root: bool
    company: Ref | None


class HierarchyQuery(In):
    flat: bool = False


class HierarchyNode(Out):
    id: int
    name: str
    account_code: str
    sa_type: str
    state: str
    is_global_root: bool
    company: Ref | None
    parent_id: int | None
    depth: int
    children: list["HierarchyNode"] | None = Field(
        None, description="nodes of the same shape; null with flat=true"
    )


class HierarchyOut(Out):
    total: int
    items: list[HierarchyNode]


class ReadinessItem(Out):
    """One line of the checklist (setup guide 12)."""

    section: str
    code: str
    name: str
    ok: bool
    detail: str
    fix: str | None = Field(description="what to do; null when ok")


class ReadinessCompany(Out):
    company: Ref | None = Field(description="null: the system as a whole")
    ok: bool
    items: list[ReadinessItem]


class ReadinessOut(Out):
    ready: bool
    companies: list[ReadinessCompany]
