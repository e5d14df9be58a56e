"""Verbs on accounts, members and employees: who may do what (docs/contract.md 5).

R: an admin, the SA's manager, or an API key with the scope ``system``. Staff read who
works in their SA as well: they say whom a customer is assigned to.
"""

from odoo import api, models

from ...exceptions import BusinessError, Conflict, Forbidden
from ..base.caller import api_call


class Employee(models.Model):
    _inherit = "abs.employee"

    @api.model
    def _api_create_employee(self, vals):
        """Create an employee in a company in which the caller manages an SA."""
        vals = {**vals}
        members = self.env["ov.membership"]
        managed = members._caller_companies()
        if not vals.get("company_id"):
            here = self.env["ov.serviced_account"].sudo()
            here = here.browse(api_call(self.env).account_id or ()).company_id
            company = here or (managed if len(managed) == 1 else managed.browse())
            if not company:
                raise BusinessError(
                    self.env._("Say to which company the employee belongs."),
                    code="company_required",
                    details=[{"field": "company_id"}],
                )
            vals["company_id"] = company.id
        self._require_company(managed, vals["company_id"])
        partner_id = vals.pop("person_partner_id", None)
        if partner_id:
            vals["partner_id"] = partner_id
        self._refuse_identity(vals)
        return self.create(vals)

    def _api_update_employee(self, vals):
        """Change an employee; who may is said in ``employee_identity.py``."""
        self.ensure_one()
        self._abs_lock()
        members = self.env["ov.membership"]
        managed = members._caller_companies()
        self._require_company(managed, self.company_id.id)
        self._require_identity(vals.keys())
        self._require_company(managed, vals.get("company_id", self.company_id.id))
        self._refuse_identity(vals)
        self.write(vals)
        return self

    def _require_company(self, managed, company_id):
        if company_id not in managed.ids:
            raise Forbidden(
                self.env._("You manage no Service Account of this company."),
                code="role_required",
            )

    def _refuse_identity(self, vals):
        """Say in a sentence what the unique constraints hold for good."""
        email = (vals.get("email") or "").strip().lower()
        every = self.sudo().with_context(active_test=False)
        twin = email and every.search(
            [("email", "=", email), ("id", "not in", self.ids)], limit=1
        )
        if twin:
            raise Conflict(
                self.env._(
                    "An employee with the e-mail %(email)s exists.", email=email
                ),
                code="identity_taken",
                details=[{"field": "email"}],
            )
