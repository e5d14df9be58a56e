"""What of an order or invoice can be collected by mobile money."""

from odoo import models

from ...exceptions import BusinessError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _abs_mobile_money_due(self):
        """Open amount of one confirmed order, in its currency.

        What is invoiced counts with what is left of it, what isn't (yet) with its
        price, less the down payments that its invoice will take off; drafts count in
        full. What was paid for the order in advance is not asked for again.

        :raises BusinessError: ``order_not_confirmed``
        """
        self.ensure_one()
        if self.state != "sale":
            raise BusinessError(
                self.env._("Confirm %s before it is paid.", self.name),
                code="order_not_confirmed",
            )
        moves = self.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
        posted = moves.filtered(lambda m: m.state == "posted")
        draft = moves.filtered(lambda m: m.state == "draft")
        due = sum(
            m.amount_residual for m in posted if m.payment_state != "reversed"
        ) + sum(draft.mapped("amount_total"))
        coming = -self._abs_down_payments()
        for line in self.order_line.filtered("product_uom_qty"):
            # A credited line is closed (docs/contract.md 1.12): credit notes reopen nothing.
            billed = line.invoice_lines.filtered(
                lambda i: (
                    i.move_id.move_type == "out_invoice" and i.parent_state != "cancel"
                )
            )
            share = sum(billed.mapped("quantity")) / line.product_uom_qty
            coming += line.price_total * max(0, 1 - share)
        return max(0.0, self.currency_id.round(due + coming - self._abs_paid_ahead()))

    def _abs_down_payments(self):
        """Return what was billed as down payments and not taken off an invoice yet."""
        lines = self.order_line.filtered("is_downpayment").invoice_lines
        sign = {"out_invoice": 1, "out_refund": -1}
        return sum(
            line.price_total * sign.get(line.move_type, 0)
            for line in lines
            if line.parent_state != "cancel"
        )

    def _abs_paid_ahead(self):
        """Return the unused money that was paid for this order, in its currency."""
        payments = (
            self.env["account.payment"]
            .sudo()
            .search(
                [
                    ("x_order_id", "=", self.id),
                    ("currency_id", "=", self.currency_id.id),
                ]
            )
        )
        return sum(payments._api_unused().values())

    def _after_cancel(self):
        """Nobody is asked for money of a cancelled order any more."""
        super()._after_cancel()
        requests = self.env["payment.request"].sudo()
        for order in self:
            domain = [("order_id", "=", order.id), ("state", "=", "open")]
            requests.search(domain).action_cancel()

    def _abs_mobile_money_settled(self):
        self.ensure_one()
        return self.state == "sale" and self.currency_id.is_zero(
            self._abs_mobile_money_due()
        )
