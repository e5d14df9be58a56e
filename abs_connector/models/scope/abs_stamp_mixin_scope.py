"""Who sees a governed record through the API (docs/contract.md 1.9)."""

from odoo import api, models

from ..base.caller import api_scope, is_api
from ..base.domain import FALSE_DOMAIN, any_of


class StampMixin(models.AbstractModel):
    _inherit = "abs.stamp.mixin"

    #: whether papers of others may name it: goods, and whoever stands on a paper
    _sa_named_freely = False

    @api.model
    def _abs_scope_domain(self, scope):
        """Return what a caller of the API sees of this model (docs/contract.md 1.9)."""
        if scope.kind == "admin":
            return []
        if scope.kind == "system":
            return self._abs_company_domain(scope)
        if scope.kind == "customer":
            return self._abs_customer_domain(scope.customer_id)
        if scope.kind == "employee":
            return any_of(self._abs_grant_domains(scope))
        return list(FALSE_DOMAIN)

    def _abs_shown(self, strict=False):
        """Decided on what is in memory anyway: a list would ask once more per field.

        By the scope alone; the kinds of papers that a model leaves out of lists
        (drafts of a bill, say) are linked from no paper that the API shows.
        """
        looked_at = self._abs_shown_fields(strict)
        if not self or not looked_at:
            return self
        scope = api_scope(self.env)
        if scope.kind == "customer":
            name = looked_at[0]
            mine = self.filtered_domain([(name, "=", scope.customer_id)])
            rest = self - mine
            domain = self._abs_customer_domain(scope.customer_id)
            return self & (mine | rest.filtered_domain(domain)) if rest else self
        if scope.kind == "system":
            return self.filtered_domain(self._abs_company_domain(scope))
        shown, rest = self.browse(), self
        for domain in self._abs_grant_domains(scope):
            found = rest.filtered_domain(domain)
            shown, rest = shown | found, rest - found
            if not rest:
                return self
        return self & shown

    @api.model
    def _abs_shown_fields(self, strict=False):
        if (self._sa_named_freely and not strict) or not is_api(self.env):
            return ()
        scope = api_scope(self.env)
        if scope.kind == "customer":
            customer_field = self._sa_customer_field
            return (customer_field,) if customer_field in self._fields else ()
        if scope.kind == "system":
            return ("x_sa_id", "company_id") if scope.company_ids else ()
        return ("x_sa_id", "x_actor_id") if scope.kind == "employee" else ()

    @api.model
    def _abs_grant_domains(self, scope):
        """Return one domain per group of grants; a record is seen by any of them."""
        whole, parts = set(), []
        for grant in scope.grants:
            ids = list(grant.account_ids)
            if grant.policy in ("sa_wide", "sa_tree"):
                whole.update(ids)
            elif grant.policy == "assigned_plus_unassigned":
                actors = [grant.actor_id, False]
                parts.append([("x_sa_id", "in", ids), ("x_actor_id", "in", actors)])
            elif grant.policy == "assigned_only" and grant.actor_id:
                assigned = ("x_actor_id", "=", grant.actor_id)
                parts.append([("x_sa_id", "in", ids), assigned])
        if whole:
            parts.insert(0, [("x_sa_id", "in", sorted(whole))])
        return parts

    @api.model
    def _abs_company_domain(self, scope):
        """Return the companies of an API key as a domain; [] if it has all.

        Contacts carry no company of their own: their SA tells it, if they have one.
        """
        if not scope.company_ids:
            return []
        companies = [*scope.company_ids, False]
        domain = ["|", ("x_sa_id", "=", False), ("x_sa_id.company_id", "in", companies)]
        if "company_id" in self._fields:
            return ["&", ("company_id", "in", companies), *domain]
        return domain

    @api.model
    def _abs_customer_domain(self, customer_id):
        """Return what a customer sees: records of the person or of its addresses."""
        name = self._sa_customer_field
        if not customer_id or not name:
            return list(FALSE_DOMAIN)
        if name == "id":
            return [("id", "=", customer_id)]
        if name not in self._fields:
            return list(FALSE_DOMAIN)
        address = [
            (f"{name}.parent_id", "=", customer_id),
            (f"{name}.type", "!=", "contact"),
        ]
        return any_of([[(name, "=", customer_id)], address])
