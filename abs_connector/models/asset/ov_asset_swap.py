"""Loaner swaps: the customer keeps riding while the unit is repaired (docs/contract.md 6).

Out: loaner from Loaner Pool to SYNC Deployed, faulty unit from where it is deployed to
Service/Repair, with a repair order. Back: both the other way. The subscription goes on.
"""

from odoo import api, fields, models

from ...compat import Constraint


class AssetSwap(models.Model):
    _name = "ov.asset.swap"
    _description = "Loaner Swap"
    _order = "id desc"

    name = fields.Char(compute="_compute_name", store=True)
    asset_id = fields.Many2one(
        "ov.asset", "Faulty Asset", required=True, index=True, ondelete="restrict"
    )
    lot_id = fields.Many2one(related="asset_id.lot_id", string="Faulty Serial")
    partner_id = fields.Many2one(
        related="asset_id.partner_id", string="Customer", store=True
    )
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    loaner_lot_id = fields.Many2one(
        "stock.lot", "Loaner Serial", required=True, index=True, ondelete="restrict"
    )
    loaner_asset_id = fields.Many2one("ov.asset", "Loaner Asset", readonly=True)
    home_location_id = fields.Many2one(
        "stock.location", "Deployed In", readonly=True, help="Where the unit goes back."
    )
    repair_id = fields.Many2one("repair.order", readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    reason = fields.Char(required=True)
    date_out = fields.Datetime(readonly=True, default=fields.Datetime.now)
    date_back = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("open", "Loaner Out"), ("returned", "Returned")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )

    _one_open = Constraint(
        "EXCLUDE (asset_id WITH =) WHERE (state = 'open')",
        "A loaner stands in for this unit already.",
    )
    _loaner_once = Constraint(
        "EXCLUDE (loaner_lot_id WITH =) WHERE (state = 'open')",
        "This loaner is out already.",
    )

    @api.depends("asset_id.asset_code", "loaner_lot_id.name")
    def _compute_name(self):
        for swap in self:
            code = swap.asset_id.asset_code or swap.asset_id.name
            swap.name = f"{code} / {swap.loaner_lot_id.name}"

    def _abs_tell_missing(self, lot):
        """Return the sentence on a unit of this swap that no return can bring."""
        return self.env._(
            "The swap is over without %(serial)s: %(where)s.",
            serial=lot.name,
            where=lot._abs_where(self.company_id),
        )

    def action_return(self):
        """Web client: take the loaner back."""
        self.ensure_one()
        self.asset_id.check_access("write")
        self.asset_id.sudo()._api_swap_return()
        return True
