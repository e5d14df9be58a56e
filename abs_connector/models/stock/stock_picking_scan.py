"""Lines of a request that name a product or a bare serial, spread over the moves.

A scanner knows what is printed on the unit, and a customer's order may have a product on
several lines: neither is the caller's to find out.
"""

from odoo import models

from ...card import ref
from ...exceptions import BusinessError
from .stock_lot_refusal import fmt, not_tracked, serial_required

#: below a unit, above the noise of floats
SMALL = 1e-6


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _abs_spread(self, lines, moves, back=False):
        """Return the lines of a request, each of one move.

        :param list lines: as :meth:`_api_validate` takes them; ``product_id`` means all
            moves of this product, neither of them the product of the named lots
        :param moves: the moves that may be meant
        :param bool back: goods come back: a lot goes to the move that delivered it
        :raises BusinessError: ``ambiguous_serial``, ``serial_unavailable``,
            ``quantity_exceeded``, ``serial_required``, ``not_tracked``
        """
        if all(line.get("move_id") or line.get("move_line_id") for line in lines):
            return lines
        spread, rest = [], []
        room = {
            move: move._abs_units(
                move._abs_returnable() if back else move.product_uom_qty
            )
            for move in moves
        }
        for line in self._abs_with_products(lines, moves):
            if not (line.get("move_id") or line.get("move_line_id")):
                rest.append(line)
                continue
            move, own = self._abs_line_move(line, moves)
            room[move] -= self._abs_units_asked(line, move, own)
            spread.append(line)
        for line in rest:
            spread += self._abs_over_moves(line, moves, room, back)
        return spread

    def _abs_units_asked(self, line, move, own=()):
        """Return what a line takes of a move, in the product's UoM."""
        if line.get("quantity") is not None:
            return move._abs_units(line["quantity"])
        if move.product_id.tracking == "serial":
            given = len(line.get("lots") or ()) + len(line.get("lot_ids") or ())
            return given or len(own)
        return move._abs_units(move.product_uom_qty)

    # -- whose product it is -----------------------------------------------------------

    def _abs_with_products(self, lines, moves):
        """Return the lines; those with bare lots by the product that the lots are of."""
        known = ("move_id", "move_line_id", "product_id")
        bare = [line for line in lines if not any(line.get(k) for k in known)]
        if not bare:
            return lines
        names = {name for line in bare for name in line.get("lots") or ()}
        found = self._abs_lots_among(names, moves)
        result, scanned = [line for line in lines if line not in bare], {}
        for line in bare:
            parts = self._abs_by_product(line, found, moves)
            given = sum(len(p["lots"]) + len(p["lot_ids"]) for p in parts.values())
            quantity = line.get("quantity")
            if len(parts) > 1 and quantity not in (None, given):
                raise serial_required(next(iter(parts)), quantity, given)
            for product, part in parts.items():
                if product.tracking == "serial" and quantity in (None, given):
                    # One line for all scans of a product.
                    whole = scanned.setdefault(product, {"lots": [], "lot_ids": []})
                    whole["lots"] += part["lots"]
                    whole["lot_ids"] += part["lot_ids"]
                else:
                    one = None if len(parts) > 1 else quantity
                    line = {"product_id": product.id, "quantity": one, **part}
                    result.append(line)
        for product, part in scanned.items():
            result.append({"product_id": product.id, "quantity": None, **part})
        return result

    def _abs_by_product(self, line, found, moves):
        """Return ``{product: {"lots", "lot_ids"}}`` of a line with bare lots."""
        parts = {}
        for lot in self.env["stock.lot"].sudo().browse(line.get("lot_ids") or ()):
            if lot.product_id not in moves.product_id:
                raise lot._abs_unknown(self._abs_tracked(moves)[:1], lot.name)
            part = parts.setdefault(lot.product_id, {"lots": [], "lot_ids": []})
            part["lot_ids"].append(lot.id)
        for name in line.get("lots") or ():
            products = found.get(name) or self._abs_products_of_new(name, moves)
            if len(products) > 1:
                raise self._abs_ambiguous(name, products)
            part = parts.setdefault(products, {"lots": [], "lot_ids": []})
            part["lots"].append(name)
        return parts

    def _abs_tracked(self, moves):
        """Return the products of moves that have serials or lots.

        :raises BusinessError: ``not_tracked``: none has
        """
        products = moves.product_id
        tracked = products.filtered(lambda p: p.tracking != "none")
        if not tracked:
            raise not_tracked(products[:1])
        return tracked

    def _abs_lots_among(self, names, moves):
        """Return ``{name: the products of these moves that have a lot of it}``.

        What the moves have on their lines goes before: it is what a return brings back.
        """
        lots = moves.move_line_ids.lot_id.sudo()
        found = lots.filtered(lambda lot: lot.name in names)
        rest = names - set(found.mapped("name"))
        if self.state != "done":
            found, rest = found.browse(), names
        if rest:
            found |= found.search(
                [
                    ("name", "in", list(rest)),
                    ("product_id", "in", moves.product_id.ids),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        return {
            name: group.product_id.with_env(self.env)
            for name, group in found.grouped("name").items()
        }

    def _abs_products_of_new(self, name, moves):
        """Return the products that an unknown name may be a new lot of."""
        tracked = self._abs_tracked(moves)
        taken = moves.filtered(lambda m: m._abs_from_stock() or m.state == "done")
        if taken & moves.filtered(lambda m: m.product_id in tracked):
            raise self.env["stock.lot"]._abs_unknown(tracked[:1], name)
        return tracked

    def _abs_ambiguous(self, name, products):
        return BusinessError(
            self.env._(
                "%(name)s may be of several products of %(picking)s: %(products)s. Name "
                "the product_id or the lot_id too.",
                name=name,
                picking=self.name,
                products=", ".join(products.mapped("display_name")),
            ),
            code="ambiguous_serial",
            details=[
                {
                    "field": "product_id",
                    "message": name,
                    "choices": [ref(product) for product in products],
                }
            ],
        )

    # -- which of its moves --------------------------------------------------------------

    def _abs_over_moves(self, line, moves, room, back):
        """Return one line per move of the product that takes a part of ``line``."""
        mine = moves.filtered(lambda m: m.product_id.id == line["product_id"])
        lots = [*(line.get("lots") or ()), *(line.get("lot_ids") or ())]
        if not mine or (len(mine) == 1 and not (back and lots)):
            # `_abs_line_move` finds it, or says that there is none.
            return [line]
        if mine.product_id.tracking == "serial" and lots:
            return self._abs_serials_over(line, mine, room, back)
        return self._abs_quantity_over(line, mine, room, back)

    def _abs_serials_over(self, line, mine, room, back):
        """Give each serial to the move that has it on a line, else to one with room."""
        given = [("lots", name) for name in line.get("lots") or ()]
        given += [("lot_ids", number) for number in line.get("lot_ids") or ()]
        quantity = line.get("quantity")
        if quantity is not None and quantity != len(given):
            raise serial_required(mine.product_id, quantity, len(given))
        parts = {move: {"lots": [], "lot_ids": []} for move in mine}
        known = {
            move: {
                "lots": set(move.move_line_ids.mapped(lambda li: li._abs_lot_label())),
                "lot_ids": set(move.move_line_ids.lot_id.ids),
            }
            for move in mine
        }
        rest = []
        for kind, value in given:
            owners = mine.filtered(lambda m, k=kind, v=value: v in known[m][k])
            free = owners.filtered(lambda m: back or room[m] > 1 - SMALL)[:1]
            if free:
                parts[free][kind].append(value)
                room[free] -= 1
            else:
                rest.append((kind, value))
        for kind, value in rest:
            free = mine.filtered(lambda m: room[m] > 1 - SMALL)[:1]
            if not free:
                free = self._abs_beyond(mine, len(given), room, back)
            parts[free][kind].append(value)
            room[free] -= 1
        return [
            {"move_id": move.id, "quantity": None, **part}
            for move, part in parts.items()
            if part["lots"] or part["lot_ids"]
        ]

    def _abs_quantity_over(self, line, mine, room, back):
        """Fill the moves one after the other; the last of them may stay empty."""
        quantity, most = line.get("quantity"), {m: max(room[m], 0.0) for m in mine}
        if back and mine.product_id.tracking == "lot":
            most = self._abs_lots_back(line, mine, most)
        if quantity is None:
            if back and any(most.values()):
                mine = mine.filtered(lambda m: most[m] > SMALL)
            else:
                return [
                    {**line, "move_id": move.id} for move in mine if most[move]
                ] or [line]
        units = sum(most.values())
        if quantity is not None:
            units = mine[0]._abs_units(quantity)
        result, left = [], units
        for move in mine:
            taken = min(most[move], left)
            if move == mine[-1] and left - taken > SMALL:
                self._abs_beyond(mine, units, most, back)
                taken = left
            left -= taken
            room[move] -= taken
            result.append(
                {**line, "move_id": move.id, "quantity": move._abs_own(taken)}
            )
        if back:
            return [part for part in result if part["quantity"]] or [line]
        return result

    def _abs_lots_back(self, line, mine, most):
        """Return what of a named lot each move has still out; as it was without one."""
        lots = set(line.get("lots") or ())
        ids = set(line.get("lot_ids") or ())
        if not (lots or ids):
            return most
        return {
            move: sum(
                units
                for lot, units in move._abs_lots_out().items()
                if lot.name in lots or lot.id in ids
            )
            for move in mine
        }

    def _abs_beyond(self, mine, asked, room, back):
        """Return the move that takes what is more than was ordered.

        :param float asked: in the product's UoM
        :raises BusinessError: ``quantity_exceeded``: none may
        """
        outgoing = self.picking_type_id.code == "outgoing"
        if not back and (outgoing or mine.move_orig_ids):
            first = mine[0]
            demand = sum(m._abs_units(m.product_uom_qty) for m in mine)
            raise BusinessError(
                self.env._(
                    "%(product)s: %(asked)s asked, but only %(demand)s %(uom)s are on "
                    "%(picking)s.",
                    product=first.product_id.display_name,
                    asked=fmt(asked),
                    demand=fmt(demand),
                    uom=first.product_id.uom_id.name,
                    picking=self.name,
                ),
                code="quantity_exceeded",
            )
        return mine[:1] if back else mine[-1:]
