from odoo import fields, models


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    x_subscription_id = fields.Many2one(
        related="x_asset_id.subscription_id",
        string="Subscription",
        store=True,
        index="btree_not_null",
    )
