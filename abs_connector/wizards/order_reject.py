"""The dialog that asks why an order is rejected."""

from odoo import fields, models


class OrderRejectWizard(models.TransientModel):
    _name = "abs.order.reject.wizard"
    _description = "Reject an Order"

    order_id = fields.Many2one("sale.order", required=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        self.ensure_one()
        self.order_id._api_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
