"""Scrap (workflow 0g, step 5)."""

from odoo import api, models

from ...exceptions import BusinessError
from .stock_lot_refusal import insufficient_stock


class StockScrap(models.Model):
    _name = "stock.scrap"
    _inherit = ["stock.scrap", "abs.company.scope.mixin"]

    @api.model
    def _api_scrap(self, vals):
        """Scrap goods for good; returns the done scrap.

        A serial is scrapped from where it is: a place in a warehouse, or SYNC Deployed
        (a leased unit that was destroyed). One that was sold must come back first.

        :param dict vals: ``product_id``, ``quantity`` (default 1, product's UoM),
            ``lot_id`` or ``lot_name``?, ``location_id`` or ``warehouse_id`` (needed
            without a serial), ``reason``?
        :raises Forbidden: not staff in the company of the place
        :raises BusinessError: ``insufficient_stock``, ``serial_required``,
            ``lot_required``, ``serial_unavailable``, ``serial_quantity``,
            ``location_required``
        """
        product = self.env["product.product"].sudo().browse(vals["product_id"])
        quantity = vals.get("quantity") or 1.0
        product._abs_check_quantity(quantity)
        lot = self._abs_scrap_lot(product, vals)
        place = self._abs_scrap_place(product, lot, vals)
        company = place.company_id
        company._abs_require_stock_staff()
        pickings = self.env["stock.picking"]
        pickings._abs_check_sa_company(company)
        pickings._abs_check_goods(product, product.uom_id, company)
        self._abs_check_scrap(product, lot, place, quantity)
        row = self._abs_scrap_row(product, lot, place, quantity)
        scrap = (
            self.sudo()
            .with_company(place.company_id)
            .create(
                {
                    "product_id": product.id,
                    "lot_id": lot.id,
                    "scrap_qty": quantity,
                    "product_uom_id": product.uom_id.id,
                    "location_id": place.id,
                    "package_id": row.package_id.id,
                    "owner_id": row.owner_id.id,
                    "company_id": place.company_id.id,
                    "origin": vals.get("reason") or False,
                }
            )
        )
        if scrap.action_validate() is not True or scrap.state != "done":
            held, _reserved = self.env["stock.quant"]._abs_held(product, place, lot)
            raise insufficient_stock(self.env, product, place, quantity, held, lot)
        if vals.get("reason"):
            scrap.message_post(body=vals["reason"])
        return scrap

    @api.model
    def _abs_scrap_lot(self, product, vals):
        line = {"lot_ids": [vals["lot_id"]] if vals.get("lot_id") else []}
        line["lots"] = [vals["lot_name"]] if vals.get("lot_name") else []
        place = self.env["stock.location"].sudo().browse(vals.get("location_id") or ())
        house = (
            self.env["stock.warehouse"].sudo().browse(vals.get("warehouse_id") or ())
        )
        company = place.company_id or house.company_id or self.env.company
        lots = self.env["stock.picking"]._abs_lots_of(product, line, company)
        if not lots and product.tracking != "none":
            raise BusinessError(
                self.env._(
                    "%(product)s is scrapped by serial or lot: name it.",
                    product=product.display_name,
                ),
                code=f"{product.tracking}_required",
            )
        return lots[0] if lots else self.env["stock.lot"].sudo()

    @api.model
    def _abs_scrap_place(self, product, lot, vals):
        place = self.env["stock.location"].sudo().browse(vals.get("location_id") or ())
        house = (
            self.env["stock.warehouse"].sudo().browse(vals.get("warehouse_id") or ())
        )
        if not place and product.tracking == "serial":
            place = lot._abs_place()
            if not place or (house and place.warehouse_id != house):
                raise lot._abs_unavailable(house.company_id or None)
        place = place or house.lot_stock_id
        if not place:
            raise BusinessError(
                self.env._("Say where: name the location_id or the warehouse_id."),
                code="location_required",
            )
        if place.usage != "internal" or not place.company_id:
            if lot:
                raise lot._abs_unavailable()
            raise BusinessError(
                self.env._(
                    "%(place)s is no internal location.", place=place.display_name
                ),
                code="location_not_internal",
            )
        return place

    @api.model
    def _abs_scrap_row(self, product, lot, place, quantity):
        """Return the quant to scrap from, loose goods before those in a package: Odoo
        counts only those of the package that the scrap names."""
        rows = (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("product_id", "=", product.id),
                    ("location_id", "=", place.id),
                    ("lot_id", "=", lot.id or False),
                    ("quantity", ">=", quantity),
                ],
                order="id",
            )
        )
        return rows.sorted(lambda row: bool(row.package_id or row.owner_id))[:1]

    @api.model
    def _abs_check_scrap(self, product, lot, place, quantity):
        quants = self.env["stock.quant"]
        if product.tracking == "serial":
            if quantity != 1:
                raise BusinessError(
                    self.env._("Serial %(serial)s is one unit.", serial=lot.name),
                    code="serial_quantity",
                )
            lot._abs_lock()
            if place not in lot._abs_places()[lot]:
                raise lot._abs_unavailable(place.company_id)
            return
        if not product.is_storable:
            return
        quants._abs_lock_stock(product, place)
        held, reserved = quants._abs_held(product, place, lot)
        free = held - reserved
        if free < quantity - 1e-6:
            raise insufficient_stock(self.env, product, place, quantity, free, lot)
