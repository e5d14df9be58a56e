"""The governed core objects: which history, from where, what counts as open."""

from odoo import api, fields, models

from ..base.domain import all_of, any_of
from ..scope.ov_sa_assignment import governed


@governed(
    "ov.sa_customer_assignment",
    subject="partner_id",
    title="Customers",
    label="Customer",
)
class Partner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "abs.stamp.mixin"]
    _sa_source_fields = ("parent_id",)
    _sa_customer_field = "id"
    _sa_cascade_fields = ("parent_id",)
    _sa_kind = "contacts"
    _sa_named_freely = True

    x_employee_ids = fields.One2many(
        "abs.employee", "partner_id", "Employee", context={"active_test": False}
    )

    def _sa_customer(self):
        return self.browse()

    def _sa_is_somebodys(self):
        return self._sa_rows() > 1 or bool(self._abs_accesses())

    def _sa_has_history(self):
        """A customer whom no paper names may go."""
        customer = self.x_sa_id or self.customer_rank
        return bool(customer and self._abs_dealings())

    def _sa_takes_default(self):
        """Only customers: not suppliers, persons of users, employees or companies."""
        return bool(self.customer_rank)

    def write(self, vals):
        """An address that gets a parent later belongs to the parent's SA as well."""
        self._abs_check_change(vals)
        result = super().write(vals)
        if vals.get("parent_id"):
            self._sa_inherit(default=False)
        return result

    @api.model
    def _abs_grant_domains(self, scope):
        """Plain contacts (level 1) are seen by every employee (docs/contract.md 5)."""
        shared = all_of(
            self._abs_plain_domain(), self._abs_office_domain(scope.company_ids)
        )
        return [*super()._abs_grant_domains(scope), shared]

    @api.model
    def _abs_plain_domain(self):
        """Return level 1: customers and suppliers without an SA."""
        ranks = ["|", ("customer_rank", ">", 0), ("supplier_rank", ">", 0)]
        return ["&", ("x_sa_id", "=", False), *ranks]

    @api.model
    def _abs_office_domain(self, company_ids):
        """Return everybody but the people of other companies' offices: their names,
        mails and phones are no business of these companies."""
        ids = list(company_ids)
        return [
            "|",
            ("x_employee_ids", "=", False),
            ("x_employee_ids.company_id", "in", ids),
            "|",
            ("partner_share", "=", True),
            ("user_ids.company_ids", "in", ids),
        ]

    @api.model
    def _abs_company_domain(self, scope):
        """An API key of some companies sees their customers, plain contacts, and their
        own people and offices."""
        ids = list(scope.company_ids)
        if not ids:
            return []
        at_home = [
            ("x_employee_ids.company_id", "in", ids),
            ("user_ids.company_ids", "in", ids),
            ("ref_company_ids", "in", ids),
            ("company_id", "in", ids),
        ]
        plain = all_of(self._abs_plain_domain(), self._abs_office_domain(ids))
        return any_of(
            [
                [("x_sa_id", "!=", False), ("x_sa_id.company_id", "in", [*ids, False])],
                plain,
                [("x_sa_id", "=", False), *any_of([[term] for term in at_home])],
            ]
        )

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        stamped = [("x_sa_id", "=", account_id)]
        return any_of([stamped, self._abs_plain_domain()])
