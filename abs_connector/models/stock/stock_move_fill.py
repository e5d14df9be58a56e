"""Filling one move with what a validation asks for: serials, lots or a quantity."""

from odoo import models
from odoo.tools import float_compare, float_is_zero

from ...exceptions import BusinessError
from .stock_lot_refusal import fmt, lot_required, serial_required


class StockMove(models.Model):
    _inherit = "stock.move"

    def _abs_fill(self, wanted, force_backorder, seen):
        """Give one move what is wanted of it; returns whether it moves at all.

        :param set seen: serials that earlier moves of the request took
        """
        self.ensure_one()
        demand, rounding = self.product_uom_qty, self.product_uom.rounding
        quantity = demand if wanted["quantity"] is None else wanted["quantity"]
        outgoing = self.picking_id.picking_type_id.code == "outgoing"
        more = float_compare(quantity, demand, precision_rounding=rounding)
        if more > 0 and (outgoing or self.move_orig_ids):
            raise BusinessError(
                self.env._(
                    "%(product)s: %(asked)s asked, but only %(demand)s %(uom)s are on "
                    "%(picking)s.",
                    product=self.product_id.display_name,
                    asked=fmt(quantity),
                    demand=fmt(demand),
                    uom=self.product_uom.name,
                    picking=self.picking_id.name,
                ),
                code="quantity_exceeded",
            )
        if float_is_zero(quantity, precision_rounding=rounding):
            return self._abs_leave(demand, force_backorder)
        if self.product_id.tracking == "serial":
            moved = self._abs_fill_serials(wanted, quantity, force_backorder, seen)
        elif self.product_id.tracking == "lot":
            moved = self._abs_fill_lots(wanted, quantity, force_backorder)
        else:
            moved = self._abs_fill_plain(wanted, quantity, force_backorder)
        if float_compare(moved, demand, precision_rounding=rounding) < 0:
            self._abs_leave(demand, force_backorder)
        return moved > 0

    def _abs_leave(self, demand, force_backorder):
        """Leave (a part of) the move for a backorder, if that was asked for."""
        if force_backorder or not demand:
            return False
        raise BusinessError(
            self.env._(
                "%(product)s: less than the %(demand)s %(uom)s of %(picking)s. Send "
                "force_backorder: true for a part; the rest becomes a backorder.",
                product=self.product_id.display_name,
                demand=fmt(demand),
                uom=self.product_uom.name,
                picking=self.picking_id.name,
            ),
            code="backorder_required",
        )

    def _abs_fill_plain(self, wanted, quantity, force_backorder):
        """Untracked goods: take what is reserved for this move; returns the quantity."""
        if self._abs_from_stock():
            rounding = self.product_uom.rounding
            reserved = min(self.quantity, self._abs_on_hand(quantity))
            if float_compare(reserved, quantity, precision_rounding=rounding) < 0:
                if not force_backorder or wanted["named"]:
                    raise self._abs_shortage(
                        self._abs_units(quantity), self._abs_units(reserved)
                    )
                quantity = reserved
        if quantity <= 0:
            return 0.0
        self.quantity = quantity
        self.picked = True
        return quantity

    def _abs_on_hand(self, asked):
        """Return what the source holds of an untracked product, in the move's UoM.

        Parallel reservations may promise a unit twice. Where so little is left that it
        matters, the quants are locked, so that the second taker starts again.
        """
        quants = self.env["stock.quant"]
        held, reserved = quants._abs_held(self.product_id, self.location_id)
        others = reserved - self._abs_units(self.quantity)
        if held - self._abs_units(asked) < others:
            quants._abs_lock_stock(self.product_id, self.location_id)
        return self.product_id.uom_id._compute_quantity(
            held, self.product_uom, rounding_method="DOWN"
        )

    def _abs_fill_lots(self, wanted, quantity, force_backorder):
        """Lots: those named with their quantity, else those reserved."""
        given, unit = {}, self.product_id.uom_id
        for lots, amount in wanted["lots"]:
            if not lots:
                continue
            if len(lots) > 1:
                raise lot_required(self.product_id)
            amount = quantity if amount is None else amount
            lot = lots[0]
            given[lot] = given.get(lot, 0.0) + self._abs_units(amount)
        if not given:
            given = self._abs_reserved_lots(self._abs_units(quantity))
        need, have = self._abs_units(quantity), sum(given.values())
        if float_compare(have, need, precision_rounding=unit.rounding) < 0:
            if not self._abs_from_stock():
                raise lot_required(self.product_id, self.env._("name the lot"))
            if not force_backorder or wanted["named"]:
                raise self._abs_shortage(need, have)
        return self._abs_take(given)

    def _abs_fill_serials(self, wanted, quantity, force_backorder, seen):
        """Serials: one per unit, those named, else (nothing was named) reserved ones."""
        units = self._abs_units(quantity)
        if float_compare(units, round(units), precision_digits=6):
            raise serial_required(self.product_id, units, 0)
        units = round(units)
        given = [lot for lots, _amount in wanted["lots"] for lot in lots]
        for lot in given:
            name = lot if isinstance(lot, str) else lot.name
            if (self.product_id, name) in seen:
                raise self.env["stock.lot"]._abs_duplicate(name)
            seen.add((self.product_id, name))
        if given:
            if len(given) != units:
                raise serial_required(self.product_id, units, len(given))
            if units < round(self._abs_units(self.product_uom_qty)):
                if not force_backorder:
                    raise serial_required(
                        self.product_id,
                        round(self._abs_units(self.product_uom_qty)),
                        units,
                    )
            return self._abs_take(dict.fromkeys(given, 1.0))
        reserved = self._abs_reserved_lots(units)
        if not wanted["auto"]:
            raise serial_required(self.product_id, units, 0)
        if len(reserved) < units:
            if self._abs_from_stock() and not force_backorder:
                raise self._abs_shortage(units, len(reserved))
            if not self._abs_from_stock() and not (force_backorder and reserved):
                raise serial_required(self.product_id, units, len(reserved))
        return self._abs_take(reserved)

    def _abs_reserved_lots(self, units):
        """Return ``{lot or name: quantity}`` of the lines up to ``units``."""
        found = {}
        for line in self.move_line_ids:
            lot = line.lot_id or line.lot_name
            taken = min(line.quantity_product_uom, units - sum(found.values()))
            if lot and taken > 0:
                found[lot] = found.get(lot, 0.0) + taken
        return found

    def _abs_take(self, given):
        """Put lots or names on the move; returns the quantity in the move's UoM."""
        if not given:
            return 0.0
        if self._abs_from_stock():
            self._abs_set_lots(given)
        elif all(not isinstance(lot, str) for lot in given):
            self._abs_set_known(given)
        else:
            names = {}
            for lot, amount in given.items():
                name = lot if isinstance(lot, str) else lot.name
                names[name] = names.get(name, 0.0) + amount
            self._abs_set_names(names)
        return self.product_id.uom_id._compute_quantity(
            sum(given.values()), self.product_uom
        )

    def _abs_set_known(self, given):
        """Bring known lots in from outside, or back from a customer."""
        places = self.env["stock.lot"].union(*given)._abs_places()
        lines = []
        for lot, amount in given.items():
            line = {**self._prepare_move_line_vals(quantity=amount), "lot_id": lot.id}
            for place in places[lot]:
                if place._child_of(self.location_id):
                    line["location_id"] = place.id
            lines.append(line)
        self._abs_replace_lines(lines)
