"""What is left of a partial delivery and will not be delivered (docs/contract.md 1.13)."""

from odoo import models

from ...exceptions import BusinessError


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _api_cancel_delivery(self, reason=None):
        """Cancel an open delivery: the customer takes no more; returns it.

        An order of which nothing has left is cancelled as an order, so that its
        invoices and contracts end as well.

        :raises Conflict: ``delivery_done``
        :raises BusinessError: ``delivery_cancelled``, ``order_not_delivered``
        """
        self.ensure_one()
        order = self.sale_id
        order._abs_lock()  # before its delivery, as in every verb
        self._abs_lock()
        self._abs_check_open()
        if order and not any(line.qty_delivered > 0 for line in self._abs_goods_sold()):
            raise BusinessError(
                self.env._(
                    "Nothing of %(order)s has left yet: cancel the order instead.",
                    order=order.name,
                ),
                code="order_not_delivered",
            )
        self.with_company(self.company_id).action_cancel()
        if reason:
            self.message_post(
                body=self.env._("Delivery cancelled: %(reason)s", reason=reason)
            )
        return self

    def _abs_goods_sold(self):
        return self.sale_id.order_line.filtered(lambda x: x.product_id.type == "consu")
