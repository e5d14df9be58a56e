"""No way around the approval: state, portal, payment, down payment, later changes.

``action_confirm`` asks for the approval (``sale_order_confirm.py``). This file holds the
other doors of Odoo through which an order gets confirmed, billed or made larger.
"""

from odoo import models

from ...compat import SOL_TAXES, SOL_UOM
from ...exceptions import BusinessError

CONTENTS = {
    "product_id",
    "product_uom_qty",
    SOL_UOM,
    "price_unit",
    "discount",
    SOL_TAXES,
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _after_create(self):
        """An order that is created confirmed (import, RPC) needs its approval, too."""
        super()._after_create()
        self.filtered(lambda o: o.state == "sale")._abs_check_confirmable()

    def _before_write(self, vals):
        """Confirming by writing the state is confirming; 'finalized' is no free word."""
        if vals.get("state") == "sale":
            self.filtered(lambda o: o.state != "sale")._abs_check_confirmable()
        if vals.get("x_finalized") and not self.env.su:
            self.filtered(lambda o: not o.x_finalized)._abs_check_finalizable()
        return super()._before_write(vals)

    def _abs_check_confirmable(self):
        """As :meth:`_abs_check_approval`, for orders in any state."""
        for order in self:
            if order._abs_decision() != "approved":
                order._abs_require_approval()

    def _abs_check_approval(self):
        """Refuse to confirm an order that needs an approval and has none."""
        self._abs_void_changed()
        for order in self:
            state = order.approval_state
            if state in ("not_required", "approved"):
                continue
            todo = {
                "required": self.env._("request it first."),
                "pending": self.env._("it still waits for the staff's decision."),
                "rejected": self.env._("it was rejected: revise it and ask again."),
            }[state]
            raise BusinessError(
                self.env._(
                    "%(order)s needs an approval (%(reason)s): %(todo)s",
                    order=order.name,
                    reason=order.x_approval_reason,
                    todo=todo,
                ),
                code="approval_required",
            )

    def _abs_require_approval(self):
        """Refuse what is done past the approval, where one is needed."""
        self.ensure_one()
        reason = self._abs_reason_by_contents()
        if not reason:
            return
        raise BusinessError(
            self.env._(
                "%(order)s needs an approval (%(reason)s): have the staff of its "
                "Service Account do this, or make a quotation and request it.",
                order=self.name,
                reason=reason,
            ),
            code="approval_required",
        )

    def _abs_is_approved(self):
        """Tell whether nothing stands against confirming one quotation."""
        self.ensure_one()
        return self.sudo().approval_state in ("not_required", "approved")

    # -- the customer's portal and online payments -----------------------------------

    def _has_to_be_signed(self):
        """A customer signs what the staff approved: signing confirms."""
        return super()._has_to_be_signed() and self._abs_is_approved()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and self._abs_is_approved()

    def _is_confirmation_amount_reached(self):
        """Money that came all the same is kept, and confirms nothing by itself."""
        return super()._is_confirmation_amount_reached() and self._abs_is_approved()

    # -- changes of confirmed orders -------------------------------------------------

    def _abs_amounts(self):
        """Return ``{order: (total, products)}`` of the confirmed orders of self."""
        orders = self.filtered(
            lambda o: o.state == "sale" and o.company_id.x_sale_approval
        )
        return {o: (o.amount_total, o._abs_ordered_products()) for o in orders}

    def _abs_ordered_products(self):
        """Return the products that were ordered; what only was delivered has 0."""
        return self.order_line.filtered("product_uom_qty").product_id

    def _abs_check_grown(self, before):
        """Let only those who could approve it enlarge a confirmed order.

        :param dict before: what :meth:`_abs_amounts` said before the change
        """
        members = self.env["ov.membership"]
        for order, (total, products) in before.items():
            grown = order.currency_id.compare_amounts(order.amount_total, total) > 0
            if not grown and not order._abs_ordered_products() - products:
                continue
            if not members._caller_is_staff(order.sudo().x_sa_id):
                order._abs_require_approval()
