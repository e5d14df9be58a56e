"""The dialog that bills credited lines again, by name (docs/contract.md 1.12)."""

from odoo import api, fields, models


class BillAgainWizard(models.TransientModel):
    _name = "abs.bill.again.wizard"
    _description = "Bill Credited Lines Again"

    order_id = fields.Many2one("sale.order", required=True)
    credited_line_ids = fields.Many2many(
        "sale.order.line", compute="_compute_credited_line_ids"
    )
    order_line_ids = fields.Many2many(
        "sale.order.line",
        string="Lines",
        domain="[('id', 'in', credited_line_ids)]",
    )

    @api.depends("order_id")
    def _compute_credited_line_ids(self):
        for wizard in self:
            wizard.credited_line_ids = wizard.order_id._abs_credited_lines()

    def action_bill(self):
        """Draft the invoice of the chosen lines and show it."""
        self.ensure_one()
        self.order_id.check_access("write")
        moves = self.order_id._api_invoice(self.order_line_ids.ids)["invoices"]
        return self.order_id.action_view_invoice(invoices=moves)
