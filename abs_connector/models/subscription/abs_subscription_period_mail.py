from odoo import api, models

from .abs_subscription_billing import _logger


class SubscriptionPeriodMail(models.Model):
    _inherit = "abs.subscription.period"

    @api.model
    def _cron_send(self, limit=200):
        """E-mail the posted invoices that wait for it, each in its own transaction."""
        sub_model = self.env["abs.subscription"]
        waiting = self.search(
            [("mail_state", "=", "pending"), ("invoice_id.state", "!=", "draft")],
            limit=limit,
            order="id",
        )
        for done, period in enumerate(waiting, 1):
            period._send_invoice()
            if not sub_model._billing_commit(1, done, done < len(waiting)):
                break

    def _send_invoice(self):
        """Send one invoice; a cancelled one, or one without an address, is not sent."""
        move = self.invoice_id
        if move.state != "posted":
            self.mail_state = False
            return
        if not move.partner_id.email:
            self.mail_state = "failed"
            self.subscription_id.message_post(
                body=self.env._("%s was not sent: no e-mail address.", move.name)
            )
            return
        error = self._abs_try(self._send_mail)
        if error:
            _logger.warning("Mail of %s failed", move.name, exc_info=error)
            self.mail_state = "failed"
            self.subscription_id.message_post(
                body=self.env._("%(name)s was not sent: %(e)s", name=move.name, e=error)
            )

    def _send_mail(self):
        move = self.invoice_id
        send = self.env["account.move.send"].with_company(move.company_id)
        send._generate_and_send_invoices(move, sending_methods=["email"])
        self.mail_state = "sent"
