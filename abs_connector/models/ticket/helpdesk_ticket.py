"""Customer issues on OCA's ``helpdesk.ticket`` (docs/contract.md 5, setup guide 9)."""

from odoo import api, fields, models
from odoo.tools import plaintext2html

from ...exceptions import BusinessError, Conflict
from ..scope.ov_sa_assignment import governed


@governed("ov.sa_ticket_assignment", subject="ticket_id", title="Tickets")
class Ticket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "abs.stamp.mixin"]
    _sa_customer_reads = True
    _sa_kind = "tickets"
    _sa_open_domain = (("closed", "=", False),)
    _sa_cascade_fields = ("x_asset_id", "x_order_id")
    _sa_source_fields = ("x_asset_id", "x_order_id")

    x_asset_id = fields.Many2one(
        "ov.asset", "Asset", index="btree_not_null", tracking=True
    )
    x_equipment_id = fields.Many2one(
        "maintenance.equipment",
        "Equipment",
        compute="_compute_x_equipment_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        tracking=True,
    )
    x_lot_id = fields.Many2one(
        related="x_equipment_id.x_lot_id", string="Serial Number", store=True
    )
    x_order_id = fields.Many2one(
        "sale.order",
        "Sales Order",
        compute="_compute_x_order_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    x_resolution = fields.Text("Resolution", tracking=True)
    x_repair_ids = fields.One2many("repair.order", "x_ticket_id", "Repairs")
    x_request_ids = fields.One2many(
        "maintenance.request", "x_ticket_id", "Maintenance Requests"
    )
    x_task_ids = fields.One2many("project.task", "x_ticket_id", "Field Tasks")
    x_repair_count = fields.Integer(
        "Repair Count", compute="_compute_x_counts", compute_sudo=True
    )
    x_request_count = fields.Integer(
        "Request Count", compute="_compute_x_counts", compute_sudo=True
    )
    x_task_count = fields.Integer(
        "Task Count", compute="_compute_x_counts", compute_sudo=True
    )

    def _sa_is_somebodys(self):
        """Only what nobody asked and nobody is in charge of is a slip of the pen."""
        return bool(self.partner_id or self._sa_rows())

    def _sa_has_history(self):
        return bool(self.closed or self.x_resolution or self._sa_is_named())

    @api.depends("x_asset_id")
    def _compute_x_equipment_id(self):
        for ticket in self:
            ticket.x_equipment_id = (
                ticket.x_asset_id.equipment_id or ticket.x_equipment_id
            )

    @api.depends("x_asset_id")
    def _compute_x_order_id(self):
        for ticket in self:
            ticket.x_order_id = ticket.x_order_id or ticket.x_asset_id.order_id

    @api.depends("x_repair_ids", "x_request_ids", "x_task_ids")
    def _compute_x_counts(self):
        for ticket in self:
            ticket.x_repair_count = len(ticket.x_repair_ids)
            ticket.x_request_count = len(ticket.x_request_ids)
            ticket.x_task_count = len(ticket.x_task_ids)

    @api.onchange("x_equipment_id")
    def _onchange_x_equipment_id(self):
        asset = self.x_equipment_id.x_asset_id
        if asset and not self.x_asset_id:
            self.x_asset_id = asset
            self.partner_id = self.partner_id or asset.partner_id

    # ------------------------------------------------------------ verbs
    @api.model
    def _api_create_ticket(self, account, vals):
        """Open a ticket for a customer; returns it.

        :param account: ``ov.serviced_account``, sudo
        :param dict vals: subject, description, partner_id, asset_id, order_id, priority
        :raises BusinessError: ``customer_mismatch`` when asset or order is not theirs
        """
        partner = self.env["res.partner"].browse(vals["partner_id"])
        asset = self.env["ov.asset"].browse(vals.get("asset_id") or ())
        order = self.env["sale.order"].browse(vals.get("order_id") or ())
        self._abs_check_same_customer(partner, asset, order)
        company = asset.company_id or order.company_id or account.company_id
        if company != account.company_id:
            raise BusinessError(
                self.env._(
                    "%(customer)s's unit or order belongs to %(company)s, not to "
                    "%(account)s.",
                    customer=partner.name,
                    company=company.name,
                    account=account.name,
                ),
                code="company_mismatch",
            )
        members = self.env["ov.membership"]
        actor = members._caller_actor(account, partner, asset, order)
        values = {
            "name": vals["subject"],
            "description": plaintext2html(vals["description"]),
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "priority": vals.get("priority") or "1",
            "company_id": company.id,
            "user_id": False,
            "x_asset_id": asset.id,
            "x_sa_id": account.id,
            "x_actor_id": actor.id,
        }
        if order:
            values["x_order_id"] = order.id
        channel = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_other", raise_if_not_found=False
        )
        values["channel_id"] = channel.id if channel else False
        return self.with_company(company).create(values)

    def _api_update(self, vals):
        """Change subject, description, priority or stage; returns the ticket."""
        self.ensure_one()
        self._abs_lock()
        values = {}
        if vals.get("subject"):
            values["name"] = vals["subject"]
        if vals.get("description"):
            values["description"] = plaintext2html(vals["description"])
        if vals.get("priority"):
            values["priority"] = vals["priority"]
        if vals.get("asset_id"):
            asset = self.env["ov.asset"].browse(vals["asset_id"])
            self._abs_check_same_customer(self.partner_id, asset, asset.order_id)
            values["x_asset_id"] = asset.id
        if vals.get("stage_id"):
            stage = self.env["helpdesk.ticket.stage"].browse(vals["stage_id"])
            if stage not in self._abs_stages():
                raise BusinessError(
                    self.env._(
                        "The stage %s is not one of this ticket's team.", stage.name
                    ),
                    code="wrong_stage",
                    details=[{"field": "stage_id"}],
                )
            values["stage_id"] = stage.id
            if not stage.closed:
                values["closed_date"] = False
        if values:
            self.write(values)
        return self

    def _abs_stages(self):
        """Return the stages that this ticket may have, in order."""
        self.ensure_one()
        return self.team_id.with_company(self.company_id)._get_applicable_stages()

    def _api_close(self, resolution=None):
        """Move the ticket to the first closed stage; returns it.

        :raises BusinessError: ``no_closing_stage``
        :raises Conflict: ``already_closed``
        """
        self.ensure_one()
        self._abs_lock()
        if self.closed:
            raise Conflict(
                self.env._("Ticket %s is closed already.", self.number),
                code="already_closed",
            )
        stage = self._abs_stages().filtered("closed")[:1]
        if not stage:
            raise BusinessError(
                self.env._(
                    "No closing stage: tick 'Closed' on a stage in Helpdesk > "
                    "Configuration > Stages."
                ),
                code="no_closing_stage",
            )
        vals = {"stage_id": stage.id}
        if resolution:
            vals["x_resolution"] = resolution
        self.write(vals)
        if resolution:
            self.message_post(body=resolution)
        return self
