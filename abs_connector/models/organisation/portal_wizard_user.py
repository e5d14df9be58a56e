"""Odoo's own doors to somebody's log-in: merging contacts, access to its portal."""

from odoo import models


class PortalWizardUser(models.TransientModel):
    _inherit = "portal.wizard.user"

    def action_grant_access(self):
        """Odoo's portal shows a customer's papers too: the same rule as for our own."""
        self._abs_require_holder()
        return super().action_grant_access()

    def action_invite_again(self):
        self._abs_require_holder()
        return super().action_invite_again()

    def _abs_require_holder(self):
        if not self.env.su:
            self.partner_id._abs_require_holder()
