"""Sold services become tasks of the field-service project (known gap 1 of the map)."""

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    x_maintenance_interval = fields.Integer(
        "Preventive Maintenance Every (months)",
        help="Units of this product get a preventive maintenance request that often "
        "after their delivery. 0: none.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(_default_tracking(vals_list))

    @api.onchange("type")
    def _onchange_abs_service_tracking(self):
        if self.type == "service" and self.service_tracking == "no":
            self.service_tracking = "task_global_project"


def _default_tracking(vals_list):
    """A service that says nothing else makes a task when it is sold.

    Not one that is billed each period: nobody goes out for a monthly fee.
    """
    for vals in vals_list:
        if vals.get("type") != "service" or vals.get("recurring_invoice"):
            continue
        if "service_tracking" not in vals:
            vals["service_tracking"] = "task_global_project"
    return vals_list
