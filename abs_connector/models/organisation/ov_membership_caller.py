"""Who calls, and what their memberships let them do; asked by models and verbs."""

from odoo import api, models

from ...exceptions import BusinessError, Forbidden
from ...scope import Grant, Scope
from ..base.caller import ADMINISTRATOR, api_call, api_scope, is_api


class Membership(models.Model):
    _inherit = "ov.membership"

    @api.model
    def _effective_domain(self):
        """Return the domain of memberships that open doors today, at their company."""
        companies = self.env["res.company"]
        return [
            ("state", "=", "active"),
            ("account_id.state", "=", "active"),
            ("employee_id.active", "=", True),
            "|",
            ("date_from", "=", False),
            *companies._abs_day_domain("date_from", "<="),
            "|",
            ("date_to", "=", False),
            *companies._abs_day_domain("date_to", ">="),
        ]

    @api.model
    def _effective(self, employee=None, account=None, actor=None):
        """Return the effective memberships (sudo) of an employee, SA or person."""
        domain = self._effective_domain()
        for name, record in (
            ("employee_id", employee),
            ("account_id", account),
            ("person_partner_id", actor),
        ):
            if record is not None:
                domain.append((name, "in", record.ids))
        return self.sudo().search(domain, order="id")

    @api.model
    def _effective_query(self):
        """Return the ids of :meth:`_effective_domain` as SQL, for a join in a query."""
        return self.sudo()._search(self._effective_domain()).subselect()

    @api.model
    def _is_member(self, account, actor):
        """Tell whether a person works in an SA, directly or from an SA above."""
        members = self._effective(actor=actor)
        return any(member._covers(account) for member in members)

    def _staff(self):
        """Return those of the memberships that are more than an agent's."""
        return self.filtered(lambda m: m.role_code != "agent")

    def _managing(self):
        """Return those of the memberships whose person manages the SA: its SA manager
        and, wherever they reach, admins."""
        return self.filtered(lambda m: m.is_manager or m.role_code == "admin")

    def _covers(self, account):
        """Tell whether one membership reaches an SA."""
        self.ensure_one()
        held = self.account_id
        if held == account or self.role_code == "admin":
            return True
        path = account.sudo().parent_path or ""
        return self.scope_policy == "sa_tree" and path.startswith(held.parent_path)

    # -- the caller ------------------------------------------------------------------

    @api.model
    def _caller(self):
        """Return the effective memberships (sudo) of who acts; empty for API keys,
        customers and the system."""
        employee = self.env["abs.employee"]._caller()
        return self._effective(employee=employee) if employee else self.sudo().browse()

    @api.model
    def _caller_is_administrator(self):
        """True for admins, API keys, administrators of the web client, the system."""
        if is_api(self.env):
            return api_scope(self.env).kind in ("system", "admin")
        user = self.env.user
        return user._is_superuser() or user.has_group(ADMINISTRATOR)

    @api.model
    def _caller_administers(self, account):
        """Tell whether the caller administers this SA: an API key of some companies
        does so in these only, and not the global root."""
        return self._caller_rules(account.sudo().company_id)

    @api.model
    def _caller_rules(self, company):
        """Tell whether the caller administers what belongs to a company. What belongs to
        none is shared by all: no API key of some companies administers that."""
        if not self._caller_is_administrator():
            return False
        limits = self._caller_limits()
        return not limits or company.id in limits

    @api.model
    def _caller_limits(self):
        """Return the ids of the companies that an API key is limited to; () is no limit."""
        return api_scope(self.env).company_ids if self._caller_is_key() else ()

    @api.model
    def _caller_is_key(self):
        """Tell whether an API key calls."""
        return is_api(self.env) and api_scope(self.env).kind == "system"

    @api.model
    def _caller_companies(self):
        """Return the companies (sudo) whose people the caller manages."""
        companies = self.env["res.company"].sudo()
        if not self._caller_is_administrator():
            return self._caller().filtered("is_manager").account_id.company_id
        if limits := self._caller_limits():
            return companies.browse(limits)
        return companies.search([])

    @api.model
    def _caller_staff_companies(self):
        """Return the companies (sudo) in whose SAs the caller is staff."""
        staff = self._caller()._staff()
        trees = staff.filtered(lambda m: m.scope_policy == "sa_tree").account_id
        below = trees.search([("id", "child_of", trees.ids)]) if trees else trees
        return (staff.account_id | below).company_id

    @api.model
    def _caller_scope(self):
        """Return what the memberships of the caller show, as a :class:`Scope`."""
        if is_api(self.env):
            return api_scope(self.env)
        members = self._caller()
        if any(member.role_code == "admin" for member in members):
            return Scope("admin")
        grants, companies = [], set()
        for member in members:
            accounts = member.account_id
            if member.scope_policy == "sa_tree":
                accounts = accounts.search([("id", "child_of", accounts.ids)])
            companies.update(accounts.company_id.ids)
            actor = member.person_partner_id.id
            grants.append(Grant(member.scope_policy, tuple(accounts.ids), actor))
        return Scope("employee", tuple(grants), tuple(sorted(companies)))

    @api.model
    def _require_active(self, account):
        """Refuse new records in an SA that is a draft, suspended or closed."""
        if account and account.sudo().state != "active":
            raise BusinessError(
                self.env._(
                    "%(account)s is not active and takes no records.",
                    account=account.sudo().name,
                ),
                code="sa_inactive",
            )

    @api.model
    def _require_member(self, account, actor):
        """Refuse an actor who does not work in the SA; nobody is fine.

        The name is told to callers who may read it: else the ids of contacts, tried one
        after the other, would tell who they are.
        """
        if actor and not self._is_member(account, actor):
            seen = actor.sudo(False).search([("id", "in", actor.ids)]).sudo()
            raise BusinessError(
                self.env._(
                    "%(actor)s is not an active member of %(account)s. Enrol them "
                    "first, or choose another person.",
                    actor=seen.name or self.env._("This person"),
                    account=account.name,
                ),
                code="actor_not_member",
            )

    @api.model
    def _caller_reaches(self, account):
        """Tell whether the caller is a member of this SA, in any role."""
        if self._caller_administers(account):
            return True
        return any(member._covers(account) for member in self._caller())

    @api.model
    def _caller_is_staff(self, account):
        """True for staff of this SA (or of one above with ``sa_tree``), for admins, API
        keys, administrators of the web client and the system."""
        if self._caller_administers(account):
            return True
        return any(member._covers(account) for member in self._caller()._staff())

    @api.model
    def _caller_is_manager(self, account):
        """True for the manager of this SA (or of one above with ``sa_tree``), and for
        those who administer everything."""
        if self._caller_administers(account):
            return True
        return any(member._covers(account) for member in self._caller()._managing())

    @api.model
    def _caller_require_staff(self, account):
        """Raise Forbidden ``role_required`` unless the caller is staff of the SA."""
        if not self._caller_is_staff(account):
            raise Forbidden(
                self.env._(
                    "Only staff of %(account)s may do this.",
                    account=account.sudo().name or self.env._("the Service Account"),
                ),
                code="role_required",
            )

    @api.model
    def _caller_require_manager(self, account):
        """Raise Forbidden ``role_required`` unless the caller manages the SA."""
        if not self._caller_is_manager(account):
            raise Forbidden(
                self.env._(
                    "Only an admin or the manager of %(account)s may do this.",
                    account=account.sudo().name or self.env._("the Service Account"),
                ),
                code="role_required",
            )

    @api.model
    def _caller_account(self):
        """Return the active SA that a create of the caller belongs to (sudo).

        Empty for API keys, which govern nothing.

        :raises BusinessError: ``sa_required`` when an employee has to name one,
            ``sa_inactive``
        """
        account = self.env["ov.serviced_account"].sudo()
        account = account.browse(api_call(self.env).account_id or ())
        self._require_active(account)
        if not account and not self._caller_is_key():
            self._refuse_no_account()
        return account

    @api.model
    def _caller_company_account(self):
        """Return the same for what belongs to a company as well; never empty."""
        account = self._caller_account()
        if not account:
            self._refuse_no_account()
        if not account.company_id:
            raise BusinessError(
                self.env._(
                    "%(name)s belongs to no company: name a Service Account of a "
                    "company in the header X-SA-ID.",
                    name=account.name,
                ),
                code="sa_required",
            )
        return account

    def _refuse_no_account(self):
        raise BusinessError(
            self.env._("Say in the header X-SA-ID for which Service Account this is."),
            code="sa_required",
        )

    @api.model
    def _caller_stamp(self, record):
        """Return (account, actor, label) that a new record takes from who makes it.

        In the API the SA is that of the call. In the web client it is the customer's
        where a membership of the caller reaches that, else that of a membership.
        """
        customer, members = record._sa_customer(), None
        account = self.env["ov.serviced_account"].sudo()
        if is_api(self.env):
            if self.env["abs.employee"]._caller():
                account = account.browse(api_call(self.env).account_id or ())
            self._require_active(account)
            label = "api"
        else:
            # A contact of a company that is switched off would vanish from its maker.
            open_ones = [*self.env.companies.ids, False]
            members = self._caller().filtered(
                lambda m: (
                    m.role_code != "admin"
                    and record._sa_company_fits(m.account_id)
                    and m.account_id.company_id.id in open_ones
                )
            )
            customer_account, label = customer.x_sa_id, "web"
            reached = customer_account and any(
                m._covers(customer_account) for m in members
            )
            account = customer_account if reached else members[:1].account_id
        if not account:
            return account, customer.browse(), None
        waits = record._name == "res.partner"
        actor = self._caller_actor(account, customer, waits=waits, members=members)
        return account, actor, label

    @api.model
    def _caller_actor(self, account, customer, *sources, waits=False, members=None):
        """Return who is in charge of what the caller makes for an SA (sudo), or nobody.

        What follows from another record of the SA is governed like that (docs/contract.md 1.2).
        Else an agent is in charge of what they make. What staff make goes to the agent
        in charge of the customer, else to themselves. API keys are nobody.

        :param sources: records that it follows from, the first in the SA counts
        :param bool waits: made by staff it waits for an actor, as contacts do (docs/contract.md 5)
        :param members: memberships of the caller, when they were asked for before
        """
        for source in sources:
            if source.sudo().x_sa_id == account:
                return source.sudo().x_actor_id
        members = self._caller() if members is None else members
        here = members.filtered(lambda m: m._covers(account))
        maker = here.person_partner_id
        if here and not here._staff():
            return maker
        customer = customer.sudo()
        if customer.x_actor_id and customer.x_sa_id == account:
            return customer.x_actor_id
        return maker.browse() if waits else maker
