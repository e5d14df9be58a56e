from odoo import api, fields, models

from ...exceptions import BusinessError
from .abs_subscription_schedule import periods_of_months


class SaleOrder(models.Model):
    """What a lease-to-own order agrees on (map, flow 2B), and what confirming starts."""

    _inherit = "sale.order"

    is_subscription = fields.Boolean(
        "SYNC (lease-to-own)",
        help="The equipment is leased at 0 and the service line carries the fee",
    )
    plan_id = fields.Many2one(
        "abs.subscription.plan",
        "Plan",
        help="Plan of the fee. Empty: the plan of the product",
    )
    x_equipment_value = fields.Monetary("Equipment value")
    x_equity_rate = fields.Float(
        "Equity rate (%)",
        digits=(16, 4),
        help="Part of what is paid that becomes equity: 60 is 60 %; 0.6 reads as 60 % too",
    )
    x_contract_months = fields.Integer("Contract months")
    x_subscription_id = fields.Many2one(
        "abs.subscription",
        "Made by subscription",
        copy=False,
        index="btree_not_null",
        help="An order made by a subscription never makes another subscription",
    )
    x_subscription_ids = fields.One2many(
        "abs.subscription", "order_id", "Subscriptions"
    )
    x_subscription_count = fields.Integer(
        "Subscription Count", compute="_compute_x_subscription_count"
    )

    @api.depends("x_subscription_ids")
    def _compute_x_subscription_count(self):
        for order in self:
            order.x_subscription_count = len(order.x_subscription_ids)

    @api.constrains("x_equipment_value", "x_equity_rate", "x_contract_months")
    def _check_sync_numbers(self):
        for order in self:
            problem = None
            if order.x_equipment_value < 0:
                problem = "x_equipment_value"
            elif not 0 <= order.x_equity_rate <= 100:
                problem = "x_equity_rate"
            elif not 0 <= order.x_contract_months <= 600:
                problem = "x_contract_months"
            if problem:
                raise BusinessError(
                    self.env._(
                        "Equipment value and contract months are not negative, and the "
                        "equity rate is from 0 to 100 %."
                    ),
                    details=[{"field": problem}],
                )

    @api.model
    def _before_create(self, vals):
        """An order with lease terms is a SYNC order, also when nobody ticked the box."""
        vals = super()._before_create(vals)
        if vals.get("x_equipment_value") or vals.get("x_equity_rate"):
            vals.setdefault("is_subscription", True)
        return vals

    def _before_write(self, vals):
        vals = super()._before_write(vals)
        if vals.get("x_equipment_value") or vals.get("x_equity_rate"):
            vals = {"is_subscription": True, **vals}
        return vals

    def _abs_is_rental(self):
        return any(line._abs_is_rental() for line in self.order_line)

    def _abs_recurring_lines(self):
        return self.order_line.filtered(
            lambda line: line._abs_is_recurring() and line.product_uom_qty > 0
        )

    def _abs_fee_line(self):
        """Return the line that carries the SYNC fee: by contract type, then in order.

        A SYNC order whose plan is named on the order may carry the fee on any service.
        """
        lines = self._abs_recurring_lines().filtered(lambda li: not li._abs_is_rental())
        if not lines and self.plan_id:
            lines = self.order_line.filtered(
                lambda li: li.product_id.type == "service" and li.price_unit > 0
            )
        return lines.sorted(lambda li: (li._abs_fee_rank(), li.sequence, li.id))[:1]

    @api.depends("x_subscription_ids.period_ids.invoice_id")
    def _get_invoiced(self):
        """The recurring invoices are invoices of the order, too: listed and paid there.

        They are not linked to its lines, which would count them as over-invoiced.
        """
        result = super()._get_invoiced()
        for order in self:
            more = order.sudo().x_subscription_ids.period_ids.invoice_id
            if more - order.invoice_ids:
                order.invoice_ids |= more
                order.invoice_count = len(order.invoice_ids)
        return result

    def _before_action_confirm(self):
        super()._before_action_confirm()
        for order in self:
            order._abs_check_sync()

    def _after_action_confirm(self):
        super()._after_action_confirm()
        for order in self:
            order.sudo()._abs_start_subscriptions()

    def _after_cancel(self):
        super()._after_cancel()
        for sub in self.sudo().x_subscription_ids:
            if sub.state in ("draft", "active", "paused"):
                sub._close("cancelled", self.env._("Its order was cancelled"))

    def _abs_check_sync(self):
        if self.is_subscription and not self._abs_fee_line():
            raise BusinessError(
                self.env._(
                    "A SYNC order needs a service line that carries the fee: add the "
                    "plan's product."
                ),
                code="sync_fee_missing",
            )
        sold = self.order_line.filtered(
            lambda li: li._abs_is_leased() and li.price_unit and li.product_uom_qty
        )
        if sold:
            raise BusinessError(
                self.env._(
                    "%s is leased or rented: its price is 0, the fee is on the service "
                    "line.",
                    sold[0].product_id.display_name,
                ),
                code="equipment_price",
                details=[{"field": "price_unit"}],
            )

    def _abs_start_subscriptions(self):
        """Start a subscription per recurring line; its first period is this order's."""
        self.ensure_one()
        if self.x_subscription_id:
            return self.env["abs.subscription"]
        lines = self._abs_recurring_lines()
        if self.is_subscription:
            lines |= self._abs_fee_line()
        taken = self.x_subscription_ids.filtered(lambda s: s.state != "cancelled")
        subs = self.env["abs.subscription"]
        for line in lines - taken.order_line_id:
            subs |= subs.with_company(self.company_id).create(
                self._abs_subscription_vals(line)
            )
        for sub in subs:
            sub._api_activate()
            sub._take_first_period()
        return subs

    def _abs_subscription_vals(self, line):
        is_fee = self.is_subscription and line == self._abs_fee_line()
        kind = "sync" if is_fee else "rental" if line._abs_is_rental() else "service"
        plan = line.product_id.plan_id
        if self.plan_id and (is_fee or kind == "rental" or not plan):
            plan = self.plan_id
        if not plan:
            raise BusinessError(
                self.env._(
                    "%s is billed again and again, but names no plan: set its "
                    "subscription plan.",
                    line.product_id.display_name,
                ),
                code="plan_required",
            )
        vals = {
            "kind": kind,
            "partner_id": self.partner_id.id,
            "plan_id": plan.id,
            "order_id": self.id,
            "order_line_id": line.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "product_id": line.product_id.id,
            "quantity": line.product_uom_qty,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "start_date": self.company_id._abs_today(),
            **self._sa_stamp(),
        }
        months = self.x_contract_months
        if months and kind != "service":
            vals["duration"] = periods_of_months(
                months, plan.billing_unit, plan.billing_interval
            )
        if is_fee:
            vals.update(
                contract_months=months,
                equipment_value=self.x_equipment_value,
                equity_rate=self.x_equity_rate,
                auto_renew=False,
            )
        return vals

    def _create_invoices(self, *args, **kwargs):
        """The draft with the recurring line is the invoice of the first period."""
        moves = super()._create_invoices(*args, **kwargs)
        self.sudo().x_subscription_ids._link_first_invoice()
        return moves

    # --- buttons ----------------------------------------------------------------------
    def action_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "abs_connector.action_abs_subscription"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
