"""A point of sale of an SA."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from ..base.domain import FALSE_DOMAIN


class Outlet(models.Model):
    _name = "ov.outlet"
    _description = "Outlet"
    _order = "name, id"

    name = fields.Char(required=True)
    code = fields.Char()
    account_id = fields.Many2one(
        "ov.serviced_account", "Service Account", index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
    )
    address = fields.Char()
    active = fields.Boolean(default=True)

    _code_unique = Constraint(
        "UNIQUE(company_id, code)", "Another outlet of the company has this code."
    )

    @api.depends("account_id")
    def _compute_company_id(self):
        for outlet in self:
            company = outlet.account_id.company_id or outlet.company_id
            outlet.company_id = company or self.env.company

    @api.constrains("account_id", "company_id")
    def _check_company(self):
        for outlet in self:
            company = outlet.account_id.company_id
            if company and company != outlet.company_id:
                raise BusinessError(
                    self.env._("The outlet and its SA belong to different companies."),
                    code="company_mismatch",
                )

    @api.model
    def _abs_scope_domain(self, scope):
        if scope.kind == "admin" or (scope.kind == "system" and not scope.company_ids):
            return []
        companies = ("company_id", "in", list(scope.company_ids))
        if scope.kind == "system":
            return [companies]
        if scope.kind == "employee":
            ids = sorted({i for grant in scope.grants for i in grant.account_ids})
            return [
                companies,
                "|",
                ("account_id", "=", False),
                ("account_id", "child_of", ids),
            ]
        return list(FALSE_DOMAIN)

    _abs_lines = ("name", "code")
