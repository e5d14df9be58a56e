"""The guard of serials: one unit per serial, taken only from where it is.

It sits in the one method that every move of a unit goes through (delivery, receipt,
return, transfer, count, scrap, repair; web client and API alike), since Odoo itself
accepts a serial that is elsewhere and doubles the unit.
"""

from odoo import models

from ...exceptions import BusinessError
from .stock_lot import REAL_USAGES


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "abs.company.scope.mixin"]

    def _action_done(self):
        # Two parallel receipts of one new name: lots have no unique index.
        new = self.filtered(lambda line: line.lot_name and not line.lot_id)
        new.product_id._abs_lock()
        self._abs_guard_serials()
        result = super()._action_done()
        self.exists()._abs_note_holder()
        return result

    def _free_reservation(self, *args, **kwargs):
        """Reserve other units for the others by what there is, not by what moves now.

        Odoo 18 looks into a cache that holds the quants of the lots that move, finds
        none of any other lot and makes a second, empty one for the reservation; the next
        delivery then takes from that one (-1 beside +1). 19 passes no cache here.
        """
        context = {k: v for k, v in self.env.context.items() if k != "quants_cache"}
        lines = self.with_context(context)
        return super(StockMoveLine, lines)._free_reservation(*args, **kwargs)

    def _abs_lot_label(self):
        return self.lot_id.name or self.lot_name

    def _abs_note_holder(self):
        """Write on the lots which company moved them last (their scope)."""
        for company, lines in self.grouped("company_id").items():
            lots = lines.lot_id.sudo()
            lots.filtered(lambda lot, c=company: lot.x_company_id != c).write(
                {"x_company_id": company.id}
            )

    def _abs_guard_serials(self):
        """Refuse serials that are elsewhere, of another product, or named twice.

        :raises BusinessError: ``serial_unavailable``, ``duplicate_serial``
        """
        lines = self.filtered(
            lambda line: (
                line.product_id.tracking == "serial"
                and line.product_id.is_storable
                and line.quantity > 0
                and (line.lot_id or line.lot_name)
            )
        )
        if not lines:
            return
        Lot = self.env["stock.lot"].sudo()
        named = lines.filtered(lambda line: not line.lot_id)._abs_known_lots()
        lots = lines.lot_id.sudo() | Lot.union(*named.values())
        lots._abs_lock()
        places = {lot: set(at) for lot, at in lots._abs_places().items()}
        new = set()
        for line in lines:
            lot = line.lot_id.sudo() or named[line]
            if not lot:
                if (line.product_id, line.lot_name) in new:
                    raise Lot._abs_duplicate(line.lot_name)
                new.add((line.product_id, line.lot_name))
                continue
            line._abs_guard_place(lot, places[lot])
            line._abs_guard_return(lot)
            places[lot] = {line.location_dest_id}  # the next step in the same batch
        found_lots = Lot
        for line in lines.filtered(lambda ln: ln.location_id.usage == "inventory"):
            found_lots |= line.lot_id.sudo() or named[line]
        found_lots._abs_check_found()

    def _abs_known_lots(self):
        """Return ``{line: the lot that its name means, maybe none}``.

        :raises BusinessError: ``serial_unavailable``: another product has the serial
        """
        Lot = self.env["stock.lot"].sudo()
        result = {}
        groups = self.grouped(lambda line: (line.product_id, line.company_id))
        for (product, company), lines in groups.items():
            names = set(lines.mapped("lot_name"))
            found = Lot._abs_by_name(product, names, company)
            foreign = Lot._abs_foreign_serials(product, names - set(found))
            if foreign:
                raise Lot._abs_unknown(product, foreign[0].name)
            result.update({line: found.get(line.lot_name, Lot) for line in lines})
        return result

    def _abs_guard_place(self, lot, places):
        source = self.location_id
        if source.usage in REAL_USAGES:
            # A unit sold before Odoo may come back from a customer: it is nowhere.
            unknown = source.usage == "customer" and not places
            if source not in places and not unknown:
                raise lot._abs_unavailable(self.company_id)
        elif places or (
            source.usage == "supplier"
            and (lot._abs_was_scrapped() or lot._abs_came_in())
        ):
            raise lot._abs_unavailable(self.company_id)

    def _abs_guard_return(self, lot):
        """All customers share one location: a return takes only what was delivered."""
        origin = self.move_id.origin_returned_move_id
        if not origin or not self.location_id._abs_is_field():
            return
        if lot not in origin.move_line_ids.lot_id:
            raise BusinessError(
                self.env._(
                    "Serial %(serial)s was not delivered by %(delivery)s: return it "
                    "from its own delivery.",
                    serial=lot.name,
                    delivery=origin.picking_id.name or origin.reference,
                ),
                code="serial_unavailable",
                details=[{"field": "lot_name", "message": lot.name}],
            )

    _abs_marks = ("lot_name",)
