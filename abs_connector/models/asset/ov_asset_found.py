"""Units that were scrapped and are there all the same: told by the audit, and mended."""

from odoo import api, models

_THERE = """
    SELECT a.id, lot.name, MIN(l.complete_name)
      FROM ov_asset a
      JOIN stock_lot lot ON lot.id = a.lot_id
      JOIN stock_quant q ON q.lot_id = a.lot_id
      JOIN stock_location l ON l.id = q.location_id
       AND l.usage IN ('internal', 'transit', 'customer')
     WHERE a.state = 'decommissioned'
       AND NOT EXISTS (SELECT 1 FROM ov_asset b
                        WHERE b.lot_id = a.lot_id AND b.id > a.id)
     GROUP BY a.id, lot.name HAVING SUM(q.quantity) > 0
     ORDER BY a.id
"""


class Asset(models.Model):
    _inherit = "ov.asset"

    @api.model
    def _abs_mend_found(self):
        """Bring units back to life that were counted back in before 1.2.0; idempotent."""
        self.env.flush_all()
        self.env.cr.execute(_THERE)
        found = self.browse(row[0] for row in self.env.cr.fetchall())
        if found:
            found._abs_set_state("inactive")
            found.equipment_id.write({"active": True, "scrap_date": False})
        return found
