"""What happened to a unit, step by step (workflow 0g)."""

from odoo import api, fields, models

from ...exceptions import BusinessError
from ..base.caller import api_call

EVENT_KINDS = [
    ("received", "Received"),
    ("delivered", "Delivered"),
    ("registered", "Registered"),
    ("returned", "Returned"),
    ("repair", "Sent to Repair"),
    ("repaired", "Repaired"),
    ("brought_back", "Brought Back"),
    ("swap_out", "Swapped Out"),
    ("swap_in", "Swapped In"),
    ("transferred", "Ownership Transferred"),
    ("moved", "Moved"),
    ("lost", "Lost"),
    ("found", "Found"),
    ("scrapped", "Scrapped"),
    ("note", "Note"),
]


class AssetEvent(models.Model):
    """One step in the life of a unit. Written by stock moves, never changed after."""

    _name = "ov.asset.event"
    _description = "Asset Event"
    _order = "date desc, id desc"

    asset_id = fields.Many2one(
        "ov.asset", required=True, index=True, ondelete="cascade"
    )
    lot_id = fields.Many2one("stock.lot", index=True, string="Serial Number")
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    kind = fields.Selection(EVENT_KINDS, required=True, index=True)
    picking_id = fields.Many2one("stock.picking", string="Transfer")
    move_id = fields.Many2one("stock.move", index="btree_not_null")
    location_id = fields.Many2one("stock.location", string="From")
    location_dest_id = fields.Many2one("stock.location", string="To")
    partner_id = fields.Many2one("res.partner", string="Customer")
    actor_id = fields.Many2one(
        "res.partner", string="By", default=lambda self: self._default_actor()
    )
    note = fields.Char()

    @api.depends("kind", "asset_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for event in self.sudo():
            event.display_name = (
                f"{event.asset_id.display_name}: {kinds.get(event.kind, '')}"
            )

    @api.model
    def _default_actor(self):
        """The person behind the request: set by the API, else the web client's user."""
        user = self.env.user
        person = not user.share and not user._is_superuser()
        return api_call(self.env).actor_id or (user.partner_id.id if person else False)

    def write(self, vals):
        if self and not self.env.su:
            raise BusinessError(self.env._("The history of an asset can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise BusinessError(self.env._("The history of an asset can't be deleted."))
