"""Customer issues on OCA's ``helpdesk.ticket`` (docs/contract.md 5, setup guide 9)."""

from odoo import api, models


class HelpdeskTicketStage(models.Model):
    _name = "helpdesk.ticket.stage"
    _inherit = ["helpdesk.ticket.stage", "abs.company.scope.mixin"]

    @api.model
    def _abs_scope_domain(self, scope):
        """Stages are words, not data: a customer's ticket list filters by them."""
        if scope.kind == "customer":
            return []
        return super()._abs_scope_domain(scope)
