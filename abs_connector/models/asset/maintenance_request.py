"""Maintenance requests: links to ticket and asset, a team of the right company."""

from odoo import api, fields, models

from ...compat import Constraint


class MaintenanceRequest(models.Model):
    """Stamp only; ``partner_id`` does not exist there."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "abs.stamp.mixin"]
    _sa_customer_field = None
    _sa_kind = "maintenance_requests"
    _sa_cascade_fields = ("x_ticket_id", "x_asset_id")
    _sa_open_domain = (("stage_id.done", "=", False),)

    _sa_source_fields = ("x_ticket_id", "x_asset_id")

    x_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Ticket", index="btree_not_null", copy=False
    )
    x_asset_id = fields.Many2one(
        "ov.asset",
        "Asset",
        compute="_compute_x_asset_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    x_lot_id = fields.Many2one(
        related="equipment_id.x_lot_id", string="Serial", store=True
    )
    x_due_date = fields.Date("Due By Schedule", readonly=True, copy=False)

    _x_due_uniq = Constraint(
        "UNIQUE (equipment_id, x_due_date)",
        "The preventive maintenance of this date exists already.",
    )

    @api.model
    def default_get(self, fields_list):
        """Request on the day of the company; Odoo takes that of the user."""
        abroad = self.with_context(tz=self.env.company._abs_tz())
        return super(MaintenanceRequest, abroad).default_get(fields_list)

    @api.model_create_multi
    def create(self, vals_list):
        """Give each request a team of its company: people may not make teams, and
        Odoo brings one for the first company only."""
        for vals in vals_list:
            if not vals.get("maintenance_team_id"):
                company = self.env["res.company"].browse(
                    vals.get("company_id") or self.env.company.id
                )
                equipment = self.env["maintenance.equipment"].browse(
                    vals.get("equipment_id") or ()
                )
                vals["maintenance_team_id"] = equipment.sudo()._abs_team(company).id
        return super().create(vals_list)

    @api.depends("equipment_id")
    def _compute_x_asset_id(self):
        for request in self:
            if request.equipment_id:
                request.x_asset_id = request.equipment_id.x_asset_id
