"""What of an order or invoice can be collected by mobile money."""

from odoo import models

from ...exceptions import BusinessError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _abs_mobile_money_due(self):
        """Open amount of one posted customer invoice, in its currency.

        :raise BusinessError: ``invoice_not_posted``
        """
        self.ensure_one()
        if self.move_type != "out_invoice" or self.state != "posted":
            raise BusinessError(
                self.env._("%s is not a posted customer invoice.", self.display_name),
                code="invoice_not_posted",
            )
        return self.amount_residual if self.payment_state != "reversed" else 0.0

    def _abs_mobile_money_settled(self):
        """Nothing is left to collect, and something was billed."""
        self.ensure_one()
        return self.state == "posted" and self.currency_id.is_zero(self.amount_residual)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _abs_mobile_money_due(self):
        """Open amount of one confirmed order, in its currency.

        What is invoiced counts with what is left of it, what isn't (yet) with its
        price; drafts count in full.

        :raise BusinessError: ``order_not_confirmed``
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
        for line in self.order_line.filtered("product_uom_qty"):
            # A credited line is closed (SPEC 1, row 12): credit notes reopen nothing.
            billed = line.invoice_lines.filtered(
                lambda i: (
                    i.move_id.move_type == "out_invoice" and i.parent_state != "cancel"
                )
            )
            share = sum(billed.mapped("quantity")) / line.product_uom_qty
            due += line.price_total * max(0, 1 - share)
        return self.currency_id.round(due)

    def _action_cancel(self):
        """Nobody is asked for money of a cancelled order any more."""
        result = super()._action_cancel()
        requests = self.env["payment.request"].sudo()
        for order in self:
            domain = [("order_id", "=", order.id), ("state", "=", "open")]
            requests.search(domain).action_abs_cancel()
        return result

    def _abs_mobile_money_settled(self):
        self.ensure_one()
        return self.state == "sale" and self.currency_id.is_zero(
            self._abs_mobile_money_due()
        )
