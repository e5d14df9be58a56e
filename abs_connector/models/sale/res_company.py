"""Approval of sales orders per company (setup guide 2a; docs/contract.md 1.11)."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    x_sale_approval = fields.Boolean(
        "Sales Order Approval",
        help="Orders from the minimum amount on, and orders with a product whose "
        "category always needs it, are approved by the staff before they can be "
        "confirmed.",
    )
    x_sale_approval_amount = fields.Monetary(
        "Minimum Order Amount",
        help="Orders of this total (taxes included) or more need an approval. A "
        "Service Account with its own threshold overrides it.",
    )
