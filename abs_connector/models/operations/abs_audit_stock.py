"""The audit of what is reserved."""

from odoo import models

from .abs_audit import EPSILON

#: By product and place: which of its rows holds a reservation is Odoo's business.
_FOR_NOBODY = """
    WITH lines AS (
        SELECT product_id, location_id, SUM(quantity_product_uom) AS quantity
          FROM stock_move_line WHERE state NOT IN ('done', 'cancel')
         GROUP BY product_id, location_id
    )
    SELECT MIN(q.id), MIN(l.complete_name), MIN(t.name ->> 'en_US'),
           SUM(q.reserved_quantity), COALESCE(MIN(lines.quantity), 0)
      FROM stock_quant q
      JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'
      JOIN product_product p ON p.id = q.product_id
      JOIN product_template t ON t.id = p.product_tmpl_id
      LEFT JOIN lines ON lines.product_id = q.product_id
       AND lines.location_id = q.location_id
     GROUP BY q.product_id, q.location_id
    HAVING SUM(q.reserved_quantity) > COALESCE(MIN(lines.quantity), 0) + %s
     ORDER BY 1
"""


class Audit(models.AbstractModel):
    _inherit = "abs.audit"

    def _check_reserved_for_nobody(self):
        """No more is reserved of a place's goods than moves are to take from it."""
        rows = self._rows(_FOR_NOBODY, EPSILON)
        for res_id, place, product, reserved, wanted in rows:
            yield (
                "stock.quant",
                res_id,
                f"{product} in {place}: {reserved} reserved, {wanted} to be moved",
            )
