"""The depot of a Service Account: its own warehouse, else that of the nearest above."""

from odoo import api, fields, models


class ServicedAccount(models.Model):
    _inherit = "ov.serviced_account"

    warehouse_id = fields.Many2one(
        "stock.warehouse",
        "Warehouse",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="What is sold here ships from it. Empty: the warehouse of the SA above, "
        "else the first one of the company.",
    )
    # Stored, so that a sale reads it with its SA and walks no tree.
    depot_id = fields.Many2one(
        "stock.warehouse",
        "Ships from",
        compute="_compute_depot_id",
        store=True,
        recursive=True,
        index="btree_not_null",
    )

    @api.depends("warehouse_id.active", "company_id", "parent_id.depot_id")
    def _compute_depot_id(self):
        for account in self:
            own = account.warehouse_id
            above = account.parent_id.depot_id
            if above.company_id != account.company_id:
                above = above.browse()
            account.depot_id = own if own.active else above

    @api.constrains("warehouse_id", "company_id")
    def _check_warehouse(self):
        for account in self:
            self.env["stock.warehouse"]._abs_check_owner(
                account.warehouse_id, account, account.company_id
            )
