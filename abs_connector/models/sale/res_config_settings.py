"""Settings -> Sales -> Quotations & Orders: approval of orders, time zone."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    abs_sale_approval = fields.Boolean(
        related="company_id.abs_sale_approval", readonly=False
    )
    abs_sale_approval_amount = fields.Monetary(
        related="company_id.abs_sale_approval_amount",
        currency_field="company_currency_id",
        readonly=False,
    )
    abs_tz = fields.Selection(related="company_id.abs_tz", readonly=False)
