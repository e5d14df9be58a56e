"""Validating deliveries, receipts and transfers (workflow 5 and reference)."""

from odoo import models

from ...compat import SERIES
from ...exceptions import BusinessError, Conflict, NotFound
from .stock_lot_refusal import not_tracked


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _api_validate(self, lines=None, force_backorder=False):
        """Do a picking, whole or in part; returns the done picking.

        :param list lines: what moves; None = all that was ordered, with the serials
            that Odoo reserved. ``{"move_id" or "move_line_id" or "product_id": int or
            lots alone, "quantity": float in the line's UoM or None, "lots": [name],
            "lot_ids": [int]}``, see :meth:`_abs_spread`; several
            entries of one move add up. A move that is not named goes whole, or, with
            ``force_backorder``, to the backorder.
        :param bool force_backorder: a part is enough, the rest becomes a backorder
        :raises Conflict: ``delivery_done`` / ``receipt_done``: somebody was faster
        :raises BusinessError: ``insufficient_stock``, ``serial_required``,
            ``lot_required``, ``serial_unavailable``, ``duplicate_serial``,
            ``backorder_required``, ``quantity_exceeded``, ``previous_step_pending``,
            ``nothing_to_validate``, ``delivery_cancelled``
        :raises NotFound: a line that is not of this picking
        """
        self.ensure_one()
        self = self.with_company(self.company_id)
        # The order first, as its other verbs take it: what is delivered is written there.
        self.sale_id._abs_lock()
        self._abs_lock()
        self._abs_check_open()
        lines = lines or None
        if SERIES < 19:
            # All deliveries of a product write its oldest valuation layer: queue
            # before the work instead of redoing it (docs/decisions/001-lock-by-update.md).
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
        ready = moves.filtered(
            lambda m: m not in waiting and wanted[m]["quantity"] != 0
        )
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
        for line in self._abs_spread(lines or [], moves):
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
                move.product_id._abs_check_quantity(quantity, move.product_uom)
                entry["quantity"] = (entry["quantity"] or 0.0) + quantity
            entry["lots"].append((lots, quantity))
        return wanted

    def _abs_line_move(self, line, moves):
        """Return the move of a line, and the lot of its move line if it names one."""
        own = []
        if line.get("move_line_id"):
            found = self.move_line_ids.filtered(lambda m: m.id == line["move_line_id"])
            move = found.move_id
            own = (
                [found.lot_id or found.lot_name]
                if found.lot_id or found.lot_name
                else []
            )
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
            raise not_tracked(move.product_id)
        Lot = self.env["stock.lot"]
        for lot in lots:
            if lot.product_id != move.product_id:
                raise Lot._abs_unknown(move.product_id, lot.name)
        found = Lot._abs_by_name(move.product_id, names, self.company_id)
        for name in names:
            if move._abs_from_stock() and name not in found:
                raise Lot._abs_unknown(move.product_id, name)
            lots.append(found.get(name, name))
        return lots

    # -- reservation -----------------------------------------------------------------

    def _abs_reserve(self, moves):
        """Reserve what is not reserved yet, alone on the quants of those products.

        Odoo skips locked quants and makes a second row, so that two parallel
        reservations can both get the last unit.
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
