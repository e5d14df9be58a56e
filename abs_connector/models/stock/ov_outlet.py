"""The depot of an outlet."""

from odoo import api, fields, models


class Outlet(models.Model):
    _inherit = "ov.outlet"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Warehouse",
        index="btree_not_null",
        ondelete="restrict",
        help="What is sold here ships from it. Empty: the warehouse of the Service "
        "Account.",
    )

    @api.constrains("warehouse_id", "company_id")
    def _check_warehouse(self):
        for outlet in self:
            self.env["stock.warehouse"]._abs_check_owner(
                outlet.warehouse_id, outlet, outlet.company_id
            )
