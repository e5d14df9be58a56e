"""Goods receipts (workflow 0d and reference; docs/contract.md 1.3 and docs/contract.md 5)."""

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import float_compare

from ...compat import move_name
from ...exceptions import BusinessError
from ..base.caller import api_call
from ..base.text import html_of
from .stock_lot_refusal import lot_required, not_tracked, serial_required


class StockPicking(models.Model):
    _inherit = "stock.picking"

    @api.model
    def _api_receive(self, vals):
        """Create a goods receipt, and validate it; returns the picking.

        In a warehouse with several receiving steps the goods are then at its Input or
        Quality Control, and the next step is a receipt of its own.

        :param dict vals: ``warehouse_id``, ``partner_id`` (supplier)?, ``validate``
            (default True), ``scheduled_date``?, ``origin``?, ``note``?, ``lines``:
            ``[{"product_id", "quantity"?, "uom_id"?, "lots": [name]}]``; several lines
            of one product add up; without a quantity it is one unit per serial
        :raises Forbidden: not staff in the warehouse's company
        :raises BusinessError: ``serial_unavailable``, ``duplicate_serial``,
            ``serial_required``, ``lot_required``, ``not_tracked``, ``not_stockable``,
            ``company_mismatch``
        """
        warehouse = self.env["stock.warehouse"].sudo().browse(vals["warehouse_id"])
        company = warehouse.company_id
        company._abs_require_stock_staff()
        self._abs_check_sa_company(company)
        validate = vals.get("validate", True)
        goods = self._abs_goods(vals["lines"], company, validate)
        kind = warehouse.in_type_id
        supplier = self.env["res.partner"].sudo().browse(vals.get("partner_id") or ())
        source = supplier.with_company(company).property_stock_supplier
        if source.usage != "supplier":
            source = self.env.ref("stock.stock_location_suppliers")
        target = kind.default_location_dest_id or warehouse.lot_stock_id
        when = vals.get("scheduled_date") or fields.Datetime.now()
        picking = (
            self.sudo()
            .with_company(company)
            .create(
                {
                    "picking_type_id": kind.id,
                    "partner_id": supplier.id,
                    "company_id": company.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "scheduled_date": when,
                    "origin": vals.get("origin") or False,
                    "note": html_of(vals.get("note")),
                    "move_ids": [
                        Command.create(
                            {
                                **move_name(entry["product"]),
                                "product_id": entry["product"].id,
                                "product_uom_qty": entry["quantity"],
                                "product_uom": entry["uom"].id,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                                "company_id": company.id,
                                "date": when,
                            }
                        )
                        for entry in goods
                    ],
                }
            )
        )
        picking.action_confirm()
        picking._abs_prepare_names(goods)
        if validate:
            picking._api_validate()
        return picking

    @api.model
    def _abs_check_sa_company(self, company):
        """Refuse an ``X-SA-ID`` of another company than the stock's."""
        account = self.env["ov.serviced_account"].sudo()
        account = account.browse(api_call(self.env).account_id or ())
        if account.company_id and account.company_id != company:
            raise BusinessError(
                self.env._(
                    "This stock belongs to %(company)s, %(account)s to %(other)s.",
                    company=company.name,
                    account=account.name,
                    other=account.company_id.name,
                ),
                code="company_mismatch",
            )

    @api.model
    def _abs_goods(self, lines, company, complete):
        """Merge the lines of one product and UoM and check their serials.

        :param bool complete: every unit needs its serial or lot now
        :return: ``[{"product", "uom", "quantity" in that UoM, "lots": {name: quantity
            in the product's UoM}}]``
        """
        goods, seen = {}, set()
        for line in lines:
            product = self.env["product.product"].sudo().browse(line["product_id"])
            uom = self.env["uom.uom"].sudo().browse(line.get("uom_id") or ())
            uom = uom or product.uom_id
            self._abs_check_goods(product, uom, company)
            names = [*(line.get("lots") or [])]
            for lot in self.env["stock.lot"].sudo().browse(line.get("lot_ids") or ()):
                if lot.product_id != product:
                    raise lot._abs_unknown(product, lot.name)
                names.append(lot.name)
            if names and product.tracking == "none":
                raise not_tracked(product)
            quantity = line.get("quantity")
            if quantity is None:
                quantity = product.uom_id._compute_quantity(len(names) or 1, uom)
            product._abs_check_quantity(quantity, uom)
            entry = goods.setdefault(
                (product, uom),
                {"product": product, "uom": uom, "quantity": 0.0, "lots": {}},
            )
            entry["quantity"] += quantity
            units = uom._compute_quantity(quantity, product.uom_id)
            self._abs_add_names(entry, names, units, seen, complete)
        if complete:
            for entry in goods.values():
                self._abs_check_complete(entry)
        return list(goods.values())

    @api.model
    def _abs_check_goods(self, product, uom, companies):
        """Refuse services, foreign units of measure and goods of other companies."""
        owner = product.company_id
        if owner and companies - owner:
            raise BusinessError(
                self.env._(
                    "%(product)s belongs to %(owner)s: it can't be in the stock of "
                    "%(other)s. Use a product that both share.",
                    product=product.display_name,
                    owner=owner.name,
                    other=(companies - owner)[0].name,
                ),
                code="company_mismatch",
            )
        if product.type != "consu":
            raise BusinessError(
                self.env._(
                    "%(product)s is a service: it has no stock.",
                    product=product.display_name,
                ),
                code="not_stockable",
            )
        same_kind = (
            uom._has_common_reference(product.uom_id)
            if hasattr(uom, "_has_common_reference")
            else uom.category_id == product.uom_id.category_id
        )
        if not same_kind:
            raise BusinessError(
                self.env._(
                    "%(product)s is counted in %(own)s, not in %(uom)s.",
                    product=product.display_name,
                    own=product.uom_id.name,
                    uom=uom.name,
                ),
                code="uom_mismatch",
            )

    @api.model
    def _abs_add_names(self, entry, names, units, seen, complete):
        product = entry["product"]
        if product.tracking == "serial":
            for name in names:
                if (product, name) in seen:
                    raise self.env["stock.lot"]._abs_duplicate(name)
                seen.add((product, name))
                entry["lots"][name] = 1.0
            if len(names) > round(units):
                raise serial_required(product, units, len(names))
        elif product.tracking == "lot":
            if len(names) > 1 or (complete and not names):
                raise lot_required(product)
            for name in names:
                entry["lots"][name] = entry["lots"].get(name, 0.0) + units

    @api.model
    def _abs_check_complete(self, entry):
        product = entry["product"]
        if product.tracking != "serial":
            return
        units = entry["uom"]._compute_quantity(entry["quantity"], product.uom_id)
        if float_compare(units, len(entry["lots"]), precision_digits=6):
            raise serial_required(product, units, len(entry["lots"]))

    def _abs_prepare_names(self, goods):
        """Write serials and lots on the confirmed moves, for now or a later validate."""
        for entry in goods:
            if not entry["lots"]:
                continue
            move = self.move_ids.filtered(
                lambda m, e=entry: (
                    m.product_id == e["product"] and m.product_uom == e["uom"]
                )
            )[:1]
            self.env["stock.lot"]._abs_check_new(
                move.product_id, entry["lots"], self.company_id
            )
            move._abs_set_names(entry["lots"])
            move.picked = False
