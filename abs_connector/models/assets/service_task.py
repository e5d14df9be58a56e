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


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(_default_tracking(vals_list))

    @api.onchange("type")
    def _onchange_abs_service_tracking(self):
        if self.type == "service" and self.service_tracking == "no":
            self.service_tracking = "task_global_project"


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        # the variant hands all defaults down to its template, 'no' among them
        return super().create(_default_tracking(vals_list))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _timesheet_service_generation(self):
        """Give services without a project of their own a task in field service.

        Odoo refuses to confirm such an order ('A project must be defined'); a service
        that makes a task by our default must never block a sale, so without any
        field-service project there is no task and a note on the order.
        """
        homeless = self._get_so_lines_task_global_project().filtered(
            lambda line: (
                not line.order_id.project_id
                and not line.product_id.with_company(line.company_id).project_id
            )
        )
        for order in homeless.order_id:
            lines = homeless.filtered(lambda line, o=order: line.order_id == o)
            lines = lines.filtered(
                lambda line: not line.task_id and line.product_uom_qty > 0
            )
            project = self.env["project.project"]._abs_field_service(order.company_id)
            if project:
                for line in lines:
                    line._timesheet_create_task(project)
            elif lines:
                order.message_post(
                    body=self.env._(
                        "No task was made for %s: there is no field-service project. "
                        "Tick 'Field Service' on a project.",
                        ", ".join(lines.product_id.mapped("name")),
                    )
                )
        return super(SaleOrderLine, self - homeless)._timesheet_service_generation()


class ProjectTask(models.Model):
    _inherit = "project.task"

    x_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Ticket", index="btree_not_null", copy=False
    )
    x_asset_id = fields.Many2one("ov.asset", "Asset", index="btree_not_null")
    x_equipment_id = fields.Many2one(
        "maintenance.equipment", "Equipment", index="btree_not_null"
    )
