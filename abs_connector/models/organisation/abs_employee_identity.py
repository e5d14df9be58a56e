"""Who may change the person behind a log-in, and whose password it is.

Whoever sets the password, the e-mail or the phone of a log-in can log in with it. So an
employee's identity is changed by an admin, by the person, or by those who manage every SA
that the person works for. And what somebody else has set is worth nothing where its
setter has no say: a password ends when its person is enrolled there, and the person
chooses another one by an invitation.
"""

from odoo import api, fields, models

from ...exceptions import Conflict, Forbidden
from ..auth.abs_credential_mixin import ADMINISTRATOR, PERSON, UNKNOWN
from ..base.caller import api_call

#: what people change of themselves
OWN = {"name", "email", "phone", "password"}
IDENTITY = OWN | {"active", "company_id", "partner_id", "user_id"}
LOGIN = {"email", "phone"}


class Employee(models.Model):
    _inherit = "abs.employee"
    _abs_given_at_create = ("phone_key", "hired_account_id")

    hired_account_id = fields.Many2one(
        "ov.serviced_account",
        "Hired for",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The Service Account whose manager created the employee. Until it has "
        "enrolled the person, nobody else changes who that is.",
    )
    # 'person', 'administrator', 'unknown', 'employee:<id>' or 'company:<id>'
    password_by = fields.Char(
        "Password set by", readonly=True, copy=False, help="Who set the password."
    )
    login_by = fields.Char(
        "Log-in changed by",
        readonly=True,
        copy=False,
        help="Who last changed the e-mail or phone.",
    )

    # -- who may ---------------------------------------------------------------------

    def _require_identity(self, names):
        """Refuse a caller who may not change these fields of the employees.

        :raises Forbidden: ``role_required``
        """
        members = self.env["ov.membership"]
        caller = self._caller()
        for employee in self.sudo():
            if employee == caller and OWN.issuperset(names):
                continue
            works = employee.membership_ids.filtered(lambda m: m.state != "revoked")
            accounts = works.account_id | employee._waiting_account()
            may = all(members._caller_is_manager(account) for account in accounts)
            if not accounts:
                may = members._caller_is_administrator()
            may = may and all(
                members._caller_rules_tree(m.account_id)
                for m in works
                if m.scope_policy == "sa_tree"
            )
            if not may:
                raise Forbidden(
                    self.env._(
                        "Who %(employee)s is and how they log in is changed by an "
                        "admin, by themselves, or by who manages every Service Account "
                        "that they work for.",
                        employee=employee.name,
                    ),
                    code="role_required",
                )

    def _waiting_account(self):
        """Return the SA that hired the employee and has not enrolled them yet."""
        hired = self.hired_account_id
        return hired - self.membership_ids.account_id

    @api.model
    def _hiring(self, vals):
        """Return the id of the SA for which the caller hires, False for no one's."""
        members = self.env["ov.membership"]
        company_id = vals.get("company_id") or self.env.company.id
        asked = self.env["ov.serviced_account"].sudo()
        asked = asked.browse(api_call(self.env).account_id or ())
        managed = members._caller().filtered("is_manager").account_id
        managed = managed.filtered(lambda a: a.company_id.id == company_id)
        if asked.company_id.id == company_id and members._caller_is_manager(asked):
            return asked.id
        return managed[:1].id

    def _check_identity_change(self, vals):
        if not self.env.su and (names := IDENTITY & vals.keys()):
            self._require_identity(names)

    def _whose_login_changes(self, vals):
        """Return those whose e-mail or phone becomes another one by ``vals``."""
        login = self._clean_login({n: vals[n] for n in LOGIN & vals.keys()})
        return self.filtered(
            lambda e: any((e[name] or False) != login[name] for name in login)
        )

    def _note_login_change(self):
        """Note who changed the log-ins; what was mailed to the old address ends."""
        by = self._setter() if self else None
        for employee in self.sudo():
            employee.login_by = PERSON if by == f"employee:{employee.id}" else by
            self.env["abs.invitation"]._withdraw(employee)

    # -- whose password --------------------------------------------------------------

    @api.model
    def _setter(self):
        """Return who acts, as it is noted beside a password or log-in."""
        members = self.env["ov.membership"]
        if members._caller_is_administrator():
            limits = members._caller_limits()
            return f"company:{limits[0]}" if limits else ADMINISTRATOR
        caller = self._caller()
        return f"employee:{caller.id}" if caller else UNKNOWN

    def _set_password(self, password, by=None):
        """Store the hash, and who set it.

        :param str by: ``PERSON`` when the person has proved to be it otherwise
        """
        super()._set_password(password)
        by = by or self._setter()
        self.sudo().password_by = PERSON if by == f"employee:{self.id}" else by

    @api.model
    def _has_say(self, by, member):
        """Tell whether who set something rules what a membership opens as well."""
        kind, _colon, number = (by or ADMINISTRATOR).partition(":")
        if kind in (PERSON, ADMINISTRATOR):
            return True
        account = member.account_id
        if kind == "company":
            return account.company_id.id == int(number)
        if kind != "employee":
            return False
        setter = self.sudo().browse(int(number))
        held = self.env["ov.membership"]._effective(employee=setter)._managing()
        if member.scope_policy == "sa_tree":
            held = held.filtered(lambda m: m.scope_policy == "sa_tree")
        return any(m._covers(account) for m in held)

    def _keep_own_password(self, member):
        """End the password that somebody without a say in the membership has set.

        The tokens that it opened end with it, and the person is invited to choose one.

        :raises Conflict: ``identity_unconfirmed``: e-mail or phone, to which the
            invitation would go, were changed by somebody without a say
        """
        employee = self.sudo()
        if not self._has_say(employee.login_by, member):
            raise Conflict(
                self.env._(
                    "The e-mail or phone of %(employee)s was changed by somebody who "
                    "does not manage %(account)s: an admin has to set it once more "
                    "first.",
                    employee=employee.name,
                    account=member.account_id.name,
                ),
                code="identity_unconfirmed",
            )
        invitations = self.env["abs.invitation"]
        if employee.password_hash and not self._has_say(employee.password_by, member):
            employee.write({"password_hash": False, "password_by": False})
            employee._end_sessions()
            invitations._invite(employee, member.company_id or employee.company_id)

    # -- invitations -----------------------------------------------------------------

    def _api_invite(self):
        """Mail the person a code to choose a password; for who manages one of the SAs.

        :raises Conflict: ``employee_inactive``
        """
        self.ensure_one()
        self._abs_lock()
        return self._invite()

    def action_invite(self):
        """The same from the form."""
        self.check_access("write")
        self._invite()
        return True

    def _invite(self):
        members = self.env["ov.membership"]
        employee = self.sudo()
        live = employee.membership_ids.filtered(lambda m: m.state != "revoked")
        if not any(members._caller_is_manager(a) for a in live.account_id):
            self._require_identity({"password"})
        if not employee.active:
            raise Conflict(
                self.env._("%(employee)s is deactivated.", employee=employee.name),
                code="employee_inactive",
            )
        company = live.company_id[:1] or employee.company_id
        self.env["abs.invitation"]._invite(employee, company)
        return self

    def _invited_message(self):
        """Return where the code went that is waiting to be used, None without one."""
        waiting = self.env["abs.invitation"]._open_of(self)[:1]
        if not waiting:
            return None
        return self.env._(
            "%(employee)s was sent a code to %(address)s, to choose a password.",
            employee=self.sudo().name,
            address=waiting.address,
        )
