"""Packages on a quotation of the web client; the API expands them by itself."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_add_package(self):
        """Open the wizard 'Add package'."""
        self.ensure_one()
        self._abs_check_editable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add Package"),
            "res_model": "abs.add.package",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_expand_packages(self):
        """Replace lines of package products by their components."""
        self.ensure_one()
        for line in self._abs_unexpanded_lines():
            self._api_add_lines(
                [
                    {
                        "product_id": line.product_id.id,
                        "quantity": line.product_uom_qty,
                        "discount": line.discount,
                    }
                ]
            )
            line.unlink()
        return True

    def _abs_unexpanded_lines(self):
        """Return the lines that sell a package product as it is."""
        sheets = self.env["ov.bop.sheet"].sudo()
        sheets = sheets.search([("product_id", "in", self.order_line.product_id.ids)])
        packages = sheets.product_id
        return self.order_line.filtered(lambda line: line.product_id in packages)

    def _confirmation_error_message(self):
        """A package is no goods: nothing would be delivered for such a line."""
        message = super()._confirmation_error_message()
        lines = self._abs_unexpanded_lines()
        if message or not lines:
            return message
        return self.env._(
            "%(product)s is a package. Press 'Expand packages' on %(order)s, so that "
            "its components are sold.",
            product=lines[0].product_id.display_name,
            order=self.name,
        )
