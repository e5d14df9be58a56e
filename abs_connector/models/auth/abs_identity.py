"""Who presents a token or an API key: asked once per request, answered by a value.

The API's kernel asks through ``ir.http``; it knows no model and no table of ours.
"""

from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ...exceptions import Unauthorized
from ...scope import Grant, Member, Principal, Scope

# One query per request. Which memberships count is said by `ov.membership`; an ended one
# is missed on the very next request.
_EMPLOYEE = """
SELECT e.partner_id, m.id, m.account_id, m.role_code, m.scope_policy,
       COALESCE(m.person_partner_id, e.partner_id), a.company_id,
       CASE WHEN m.scope_policy = 'sa_tree' THEN ARRAY(
            SELECT c.id FROM ov_serviced_account c
             WHERE c.parent_path LIKE a.parent_path || %(below)s ORDER BY c.id)
            ELSE ARRAY[a.id] END,
       CASE WHEN m.scope_policy = 'sa_tree' THEN ARRAY(
            SELECT DISTINCT c.company_id FROM ov_serviced_account c
             WHERE c.parent_path LIKE a.parent_path || %(below)s
               AND c.company_id IS NOT NULL ORDER BY c.company_id)
            ELSE array_remove(ARRAY[a.company_id], NULL) END,
       m.is_manager
  FROM abs_employee e
  JOIN abs_auth_session s ON s.employee_id = e.id AND s.uuid = %(session)s
                         AND s.revoked_at IS NULL
  LEFT JOIN ov_membership m ON m.employee_id = e.id AND m.id IN %(effective)s
  LEFT JOIN ov_serviced_account a ON a.id = m.account_id
 WHERE e.id = %(employee)s AND e.active AND e.token_version = %(version)s
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


class Identity(models.AbstractModel):
    _name = "abs.identity"
    _description = "Identity of a caller"

    @api.model
    def _of_token(self, token):
        """Return the :class:`Principal` of a bearer token.

        :raises Unauthorized: ``token_invalid``, ``token_revoked``
        """
        claims = self.env["abs.signing.key"].sudo()._verify(token)
        if claims is None:
            raise Unauthorized(
                self.env._(
                    "The token is not valid or has expired. Please log in again."
                ),
                code="token_invalid",
            )
        build = self._employee if claims["kind"] == "employee" else self._customer
        principal = build(claims)
        if principal is None:
            raise Unauthorized(
                self.env._("This access has ended. Please log in again."),
                code="token_revoked",
            )
        return principal

    @api.model
    def _employee(self, claims):
        self.env.cr.execute(
            SQL(
                _EMPLOYEE,
                below="%",
                effective=self.env["ov.membership"]._effective_query(),
                session=claims["sid"],
                employee=claims["id"],
                version=claims["ver"],
            )
        )
        rows = self.env.cr.fetchall()
        if not rows:
            return None
        members, grants, companies = [], [], []
        for row in rows:
            _partner, member, account, role, policy, actor, company = row[:7]
            if member is None:
                continue
            members.append(
                Member(member, account, role, company, tuple(row[7]), bool(row[9]))
            )
            grants.append(Grant(policy, tuple(row[7]), actor))
            companies += row[8]
        usable = self._all_companies()
        principal = Principal(
            kind="employee",
            employee_id=claims["id"],
            actor_id=rows[0][0],
            members=tuple(members),
            session=claims["sid"],
        )
        if principal.is_admin:
            scope = Scope("admin", (), usable)
        else:
            reached = tuple(c for c in dict.fromkeys(companies) if c in usable)
            scope = Scope("employee", tuple(grants), reached)
        return replace(principal, scope=scope, company_ids=scope.company_ids)

    @api.model
    def _customer(self, claims):
        self.env.cr.execute(_CUSTOMER, [claims["sid"], claims["id"], claims["ver"]])
        row = self.env.cr.fetchone()
        if row is None:
            return None
        usable = self._all_companies()
        companies = (row[1],) if row[1] in usable else usable
        return Principal(
            kind="customer",
            customer_id=row[0],
            actor_id=row[0],
            company_ids=companies,
            scope=Scope("customer", (), companies, row[0]),
            session=claims["sid"],
        )

    @api.model
    def _of_key(self, value):
        """Return the :class:`Principal` of an API key's value.

        :raises Unauthorized: ``api_key_invalid``
        """
        found = self.env["abs.api.key"].sudo()._find(value)
        if found is None:
            raise Unauthorized(
                self.env._("The API key is not valid or has expired."),
                code="api_key_invalid",
            )
        key_id, company_id, scopes = found
        companies = self._all_companies()
        if company_id:
            if company_id not in companies:
                raise Unauthorized(
                    self.env._("The company of this API key is archived."),
                    code="api_key_invalid",
                )
            companies = (company_id,)
        return Principal(
            kind="api_key",
            api_key_id=key_id,
            scopes=scopes,
            company_ids=companies,
            scope=Scope("system", (), (company_id,) if company_id else ()),
        )

    @api.model
    def _all_companies(self):
        """Return the companies that a request may name: archived ones, or one that the
        technical user was not given, would have Odoo refuse every request that names all.
        """
        users = self.env["res.users"].sudo()
        return tuple(users.browse(self.env.uid)._get_company_ids())

    @api.model
    def _company_of_account(self, account_id):
        """Return ``(company id or None,)`` of an SA, None when there is none."""
        self.env.cr.execute(
            "SELECT company_id FROM ov_serviced_account WHERE id = %s", [account_id]
        )
        return self.env.cr.fetchone()
