"""No way around the approval: state, portal, payment, down payment, later changes.

``action_confirm`` asks for the approval (``sale_order_confirm.py``). This file holds the
other doors of Odoo through which an order gets confirmed, billed or made larger.
"""

from odoo import models

from ...exceptions import BusinessError


class SaleAdvancePayment(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def create_invoices(self):
        """No down payment on a quotation that waits for its approval."""
        waiting = self.sale_order_ids.filtered(lambda o: o.state in ("draft", "sent"))
        waiting._abs_check_approval()
        cancelled = self.sale_order_ids.filtered(lambda o: o.state == "cancel")
        if cancelled:
            raise BusinessError(
                self.env._("%(order)s is cancelled.", order=cancelled[0].name),
                code="invalid_state",
            )
        return super().create_invoices()
