"""Returns of delivered goods (workflow 0g, step 4)."""

from odoo import models
from odoo.tools import float_compare

from ...exceptions import BusinessError
from ..base.text import html_of
from .stock_lot_refusal import lot_required, serial_required


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _api_return(self, lines=None, reason=None):
        """Take goods of a done delivery back into stock; returns the done return.

        :param list lines: None = everything that is still out; else ``[{"move_id" or
            "move_line_id" or "product_id", "quantity"?, "lots": [name], "lot_ids"}]``
        :param str reason: stands on the return and in both histories
        :raises BusinessError: ``delivery_not_done``, ``serial_required``,
            ``serial_unavailable``, ``quantity_exceeded``, ``nothing_to_return``
        """
        self.ensure_one()
        self = self.with_company(self.company_id)
        self.sale_id._abs_lock()  # the order first, as in every verb
        self._abs_lock()
        if self.state != "done" or self.x_flow != "delivery":
            raise BusinessError(
                self.env._(
                    "%(picking)s is no done delivery: there is nothing to return.",
                    picking=self.name,
                ),
                code="delivery_not_done",
            )
        self._abs_check_shipped()
        wanted = self._abs_return_plan(lines)
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=self.id, active_model="stock.picking")
            .create({"picking_id": self.id})
        )
        for line in wizard.product_return_moves:
            amount = wanted.get(line.move_id, {}).get("quantity", 0.0)
            line.quantity = line.move_id.product_uom._compute_quantity(
                amount, line.uom_id
            )
        back = self.browse(wizard.action_create_returns()["res_id"])
        back.note = html_of(reason)
        for move in back.move_ids:
            entry = wanted[move.origin_returned_move_id]
            if entry["lots"]:
                move._abs_set_known(entry["lots"])
            else:
                move.quantity = move.product_uom_qty
                move.picked = True
        back.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if back.state != "done":
            raise BusinessError(
                self.env._("The return of %(p)s could not be validated.", p=self.name),
                code="not_validated",
            )
        self._abs_tell_return(back, reason)
        return back

    def _abs_check_shipped(self):
        """Refuse the pick and pack steps: their goods went on, or never left."""
        done = self.move_ids.filtered(lambda m: m.state == "done" and m.quantity > 0)
        if all(place._abs_is_field() for place in done.location_dest_id):
            return
        following = done.move_dest_ids.picking_id
        raise BusinessError(
            self.env._(
                "%(picking)s is a step inside the warehouse: return the goods from the "
                "delivery that ships them%(which)s.",
                picking=self.name,
                which=f" ({', '.join(following.mapped('name'))})" if following else "",
            ),
            code="delivery_not_done",
        )

    def _abs_tell_return(self, back, reason):
        text = self.env._("Returned by %(picking)s.", picking=back.name)
        if reason:
            text = f"{text} {reason}"
            back.message_post(body=reason)
        self.message_post(body=text)

    def _abs_return_plan(self, lines):
        """Return ``{move: {"quantity" in its UoM, "lots": {lot: units}}}``."""
        moves = self.move_ids.filtered(lambda m: m.state == "done" and not m.scrap_id)
        moves = moves.filtered(lambda m: m.quantity > 0)
        plan = {}
        if lines:
            for line in self._abs_spread(lines, moves, back=True):
                move, moves_ = self._abs_line_move(line, moves)
                lots = self._abs_line_lots(move, line) or moves_
                entry = plan.setdefault(move, {"quantity": 0.0, "lots": {}})
                self._abs_plan_line(move, entry, line.get("quantity"), lots)
        else:
            for move in moves:
                move._abs_plan_all(plan)
        for move, entry in plan.items():
            move._abs_check_return(entry)
        if not any(entry["quantity"] for entry in plan.values()):
            raise BusinessError(
                self.env._(
                    "Everything of %(picking)s is back already.", picking=self.name
                ),
                code="nothing_to_return",
            )
        return plan

    def _abs_plan_line(self, move, entry, quantity, lots):
        product = move.product_id
        lots = [
            self.env["stock.lot"]._abs_named(product, [lot], self.company_id)[:1]
            if isinstance(lot, str)
            else lot
            for lot in lots
        ]
        if quantity is None:
            quantity = product.uom_id._compute_quantity(len(lots), move.product_uom)
            if product.tracking != "serial":
                quantity = move._abs_returnable()
        product._abs_check_quantity(quantity, move.product_uom)
        units = move._abs_units(quantity)
        if product.tracking == "serial":
            if (
                not lots
                and float_compare(units, move.quantity, precision_digits=6) == 0
            ):
                lots = list(move.move_line_ids.lot_id)
            if len(lots) != round(units):
                raise serial_required(move.product_id, units, len(lots))
            for lot in lots:
                if lot in entry["lots"]:
                    raise lot._abs_duplicate(lot.name)
                entry["lots"][lot] = 1.0
        elif product.tracking == "lot":
            lots = lots or list(move.move_line_ids.lot_id)
            if len(lots) != 1:
                raise lot_required(move.product_id)
            entry["lots"][lots[0]] = entry["lots"].get(lots[0], 0.0) + units
        entry["quantity"] += quantity
