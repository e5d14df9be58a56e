"""Record rules that are fed by the caller's scope, or by a customer's Service Account.

Of the API: one ``ir.rule`` without groups per model that it
searches, its domain ``abs_scope("model.name")``. Rules of a group would be OR-ed with
Odoo's own. Of people: ``abs_customers`` (security/company_rules.xml).
"""

from odoo import api, models

from ..base.caller import api_scope, is_api
from ..base.domain import FALSE_DOMAIN


class IrRule(models.Model):
    _inherit = "ir.rule"

    @api.model
    def _eval_context(self):
        context = super()._eval_context()
        functions = {
            "abs_scope": self._abs_scope_of,
            "abs_customers": self._abs_customers,
        }
        return {**context, **functions}

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
        scope_domain = getattr(model, "_abs_scope_domain", None)
        return scope_domain(scope) if scope_domain else list(FALSE_DOMAIN)

    @api.model
    def _abs_customers(self, company_ids, link=None):
        """Return the contacts that people see: their companies' customers, and whoever
        is no customer of an SA; all for the API, which has its scope.

        A customer belongs to no company by itself, but its SA does. As in Odoo's own
        rule for contacts, users of the office are visible to all; a portal user sees
        itself, whatever company it was made in.

        :param str link: the field that leads to the contact, in rules of other models
        """
        if is_api(self.env):
            return [(1, "=", 1)]
        family = self.env.user.sudo().partner_id.commercial_partner_id.id
        terms = [
            ("x_sa_id", "=", False),
            ("x_sa_id.company_id", "in", [*company_ids, False]),
            ("partner_share", "=", False),
            ("commercial_partner_id", "=", family),
        ]
        if link:
            terms = [(f"{link}.{name}", *rest) for name, *rest in terms]
            terms.append((link, "=", False))
        return ["|"] * (len(terms) - 1) + terms

    @api.model
    def _abs_guard(self, model_name, domain):
        """Make a company rule of a model that only one of the two series has."""
        model = self.env["ir.model"]._get(model_name)
        if model:
            values = {
                "name": f"Companies of the user: {model_name}",
                "model_id": model.id,
                "domain_force": domain,
            }
            xml_id = f"abs_connector.rule_company_{model_name.replace('.', '_')}"
            self._load_records([{"xml_id": xml_id, "values": values}])
