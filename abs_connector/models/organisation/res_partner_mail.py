"""Whether a contact can be mailed, and what callers are told who mailed it."""

from odoo import models
from odoo.tools import config

from ...exceptions import BusinessError


class Partner(models.Model):
    _inherit = "res.partner"

    def _abs_require_email(self):
        """Refuse to mail a customer without an address; Odoo would say nothing."""
        self.ensure_one()
        if self.email_normalized:
            return
        raise BusinessError(
            self.env._(
                "%(partner)s has no valid e-mail address: add one to the contact first.",
                partner=self.display_name,
            ),
            code="email_missing",
            details=[{"field": "email", "message": self.env._("missing")}],
        )

    def _api_mail_message(self):
        """Return what to tell a caller who mailed this customer."""
        self.ensure_one()
        if mail_is_configured(self.env):
            return self.env._("Mailed to %(email)s.", email=self.email_normalized)
        return self.env._(
            "The mail to %(email)s waits: no outgoing mail server is set. An "
            "administrator adds one in Settings, Technical, Outgoing Mail Servers.",
            email=self.email_normalized,
        )


def mail_is_configured(env):
    """Tell whether outgoing mail has a server: in Odoo, or in its configuration."""
    if env["ir.mail_server"].sudo().search_count([], limit=1):
        return True
    return config.get("smtp_server") not in (None, False, "", "localhost")
