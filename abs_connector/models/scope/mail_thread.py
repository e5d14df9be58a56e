"""Who writes in the chatter: the person who acts, not the technical user of the API."""

from odoo import models

from ..base.caller import api_call, is_api


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _message_compute_author(self, author_id=None, email_from=None, **options):
        """Name the actor where nobody is named."""
        actor_id = api_call(self.env).actor_id
        if actor_id and author_id is None and not email_from:
            actor = self.env["res.partner"].sudo().browse(actor_id)
            email = self.env.user.partner_id.email_formatted
            author_id, email_from = actor_id, actor.email_formatted or email
        return super()._message_compute_author(author_id, email_from, **options)

    def _message_subscribe(self, partner_ids=None, *args, **options):
        """Keep the technical user out of the followers of what it touches."""
        if partner_ids and is_api(self.env):
            technical_id = self.env.user.partner_id.id
            partner_ids = [i for i in partner_ids if i != technical_id]
        return super()._message_subscribe(partner_ids, *args, **options)
