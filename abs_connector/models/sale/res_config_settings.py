"""Settings -> Sales -> Quotations & Orders: approval of orders, time zone."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    x_sale_approval = fields.Boolean(
        related="company_id.x_sale_approval", readonly=False
    )
    x_sale_approval_amount = fields.Monetary(
        related="company_id.x_sale_approval_amount",
        currency_field="company_currency_id",
        readonly=False,
    )
    x_tz = fields.Selection(related="company_id.x_tz", readonly=False)
