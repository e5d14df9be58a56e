"""Log-in and who is logged in (docs/contract.md 3)."""

from typing import Annotated

from odoo.tools.translate import _
from pydantic import AliasChoices, Field

from ..api.base import ExactlyOne, In, Name, Out, Ref, Secret

Password = Annotated[Secret, Field(min_length=1, max_length=256)]


class LoginIn(In):
    """E-mail or phone, and the password."""

    _rules = (
        ExactlyOne("email", "phone", say=lambda: _("give either email or phone")),
    )

    email: Name | None = None
    phone: Name | None = None
    password: Password

    @property
    def identity(self):
        return self.email or self.phone


class RefreshIn(In):
    refresh_token: Name


class PasswordIn(In):
    current_password: Password
    new_password: Password


class InvitationIn(In):
    """The code of the mail, and the password that the person chooses."""

    code: Name = Field(validation_alias=AliasChoices("code", "token"))
    password: Password = Field(
        validation_alias=AliasChoices("password", "new_password")
    )


class AccountOut(Out):
    _model = "ov.serviced_account"
    _source = {"code": "account_code"}

    id: int
    name: str
    code: str


class MembershipOut(Out):
    _model = "ov.membership"
    _source = {"account": "account_id"}

    id: int
    account: AccountOut
    role_code: str
    scope_policy: str
    is_manager: bool


class EmployeeOut(Out):
    _model = "abs.employee"
    _source = {"partner": "partner_id", "company": "company_id"}

    id: int
    name: str
    email: str | None
    phone: str | None
    partner: Ref | None
    company: Ref | None


class CustomerOut(Out):
    _model = "res.partner"
    _noun = "customer"

    id: int
    name: str
    email: str | None
    phone: str | None


class TokensOut(Out):
    """A token pair."""

    token_type: str
    access_token: str
    expires_in: int
    refresh_token: str


class EmployeeLoginOut(TokensOut):
    employee: EmployeeOut
    memberships: list[MembershipOut]


class CustomerLoginOut(TokensOut):
    customer: CustomerOut


class MeOut(Out):
    """The caller, and what the caller may do."""

    employee: EmployeeOut
    memberships: list[MembershipOut]
    permissions: list[str]


class CustomerMeOut(Out):
    customer: CustomerOut
