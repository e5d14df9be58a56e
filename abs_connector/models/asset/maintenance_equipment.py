"""``maintenance.equipment`` as the hub of a serial (MODULE_INTERCONNECTION_MAP, flow 4).

It carries lot, product, customer, order, subscription and asset, shows deliveries,
repairs, tickets and invoices, and has the schedule that Odoo's equipment lacks.
"""

import logging

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models

from ...compat import Constraint
from .ov_asset import LIVE_STATES

_logger = logging.getLogger(__name__)


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    x_lot_id = fields.Many2one(
        "stock.lot", "Serial", index=True, copy=False, ondelete="restrict"
    )
    x_product_id = fields.Many2one("product.product", "Product", index=True)
    x_asset_id = fields.Many2one("ov.asset", "Asset", index=True, copy=False)
    x_customer_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_x_holder",
        store=True,
        readonly=False,
        index=True,
    )
    x_order_id = fields.Many2one(
        "sale.order",
        "Sales Order",
        compute="_compute_x_holder",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    x_repair_ids = fields.One2many("repair.order", "x_equipment_id", "Repairs")
    x_ticket_ids = fields.One2many("helpdesk.ticket", "x_equipment_id", "Tickets")
    x_transfer_count = fields.Integer(
        "Transfers", compute="_compute_x_counts", compute_sudo=True
    )
    x_repair_count = fields.Integer(
        "Repair Count", compute="_compute_x_counts", compute_sudo=True
    )
    x_ticket_count = fields.Integer(
        "Ticket Count", compute="_compute_x_counts", compute_sudo=True
    )
    x_invoice_count = fields.Integer(
        "Invoices", compute="_compute_x_counts", compute_sudo=True
    )
    x_maintenance_interval = fields.Integer(
        "Preventive Every (months)", help="0: no preventive maintenance."
    )
    x_maintenance_start = fields.Date(
        "First Preventive On", help="The day that later dates are counted from."
    )
    x_next_maintenance_date = fields.Date(
        "Next Preventive On",
        compute="_compute_x_next_maintenance_date",
        store=True,
        index="btree_not_null",
    )
    x_last_due_date = fields.Date("Last Preventive Due", readonly=True, copy=False)
    x_preventive_due = fields.Boolean(
        "Preventive Due",
        compute="_compute_x_preventive_due",
        search="_search_x_preventive_due",
    )

    _x_lot_uniq = Constraint(
        "UNIQUE (x_lot_id)", "This serial number already has an equipment record."
    )
    _x_interval_check = Constraint(
        "CHECK (x_maintenance_interval >= 0)",
        "The interval of the preventive maintenance can't be negative.",
    )

    # ------------------------------------------------------------ who holds it
    @api.depends(
        "x_asset_id.partner_id",
        "x_asset_id.order_id",
        "x_asset_id.state",
        "x_asset_id.swap_ids.state",
    )
    def _compute_x_holder(self):
        for equipment in self:
            asset = equipment.x_asset_id
            if not asset:
                equipment.x_customer_id = equipment.x_customer_id
                equipment.x_order_id = equipment.x_order_id
                continue
            gone = asset.state == "decommissioned"
            held = asset.state in LIVE_STATES or (asset.open_swap_id and not gone)
            equipment.x_customer_id = asset.partner_id if held else False
            equipment.x_order_id = asset.order_id

    def _compute_x_counts(self):
        moves = self.env["stock.move.line"]._read_group(
            [("lot_id", "in", self.x_lot_id.ids), ("picking_id", "!=", False)],
            ["lot_id"],
            ["picking_id:count_distinct"],
        )
        transfers = {lot.id: number for lot, number in moves}
        repairs = self._abs_count("repair.order")
        tickets = self._abs_count("helpdesk.ticket")
        for equipment in self:
            equipment.x_transfer_count = transfers.get(equipment.x_lot_id.id, 0)
            equipment.x_repair_count = repairs.get(equipment.id, 0)
            equipment.x_ticket_count = tickets.get(equipment.id, 0)
            equipment.x_invoice_count = len(equipment.x_order_id.invoice_ids)

    def _abs_count(self, model):
        groups = self.env[model]._read_group(
            [("x_equipment_id", "in", self.ids)], ["x_equipment_id"], ["__count"]
        )
        return {equipment.id: number for equipment, number in groups}

    # ------------------------------------------------------------ schedule
    @api.depends("x_maintenance_interval", "x_maintenance_start", "x_last_due_date")
    def _compute_x_next_maintenance_date(self):
        for equipment in self:
            equipment.x_next_maintenance_date = equipment._abs_due_after(
                equipment.x_last_due_date
            )

    def _abs_due_after(self, day):
        """Return the first due date after ``day`` (None: the very first one).

        Counted from the start, never from the last date: 31 Jan, 28 Feb, 31 Mar.
        """
        self.ensure_one()
        start, months = self.x_maintenance_start, self.x_maintenance_interval
        if not start or months <= 0:
            return False
        if not day or day < start:
            return start
        number = ((day.year - start.year) * 12 + day.month - start.month) // months
        due = start + relativedelta(months=number * months)
        while due <= day:
            number += 1
            due = start + relativedelta(months=number * months)
        return due

    @api.depends("x_next_maintenance_date", "company_id")
    def _compute_x_preventive_due(self):
        for equipment in self:
            day = equipment.x_next_maintenance_date
            today = equipment.company_id._abs_today()
            equipment.x_preventive_due = bool(day) and day <= today

    def _search_x_preventive_due(self, operator, value):
        days, name = self.env["res.company"], "x_next_maintenance_date"
        due = days._abs_day_domain(name, "<=")
        return days._abs_day_search(name, due, operator, value)

    @api.model
    def _cron_preventive(self):
        """Make the preventive requests that are due, each exactly once.

        Days that were missed give one request, for the latest due date: a technician
        does not visit twice because the server slept. A failing equipment does not
        stop the others.
        """
        due = [("scrap_date", "=", False), ("x_preventive_due", "=", True)]
        for equipment in self.search(due):
            error = equipment._abs_try(equipment._abs_make_preventive)
            if error:
                _logger.error(
                    "Preventive maintenance of equipment %s failed",
                    equipment.id,
                    exc_info=error,
                )
        return True

    def _abs_make_preventive(self):
        """Make the request of the latest due date up to today; returns it."""
        self.ensure_one()
        self._abs_lock()
        today = self.company_id._abs_today()
        day = self.x_next_maintenance_date
        if not day or day > today:
            return self.env["maintenance.request"]
        while (after := self._abs_due_after(day)) and after <= today:
            day = after
        request = self._abs_request(
            name=self.env._("Preventive maintenance of %s", self.display_name),
            maintenance_type="preventive",
            schedule_date=fields.Datetime.to_datetime(day),
            x_due_date=day,
        )
        self.sudo().x_last_due_date = day
        return request

    def _abs_team(self, company):
        """Return the equipment's team, or one that may work for ``company``."""
        team = self.maintenance_team_id
        if not team or (team.company_id and team.company_id != company):
            team = team._abs_of_company(company)
        return team

    def _abs_request(self, **vals):
        """Create a maintenance request of one equipment, in its company and team."""
        self.ensure_one()
        company = self.company_id or self.x_asset_id.company_id or self.env.company
        return (
            self.env["maintenance.request"]
            .with_company(company)
            .with_context(tz=company._abs_tz())
            .create(
                {
                    "equipment_id": self.id,
                    "company_id": company.id,
                    "maintenance_team_id": self._abs_team(company).id,
                    "x_asset_id": self.x_asset_id.id,
                    "owner_user_id": False,
                    **vals,
                }
            )
        )

    # ------------------------------------------------------------ buttons
    def _abs_action(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
        }

    def action_transfers(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Transfers"),
            "stock.picking",
            [("move_line_ids.lot_id", "=", self.x_lot_id.id)],
        )

    def action_history(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Moves"),
            "stock.move.line",
            [("lot_id", "=", self.x_lot_id.id), ("state", "=", "done")],
        )

    def action_repairs(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Repairs"), "repair.order", [("x_equipment_id", "=", self.id)]
        )

    def action_tickets(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Tickets"), "helpdesk.ticket", [("x_equipment_id", "=", self.id)]
        )

    def action_invoices(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Invoices"),
            "account.move",
            [("id", "in", self.x_order_id.invoice_ids.ids)],
        )
