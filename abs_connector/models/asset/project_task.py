"""Sold services become tasks of the field-service project (known gap 1 of the map)."""

from odoo import fields, models


class ProjectTask(models.Model):
    _inherit = "project.task"

    x_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Ticket", index="btree_not_null", copy=False
    )
    x_asset_id = fields.Many2one("ov.asset", "Asset", index="btree_not_null")
    x_equipment_id = fields.Many2one(
        "maintenance.equipment", "Equipment", index="btree_not_null"
    )
