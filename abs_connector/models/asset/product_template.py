"""Sold services become tasks of the field-service project (known gap 1 of the map)."""

from odoo import api, fields, models


def default_tracking(vals):
    """A service that says nothing else makes a task when it is sold.

    Not one that is billed each period: nobody goes out for a monthly fee.
    """
    billed = vals.get("type") != "service" or vals.get("recurring_invoice")
    if billed or "service_tracking" in vals:
        return vals
    return {**vals, "service_tracking": "task_global_project"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    x_maintenance_interval = fields.Integer(
        "Preventive Maintenance Every (months)",
        help="Units of this product get a preventive maintenance request that often "
        "after their delivery. 0: none.",
    )

    @api.model
    def _before_create(self, vals):
        return super()._before_create(default_tracking(vals))

    @api.onchange("type")
    def _onchange_service_tracking(self):
        if self.type == "service" and self.service_tracking == "no":
            self.service_tracking = "task_global_project"
