"""Returns of delivered goods (workflow 0g, step 4)."""

from odoo import models


class StockReturnPickingLine(models.TransientModel):
    _inherit = "stock.return.picking.line"

    def _prepare_move_default_values(self, new_picking):
        """Take the goods from where they went, such as SYNC Deployed.

        The header of a delivery may say Partners/Customers while its moves went to a
        place below it; a return from the header's place would take
        the unit from where it is not.
        """
        vals = super()._prepare_move_default_values(new_picking)
        went = self.move_id.location_dest_id
        header = self.env["stock.location"].browse(vals.get("location_id"))
        if went and header and went != header and went._child_of(header):
            vals["location_id"] = went.id
        return vals
