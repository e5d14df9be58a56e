"""Draft invoices of an order: one per policy group, never twice (docs/contract.md 1.12)."""

from odoo import api, fields, models

from ...exceptions import BusinessError, NotFound
from ...scope import Switch
from ..account.account_move import CUSTOMER_TYPES, DRAWN_BY_US
from .sale_order_line import NAMED_LINES

GROUPS = ("order", "delivery")
#: The policy group that is being billed.
POLICY_GROUP = Switch("policy_group")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # -- what is billable ------------------------------------------------------------

    def _abs_billable_lines(self, group=None, named=None):
        """Return the lines with something to bill, and worth an amount.

        :param str group: 'order' or 'delivery' policy; None for both
        :param named: order lines asked for by name, credited ones included
        """
        lines = named if named is not None else self.order_line
        return lines.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and (
                    line._abs_raw_quantity()
                    if named is not None
                    else line.qty_to_invoice
                )
                > 0
                and not line._abs_is_free()
                and group in (None, line._abs_policy_group())
            )
        )

    def _get_invoiceable_lines(self, final=False):
        """Narrow Odoo's choice to one policy group, or to lines asked for by name."""
        lines = super()._get_invoiceable_lines(final)
        named = NAMED_LINES.of(self.env)
        if named is not None:
            return self.order_line.filtered(
                lambda line: line.id in named and line._abs_raw_quantity() > 0
            )
        group = POLICY_GROUP.of(self.env)
        if not group:
            return lines
        return lines.filtered(
            lambda line: line.display_type or line._abs_policy_group() == group
        )

    def _create_invoices(self, grouped=False, final=False, date=None):
        """Make one invoice per policy group, in the web client as well.

        Orders with a down payment are left to Odoo, which settles it on one invoice.
        """
        plain = not self.order_line.filtered("is_downpayment")
        chosen = NAMED_LINES.of(self.env) is not None
        if chosen or POLICY_GROUP.of(self.env):
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        groups = [g for g in GROUPS if self._abs_billable_lines(g)]
        if not plain or len(groups) < 2:
            return super()._create_invoices(grouped=grouped, final=final, date=date)
        moves = self.env["account.move"]
        for group in groups:
            orders = POLICY_GROUP.on(self, group).with_context(
                raise_if_nothing_to_invoice=False
            )
            moves |= super(SaleOrder, orders)._create_invoices(
                grouped=grouped, final=final, date=date
            )
        return moves.with_context(self.env.context)

    # -- credited lines, billed again by name ----------------------------------------

    x_has_credited = fields.Boolean(
        "Has Credited Lines",
        compute="_compute_x_has_credited",
        help="Lines were credited that could be billed again.",
    )

    @api.depends("order_line.qty_invoiced", "order_line.qty_delivered", "state")
    def _compute_x_has_credited(self):
        for order in self:
            order.x_has_credited = bool(order._abs_credited_lines())

    def _abs_credited_lines(self):
        """Return the lines that a credit note closed and that can be billed by name."""
        lines = self.sudo().order_line.filtered(
            lambda line: (
                line.state == "sale"
                and not line.display_type
                and not line.is_downpayment
                and line._abs_closed_quantity() > 0
                and line._abs_raw_quantity() > 0
            )
        )
        return lines.with_env(self.env)

    def action_bill_again(self):
        """Open the dialog that bills credited lines again."""
        self.ensure_one()
        lines = self._abs_credited_lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bill credited lines again"),
            "res_model": "abs.bill.again.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_order_id": self.id,
                "default_order_line_ids": lines.ids,
            },
        }

    # -- drafting --------------------------------------------------------------------

    def _abs_draft_invoices(self, group=None, named=None):
        """Draft what is billable; nothing when there is nothing worth an amount.

        :param str group: only this policy group
        :param named: order lines to bill by name, credited ones included
        :return: new ``account.move``
        """
        self.ensure_one()
        moves = self.env["account.move"].sudo()
        order = DRAWN_BY_US.on(self.sudo().with_company(self.company_id))
        if order.order_line.filtered("is_downpayment") and named is None:
            if not order._abs_billable_lines(group):
                return moves
            order = order.with_context(raise_if_nothing_to_invoice=False)
            moves = order._create_invoices(final=True)
            return moves.with_context(self.env.context)
        for each in (group,) if group else GROUPS:
            lines = order._abs_billable_lines(each, named=named)
            total = sum(
                line.price_subtotal / line.product_uom_qty * line.qty_to_invoice
                for line in order._abs_billable_lines(each)
                if line.product_uom_qty
            )
            if not lines or (named is None and total <= 0):
                continue
            chosen = (
                POLICY_GROUP.on(order, each)
                if named is None
                else NAMED_LINES.on(order, tuple(lines.ids))
            )
            chosen = chosen.with_context(raise_if_nothing_to_invoice=False)
            moves |= chosen._create_invoices()
        return moves.with_context(self.env.context)

    def _abs_invoices(self, move_types=("out_invoice",), states=None):
        """Return the order's invoices, oldest first, as the system."""
        moves = self.sudo().invoice_ids.filtered(
            lambda m: m.move_type in move_types and (not states or m.state in states)
        )
        return moves.sorted(lambda m: (m.invoice_date_due or m.date, m.id))

    def _abs_unposted_invoices(self):
        """Return a sentence for each draft of the order: billed, and owed by nobody."""
        drafts = self._abs_invoices(CUSTOMER_TYPES, states=("draft",))
        return [
            self.env._(
                "%(kind)s %(id)s of %(amount)s %(currency)s is a draft: post it, by POST "
                "/api/orders/%(order)s/invoices/%(id)s/confirm, or have it cancelled in "
                "the web client",
                kind=draft.type_name,
                id=draft.id,
                amount=draft.currency_id._abs_digits(draft.amount_total),
                currency=draft.currency_id.name,
                order=self.id,
            )
            for draft in drafts
        ]

    def _api_invoice(self, line_ids=None):
        """Draft the invoices of an order (``POST /api/orders/<id>/invoice``).

        :param list line_ids: order lines to bill by name, credited ones included
        :return: ``{"invoice", "invoices", "created"}``: the new drafts, or those that
            already exist; ``invoice`` is the first
        :raises BusinessError: ``order_not_confirmed``, ``nothing_to_invoice``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_confirmed()
        named = None
        if line_ids:
            named = self.order_line.filtered(lambda line: line.id in line_ids)
            unknown_ids = set(line_ids) - set(named.ids)
            if unknown_ids:
                raise NotFound(
                    self.env._(
                        "Line %(id)s is not a line of %(order)s.",
                        id=min(unknown_ids),
                        order=self.name,
                    ),
                    code="line_not_found",
                )
        moves = self._abs_draft_invoices(named=named)
        created = bool(moves)
        if not moves and named is None:
            moves = self._abs_invoices(states=("draft",))
        if moves:
            return {"invoice": moves[0], "invoices": moves, "created": created}
        raise BusinessError(self._abs_nothing_to_invoice(), code="nothing_to_invoice")

    def _abs_nothing_to_invoice(self):
        """Say why there is nothing to bill and what to do (setup guide 13)."""
        pickings = self._abs_open_pickings(deliveries_only=True)
        if pickings:
            return self.env._(
                "Nothing to invoice on %(order)s: deliver %(names)s first, by POST "
                "/api/stock/deliveries/%(id)s/validate.",
                order=self.name,
                names=", ".join(pickings.mapped("name")),
                id=pickings[0].id,
            )
        return self.env._(
            "Nothing to invoice on %(order)s: all of it is invoiced.", order=self.name
        )

    def _abs_check_confirmed(self):
        if self.state == "sale":
            return
        raise BusinessError(
            self.env._(
                "%(order)s is %(state)s: confirm it first.",
                order=self.name,
                state=self._abs_state_label(),
            ),
            code="order_not_confirmed",
        )

    def _abs_all_invoices(self):
        """Return all customer documents of the order; a hook for other sources."""
        return self.sudo().invoice_ids

    def _api_invoices_domain(self):
        """Return the domain of the order's invoices and credit notes."""
        return [("id", "in", self._abs_all_invoices().ids)]

    def _api_own_invoice(self, invoice_id):
        """Return an invoice of this order.

        :raises NotFound: ``invoice_not_found`` for another order's
        """
        self.ensure_one()
        move = self._abs_all_invoices().filtered(lambda m: m.id == invoice_id)
        if move:
            return move
        raise NotFound(
            self.env._(
                "Invoice %(id)s is not an invoice of %(order)s.",
                id=invoice_id,
                order=self.name,
            ),
            code="invoice_not_found",
        )

    # -- state for the API -----------------------------------------------------------

    def _abs_more_to_bill(self):
        """Tell whether an invoice is still to come: now, or after a delivery.

        Not what is ordered but was cancelled on its delivery, and not what came back.
        """
        self.ensure_one()
        coming = self.order_line.filtered(
            lambda line: (
                line.product_id.invoice_policy == "delivery"
                and line.qty_delivered < line.product_uom_qty
                and not line._abs_is_free()
            )
        )
        return bool(
            self._abs_billable_lines()
            or coming.filtered(lambda line: line.product_id.type == "service")
            or (coming and self._abs_open_pickings(deliveries_only=True))
        )

    def _api_payment_states(self):
        """Return ``{order id: not_paid | partial | paid | reversed}``, in one query.

        Paid: each posted invoice is settled and nothing is left to bill or to post.
        """
        states = dict.fromkeys(self.ids, "not_paid")
        for order in self.sudo():
            moves = order.invoice_ids.filtered(lambda m: m.move_type == "out_invoice")
            posted = moves.filtered(lambda m: m.state == "posted")
            if not posted:
                continue
            found = {move._api_payment_state() for move in posted}
            drafts = moves.filtered(lambda m: m.state == "draft")
            whole = not drafts and not order._abs_more_to_bill()
            if found == {"reversed"}:
                states[order.id] = "reversed"
            elif found <= {"paid", "reversed"}:
                states[order.id] = "paid" if whole else "partial"
            elif found != {"not_paid"}:
                states[order.id] = "partial"
        return states
