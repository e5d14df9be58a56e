"""Who calls: an employee, a customer, an API key, or nobody known (SPEC 3)."""

import re
from dataclasses import dataclass

from odoo.tools.translate import _

from ..exceptions import BusinessError, Forbidden
from ..scope import NOBODY, Grant, Scope
from .errors import Unauthorized

# One query per request. A membership counts while it, its employee and its SA are
# active; an ended one is missed on the very next request. Its first and last day are
# days at its company: they are compared in Python.
_EMPLOYEE = """
SELECT e.partner_id, m.id, m.account_id, m.role_code, m.scope_policy,
       COALESCE(m.person_partner_id, e.partner_id), a.company_id,
       CASE WHEN m.scope_policy = 'sa_tree' THEN ARRAY(
            SELECT c.id FROM ov_serviced_account c
             WHERE c.parent_path LIKE a.parent_path || '%%' ORDER BY c.id)
            ELSE ARRAY[a.id] END,
       CASE WHEN m.scope_policy = 'sa_tree' THEN ARRAY(
            SELECT DISTINCT c.company_id FROM ov_serviced_account c
             WHERE c.parent_path LIKE a.parent_path || '%%'
               AND c.company_id IS NOT NULL ORDER BY c.company_id)
            ELSE array_remove(ARRAY[a.company_id], NULL) END,
       a.sa_manager = m.id, m.date_from, m.date_to
  FROM abs_employee e
  JOIN abs_auth_session s ON s.employee_id = e.id AND s.uuid = %s
                         AND s.revoked_at IS NULL
  LEFT JOIN ov_membership m ON m.employee_id = e.id AND m.state = 'active'
        AND EXISTS (SELECT 1 FROM ov_serviced_account x
                     WHERE x.id = m.account_id AND x.state = 'active')
  LEFT JOIN ov_serviced_account a ON a.id = m.account_id
 WHERE e.id = %s AND e.active AND e.token_version = %s
 ORDER BY m.id
"""
_CUSTOMER = """
SELECT p.id, p.company_id
  FROM abs_customer_access c
  JOIN res_partner p ON p.id = c.partner_id AND p.active
  JOIN abs_auth_session s ON s.partner_id = p.id AND s.uuid = %s
                         AND s.revoked_at IS NULL
 WHERE p.id = %s AND c.active AND c.token_version = %s
"""


#: the form of ``X-SA-ID``, which the document tells too
ACCOUNT_PATTERN = "^[0-9]{1,9}$"


@dataclass
class Member:
    """One effective membership of the caller."""

    id: int
    account_id: int
    role: str
    company_id: int | None
    account_ids: tuple
    is_manager: bool


@dataclass
class Principal:
    """The caller of one request.

    ``account_id`` is the SA of ``X-SA-ID``; ``account_ids`` all SAs in reach.
    """

    kind: str = "public"
    employee_id: int = 0
    actor_id: int = 0
    customer_id: int = 0
    api_key_id: int = 0
    scopes: tuple = ()
    members: tuple = ()
    scope: Scope = NOBODY
    company_ids: tuple = ()
    account_id: int = 0
    account_company_id: int = 0
    session: str = ""

    @property
    def identity(self):
        """The owner of an idempotency key, such as ``employee:12``."""
        number = self.employee_id or self.customer_id or self.api_key_id
        return f"{self.kind}:{number}"

    @property
    def company_id(self):
        """The company that the call works for: that of ``X-SA-ID``, or the only one in
        reach; 0 when there are several. Its day is the day of the call."""
        if len(self.company_ids) == 1:
            return self.company_ids[0]
        return self.account_company_id

    @property
    def is_admin(self):
        return any(member.role == "admin" for member in self.members)

    @property
    def account_ids(self):
        return tuple(sorted({i for member in self.members for i in member.account_ids}))

    def members_here(self):
        """Return the memberships that reach the SA of ``X-SA-ID``, or all."""
        if not self.account_id:
            return self.members
        return [m for m in self.members if self.account_id in m.account_ids]

    def has_role(self, role):
        """Tell whether the caller has ``role`` somewhere (in ``X-SA-ID``'s SA)."""
        if role is None or self.is_admin:
            return True
        if role == "admin":
            return False
        if role == "sa_manager":
            return any(member.is_manager for member in self.members_here())
        return any(member.role == "staff" for member in self.members_here())


def identify(env, headers, route):
    """Return the :class:`Principal` of a request to ``route``.

    :raise Unauthorized: no or wrong token (401)
    :raise Forbidden: a valid token of a kind, scope or SA that is not let in (403)
    """
    if "public" in route.audience:
        # Clients send their spent token along when they refresh it or log in again.
        return Principal()
    key, bearer = headers.get("X-API-KEY"), headers.get("Authorization", "")
    if bearer:
        principal = _bearer(env, bearer)
    elif key:
        principal = _api_key(env, key)
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
        _narrow(env, principal, account)
        if not principal.has_role(route.role):
            raise Forbidden(_("Your role does not allow this."), code="role_required")
    return principal


def _bearer(env, header):
    scheme, _sep, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(_("Send 'Authorization: Bearer <token>'."))
    claims = env["abs.signing.key"].sudo()._verify(token.strip())
    if claims is None:
        raise Unauthorized(
            _("The token is not valid or has expired. Please log in again."),
            code="token_invalid",
        )
    build = _employee if claims["kind"] == "employee" else _customer
    principal = build(env, claims)
    if principal is None:
        raise Unauthorized(
            _("This access has ended. Please log in again."), code="token_revoked"
        )
    principal.session = claims["sid"]
    return principal


def _employee(env, claims):
    env.cr.execute(_EMPLOYEE, [claims["sid"], claims["id"], claims["ver"]])
    rows = env.cr.fetchall()
    if not rows:
        return None
    members, grants, companies = [], [], []
    for row in rows:
        _partner, member, account, role, policy, actor, company = row[:7]
        if member is None:
            continue
        today = env["res.company"].browse(company)._abs_today()
        if (row[10] or today) > today or (row[11] or today) < today:
            continue
        members.append(
            Member(member, account, role, company, tuple(row[7]), bool(row[9]))
        )
        grants.append(Grant(policy, tuple(row[7]), actor))
        companies += row[8]
    usable = set(_all_companies(env))
    principal = Principal(
        kind="employee",
        employee_id=claims["id"],
        actor_id=rows[0][0],
        members=tuple(members),
        company_ids=tuple(c for c in dict.fromkeys(companies) if c in usable),
    )
    if principal.is_admin:
        principal.company_ids = _all_companies(env)
        principal.scope = Scope("admin", (), principal.company_ids)
    else:
        principal.scope = Scope("employee", tuple(grants), principal.company_ids)
    return principal


def _customer(env, claims):
    env.cr.execute(_CUSTOMER, [claims["sid"], claims["id"], claims["ver"]])
    row = env.cr.fetchone()
    if row is None:
        return None
    usable = _all_companies(env)
    companies = (row[1],) if row[1] in usable else usable
    return Principal(
        kind="customer",
        customer_id=row[0],
        actor_id=row[0],
        company_ids=companies,
        scope=Scope("customer", (), companies, row[0]),
    )


def _api_key(env, value):
    found = env["abs.api.key"].sudo()._find(value)
    if found is None:
        raise Unauthorized(
            _("The API key is not valid or has expired."), code="api_key_invalid"
        )
    key_id, company_id, scopes = found
    companies = _all_companies(env)
    if company_id:
        if company_id not in companies:
            raise Unauthorized(
                _("The company of this API key is archived."), code="api_key_invalid"
            )
        companies = (company_id,)
    return Principal(
        kind="api_key",
        api_key_id=key_id,
        scopes=scopes,
        company_ids=companies,
        scope=Scope("system", (), (company_id,) if company_id else ()),
    )


def _all_companies(env):
    """Return the companies that a request may name: archived ones, or one that the
    technical user was not given, would have Odoo refuse every request that names all."""
    return tuple(env["res.users"].sudo().browse(env.uid)._get_company_ids())


def _narrow(env, principal, header):
    """Apply ``X-SA-ID`` (SPEC 1, row 10): the SA of lists and creates."""
    if header is None:
        return
    account_id = int(header)
    env.cr.execute(
        "SELECT company_id FROM ov_serviced_account WHERE id = %s", [account_id]
    )
    row = env.cr.fetchone()
    reached = principal.is_admin or account_id in principal.account_ids
    if row is None or not reached:
        raise Forbidden(
            _("You are not a member of this Service Account."), code="sa_forbidden"
        )
    principal.account_id = account_id
    company = row[0]
    if company in principal.company_ids:
        rest = [i for i in principal.company_ids if i != company]
        principal.company_ids = (company, *rest)
        principal.account_company_id = company


def creation_account(env, principal):
    """Return the id of the SA that a create belongs to (SPEC 1, row 10), or 0."""
    if principal.account_id:
        return principal.account_id
    if len(principal.members) == 1 and not principal.is_admin:
        return principal.members[0].account_id
    return 0
