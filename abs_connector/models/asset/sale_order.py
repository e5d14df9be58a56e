"""Customer and order lead to their units in the web client."""

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    x_asset_count = fields.Integer("Assets", compute="_compute_x_asset_count")

    def _compute_x_asset_count(self):
        _count(self, "order_id")

    def action_assets(self):
        """Open the units that the order brought to the customer."""
        return _open(self, "order_id")


def _count(records, field):
    """Set the number of units of each record, under the rights of who looks."""
    assets = records.env["ov.asset"]
    known = {}
    if assets.has_access("read"):
        rows = assets._read_group([(field, "in", records.ids)], [field], ["__count"])
        known = {record.id: number for record, number in rows}
    for record in records:
        record.x_asset_count = known.get(record.id, 0)


def _open(records, field):
    return {
        "type": "ir.actions.act_window",
        "name": records.env._("Assets"),
        "res_model": "ov.asset",
        "view_mode": "list,form",
        "domain": [(field, "in", records.ids)],
        "context": {"create": False},
    }
