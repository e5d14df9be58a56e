"""Who calls: an employee, a customer, an API key, or nobody known (docs/contract.md 3).

Whom a token or a key belongs to is told by the addon's models, through ``ir.http``.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from odoo.tools.translate import _

from ..exceptions import BusinessError, Forbidden, Unauthorized
from ..scope import Env, Principal
from .routing import Route

#: the form of ``X-SA-ID``, which the document tells too
ACCOUNT_PATTERN = "^[0-9]{1,9}$"


def identify(env: Env, headers: Mapping[str, str], route: Route) -> Principal:
    """Return the :class:`Principal` of a request to ``route``.

    :raises Unauthorized: no or wrong token (401)
    :raises Forbidden: a valid token of a kind, scope or SA that is not let in (403)
    """
    if "public" in route.audience:
        # Clients send their spent token along when they refresh it or log in again.
        return Principal()
    key, bearer = headers.get("X-API-KEY"), headers.get("Authorization", "")
    if bearer:
        principal = _bearer(env, bearer)
    elif key:
        principal = env["ir.http"]._abs_key_identity(key)
    else:
        raise Unauthorized(_("Please log in: the Authorization header is missing."))
    if principal.kind not in route.audience:
        raise Forbidden(
            _("This kind of access does not open this address."),
            code="wrong_token_kind",
        )
    if principal.kind == "api_key" and route.key_scope not in principal.scopes:
        raise Forbidden(
            _("The API key lacks the scope '%(scope)s'.", scope=route.key_scope),
            code="scope_required",
        )
    account = headers.get("X-SA-ID")
    # It narrows what employees ask for; it has one form, whoever sends it.
    if account is not None and "employee" in route.audience:
        if not re.fullmatch(ACCOUNT_PATTERN, account):
            raise BusinessError(
                _("X-SA-ID must be the number of a Service Account."),
                code="invalid_input",
            )
    if principal.kind == "employee":
        principal = _narrowed(env, principal, account)
        if not principal.has_role(route.role):
            raise Forbidden(_("Your role does not allow this."), code="role_required")
    return principal


def _bearer(env: Env, header: str) -> Principal:
    scheme, _sep, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(_("Send 'Authorization: Bearer <token>'."))
    principal: Principal = env["ir.http"]._abs_token_identity(token.strip())
    return principal


def _narrowed(env: Env, principal: Principal, header: str | None) -> Principal:
    """Return the caller at ``X-SA-ID`` (docs/contract.md 1.10): the SA of lists and
    creates."""
    if header is None:
        return principal
    account_id = int(header)
    row = env["ir.http"]._abs_account_company(account_id)
    reached = principal.is_admin or account_id in principal.account_ids
    if row is None or not reached:
        raise Forbidden(
            _("You are not a member of this Service Account."), code="sa_forbidden"
        )
    company = row[0]
    if company not in principal.company_ids:
        return replace(principal, account_id=account_id)
    rest = [i for i in principal.company_ids if i != company]
    return replace(
        principal,
        account_id=account_id,
        company_ids=(company, *rest),
        account_company_id=company,
    )
