from odoo import api, fields, models


class OwnershipTransferWizard(models.TransientModel):
    """The web client's way to ``_api_ownership_transfer`` (docs/contract.md 6)."""

    _name = "abs.ownership.transfer"
    _description = "Ownership transfer"

    subscription_id = fields.Many2one("abs.subscription", required=True)
    currency_id = fields.Many2one(related="subscription_id.currency_id")
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    equity = fields.Monetary(related="subscription_id.equity")
    equipment_value = fields.Monetary(related="subscription_id.equipment_value")
    obstacle = fields.Char("Not due", compute="_compute_obstacle")
    trade_in = fields.Monetary("Trade-in credit", compute="_compute_obstacle")
    path = fields.Selection(
        [("own", "Customer owns the unit"), ("upgrade", "Trade in and upgrade")],
        default="own",
        required=True,
    )
    reason = fields.Char()
    product_id = fields.Many2one(
        "product.product", "New unit", domain=[("tracking", "=", "serial")]
    )
    fee_product_id = fields.Many2one(
        "product.product", "New fee", domain=[("type", "=", "service")]
    )
    plan_id = fields.Many2one("abs.subscription.plan")
    price_unit = fields.Float("Fee per period", digits="Product Price")
    new_equipment_value = fields.Monetary("New equipment value")
    equity_rate = fields.Float("Equity rate (%)", digits=(16, 4))
    contract_months = fields.Integer()
    destination = fields.Selection(
        [("stock", "Stock"), ("repair", "Service/Repair")], default="stock"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        sub = self.env["abs.subscription"].browse(values.get("subscription_id") or ())
        if sub:
            values.update(
                product_id=sub.asset_ids.product_id[:1].id,
                fee_product_id=sub.product_id.id,
                plan_id=sub.plan_id.id,
                price_unit=sub.price_unit,
                new_equipment_value=sub.equipment_value,
                equity_rate=sub.equity_rate,
                contract_months=sub.contract_months,
            )
        return values

    @api.depends("subscription_id")
    def _compute_obstacle(self):
        for wizard in self:
            sub = wizard.subscription_id.sudo()
            found = sub._transfer_obstacle() if sub else None
            wizard.obstacle = found[1] if found else False
            wizard.trade_in = sub._trade_in_amount() if sub else 0.0

    def action_transfer(self):
        self.ensure_one()
        sub = self.subscription_id._as_system()
        upgrade = {
            "product_id": self.product_id.id,
            "fee_product_id": self.fee_product_id.id,
            "plan_id": self.plan_id.id,
            "price_unit": self.price_unit,
            "x_equipment_value": self.new_equipment_value,
            "x_equity_rate": self.equity_rate,
            "x_contract_months": self.contract_months,
            "destination": self.destination,
        }
        sub._api_ownership_transfer(self.path, upgrade, self.reason)
        if not sub.upgrade_order_id:
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": sub.upgrade_order_id.id,
            "view_mode": "form",
        }
