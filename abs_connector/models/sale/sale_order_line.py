"""Order lines: a change voids an approval, a credited line is closed (docs/contract.md 1, 12)."""

from odoo import api, fields, models
from odoo.tools import float_compare, float_is_zero

from ...compat import SOL_TAXES, SOL_UOM
from ...exceptions import BusinessError
from ...scope import Switch
from .sale_order_approval_guard import CONTENTS

#: The ids of the credited lines that are asked for by name, to be billed again.
NAMED_LINES = Switch("named_lines")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    x_bop_id = fields.Many2one(
        "ov.bop.sheet",
        "Package",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="The package this line was expanded from.",
    )

    _abs_given_at_create = ("x_bop_id",)

    @api.constrains("product_id", "product_uom_qty", SOL_UOM)
    def _check_whole_units(self):
        """Half a serial can never be delivered, so it is not sold either."""
        for line in self:
            product, unit = line.product_id, line[SOL_UOM]
            if product.tracking != "serial" or not unit:
                continue
            units = unit._compute_quantity(
                line.product_uom_qty, product.uom_id, round=False
            )
            if float_compare(units, round(units), precision_digits=4):
                asked = f"{units:g}"
                raise BusinessError(
                    self.env._(
                        "%(product)s has one serial per unit: order whole units, not "
                        "%(units)s.",
                        product=product.display_name,
                        units=asked,
                    ),
                    code="whole_units",
                    details=[{"field": "quantity"}],
                )

    # -- changes void approvals ------------------------------------------------------

    # -- what is still to be billed --------------------------------------------------

    # -- the doors: a change of contents voids approvals ------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        orders = self.env["sale.order"].browse(ids)
        before = orders._abs_amounts()
        lines = super().create(vals_list)
        orders._abs_check_grown(before)
        lines.order_id._abs_void_changed()
        lines._after_create()
        return lines

    def write(self, vals):
        orders = self.order_id if CONTENTS & vals.keys() else self.order_id.browse()
        before = orders._abs_amounts()
        result = super().write(vals)
        orders._abs_check_grown(before)
        self.order_id._abs_void_changed()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders.exists()._abs_void_changed()
        return result

    def _after_create(self):
        """Phase: lines were created, of quotations and of confirmed orders."""

    @api.depends("qty_invoiced", "qty_delivered", "product_uom_qty", "state")
    def _compute_qty_to_invoice(self):
        """A credited quantity is closed: nothing bills it again by itself.

        Odoo takes a credit note off ``qty_invoiced``, so the line would be billed
        twice by whatever drafts next. It is billed again when asked
        for by name (:data:`NAMED_LINES`).
        """
        result = super()._compute_qty_to_invoice()
        for line in self:
            if line.qty_to_invoice > 0:
                closed = line._abs_closed_quantity()
                line.qty_to_invoice = max(0.0, line.qty_to_invoice - closed)
        return result

    def _abs_closed_quantity(self):
        """Return the credited quantity that stays closed, in the line's unit.

        What was billed again by name is closed no more (``x_billed_again``).
        Delivery policy: goods that came back lower ``qty_delivered`` themselves, so
        only credits beyond the returns close something; what is delivered anew is
        billed. Order policy: each credited unit is closed.
        """
        self.ensure_one()
        credited = 0.0
        for item in self.invoice_lines:
            kind, unit = item.move_id.move_type, item.product_uom_id
            if item.move_id.state == "cancel":
                continue
            if kind == "out_refund":
                credited += self._abs_in_line_unit(item.quantity, unit)
            elif kind == "out_invoice" and item.x_billed_again:
                again = min(item.x_billed_again, item.quantity)
                credited -= self._abs_in_line_unit(again, unit)
        if credited > 0 and self.product_id.invoice_policy != "order":
            credited -= self._abs_returned_quantity()
        return max(0.0, credited)

    def _abs_returned_quantity(self):
        if not self.move_ids:
            return 0.0
        _out, incoming = self._get_outgoing_incoming_moves()
        return sum(
            self._abs_in_line_unit(move.quantity, move.product_uom)
            for move in incoming
            if move.state == "done"
        )

    def _abs_in_line_unit(self, quantity, unit):
        line_unit = self[SOL_UOM]
        return (
            unit._compute_quantity(quantity, line_unit, round=False)
            if unit
            else quantity
        )

    @api.depends(
        "state", "product_uom_qty", "qty_delivered", "qty_to_invoice", "qty_invoiced"
    )
    def _compute_invoice_status(self):
        """Lines at 0 and lines whose rest is credited have nothing left to bill."""
        result = super()._compute_invoice_status()
        digits = 4
        for line in self:
            if line.state != "sale" or line.display_type or line.is_downpayment:
                continue
            if line.invoice_status == "to invoice" and line._abs_is_free():
                line.invoice_status = "invoiced"
            elif line.invoice_status == "no" and line.product_uom_qty > 0:
                billed = line.qty_invoiced + line._abs_closed_quantity()
                if (
                    float_is_zero(line.qty_to_invoice, precision_digits=digits)
                    and float_compare(
                        billed, line.product_uom_qty, precision_digits=digits
                    )
                    >= 0
                ):
                    line.invoice_status = "invoiced"
        return result

    def _abs_is_free(self):
        """Tell whether the line costs nothing, such as SYNC equipment (docs/contract.md 6)."""
        return self.currency_id.is_zero(self.price_total)

    def _abs_raw_quantity(self):
        """Return what Odoo would bill, credited quantities included."""
        policy = self.product_id.invoice_policy
        base = self.product_uom_qty if policy == "order" else self.qty_delivered
        return max(0.0, base - self.qty_invoiced)

    def _prepare_invoice_line(self, **optional_values):
        """Bill the credited quantity of a line that was asked for by name."""
        if self.id in (NAMED_LINES.of(self.env) or ()):
            raw = self._abs_raw_quantity()
            optional_values.setdefault("quantity", raw)
            optional_values["x_billed_again"] = min(raw, self._abs_closed_quantity())
        return super()._prepare_invoice_line(**optional_values)

    def _abs_policy_group(self):
        """Return 'order' or 'delivery': on which invoice of its order the line goes.

        Discounts (negative lines) go with the goods where there are any, so that no
        invoice of services alone comes out negative.
        """
        self.ensure_one()
        policy = self.product_id.invoice_policy or "order"
        if policy == "order" and self.price_subtotal < 0:
            goods = self.order_id.order_line.filtered(
                lambda x: (
                    x.product_id.invoice_policy == "delivery" and x.price_subtotal > 0
                )
            )
            return "delivery" if goods else "order"
        return policy

    # -- for the API -----------------------------------------------------------------

    def _api_tax_refs(self):
        """Return ``{line id: [{"id", "name"}]}`` of the taxes, on both series."""
        return {
            line.id: [{"id": tax.id, "name": tax.name} for tax in line[SOL_TAXES]]
            for line in self
        }
