"""Sold services become tasks of the field-service project (known gap 1 of the map)."""

from odoo import models


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
