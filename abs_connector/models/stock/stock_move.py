"""Giving a move its serials, lots or quantity, the same way on both series."""

from odoo import models
from odoo.fields import Command
from odoo.tools import float_compare

from .stock_lot_refusal import insufficient_stock


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "abs.company.scope.mixin"]

    def _assign_picking_post_process(self, new=False):
        """The first moment when a procured picking knows its order, on both series."""
        result = super()._assign_picking_post_process(new=new)
        self.picking_id._sa_inherit(default=False)
        return result

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves.filtered(lambda m: m.state == "done")._after_done()
        return moves

    def _after_done(self):
        """Phase: all moves of one call are done; each concern takes what is its own."""

    def _abs_units(self, quantity):
        """Return a quantity of the move's UoM in the product's UoM."""
        self.ensure_one()
        return self.product_uom._compute_quantity(quantity, self.product_id.uom_id)

    def _abs_own(self, units):
        """Return a quantity of the product's UoM in the move's UoM."""
        self.ensure_one()
        return self.product_id.uom_id._compute_quantity(
            units, self.product_uom, rounding_method="HALF-UP"
        )

    def _abs_from_stock(self):
        """Tell whether the goods are taken from a place that has to have them."""
        self.ensure_one()
        return self.product_id.is_storable and not self._should_bypass_reservation()

    def _abs_set_lots(self, wanted):
        """Make the move take exactly these lots from where they are.

         ``move.lot_ids = ...`` takes nothing on 19 when a serial is reserved elsewhere
        , so the lines are replaced. A serial that another order
         reserved may be taken: that order reserves another one by itself.

         :param dict wanted: ``{lot: quantity in the product's UoM}``
         :raises BusinessError: ``serial_unavailable``, ``insufficient_stock``
        """
        self.ensure_one()
        Lot = self.env["stock.lot"].sudo()
        lots = Lot.union(*wanted)
        for lot in lots:
            if lot.product_id != self.product_id:
                raise Lot._abs_unknown(self.product_id, lot.name)
        lots._abs_lock()
        # Sums: Odoo may split one place's stock over rows, also below zero (trap 10).
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "=", self.product_id.id),
                    ("lot_id", "in", lots.ids),
                    ("location_id", "child_of", self.location_id.id),
                ],
                ["lot_id", "location_id", "package_id", "owner_id"],
                ["quantity:sum"],
            )
        )
        lines = []
        for lot, quantity in wanted.items():
            quants = [
                group[1:] for group in groups if group[0] == lot and group[-1] > 0
            ]
            lines += self._abs_lines_of_lot(lot, quantity, quants)
        self._abs_replace_lines(lines)

    def _abs_lines_of_lot(self, lot, quantity, places):
        """Return the vals of the lines that take ``quantity`` of a lot.

        :param places: ``[(location, package, owner, held)]``
        """
        rounding = self.product_id.uom_id.rounding
        available = sum(place[-1] for place in places)
        if float_compare(available, quantity, precision_rounding=rounding) < 0:
            if self.product_id.tracking == "serial":
                raise lot._abs_unavailable(self.company_id, self.location_id)
            raise self._abs_shortage(quantity, available, lot=lot)
        lines = []
        for location, package, owner, held in places:
            taken = min(quantity, held)
            if float_compare(taken, 0, precision_rounding=rounding) <= 0:
                continue
            quantity -= taken
            lines.append(
                {
                    **self._prepare_move_line_vals(quantity=taken),
                    "lot_id": lot.id,
                    "location_id": location.id,
                    "package_id": package.id,
                    "owner_id": owner.id,
                }
            )
        return lines

    def _abs_set_names(self, names):
        """Make the move bring in these serials or lots; unknown ones are created.

        :param dict names: ``{name: quantity in the product's UoM}``
        """
        self.ensure_one()
        self._abs_replace_lines(
            [
                {**self._prepare_move_line_vals(quantity=quantity), "lot_name": name}
                for name, quantity in names.items()
            ]
        )

    def _abs_replace_lines(self, lines):
        self.move_line_ids.unlink()
        self.move_line_ids = [Command.create({**v, "picked": True}) for v in lines]
        self.picked = True

    def _abs_shortage(self, asked, available, lot=None):
        """Return the refusal ``insufficient_stock``; quantities in the product's UoM."""
        self.ensure_one()
        return insufficient_stock(
            self.env, self.product_id, self.location_id, asked, available, lot
        )
