"""Confirm, finalize, cancel (workflow 4; docs/contract.md 1.11, 1.13)."""

from odoo import models

from ...exceptions import BusinessError, Conflict


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # -- confirm ---------------------------------------------------------------------

    def _before_confirm(self):
        super()._before_confirm()
        for order in self:
            if order.state == "sale":
                raise Conflict(
                    self.env._("%(order)s is confirmed already.", order=order.name),
                    code="already_confirmed",
                )
            order._abs_check_quotation()
        self._abs_check_approval()

    def _after_confirm(self):
        super()._after_confirm()
        for order in self.filtered(lambda o: o.state == "sale"):
            order._abs_draft_invoices("order")

    def _api_confirm(self):
        """Confirm one order (``POST /api/orders/<id>/confirm``); returns it.

        :raises Conflict: ``already_confirmed``
        :raises BusinessError: ``approval_required``, ``invalid_state``, ``no_lines``
        """
        self.ensure_one()
        self._abs_lock()
        order = self.with_company(self.company_id)
        if order.state in ("draft", "sent") and not order.order_line.product_id:
            raise BusinessError(
                self.env._("%(order)s has no products to sell.", order=order.name),
                code="no_lines",
            )
        order.action_confirm()
        return self

    def action_draft(self):
        """A cancelled order that becomes a quotation again starts without approval."""
        result = super().action_draft()
        for order in self:
            if order._abs_decision():
                order._abs_history("void", self.env._("Set to quotation again."))
        return result

    # -- finalize --------------------------------------------------------------------

    def _api_finalize(self):
        """Lock an order that is delivered and invoiced; the API says 'done'.

        :raises Conflict: ``already_finalized``
        :raises BusinessError: ``not_finalizable`` with what is missing in details
        """
        self.ensure_one()
        self._abs_lock()
        if self.x_finalized:
            raise Conflict(
                self.env._("%(order)s is finalized already.", order=self.name),
                code="already_finalized",
            )
        self._abs_check_finalizable()
        if not self.locked:
            self.action_lock()
        self.sudo().x_finalized = True
        self.message_post(body=self.env._("Order finalized."))
        return self

    def action_finalize(self):
        self._api_finalize()

    def _abs_check_finalizable(self):
        for order in self:
            missing = order._abs_missing_to_finalize()
            if not missing:
                continue
            raise BusinessError(
                self.env._(
                    "%(order)s can't be finalized: %(missing)s",
                    order=order.name,
                    missing="; ".join(message for _field, message in missing),
                ),
                code="not_finalizable",
                details=[{"field": f, "message": m} for f, m in missing],
            )

    def _abs_missing_to_finalize(self):
        """Return ``[(field, sentence)]`` of what stands against finalizing."""
        if self.state != "sale":
            label = self._abs_state_label()
            text = self.env._("it is %(state)s, not confirmed", state=label)
            return [("state", text)]
        missing = []
        open_pickings = self._abs_open_pickings()
        if open_pickings:
            names = ", ".join(open_pickings.mapped("name"))
            text = self.env._("delivery %(names)s is open", names=names)
            missing.append(("pickings", text))
        lines = self._abs_billable_lines()
        if lines:
            names = ", ".join(lines.product_id.mapped("display_name"))
            text = self.env._("still to be invoiced: %(names)s", names=names)
            missing.append(("invoices", text))
        missing += [("invoices", text) for text in self._abs_unposted_invoices()]
        return missing

    def _abs_open_pickings(self, deliveries_only=False):
        """Return the transfers of the order that are neither done nor cancelled."""
        pickings = self.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        if deliveries_only:
            # A return that waits is no undelivered good.
            pickings = pickings.filtered(lambda p: not p.return_id)
        return pickings

    # -- cancel ----------------------------------------------------------------------

    def _api_cancel(self, reason=None):
        """Cancel an order: open deliveries and draft invoices go with it.

        :raises Conflict: ``already_cancelled``
        :raises BusinessError: ``order_delivered``, ``invoice_posted``,
            ``order_finalized``
        """
        self.ensure_one()
        self._abs_lock()
        if self.state == "cancel":
            raise Conflict(
                self.env._("%(order)s is cancelled already.", order=self.name),
                code="already_cancelled",
            )
        if self.x_finalized:
            raise BusinessError(
                self.env._(
                    "%(order)s is finalized. Take goods back and credit the invoices.",
                    order=self.name,
                ),
                code="order_finalized",
            )
        order = self.with_company(self.company_id)
        order._abs_check_cancel()
        if order.locked:  # by the setting 'Lock Confirmed Sales', not by finalizing
            order.locked = False
        order.with_context(disable_cancel_warning=True).action_cancel()
        if reason:
            order.message_post(
                body=self.env._("Order cancelled: %(reason)s", reason=reason)
            )
        return self

    def _abs_check_cancel(self):
        """Refuse what has been delivered or posted, also in the web client."""
        for order in self:
            kept = order.order_line.filtered(
                lambda x: x.product_id.type == "consu" and x.qty_delivered > 0
            )
            if kept:
                names = ", ".join(kept.product_id.mapped("display_name"))
                raise BusinessError(
                    self.env._(
                        "%(order)s is delivered (%(products)s): take the goods back "
                        "by a return before you cancel it, or cancel only the "
                        "deliveries that are still open.",
                        order=order.name,
                        products=names,
                    ),
                    code="order_delivered",
                )
            posted = order.sudo().invoice_ids.filtered(
                lambda m: (
                    m.state == "posted"
                    and m.move_type == "out_invoice"
                    and m.payment_state != "reversed"
                    and any(m._abs_creditable().values())
                )
            )
            if posted:
                names = ", ".join(posted.mapped("name"))
                raise BusinessError(
                    self.env._(
                        "%(order)s has posted invoices (%(names)s): credit them before "
                        "you cancel it.",
                        order=order.name,
                        names=names,
                    ),
                    code="invoice_posted",
                )
