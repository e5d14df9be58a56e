"""Web client: hand out a loaner for an asset."""

from odoo import api, fields, models


class AssetSwapWizard(models.TransientModel):
    _name = "ov.asset.swap.wizard"
    _description = "Swap an Asset for a Loaner"

    asset_id = fields.Many2one("ov.asset", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="asset_id.company_id")
    available_lot_ids = fields.Many2many(
        "stock.lot", compute="_compute_available_lot_ids", compute_sudo=True
    )
    loaner_lot_id = fields.Many2one(
        "stock.lot", "Loaner", required=True, domain="[('id', 'in', available_lot_ids)]"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", domain="[('x_asset_id', '=', asset_id)]"
    )
    reason = fields.Char(required=True)

    @api.depends("asset_id")
    def _compute_available_lot_ids(self):
        for wizard in self:
            pools = self.env["stock.location"]._abs_locations(
                wizard.company_id, "loaner_pool"
            )
            quants = self.env["stock.quant"].search(
                [
                    ("location_id", "child_of", pools.ids),
                    ("quantity", ">", 0),
                    ("lot_id", "!=", False),
                ]
            )
            wizard.available_lot_ids = quants.lot_id

    def action_swap(self):
        self.ensure_one()
        self.asset_id.check_access("write")
        self.asset_id.sudo()._api_swap(
            loaner_lot_id=self.loaner_lot_id.id,
            reason=self.reason,
            ticket_id=self.ticket_id.id,
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "ov.asset",
            "res_id": self.asset_id.id,
            "view_mode": "form",
        }
