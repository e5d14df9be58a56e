"""Categories whose orders always need an approval (docs/contract.md 1.11)."""

from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    x_approval_required = fields.Boolean(
        "Always Needs Approval",
        help="An order with a product of this category, or of one below it, needs an "
        "approval whatever its amount (when approvals are on in the company).",
    )

    def _abs_needs_approval(self):
        """Return the nearest category that asks for it, up the tree; or empty."""
        self.ensure_one()
        category = self
        while category and not category.x_approval_required:
            category = category.parent_id
        return category
