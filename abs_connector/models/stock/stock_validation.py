"""Validating deliveries, receipts and transfers (SALES_WORKFLOW 5 and reference)."""

from odoo import models
from odoo.tools import float_compare, float_is_zero

from ...compat import SERIES
from ...exceptions import BusinessError, Conflict, NotFound
from .stock_move import fmt


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def abs_validate(self, lines=None, force_backorder=False):
        """Do a picking, whole or in part; returns the done picking.

        :param list lines: what moves; None = all that was ordered, with the serials
            that Odoo reserved. ``{"move_id" or "move_line_id": int, "quantity": float
            in the line's UoM or None, "lots": [name], "lot_ids": [int]}``; several
            entries of one move add up. A move that is not named goes whole, or, with
            ``force_backorder``, to the backorder.
        :param bool force_backorder: a part is enough, the rest becomes a backorder
        :raise Conflict: ``delivery_done`` / ``receipt_done``: somebody was faster
        :raise BusinessError: ``insufficient_stock``, ``serial_required``,
            ``lot_required``, ``serial_unavailable``, ``duplicate_serial``,
            ``backorder_required``, ``quantity_exceeded``, ``previous_step_pending``,
            ``nothing_to_validate``, ``delivery_cancelled``
        :raise NotFound: a line that is not of this picking
        """
        self.ensure_one()
        self = self.with_company(self.company_id)
        self._abs_lock()
        self._abs_check_open()
        lines = lines or None
        if SERIES < 19:
            # All deliveries of a product write its oldest valuation layer: queue
            # before the work instead of redoing it (GOVERNED_SALE_FINDINGS 4).
            self.move_ids.product_id._abs_lock()
        if self.state == "draft":
            self.action_confirm()
        moves = self.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        wanted = self._abs_wanted(moves, lines, force_backorder)
        self._abs_reserve(moves)
        self._abs_check_previous(moves, wanted, force_backorder)
        taken, seen = [], set()
        for move in moves:
            if move._abs_fill(wanted[move], force_backorder, seen):
                taken.append(move)
            else:
                move.picked = False
        if not taken:
            raise self._abs_nothing(moves)
        # Autoprint and reception reports make the result an action: ask the state.
        self.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if self.state != "done":
            raise BusinessError(
                self.env._(
                    "%(picking)s could not be validated. Please do it in Odoo.",
                    picking=self.name,
                ),
                code="not_validated",
            )
        return self

    # -- checks ----------------------------------------------------------------------

    def _abs_noun(self):
        """Return the word of the codes: delivery, receipt, return or transfer."""
        return self.x_flow if self.x_flow != "other" else "transfer"

    def _abs_check_open(self):
        noun = self._abs_noun()
        if self.state == "done":
            raise Conflict(
                self.env._("%(picking)s is done already.", picking=self.name),
                code=f"{noun}_done",
            )
        if self.state == "cancel":
            raise BusinessError(
                self.env._("%(picking)s is cancelled.", picking=self.name),
                code=f"{noun}_cancelled",
            )

    def _abs_check_previous(self, moves, wanted, force_backorder):
        """Refuse a step whose goods still wait for an earlier one (pick before ship)."""
        waiting = moves.filtered(
            lambda m: wanted[m]["quantity"] != 0 and m.state == "waiting"
        )
        pending = waiting.move_orig_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        ).picking_id
        ready = moves.filtered(lambda m: m not in waiting and wanted[m]["quantity"] != 0)
        if not pending or (ready and force_backorder):
            return
        raise BusinessError(
            self.env._(
                "Validate %(steps)s first: it brings the goods of %(picking)s to "
                "%(place)s.",
                steps=", ".join(pending.mapped("name")),
                picking=self.name,
                place=waiting[:1].location_id.display_name,
            ),
            code="previous_step_pending",
        )

    def _abs_nothing(self, moves):
        for move in moves.filtered(lambda m: m._abs_from_stock() and not m.quantity):
            return move._abs_shortage(move._abs_units(move.product_uom_qty), 0.0)
        return BusinessError(
            self.env._("Nothing of %(picking)s was chosen.", picking=self.name),
            code="nothing_to_validate",
        )

    # -- what is asked for -----------------------------------------------------------

    def _abs_wanted(self, moves, lines, force_backorder):
        """Return ``{move: {"quantity", "lots", "named"}}`` from the request's lines."""
        empty = 0.0 if lines is not None and force_backorder else None
        wanted = {
            move: {"quantity": empty, "lots": [], "named": False, "auto": lines is None}
            for move in moves
        }
        for line in lines or []:
            move, own = self._abs_line_move(line, moves)
            entry = wanted[move]
            if not entry["named"]:
                entry.update(named=True, quantity=None)
            lots = self._abs_line_lots(move, line) or own
            quantity = line.get("quantity")
            if quantity is None and lots and move.product_id.tracking == "serial":
                quantity = move.product_id.uom_id._compute_quantity(
                    len(lots), move.product_uom
                )
            if quantity is not None:
                entry["quantity"] = (entry["quantity"] or 0.0) + quantity
            entry["lots"].append((lots, quantity))
        return wanted

    def _abs_line_move(self, line, moves):
        """Return the move of a line, and the lot of its move line if it names one."""
        own = []
        if line.get("move_line_id"):
            found = self.move_line_ids.filtered(lambda m: m.id == line["move_line_id"])
            move = found.move_id
            own = [found.lot_id or found.lot_name] if found.lot_id or found.lot_name else []
            number = line["move_line_id"]
        elif line.get("move_id"):
            move = moves.filtered(lambda m: m.id == line["move_id"])
            number = line["move_id"]
        else:
            number = line.get("product_id")
            move = moves.filtered(lambda m: m.product_id.id == number)[:1]
        if not move or move not in moves:
            raise NotFound(
                self.env._(
                    "%(picking)s has no open line %(number)s.",
                    picking=self.name,
                    number=number,
                )
            )
        return move, own

    def _abs_line_lots(self, move, line):
        """Return the lots of a line: records, or names that a receipt will create."""
        lots = list(self.env["stock.lot"].sudo().browse(line.get("lot_ids") or ()))
        names = line.get("lots") or []
        if not lots and not names:
            return []
        if move.product_id.tracking == "none":
            raise BusinessError(
                self.env._(
                    "%(product)s has neither serials nor lots: leave them out.",
                    product=move.product_id.display_name,
                ),
                code="not_tracked",
            )
        Lot = self.env["stock.lot"]
        for lot in lots:
            if lot.product_id != move.product_id:
                raise Lot._abs_unknown(move.product_id, lot.name)
        found = {
            lot.name: lot
            for lot in reversed(Lot._abs_named(move.product_id, names, self.company_id))
        }
        for name in names:
            if move._abs_from_stock() and name not in found:
                raise Lot._abs_unknown(move.product_id, name)
            lots.append(found.get(name, name))
        return lots

    # -- reservation -----------------------------------------------------------------

    def _abs_reserve(self, moves):
        """Reserve what is not reserved yet, alone on the quants of those products.

        Odoo skips locked quants and makes a second row, so that two parallel
        reservations can both get the last unit (ODOO_COOKBOOK 2, concurrency).
        """
        open_moves = moves.filtered(
            lambda m: m.state in ("confirmed", "waiting", "partially_available")
        )
        if not open_moves:
            return
        self.env["stock.quant"]._abs_lock_stock(
            open_moves.product_id, open_moves.location_id
        )
        open_moves._action_assign()


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
                raise self._abs_lot_required(
                    self.env._("write one line per lot, each with its quantity")
                )
            amount = quantity if amount is None else amount
            lot = lots[0]
            given[lot] = given.get(lot, 0.0) + self._abs_units(amount)
        if not given:
            given = self._abs_reserved_lots(self._abs_units(quantity))
        need, have = self._abs_units(quantity), sum(given.values())
        if float_compare(have, need, precision_rounding=unit.rounding) < 0:
            if not self._abs_from_stock():
                raise self._abs_lot_required(self.env._("name the lot"))
            if not force_backorder or wanted["named"]:
                raise self._abs_shortage(need, have)
        return self._abs_take(given)

    def _abs_fill_serials(self, wanted, quantity, force_backorder, seen):
        """Serials: one per unit, those named, else (nothing was named) reserved ones."""
        units = self._abs_units(quantity)
        if float_compare(units, round(units), precision_digits=6):
            raise self._abs_serial_required(units, 0)
        units = round(units)
        given = [lot for lots, _amount in wanted["lots"] for lot in lots]
        for lot in given:
            name = lot if isinstance(lot, str) else lot.name
            if (self.product_id, name) in seen:
                raise self.env["stock.lot"]._abs_duplicate(name)
            seen.add((self.product_id, name))
        if given:
            if len(given) != units:
                raise self._abs_serial_required(units, len(given))
            if units < round(self._abs_units(self.product_uom_qty)):
                if not force_backorder:
                    raise self._abs_serial_required(
                        round(self._abs_units(self.product_uom_qty)), units
                    )
            return self._abs_take(dict.fromkeys(given, 1.0))
        reserved = self._abs_reserved_lots(units)
        if not wanted["auto"]:
            raise self._abs_serial_required(units, 0)
        if len(reserved) < units:
            if self._abs_from_stock() and not force_backorder:
                raise self._abs_shortage(units, len(reserved))
            if not self._abs_from_stock() and not (force_backorder and reserved):
                raise self._abs_serial_required(units, len(reserved))
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

    def _abs_serial_required(self, units, given):
        return BusinessError(
            self.env._(
                "%(product)s needs one serial per unit. Units: %(units)s, serials: "
                "%(given)s.",
                product=self.product_id.display_name,
                units=fmt(units),
                given=fmt(given),
            ),
            code="serial_required",
        )

    def _abs_lot_required(self, what):
        return BusinessError(
            self.env._(
                "%(product)s is tracked by lots: %(what)s.",
                product=self.product_id.display_name,
                what=what,
            ),
            code="lot_required",
        )
