"""Credit notes are dated by the day of the invoice's company."""

from odoo import api, models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    @api.model
    def default_get(self, fields_list):
        res = super().default_get(fields_list)
        if "date" in res and "default_date" not in self.env.context:
            company = self.env["res.company"].browse(res.get("company_id"))
            res["date"] = (company or self.env.company)._abs_today()
        return res

    def _prepare_default_reversal(self, move):
        """Post today's at once: Odoo keeps for later what comes after the user's day."""
        wizard = self.with_context(tz=move.company_id._abs_tz())
        return super(AccountMoveReversal, wizard)._prepare_default_reversal(move)
