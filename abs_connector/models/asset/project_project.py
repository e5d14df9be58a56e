"""Sold services become tasks of the field-service project (known gap 1 of the map)."""

from odoo import api, fields, models


class ProjectProject(models.Model):
    _inherit = "project.project"

    x_is_field_service = fields.Boolean(
        "Field Service",
        help="Tasks for technicians on site: from sold services and from tickets.",
    )

    @api.model
    def _abs_field_service(self, company):
        """Return the field-service project of ``company``, else the shared one."""
        domain = [("x_is_field_service", "=", True)]
        return self.search(
            [*domain, ("company_id", "=", company.id)], limit=1
        ) or self.search([*domain, ("company_id", "=", False)], limit=1)
