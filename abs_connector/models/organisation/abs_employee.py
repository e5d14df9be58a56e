"""The person behind an employee token: agent, staff, SA manager or admin (docs/contract.md 2)."""

from contextlib import contextmanager

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from ..base.caller import api_call, is_api
from ..base.phone import phone_key


class Employee(models.Model):
    """``sub`` of an employee token is the id of this record (setup guide 7d)."""

    _name = "abs.employee"
    _description = "ABS Employee"
    _inherit = ["abs.credential.mixin", "mail.thread"]
    _order = "name, id"
    _abs_lines = ("name", "email", "phone")

    name = fields.Char(required=True, tracking=True)
    email = fields.Char(required=True, tracking=True)
    phone = fields.Char(tracking=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Person",
        required=True,
        index=True,
        ondelete="restrict",
        help="The actor of the records this employee is in charge of.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Web client user",
        index=True,
        copy=False,
        ondelete="set null",
        help="What this user makes in the web client belongs to the employee's SA.",
    )
    membership_ids = fields.One2many("ov.membership", "employee_id", "Memberships")
    account_ids = fields.Many2many(
        "ov.serviced_account", compute="_compute_account_ids", string="SAs"
    )

    _one_per_person = Constraint(
        "UNIQUE(partner_id)", "This person is an employee already."
    )
    _one_per_user = Constraint(
        "UNIQUE(user_id)", "This web client user is another employee's already."
    )

    @api.depends("membership_ids.state")
    def _compute_account_ids(self):
        for employee in self:
            live = employee.membership_ids.filtered(lambda m: m.state == "active")
            employee.account_ids = live.account_id

    # -- the doors -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Make the person partner that is missing; never a customer's one."""
        clean = []
        for vals in vals_list:
            hired_for = self._hiring(vals)
            company_id = vals.get("company_id") or self.env.company.id
            company = self.env["res.company"].sudo().browse(company_id)
            vals = {**vals, "hired_account_id": hired_for, "company_id": company.id}
            if not vals.get("partner_id") and vals.get("user_id"):
                user = self.env["res.users"].sudo().browse(vals["user_id"])
                vals["partner_id"] = user.partner_id.id
            if not vals.get("partner_id"):
                partners = self.env["res.partner"].sudo()
                partner = partners.with_context(res_partner_search_mode=None).create(
                    {
                        "name": vals.get("name"),
                        "email": vals.get("email"),
                        "phone": vals.get("phone"),
                        "company_id": False,
                    }
                )
                vals["partner_id"] = partner.id
            vals["phone_key"] = phone_key(vals.get("phone"), company.country_id.code)
            self._refuse_twins(vals)
            clean.append(vals)
        return super().create(clean)

    def write(self, vals):
        self._check_identity_change(vals)
        changed = self._whose_login_changes(vals)
        members = self.env["ov.membership"]
        leaving = self if not vals.get("active", True) else self.browse()
        charges = leaving.sudo().filtered("active").membership_ids._charges()
        with self._keep_places(vals):
            self._require_admin_rights()
            self._check_same_person(vals)
            self._refuse_twins(vals)
            result = super().write(vals)
            if "phone" in vals or "company_id" in vals:
                self._set_phone_key()
        members._hand_on(charges)
        changed._note_login_change()
        return result

    @contextmanager
    def _keep_places(self, vals):
        """Refuse to deactivate the last admin, or an SA manager whom staff report to."""
        if vals.get("active", True):
            yield
            return
        going = self.sudo().filtered("active").membership_ids
        with going.filtered("is_manager").account_id._keep_a_manager():
            if not any(self.mapped("active")):
                yield
                return
            with self.env["ov.membership"]._keep_an_admin():
                yield

    def _require_admin_rights(self):
        """Whoever could change an admin's log-in could log in as the admin."""
        live = self.sudo().membership_ids.filtered(lambda m: m.state != "revoked")
        live.account_id.with_env(self.env)._require_root_rights()

    def _check_same_person(self, vals):
        if "partner_id" in vals and any(
            e.membership_ids and e.partner_id.id != vals["partner_id"] for e in self
        ):
            raise BusinessError(
                self.env._(
                    "The person of an employee with memberships can't be changed: "
                    "records are assigned to that person."
                ),
                code="person_in_use",
            )

    def _set_phone_key(self):
        for employee in self:
            code = employee.company_id.country_id.code
            employee.sudo().phone_key = phone_key(employee.phone, code)

    def _refuse_twins(self, vals):
        """Say in a sentence what the constraints hold for good: one employee per person,
        since the actor of a record names one, and per user of the web client."""
        every = self.sudo().with_context(active_test=False)
        texts = {
            "partner_id": self.env._("This person is an employee already."),
            "user_id": self.env._(
                "This user of the web client is another employee already."
            ),
        }
        for name, text in texts.items():
            if not vals.get(name):
                continue
            domain = [(name, "=", vals[name]), ("id", "not in", self.ids)]
            if len(self) > 1 or every.search_count(domain, limit=1):
                raise BusinessError(
                    text, code="person_in_use", details=[{"field": name}]
                )
        person = self.env["res.partner"].sudo().browse(vals.get("partner_id") or ())
        if person and person._abs_accesses():
            raise BusinessError(
                self.env._(
                    "%(name)s logs in as a customer: an employee has a contact of "
                    "their own.",
                    name=person.name,
                ),
                code="person_in_use",
                details=[{"field": "partner_id"}],
            )

    @api.constrains("company_id")
    def _check_company_of_memberships(self):
        self.membership_ids._check_company_of_employee()

    @api.model
    def _caller(self):
        """Return the employee that acts (sudo), or empty (API key, customer, cron)."""
        employees = self.sudo()
        if is_api(self.env):
            return employees.browse(api_call(self.env).employee_id or ())
        return employees.search([("user_id", "=", self.env.uid)], limit=1)

    @api.model
    def _abs_scope_domain(self, scope):
        if scope.kind in ("system", "admin"):
            companies = scope.company_ids if scope.kind == "system" else ()
            return [("company_id", "in", list(companies))] if companies else []
        if scope.kind == "employee":
            ids = sorted({i for grant in scope.grants for i in grant.account_ids})
            return [
                "|",
                ("membership_ids.account_id", "child_of", ids),
                ("company_id", "in", list(scope.company_ids)),
            ]
        return [(0, "=", 1)]
