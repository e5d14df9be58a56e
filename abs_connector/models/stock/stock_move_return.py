"""Returns of delivered goods (workflow 0g, step 4)."""

from odoo import models
from odoo.tools import float_compare

from ...exceptions import BusinessError
from .stock_lot_refusal import fmt


class StockMove(models.Model):
    _inherit = "stock.move"

    def _abs_returns(self):
        """Return the moves that take goods of this one back, done or on their way."""
        return self.returned_move_ids.filtered(
            lambda m: (
                m.state != "cancel" and m.location_dest_id != self.location_dest_id
            )
        )

    def _abs_returnable(self):
        """Return how much is still out, in the move's UoM."""
        back = sum(
            m.product_uom._compute_quantity(
                m.quantity if m.state == "done" else m.product_uom_qty, self.product_uom
            )
            for m in self._abs_returns()
        )
        return max(self.quantity - back, 0.0)

    def _abs_lots_out(self):
        """Return ``{lot: units}`` that were delivered by this move and not returned."""
        out = {}
        for line in self.move_line_ids:
            out[line.lot_id] = out.get(line.lot_id, 0.0) + line.quantity_product_uom
        for line in self._abs_returns().move_line_ids:
            if line.lot_id in out:
                out[line.lot_id] -= line.quantity_product_uom
        return {lot: units for lot, units in out.items() if lot and units > 1e-6}

    def _abs_plan_all(self, plan):
        quantity = self._abs_returnable()
        if quantity > 0:
            tracked = self.product_id.tracking != "none"
            lots = self._abs_lots_out() if tracked else {}
            plan[self] = {"quantity": quantity, "lots": lots}

    def _abs_check_return(self, entry):
        """Refuse lots of other deliveries, and more than is still out."""
        out = self._abs_lots_out()
        delivery = self.picking_id.name
        for lot, units in entry["lots"].items():
            if lot not in self.move_line_ids.lot_id:
                raise BusinessError(
                    self.env._(
                        "Serial %(serial)s was not delivered by %(delivery)s: return "
                        "it from its own delivery.",
                        serial=lot.name,
                        delivery=delivery,
                    ),
                    code="serial_unavailable",
                )
            if self.product_id.tracking == "serial":
                if not any(place._abs_is_field() for place in lot._abs_places()[lot]):
                    raise lot._abs_unavailable(self.company_id)
            if units > out.get(lot, 0.0) + 1e-6:
                raise self._abs_return_exceeded(units, out.get(lot, 0.0), lot)
        left = self._abs_returnable()
        if (
            float_compare(
                entry["quantity"], left, precision_rounding=self.product_uom.rounding
            )
            > 0
        ):
            raise self._abs_return_exceeded(entry["quantity"], left)

    def _abs_return_exceeded(self, asked, left, lot=None):
        return BusinessError(
            self.env._(
                "%(product)s: %(asked)s to return, but only %(left)s of %(delivery)s "
                "are still out.",
                product=lot.name if lot else self.product_id.display_name,
                asked=fmt(asked),
                left=fmt(left),
                delivery=self.picking_id.name,
            ),
            code="quantity_exceeded",
        )
