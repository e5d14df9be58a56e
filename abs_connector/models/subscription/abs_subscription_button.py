from odoo import models


class SubscriptionButtons(models.Model):
    """The form's buttons: the same verbs as the API's.

    A person needs write access to the subscription; the verb then acts as the system,
    for it makes invoices and transfers.
    """

    _inherit = "abs.subscription"

    def _as_system(self):
        self.check_access("write")
        return self.sudo()

    def action_activate(self):
        for sub in self._as_system():
            sub._api_activate()
        return True

    def action_pause(self):
        for sub in self._as_system():
            sub._api_pause()
        return True

    def action_resume(self):
        for sub in self._as_system():
            sub._api_resume()
        return True

    def action_cancel(self):
        for sub in self._as_system():
            sub._api_cancel()
        return True

    def action_bill(self):
        for sub in self._as_system():
            sub._api_bill()
        return True

    def action_transfer(self):
        """Open the ownership-transfer wizard."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "abs_connector.action_abs_ownership_transfer"
        )
        return {**action, "context": {"default_subscription_id": self.id}}

    def action_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        domain = [("id", "in", self.invoice_ids.ids)]
        return {**action, "domain": domain, "context": {"create": False}}

    def action_assets(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Units"),
            "res_model": "ov.asset",
            "view_mode": "list,form",
            "domain": [("subscription_id", "=", self.id)],
        }
