"""Every warehouse and company has its locations with a role (docs/contract.md 6)."""

from odoo import models

from ...exceptions import Forbidden


class ResCompany(models.Model):
    _inherit = "res.company"

    def _abs_require_stock_staff(self):
        """Let pass who is staff in each of the companies; stock has no SA (docs/contract.md 5).

        :raises Forbidden: ``role_required``
        """
        members = self.env["ov.membership"]
        if members._caller_is_administrator():
            return
        staff = members._caller()._staff()
        for company in self:
            accounts = self.env["ov.serviced_account"].sudo()
            accounts = accounts.search([("company_id", "=", company.id)])
            if not any(m._covers(account) for m in staff for account in accounts):
                raise Forbidden(
                    self.env._(
                        "Only staff of %(company)s may do this with its stock.",
                        company=company.name,
                    )
                )
