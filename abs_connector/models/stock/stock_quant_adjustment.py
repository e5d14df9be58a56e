"""Inventory counts (workflow 0h and reference).

The count becomes an inventory move of Odoo (``_get_inventory_move_values``), not the
wizard of the web client: that one wants a stock manager as user, compares with what the
screen showed, and on 19 takes a serial product without its serial.
"""

from odoo import api, models
from odoo.tools import float_compare, float_is_zero

from ...card import ref
from ...exceptions import BusinessError, Conflict
from .stock_lot_refusal import not_tracked


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _api_adjust(self, vals):
        """Set stock to what was counted; returns a dict with a row per line.

        :param dict vals: ``warehouse_id``, ``reason``, ``lines``: ``[{"product_id",
            "lot_id" or "lot_name"?, "location_id"?, "quantity_counted"}]``, quantities
            in the product's UoM. Without a location it is the one where the warehouse
            has the product (the serial), else its Stock.
        :return: ``{"reason", "warehouse", "lines": [{"product", "location",
            "lot", "qty_before", "qty_counted", "qty_difference", "movement_id"}]}``
        :raises Forbidden: not staff in the warehouse's company
        :raises BusinessError: ``location_required``, ``serial_required``,
            ``lot_required``, ``serial_unavailable``, ``serial_quantity``,
            ``not_stockable``, ``duplicate_line``
        :raises Conflict: ``stock_changed``: somebody moved goods meanwhile
        """
        warehouse = self.env["stock.warehouse"].sudo().browse(vals["warehouse_id"])
        warehouse.company_id._abs_require_stock_staff()
        self.env["stock.picking"]._abs_check_sa_company(warehouse.company_id)
        self = self.sudo().with_company(warehouse.company_id)
        rows, seen = [], set()
        for line in vals["lines"]:
            row = self._abs_count_line(warehouse, line, vals["reason"], seen)
            rows.append(row)
        return {"reason": vals["reason"], "warehouse": ref(warehouse), "lines": rows}

    @api.model
    def _abs_count_line(self, warehouse, line, reason, seen):
        product = self.env["product.product"].browse(line["product_id"])
        counted = line["quantity_counted"]
        product._abs_check_quantity(counted)
        lot = self._abs_counted_lot(warehouse, product, line)
        location = self._abs_counted_place(warehouse, product, lot, line)
        key = (product, lot, location)
        if key in seen:
            raise BusinessError(
                self.env._(
                    "%(product)s is counted twice at %(place)s.",
                    product=lot.name or product.display_name,
                    place=location.display_name,
                ),
                code="duplicate_line",
            )
        seen.add(key)
        self._abs_lock_stock(product, location)
        if product.tracking == "serial":
            self._abs_check_serial_count(lot, location, counted)
        before = self._abs_exactly_held(product, location, lot)
        difference = counted - before
        rounding = product.uom_id.rounding
        move = self.env["stock.move"]
        if not float_is_zero(difference, precision_rounding=rounding):
            moves = self._abs_count_moves(product, location, lot, difference, reason)
            move = moves[:1]
            self.env.flush_all()
            after = self._abs_exactly_held(product, location, lot)
            if float_compare(after, counted, precision_rounding=rounding):
                raise Conflict(
                    self.env._(
                        "Stock of %(product)s changed during the count. Count again.",
                        product=product.display_name,
                    ),
                    code="stock_changed",
                )
        return {
            "product": ref(product),
            "location": ref(location),
            "lot": ref(lot),
            "qty_before": round(before, 6),
            "qty_counted": counted,
            "qty_difference": round(difference, 6),
            "movement_id": move.id or None,
        }

    @api.model
    def _abs_count_moves(self, product, location, lot, difference, reason):
        """Make and do the inventory moves of a difference; returns them.

        What is missing is taken from the rows that there are, loose goods before those
        in packages; taken from no row, it would stand below zero beside the packages.
        """
        quants = self.search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", lot.id or False),
            ],
            order="quantity desc, id",
        ).sorted(lambda quant: bool(quant.package_id or quant.owner_id))
        loss, values = product.property_stock_inventory, []
        if difference > 0:
            quant = quants[:1] or self.create(
                {
                    "product_id": product.id,
                    "location_id": location.id,
                    "lot_id": lot.id or False,
                }
            )
            values.append(
                quant.with_context(inventory_name=reason)._get_inventory_move_values(
                    difference, loss, location
                )
            )
        missing, rounding = -difference, product.uom_id.rounding
        for quant in quants.with_context(inventory_name=reason):
            taken = min(missing, quant.quantity)
            if float_compare(taken, 0, precision_rounding=rounding) <= 0:
                continue
            missing -= taken
            values.append(
                quant._get_inventory_move_values(
                    taken, location, loss, package_id=quant.package_id
                )
            )
        moves = self.env["stock.move"].with_context(inventory_mode=False).create(values)
        moves.with_context(inventory_name=reason)._action_done()
        location.last_inventory_date = location.company_id._abs_today()
        return moves

    @api.model
    def _abs_exactly_held(self, product, location, lot):
        """Return the sum of all rows of one product, place and lot (trap 10)."""
        ((held,),) = self._read_group(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", lot.id or False),
            ],
            aggregates=["quantity:sum"],
        )
        return held or 0.0

    @api.model
    def _abs_counted_lot(self, warehouse, product, line):
        """Return the lot of a line; an unknown name is a unit that was found."""
        Lot = self.env["stock.lot"]
        if not product.is_storable:
            raise BusinessError(
                self.env._(
                    "%(product)s is not tracked in stock: there is nothing to count.",
                    product=product.display_name,
                ),
                code="not_stockable",
            )
        lot, name = Lot.browse(line.get("lot_id") or ()), line.get("lot_name")
        if product.tracking == "none":
            if lot or name:
                raise not_tracked(product)
            return lot
        if not lot and not name:
            raise BusinessError(
                self.env._(
                    "%(product)s is counted by serial or lot: name it on the line.",
                    product=product.display_name,
                ),
                code=f"{product.tracking}_required",
            )
        if lot and lot.product_id != product:
            raise Lot._abs_unknown(product, lot.name)
        if not lot:
            lot = Lot._abs_named(product, [name], warehouse.company_id)[:1]
        if lot:
            return lot
        foreign = product.tracking == "serial" and Lot._abs_foreign_serials(
            product, [name]
        )
        if foreign or not line["quantity_counted"]:
            raise Lot._abs_unknown(product, name)
        product._abs_lock()  # lots have no unique index
        return Lot.create({"name": name, "product_id": product.id})

    @api.model
    def _abs_counted_place(self, warehouse, product, lot, line):
        if line.get("location_id"):
            place = self.env["stock.location"].browse(line["location_id"])
            if place.usage != "internal" or place.warehouse_id != warehouse:
                raise BusinessError(
                    self.env._(
                        "%(place)s is no internal location of %(warehouse)s.",
                        place=place.display_name,
                        warehouse=warehouse.name,
                    ),
                    code="location_not_internal",
                )
            return place
        serial = product.tracking == "serial"
        root = warehouse.view_location_id if serial else warehouse.lot_stock_id
        groups = self._read_group(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", root.id),
                ("location_id.usage", "=", "internal"),
                *([("lot_id", "=", lot.id)] if lot else []),
            ],
            ["location_id"],
            ["quantity:sum"],
        )
        held = [place for place, quantity in groups if abs(quantity) > 1e-6]
        if len(held) > 1:
            raise BusinessError(
                self.env._(
                    "%(product)s is in several places of %(warehouse)s: %(places)s. "
                    "Name the location_id that was counted.",
                    product=product.display_name,
                    warehouse=warehouse.name,
                    places=", ".join(p.display_name for p in held),
                ),
                code="location_required",
            )
        return held[0] if held else warehouse.lot_stock_id

    @api.model
    def _abs_check_serial_count(self, lot, location, counted):
        if counted not in (0, 1):
            raise BusinessError(
                self.env._(
                    "Serial %(serial)s is one unit: count 0 or 1.", serial=lot.name
                ),
                code="serial_quantity",
            )
        lot._abs_lock()
        places = lot._abs_places()[lot]
        if counted and places and location not in places:
            raise lot._abs_unavailable(location.company_id)
