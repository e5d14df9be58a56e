"""One-time codes with which a person chooses the own password (docs/contract.md 1.29).

Whoever sets somebody's password knows it. An invitation goes to the person's own mail
instead: who asks for it learns nothing. Works for every model with the columns of
``abs.credential.mixin`` and ``partner_id``.

How it travels is an adapter's matter: a model that inherits ``abs.message.adapter``. Mail
is the one there is.
"""

from markupsafe import Markup
from odoo import SUPERUSER_ID, api, models


class MessageMail(models.AbstractModel):
    """By Odoo's own mail."""

    _name = "abs.message.mail"
    _inherit = "abs.message.adapter"
    _description = "By mail"
    _rank = 10

    @api.model
    def _address(self, holder):
        return holder.email

    @api.model
    def _send(self, invitation, subject, lines):
        """Write the mail; it leaves after the commit, and is deleted when it has left.

        As the system, and on no record: its author and the readers of a record's
        messages could read the code otherwise.
        """
        company = invitation.company_id
        root = self.env["res.users"].browse(SUPERUSER_ID).sudo().partner_id
        body = Markup("").join(Markup("<p>%s</p>") % line for line in lines)
        mails = self.env["mail.mail"].with_user(SUPERUSER_ID)
        mail = mails.create(
            {
                "subject": subject,
                "body_html": body,
                "author_id": root.id,
                "email_to": invitation.address,
                "email_from": company.email_formatted or root.email_formatted,
                "auto_delete": True,
            }
        )
        mail.send_after_commit()
