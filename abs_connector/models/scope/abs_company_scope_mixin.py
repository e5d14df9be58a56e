"""Scope of records that belong to a company and to no SA: warehouses, lots, journals."""

from odoo import api, models

from ..base.domain import FALSE_DOMAIN


class CompanyScopeMixin(models.AbstractModel):
    """Limits a model to the companies of the caller's SAs, or of the API key (docs/contract.md 5).

    Records without a company are shared and seen by every employee. ``_inherit`` it on
    a core model and set ``_scope_company_field`` when it is not ``company_id``.
    """

    _name = "abs.company.scope.mixin"
    _description = "Scope by company"

    _scope_company_field = "company_id"

    @api.model
    def _abs_scope_domain(self, scope):
        if scope.kind == "admin" or (scope.kind == "system" and not scope.company_ids):
            return []
        if scope.kind in ("system", "employee"):
            companies = [*scope.company_ids, False]
            return [(self._scope_company_field, "in", companies)]
        return list(FALSE_DOMAIN)
