"""What answers tell of warehouses, pickings and moves, for many records at once."""

from odoo import models

from .stock_picking_read import ends


class StockMove(models.Model):
    _inherit = "stock.move"

    def _api_ends(self, field):
        """Return ``{move id: location}`` of one end: the shelf, if it is one."""
        return ends(self, "stock.move.line", "move_id", field)

    def _api_types(self):
        """Return ``{move id: type}``: the code of the operation, else what it was."""
        result = {}
        for move in self:
            kind = move.picking_type_id.code
            if move.scrap_id:
                kind = "scrap"
            elif move.is_inventory or not kind:
                kind = "adjustment" if move.is_inventory else "other"
            result[move.id] = kind
        return result
