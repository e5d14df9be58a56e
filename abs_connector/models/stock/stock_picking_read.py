"""What answers tell of warehouses, pickings and moves, for many records at once."""

from odoo import models
from odoo.tools import html2plaintext

from ...card import ref

LOCATIONS = {
    "input": "wh_input_stock_loc_id",
    "quality": "wh_qc_stock_loc_id",
    "stock": "lot_stock_id",
    "pack": "wh_pack_stock_loc_id",
    "output": "wh_output_stock_loc_id",
    "sync_deployed": "x_sync_deployed_id",
    "loaner_pool": "x_loaner_pool_id",
    "service_repair": "x_service_repair_id",
}


def ends(records, model, parent, field):
    """Return ``{record id: location}`` of one end, from the records' own lines.

    :param str model: of the lines, whose field ``parent`` is the record
    :param str field: ``location_id`` or ``location_dest_id``
    """
    groups = records.env[model]._read_group(
        [(parent, "in", records.ids), ("state", "!=", "cancel")], [parent, field]
    )
    found = {}
    for record, place in groups:
        found.setdefault(record.id, []).append(place)
    return {
        r.id: ref(found[r.id][0] if len(found.get(r.id, ())) == 1 else r[field])
        for r in records
    }


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _api_ends(self, field):
        """Return ``{picking id: location}`` of one end, from the moves.

        On 18 the header of a two-step SYNC delivery says Partners/Customers while its
        moves go to SYNC Deployed.
        """
        return ends(self, "stock.move", "picking_id", field)

    def _api_origins(self):
        """Return ``{picking id: the paper it comes from, or None}``.

        Odoo writes the number of the order and the customer's reference there: of an
        order that the caller does not see, as when a delivery went to another SA alone,
        no word is told.
        """
        orders, back = self.sale_id, self.return_id
        hidden = (orders - orders._abs_shown(), back - back._abs_shown())
        return {
            p.id: None
            if p.sale_id in hidden[0] or p.return_id in hidden[1]
            else p.origin or None
            for p in self
        }

    def _api_move_counts(self):
        """Return ``{picking id: number of lines}``."""
        groups = self.env["stock.move"]._read_group(
            [("picking_id", "in", self.ids)], ["picking_id"], ["__count"]
        )
        counts = {picking.id: count for picking, count in groups}
        return {picking.id: counts.get(picking.id, 0) for picking in self}

    def _api_steps(self):
        """Return ``{picking id: step}``: which step of its flow a picking is."""
        names = {}
        for kind in self.picking_type_id:
            house = kind.warehouse_id
            names[kind] = {
                house.pick_type_id: "pick",
                house.pack_type_id: "pack",
                house.qc_type_id: "quality",
                house.store_type_id: "store",
            }.get(kind)
        codes = {"outgoing": "ship", "incoming": "receive", "internal": "transfer"}
        result = {}
        for picking in self:
            kind = picking.picking_type_id
            step = names[kind] or codes.get(kind.code, "other")
            coming = picking.return_id or kind.code == "incoming"
            back = picking.x_flow == "return" and coming
            result[picking.id] = "return" if back else step
        return result

    def _api_plain_notes(self):
        """Return ``{picking id: note without markup, or None}``."""
        return {p.id: html2plaintext(p.note or "").strip() or None for p in self}

    def _api_chain_refs(self):
        """Return ``{picking id: this one and the next steps of its goods}``."""
        return {
            p.id: [
                {
                    **{name: one[name] for name in ("id", "name", "state")},
                    "scheduled_date": one.scheduled_date or None,
                    "date_done": one.date_done or None,
                }
                for one in p
                | p.move_ids.move_dest_ids.picking_id.sorted("id")._abs_shown()
            ]
            for p in self
        }

    def _api_validate_receipt(self, lines=None, force_backorder=False):
        """Validate what comes in, or a transfer; for staff of its company.

        :raises Forbidden: ``role_required``
        """
        self._api_in_flow("receipt", "return", "transfer")
        self.company_id._abs_require_stock_staff()
        return self._api_validate(lines, force_backorder)

    # -- messages ----------------------------------------------------------------------

    def _api_validated_message(self):
        """Return the message of a validated picking."""
        rest = ", ".join(self.backorder_ids.mapped("name"))
        words = {
            "delivery": self.env._("Delivery validated"),
            "receipt": self.env._("Receipt validated"),
            "return": self.env._("Goods returned"),
        }
        message = words.get(self.x_flow, self.env._("Transfer validated"))
        if rest:
            message = self.env._(
                "%(said)s; the rest is on %(rest)s", said=message, rest=rest
            )
        return message

    def _api_received_message(self):
        """Return the message of a new receipt, with the step that has to follow."""
        if self.state != "done":
            return self.env._("Goods receipt created")
        following = self.move_ids.move_dest_ids.picking_id.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        if following:
            return self.env._(
                "Goods receipt created and validated; %(next)s puts the goods in stock",
                next=", ".join(following.mapped("name")),
            )
        return self.env._("Goods receipt created and validated")

    def _api_transferred_message(self):
        """Return the message of a new transfer."""
        if self.state == "done":
            return self.env._("Transfer created and validated")
        return self.env._("Transfer created")
