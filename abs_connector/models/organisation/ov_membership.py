"""Who works in which SA, as what, and what that lets them see (docs/contract.md 1.8, 1.9, 1.2)."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...compat import Constraint
from ...exceptions import BusinessError, Conflict
from ...scope import Switch

_logger = logging.getLogger(__name__)
#: A successor of the SA manager is being named, in two steps.
HAND_OVER = Switch("hand_over")
#: In SQL, whose membership is that of an SA manager, as ``is_manager`` computes it.
MANAGES = "role_code = 'staff' AND manager_member_id IS NULL AND state <> 'revoked'"
POLICY_OF_ROLE = {"admin": "sa_tree", "staff": "sa_wide", "agent": "assigned_only"}


class Membership(models.Model):
    """The rules of a membership; who calls is in ``membership_caller.py``."""

    _name = "ov.membership"
    _description = "SA membership"
    _inherit = ["mail.thread"]
    _order = "account_id, role_code, id"

    account_id = fields.Many2one(
        "ov.serviced_account",
        "Service Account",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="account_id.company_id", store=True)
    employee_id = fields.Many2one(
        "abs.employee", required=True, index=True, ondelete="restrict"
    )
    person_partner_id = fields.Many2one(
        related="employee_id.partner_id", string="Person", store=True, index=True
    )
    role_code = fields.Selection(
        [("admin", "Admin"), ("staff", "Staff"), ("agent", "Agent")],
        "Role",
        required=True,
        default="agent",
        tracking=True,
    )
    manager_member_id = fields.Many2one(
        "ov.membership",
        "Reports to",
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Empty for the SA manager, who is the one staff member without.",
    )
    is_manager = fields.Boolean("SA manager", compute="_compute_is_manager", store=True)
    scope_policy = fields.Selection(
        [
            ("sa_tree", "SA and all below"),
            ("sa_wide", "Whole SA"),
            ("assigned_plus_unassigned", "Assigned to me or to nobody"),
            ("assigned_only", "Assigned to me"),
        ],
        "Sees",
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("invited", "Invited"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("revoked", "Revoked"),
        ],
        required=True,
        default="active",
        index=True,
        copy=False,
        tracking=True,
    )
    date_from = fields.Date(
        compute="_compute_date_from",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="First day, by the time zone of the Service Account's company. Empty: from "
        "the beginning.",
    )
    date_to = fields.Date(
        copy=False, help="Last day, by the time zone of the Service Account's company."
    )
    released_count = fields.Integer(
        "Handed back",
        readonly=True,
        copy=False,
        help="Open records that had to find a new actor when this membership ended.",
    )

    _one_active = Constraint(
        "EXCLUDE (account_id WITH =, employee_id WITH =) WHERE (state = 'active')",
        "This employee has an active membership in this Service Account already.",
    )
    _one_manager = Constraint(
        f"EXCLUDE (account_id WITH =) WHERE ({MANAGES})",
        "This Service Account has an SA manager already: say whom the new staff "
        "member reports to.",
    )
    _dates = Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A membership can't end before it begins.",
    )

    @api.depends("role_code", "manager_member_id", "state")
    def _compute_is_manager(self):
        for member in self:
            staff = member.role_code == "staff" and member.state != "revoked"
            member.is_manager = staff and not member.manager_member_id

    @api.depends("account_id")
    def _compute_date_from(self):
        """Let it begin today: on the day that ``_effective_domain`` goes by.

        Not a plain default, which knows no SA: it would be the day of who enrols. In the
        form another SA brings its own day, while a day that somebody chose stays.
        """
        days = self.env["res.company"]._abs_days()
        for member in self:
            if not member.date_from or member.date_from in days:
                member.date_from = member.account_id.company_id._abs_today()

    @api.depends("employee_id.name", "account_id.name")
    def _compute_display_name(self):
        # In sudo: an admin's employee may stand in a company that the reader is not in.
        for member in self.sudo():
            name = member.employee_id.name or ""
            member.display_name = f"{name} ({member.account_id.name or ''})"

    @api.onchange("role_code", "account_id")
    def _onchange_role(self):
        self.scope_policy = POLICY_OF_ROLE.get(self.role_code)
        manager = self.account_id.sa_manager
        wanted = self.role_code != "admin" and manager._origin != self._origin
        self.manager_member_id = manager if wanted else False

    # -- create, write ---------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Enrol: policy by role; the first staff member becomes the SA manager.

        Else ``manager_member_id`` in the values, also empty, is taken as it is.
        """
        ids = {vals.get("account_id") for vals in vals_list} - {None, False}
        self.env["ov.serviced_account"].browse(ids)._require_root_rights()
        members = self.browse()
        for vals in vals_list:
            vals = {**vals}
            role = vals.setdefault("role_code", "agent")
            vals["scope_policy"] = vals.get("scope_policy") or POLICY_OF_ROLE[role]
            account = self.env["ov.serviced_account"].browse(vals["account_id"])
            manager = account.sudo().sa_manager
            if role == "staff" and not manager:
                vals["manager_member_id"] = False
            elif role != "admin":
                vals.setdefault("manager_member_id", manager.id)
            self._refuse_twins(
                vals["account_id"],
                vals["employee_id"],
                vals.get("state", "active"),
                role == "staff" and not vals.get("manager_member_id"),
            )
            member = super().create([vals])
            members += member
            member._sync_sa_manager()
        members._check_new_reach()
        return members

    def write(self, vals):  # pylint: disable=method-required-super
        # By _write_member, which other doors of this model go through as well.
        treed = self.filtered(lambda m: m.scope_policy == "sa_tree")
        with self._keep_managers(vals):
            self._fill_empty_place(vals)
            self.account_id._require_root_rights()
            with self._keep_admins(vals):
                result = self._write_member(vals)
        if "scope_policy" in vals:
            (self - treed)._require_tree_rights()
        if {"scope_policy", "role_code", "state"} & vals.keys():
            self._keep_own_passwords()
        return result

    def _write_member(self, vals):
        """Write what a membership may become; who must stay is asked by ``write``."""
        vals = {**vals}
        gone = self.filtered(lambda m: m.state == "revoked")
        if gone and vals.get("state", "revoked") != "revoked":
            raise BusinessError(
                self.env._(
                    "A revoked membership stays revoked, for the history. Enrol the "
                    "person again."
                ),
                code="membership_revoked",
            )
        if any(
            name in vals and any(m[name].id != vals[name] for m in self)
            for name in ("account_id", "employee_id")
        ):
            raise BusinessError(
                self.env._("Revoke this membership and enrol the person anew."),
                code="membership_fixed",
            )
        role = vals.get("role_code")
        if role and any(m.role_code != role for m in self):
            vals.setdefault("scope_policy", POLICY_OF_ROLE.get(role))
            if role == "staff" and "manager_member_id" not in vals:
                for member in self.filtered(lambda m: not m.manager_member_id):
                    manager = member.account_id.sa_manager
                    if manager and manager != member:
                        super(Membership, member).write(
                            {"manager_member_id": manager.id}
                        )
        charges = {}
        if vals.get("state") == "revoked" or {"scope_policy", "role_code"} & set(vals):
            charges = self._charges()
        ending = self.browse()
        if vals.get("state") == "revoked":
            ending = self - gone
            if "date_to" not in vals:
                ending._set_last_day()
        for member in self:
            staff = vals.get("role_code", member.role_code) == "staff"
            reports = vals.get("manager_member_id", member.manager_member_id.id)
            member._refuse_twins(
                member.account_id.id,
                member.employee_id.id,
                vals.get("state", member.state),
                staff and not reports,
            )
        result = super().write(vals)
        if {"role_code", "manager_member_id", "state"} & set(vals):
            self._sync_sa_manager()
        self._hand_on(charges)
        return result

    def _set_last_day(self):
        """Let what ends now end today; what had not begun yet never lasts a day."""
        for member in self:
            today = member.company_id._abs_today()
            if not member.date_to or member.date_to > today:
                last = max(today, member.date_from or today)
                super(Membership, member).write({"date_to": last})

    def _refuse_twins(self, account_id, employee_id, state, manages):
        """Say in a sentence what the two EXCLUDE constraints hold for good."""
        others = self.sudo().search(
            [
                ("account_id", "=", account_id),
                ("id", "not in", self.ids),
                ("state", "!=", "revoked"),
            ]
        )
        twins = others.filtered(
            lambda m: m.state == "active" and m.employee_id.id == employee_id
        )
        if state == "active" and twins:
            raise Conflict(
                self.env._(
                    "%(employee)s is an active member of %(account)s already.",
                    employee=twins.employee_id.name,
                    account=twins.account_id.name,
                ),
                code="already_member",
            )
        present = others.filtered("is_manager")
        if manages and state != "revoked" and present:
            raise Conflict(
                self.env._(
                    "%(account)s has an SA manager already, %(manager)s: say whom the "
                    "staff member reports to, or change the SA manager.",
                    account=present.account_id.name,
                    manager=present.employee_id.name,
                ),
                code="manager_exists",
            )

    def _sync_sa_manager(self):
        """Let ``sa_manager`` of the SAs name the staff member who reports to nobody."""
        for account in self.account_id.sudo():
            manager = self.sudo().search(
                [("account_id", "=", account.id), ("is_manager", "=", True)], limit=1
            )
            if account.sa_manager != manager:
                account._set_sa_manager(manager)

    # -- rules -----------------------------------------------------------------------

    @api.constrains("role_code", "account_id")
    def _check_admin(self):
        for member in self:
            if member.role_code == "admin" and not member.account_id.is_global_root:
                raise BusinessError(
                    self.env._(
                        "The role admin exists in the global root SA only; choose "
                        "staff or agent in %(account)s.",
                        account=member.account_id.name,
                    ),
                    code="admin_outside_root",
                )

    @api.constrains("account_id", "employee_id")
    def _check_company_of_employee(self):
        for member in self.filtered(lambda m: m.state != "revoked"):
            company = member.account_id.company_id
            if company and member.employee_id.company_id != company:
                raise BusinessError(
                    self.env._(
                        "%(employee)s belongs to %(company)s, %(account)s to "
                        "%(other)s.",
                        employee=member.employee_id.name,
                        company=member.employee_id.company_id.name,
                        account=member.account_id.name,
                        other=company.name,
                    ),
                    code="company_mismatch",
                )

    @api.constrains("manager_member_id", "account_id", "role_code")
    def _check_manager(self):
        for member in self.filtered("manager_member_id"):
            manager = member.manager_member_id
            if manager.account_id != member.account_id or manager.role_code == "agent":
                raise BusinessError(
                    self.env._(
                        "%(employee)s must report to a staff member of %(account)s.",
                        employee=member.employee_id.name,
                        account=member.account_id.name,
                    ),
                    code="manager_not_staff",
                )
        # Two write steps of a handing over: a circle in between, see _change_manager.
        if HAND_OVER.of(self.env):
            return
        if self._has_cycle("manager_member_id"):
            raise BusinessError(
                self.env._("These members would report to each other in a circle."),
                code="hierarchy_cycle",
            )

    # -- buttons and cron ------------------------------------------------------------

    def action_activate(self):
        self.state = "active"

    def action_suspend(self):
        self.state = "suspended"

    def action_revoke(self):
        """End the memberships and say how many records wait for a new actor."""
        self.write({"state": "revoked"})
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self._released_message(),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _released_message(self):
        """Return the sentence that tells how many records wait for a new actor."""
        count = sum(self.mapped("released_count"))
        return self.env._(
            "The membership has ended; %(count)s records wait for a new actor.",
            count=count,
        )

    @api.model
    def _cron_end_expired(self):
        """Revoke what has run past its last day, so that its records are handed on."""
        past = self.env["res.company"]._abs_day_domain("date_to", "<")
        live = ("state", "in", ("active", "suspended"))
        expired = self.search(["&", live, *past])
        for member in expired:
            try:
                with self.env.cr.savepoint():
                    member.state = "revoked"
            except (UserError, ValidationError) as refused:
                # Access has ended with the day. The others end all the same, and this
                # one as soon as, say, an SA manager has a successor.
                _logger.warning("Membership %s goes on: %s", member.id, refused)

    @api.model
    def _abs_scope_domain(self, scope):
        if scope.kind == "system" and scope.company_ids:
            return [("company_id", "in", [*scope.company_ids, False])]
        if scope.kind in ("system", "admin"):
            return []
        if scope.kind == "employee":
            ids = sorted({i for grant in scope.grants for i in grant.account_ids})
            return [("account_id", "child_of", ids)]
        return [(0, "=", 1)]
