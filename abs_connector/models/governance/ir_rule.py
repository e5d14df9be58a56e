"""Global record rules of the API, fed by the caller's scope (GOVERNED_SALE_FINDINGS 1).

One ``ir.rule`` without groups per model that the API searches, its domain
``abs_scope("model.name")``. Rules of a group would be OR-ed with Odoo's own.
"""

from odoo import api, models

from .callers import api_scope, is_api
from .domains import FALSE_DOMAIN


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _eval_context(self):
        return {**super()._eval_context(), "abs_scope": self._abs_scope_of}

    def _compute_domain_keys(self):
        return [*super()._compute_domain_keys(), "abs_scope"]

    @api.model
    def _abs_scope_of(self, model_name):
        """Return the domain of a model: all for people, the scope for the API.

        The uid is what is tested, not the presence of a scope: any caller of RPC may
        write one into its own context. A model that does not say is refused.
        """
        if not is_api(self.env):
            return []
        scope = api_scope(self.env)
        model = self.env[model_name].sudo()
        own = getattr(model, "_abs_scope_domain", None)
        return own(scope) if own else list(FALSE_DOMAIN)
