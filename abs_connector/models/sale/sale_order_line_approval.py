"""No way around the approval: state, portal, payment, down payment, later changes.

``action_confirm`` asks for the approval (``sale_order_confirm.py``). This file holds the
other doors of Odoo through which an order gets confirmed, billed or made larger.
"""

from odoo import api, models

from .sale_order_approval_guard import CONTENTS


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        orders = self.env["sale.order"].browse(ids)
        before = orders._abs_amounts()
        lines = super().create(vals_list)
        orders._abs_check_grown(before)
        return lines

    def write(self, vals):
        orders = self.order_id if CONTENTS & vals.keys() else self.order_id.browse()
        before = orders._abs_amounts()
        result = super().write(vals)
        orders._abs_check_grown(before)
        return result
