"""What a contact owes, as far as the caller may know."""

from odoo import models

from ..base.caller import api_scope
from ..base.domain import all_of


class Partner(models.Model):
    _inherit = "res.partner"

    def _abs_credits(self):
        """Return ``{partner id: what the contact owes}`` in the company's currency.

        Odoo's own ``credit``, limited to the papers that the caller sees. One read of
        the ledger per company, however many contacts.
        """
        by_company = {}
        for partner in self:
            company = partner._abs_company_of()
            by_company.setdefault(company, []).append(partner.id)
        items = self.env["account.move.line"].sudo()
        seen = items._abs_ledger_domain(api_scope(self.env))
        result = dict.fromkeys(self.ids, 0.0)
        for company, ids in by_company.items():
            owed = [
                ("partner_id", "in", ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("company_id", "child_of", company.root_id.id),
            ]
            groups = items._read_group(
                all_of(owed, seen), ["partner_id"], ["amount_residual:sum"]
            )
            for partner, amount in groups:
                result[partner.id] = company.currency_id.round(amount)
        return result
