"""Whose customer it is, for money that names no company."""

from odoo import models


class Partner(models.Model):
    _inherit = "res.partner"

    def _abs_foreign_to(self, company):
        """Tell whether a customer, or who pays for them, is another company's."""
        return any(
            owner and owner != company
            for partner in self | self.commercial_partner_id
            for owner in (partner.x_sa_id.company_id, partner.company_id)
        )
