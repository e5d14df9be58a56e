"""Internal transfers: within and between warehouses and companies.

workflow 0j, docs/contract.md 5. One unit on its own: ``stock_lot_move.py``.
"""

from odoo import api, models
from odoo.fields import Command

from ...compat import move_name
from ...exceptions import BusinessError
from ..base.text import html_of
from .stock_location import SYNC_DEPLOYED
from .stock_lot_refusal import lot_required, not_tracked, serial_required


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.model
    def _api_transfer(self, vals):
        """Move goods between two internal locations; returns the picking(s).

        Between companies: two pickings through the inter-company transit location, the
        first out of the source, the second (waiting for it) into the destination.

        :param dict vals: ``from_location_id``, ``to_location_id``, ``validate``
            (default True), ``scheduled_date``?, ``note``?, ``lines``:
            ``[{"product_id", "quantity"?, "uom_id"?, "lots": [name], "lot_ids": []}]``
        :return: recordset of one picking, or of two
        :raises Forbidden: not staff in both companies
        :raises BusinessError: ``same_location``, ``location_not_internal``,
            ``insufficient_stock``, ``serial_required``, ``serial_unavailable``, ...
        """
        places = self.env["stock.location"].sudo()
        source = places.browse(vals["from_location_id"])
        target = places.browse(vals["to_location_id"])
        self._abs_check_places(source, target)
        companies = source.company_id | target.company_id
        companies._abs_require_stock_staff()
        lines = self._abs_transfer_lines(vals["lines"], source.company_id, companies)
        # Before their stock is reserved, as every other verb takes them.
        products = self.env["product.product"].union(*(p for p, _uom in lines["goods"]))
        products.sudo()._abs_lock()
        named = [lot for product_lots in lines["lots"].values() for lot in product_lots]
        self.env["stock.lot"].sudo().union(*named)._abs_lock()
        pickings = self._abs_transfer_pickings(source, target, lines, vals)
        validate = vals.get("validate", True)
        if lines["lots"] and not validate:
            pickings[:1]._abs_apply_lots(lines["lots"], picked=False)
        if validate:
            for picking in pickings:
                picking._api_validate(picking._abs_transfer_request(lines["lots"]))
        return pickings

    @api.model
    def _abs_check_places(self, source, target):
        _ = self.env._
        if source == target:
            raise BusinessError(
                _("Goods are moved from one location to another."), code="same_location"
            )
        for place in source | target:
            if place.usage != "internal" or not place.company_id:
                raise BusinessError(
                    _(
                        "%(place)s is no internal location: transfers go between "
                        "internal locations.",
                        place=place.display_name,
                    ),
                    code="location_not_internal",
                )
        if target.x_role == SYNC_DEPLOYED:
            raise BusinessError(
                _(
                    "Units get to SYNC Deployed by the delivery of an order or by a "
                    "swap, so that each has its customer."
                ),
                code="location_not_allowed",
            )

    @api.model
    def _abs_transfer_lines(self, lines, company, companies):
        """Return ``{"goods": {(product, uom): quantity}, "lots": {product: {lot: n}}}``.

        Lots are checked against their product here, against their place later.
        """
        Lot = self.env["stock.lot"].sudo()
        goods, lots = {}, {}
        for line in lines:
            product = self.env["product.product"].sudo().browse(line["product_id"])
            uom = self.env["uom.uom"].sudo().browse(line.get("uom_id") or ())
            uom = uom or product.uom_id
            self._abs_check_goods(product, uom, companies)
            named = self._abs_lots_of(product, line, company)
            quantity = line.get("quantity")
            if quantity is None:
                quantity = product.uom_id._compute_quantity(len(named) or 1, uom)
            product._abs_check_quantity(quantity, uom)
            units = uom._compute_quantity(quantity, product.uom_id)
            if product.tracking == "serial" and len(named) != round(units):
                raise serial_required(product, units, len(named))
            if product.tracking == "lot" and len(named) != 1:
                raise lot_required(product)
            goods[product, uom] = goods.get((product, uom), 0.0) + quantity
            product_lots = lots.setdefault(product, {})
            for lot in named:
                if product.tracking == "serial" and lot in product_lots:
                    raise Lot._abs_duplicate(lot.name)
                amount = 1.0 if product.tracking == "serial" else units
                product_lots[lot] = product_lots.get(lot, 0.0) + amount
        return {
            "goods": goods,
            "lots": {
                p: product_lots for p, product_lots in lots.items() if product_lots
            },
        }

    @api.model
    def _abs_lots_of(self, product, line, company):
        """Return the known lots that a line names, by id or by name."""
        Lot = self.env["stock.lot"].sudo()
        lots = list(Lot.browse(line.get("lot_ids") or ()))
        names = line.get("lots") or []
        if (lots or names) and product.tracking == "none":
            raise not_tracked(product)
        for lot in lots:
            if lot.product_id != product:
                raise Lot._abs_unknown(product, lot.name)
        found = Lot._abs_by_name(product, names, company) if names else {}
        for name in names:
            if name not in found:
                raise Lot._abs_unknown(product, name)
            lots.append(found[name])
        return lots

    @api.model
    def _abs_transfer_pickings(self, source, target, lines, vals):
        warehouses = self.env["stock.warehouse"]
        origin = warehouses._abs_of(source)
        if source.company_id == target.company_id:
            return self._abs_make_transfer(
                origin.int_type_id, source, target, lines["goods"], vals
            )
        transit = self.env.ref("stock.stock_location_inter_company").sudo()
        if not transit.active:
            transit.active = True
        ours, theirs = source.company_id.partner_id, target.company_id.partner_id
        out = self._abs_make_transfer(
            origin.out_type_id,
            source,
            transit,
            lines["goods"],
            {**vals, "partner_id": theirs.id},
        )
        into = self._abs_make_transfer(
            warehouses._abs_of(target).in_type_id,
            transit,
            target,
            lines["goods"],
            {**vals, "partner_id": ours.id, "origin": out.name},
            origins=out.move_ids,
        )
        return out | into

    @api.model
    def _abs_make_transfer(self, kind, source, target, goods, vals, origins=None):
        """Create and confirm one picking of a transfer.

        The partner is given at creation: written later, it would make Odoo compute the
        locations of the picking anew from its type.
        """
        company = kind.company_id
        before = {(m.product_id, m.product_uom): m for m in origins or ()}
        moves = []
        for (product, uom), quantity in goods.items():
            move = {
                **move_name(product),
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": uom.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "company_id": company.id,
                "partner_id": vals.get("partner_id") or False,
            }
            if before:
                move["move_orig_ids"] = [Command.link(before[product, uom].id)]
            moves.append(Command.create(move))
        values = {
            "picking_type_id": kind.id,
            "company_id": company.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "partner_id": vals.get("partner_id") or False,
            "origin": vals.get("origin") or False,
            "note": html_of(vals.get("note")),
            "move_ids": moves,
        }
        for name in ("scheduled_date", "x_sa_id", "x_actor_id"):
            if vals.get(name):
                values[name] = vals[name]
        picking = self.sudo().with_company(company).create(values)
        picking.action_confirm()
        return picking

    def _abs_transfer_request(self, lots):
        """Return the lines for :meth:`_api_validate` that name the lots of a transfer."""
        request = []
        if not lots:
            return None
        for move in self.move_ids:
            product_lots = lots.get(move.product_id)
            if not product_lots:
                request.append({"move_id": move.id, "quantity": move.product_uom_qty})
                continue
            for lot, units in product_lots.items():
                quantity = move.product_id.uom_id._compute_quantity(
                    units, move.product_uom
                )
                request.append(
                    {"move_id": move.id, "quantity": quantity, "lot_ids": [lot.id]}
                )
        return request

    def _abs_apply_lots(self, lots, picked):
        for move in self.move_ids.filtered(lambda m: m.product_id in lots):
            move._abs_set_lots(lots[move.product_id])
            move.picked = picked
