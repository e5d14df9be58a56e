"""The lines that a quotation is asked for: products, and packages expanded (workflow 2)."""

from odoo import api, models
from odoo.fields import Command

from ...compat import SOL_UOM
from ...exceptions import BusinessError, NotFound


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _abs_line_commands(self, lines):
        """Return x2many commands for ``order_line``; see :meth:`_api_update`."""
        commands = []
        for line in lines:
            if line.get("id"):
                commands.append(self._abs_line_change(line))
            else:
                commands += [Command.create(v) for v in self._abs_new_lines(line)]
        return commands

    def _abs_line_change(self, line):
        record = self.order_line.filtered(lambda line_: line_.id == line["id"])
        if not record:
            raise NotFound(
                self.env._(
                    "Line %(id)s is not a line of %(order)s.",
                    id=line["id"],
                    order=self.name,
                ),
                code="line_not_found",
            )
        if line.get("delete") or line.get("quantity") == 0:
            return Command.delete(record.id)
        product = self.env["product.product"].browse(line.get("product_id") or ())
        product = product or record.product_id
        product._abs_check_quantity(line.get("quantity"), record[SOL_UOM])
        return Command.update(record.id, self._abs_line_vals(line))

    def _abs_new_lines(self, line):
        """Return the values of one asked line, a package expanded (docs/contract.md 5).

        ``price_unit`` omitted leaves the pricelist's price to Odoo.
        """
        product = self.env["product.product"].browse(line.get("product_id") or ())
        sheets = self.env["ov.bop.sheet"]
        sheet = sheets.browse(line.get("bop_id") or ())
        if not sheet and product:
            sheet = sheets._of_product(product)
        if sheet:
            return self._abs_package_lines(sheet, line)
        if not product:
            raise BusinessError(
                self.env._("Each line names a product_id or a bop_id."),
                code="product_required",
            )
        if line.get("properties") or line.get("substitutions"):
            raise BusinessError(
                self.env._(
                    "%(product)s is no package: it has no properties or substitutions.",
                    product=product.display_name,
                ),
                code="not_a_package",
            )
        self._abs_check_product(product)
        product._abs_check_quantity(line.get("quantity"))
        return [self._abs_line_vals(line)]

    def _abs_package_lines(self, sheet, line):
        """Return the values of a package's components, each at its own price."""
        if line.get("price_unit") is not None:
            raise BusinessError(
                self.env._(
                    "%(package)s is billed by its components: leave price_unit out, or "
                    "give a discount.",
                    package=sheet.name,
                ),
                code="package_price",
            )
        parts = sheet._api_expand(
            quantity=line.get("quantity") or 1,
            properties=line.get("properties"),
            substitutions=line.get("substitutions"),
        )
        values = []
        for part in parts:
            product = self.env["product.product"].browse(part["product_id"])
            self._abs_check_product(product)
            product._abs_check_quantity(part["quantity"])
            vals = {
                "product_id": product.id,
                "product_uom_qty": part["quantity"],
                "x_bop_id": part["bop_id"],
            }
            if line.get("discount") is not None:
                vals["discount"] = line["discount"]
            if part.get("properties"):
                speaking = product.with_context(lang=self.partner_id.lang)
                text = speaking.get_product_multiline_description_sale()
                vals["name"] = f"{text}\n{part['properties']}"
            values.append(vals)
        return values

    def _abs_check_product(self, product):
        company = product.company_id
        if (
            product.sale_ok
            and product.active
            and company in (self.company_id, company.browse())
        ):
            return
        raise BusinessError(
            self.env._(
                "%(product)s is not sold by %(company)s. Choose another product.",
                product=product.display_name,
                company=self.company_id.name,
            ),
            code="product_not_sellable",
        )

    @api.model
    def _abs_line_vals(self, line):
        """Map ``product_id, quantity, price_unit, discount, name`` to line fields."""
        names = {
            "product_id": "product_id",
            "quantity": "product_uom_qty",
            "price_unit": "price_unit",
            "discount": "discount",
            "name": "name",
        }
        vals = {
            field: line[name]
            for name, field in names.items()
            if line.get(name) is not None
        }
        if "price_unit" in vals:
            # A price that was agreed stays when the quantity changes: Odoo takes one
            # that differs from this field for a price given by hand.
            vals["technical_price_unit"] = -1.0
        return vals
