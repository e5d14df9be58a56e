"""What answers tell of warehouses, pickings and moves, for many records at once."""

from odoo import models
from odoo.tools import html2plaintext

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


def ref(record):
    """Return ``{"id", "name"}`` of a record, None when empty."""
    named = record.sudo().with_context(display_default_code=False)
    return {"id": record.id, "name": named.display_name} if record else None


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def abs_location_refs(self):
        """Return ``{warehouse id: {name of the place: {"id", "name"}}}``."""
        return {
            warehouse.id: {
                key: ref(warehouse[field]) for key, field in LOCATIONS.items()
            }
            for warehouse in self
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

    def abs_ends(self, field):
        """Return ``{picking id: location}`` of one end, from the moves.

        On 18 the header of a two-step SYNC delivery says Partners/Customers while its
        moves go to SYNC Deployed (ODOO_COOKBOOK 3).
        """
        return ends(self, "stock.move", "picking_id", field)

    def abs_move_counts(self):
        """Return ``{picking id: number of lines}``."""
        groups = self.env["stock.move"]._read_group(
            [("picking_id", "in", self.ids)], ["picking_id"], ["__count"]
        )
        counts = {picking.id: count for picking, count in groups}
        return {picking.id: counts.get(picking.id, 0) for picking in self}

    def abs_steps(self):
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

    def abs_plain_notes(self):
        """Return ``{picking id: note without markup, or None}``."""
        return {p.id: html2plaintext(p.note or "").strip() or None for p in self}

    def abs_chain_refs(self):
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

    def abs_validate_receipt(self, lines=None, force_backorder=False):
        """Validate what comes in, or a transfer; for staff of its company.

        :raise Forbidden: ``role_required``
        """
        self.abs_in_flow("receipt", "return", "transfer")
        self.company_id._abs_require_stock_staff()
        return self.abs_validate(lines, force_backorder)

    # -- messages ----------------------------------------------------------------------

    def abs_validated_said(self):
        """Return the message of a validated picking."""
        rest = ", ".join(self.backorder_ids.mapped("name"))
        words = {
            "delivery": self.env._("Delivery validated"),
            "receipt": self.env._("Receipt validated"),
            "return": self.env._("Goods returned"),
        }
        said = words.get(self.x_flow, self.env._("Transfer validated"))
        if rest:
            said = self.env._("%(said)s; the rest is on %(rest)s", said=said, rest=rest)
        return said

    def abs_received_said(self):
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

    def abs_transferred_said(self):
        """Return the message of a new transfer."""
        if self.state == "done":
            return self.env._("Transfer created and validated")
        return self.env._("Transfer created")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def abs_adjusted_said(self):
        """Return the message of a count."""
        return self.env._("Stock adjusted")


class StockMove(models.Model):
    _inherit = "stock.move"

    def abs_ends(self, field):
        """Return ``{move id: location}`` of one end: the shelf, if it is one."""
        return ends(self, "stock.move.line", "move_id", field)

    def abs_types(self):
        """Return ``{move id: type}``: the code of the operation, else what it was."""
        result = {}
        for move in self:
            kind = move.picking_type_id.code
            if move.scrap_id:
                kind = "scrap"
            elif move.is_inventory or not kind:
                kind = "adjustment" if move.is_inventory else "other"
            result[move.id] = kind
        return result


class ProductProduct(models.Model):
    _inherit = "product.product"

    def abs_stock_detail(self, warehouse_id=None, narrow=()):
        """Return one product's stock by location, with totals and the forecast.

        :param int warehouse_id: only this warehouse
        :param narrow: domain on quants, from ``X-SA-ID``
        :return: ``{"product", "by_location", "totals"}``
        """
        self.ensure_one()
        quants = self.env["stock.quant"]
        domain = [("product_id", "=", self.id), *narrow]
        if warehouse_id:
            domain.append(("location_id.warehouse_id", "=", warehouse_id))
        rows, _total = quants.abs_levels(domain)
        keys = ("qty_on_hand", "qty_reserved", "qty_available")
        totals = {key: round(sum(row[key] for row in rows), 6) for key in keys}
        totals["qty_forecasted"] = self._abs_forecast(warehouse_id, narrow)
        return {
            "product": {
                "id": self.id,
                "name": self.name,
                "default_code": self.default_code or None,
                "tracking": self.tracking,
                "uom": ref(self.uom_id),
            },
            "by_location": [
                {key: row[key] for key in ("location", *keys)} for row in rows
            ],
            "totals": totals,
        }

    def _abs_forecast(self, warehouse_id, narrow):
        """Return on hand + incoming - outgoing of the warehouses the caller sees."""
        company_ids = [i for leaf in narrow for i in leaf[2] if i]
        domain = [("company_id", "in", company_ids)] if company_ids else []
        if warehouse_id:
            domain.append(("id", "=", warehouse_id))
        houses = self.env["stock.warehouse"].sudo(False).search(domain).sudo()
        if not houses:
            return 0.0
        # Locations, not the key warehouse_id: it takes one warehouse on 18.
        seen = self.with_context(
            location=houses.view_location_id.ids,
            allowed_company_ids=houses.company_id.ids,
        )
        return round(seen.virtual_available, 6)
