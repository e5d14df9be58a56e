"""What a ticket leads to: repair, maintenance request, field task (map, flow 3)."""

from odoo import fields, models

from ...exceptions import BusinessError, Conflict
from ..base.text import html_of


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _abs_check_open(self):
        if self.closed:
            raise Conflict(
                self.env._("Ticket %s is closed: reopen it first.", self.number),
                code="already_closed",
            )

    def _abs_equipment(self):
        """Return the equipment of the ticket, or say how to name it."""
        equipment = self.x_equipment_id or self.x_asset_id.equipment_id
        if not equipment:
            raise BusinessError(
                self.env._(
                    "Ticket %s names no unit: set its asset first.", self.number
                ),
                code="asset_required",
                details=[{"field": "asset_id"}],
            )
        return equipment

    def _api_create_repair(self, parts=(), note=None):
        """Send the ticket's unit to repair; returns the repair order.

        The unit comes from where it is to Service/Repair; in a running swap it is there
        and the swap's repair is the one.

        :param list parts: ``[{"product_id", "quantity", "lot_id"}]``, planned
        :raises Conflict: ``repair_exists``, ``already_closed``
        :raises BusinessError: ``asset_required``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_open()
        equipment = self._abs_equipment()
        asset = self.x_asset_id or equipment.x_asset_id
        lot = equipment.x_lot_id or asset.lot_id
        if not lot:
            raise BusinessError(
                self.env._("%s has no serial number.", equipment.display_name),
                code="serial_required",
            )
        lot._abs_lock()
        Repair = self.env["repair.order"]
        running = Repair.search(
            [("lot_id", "=", lot.id), ("state", "not in", ("done", "cancel"))], limit=1
        )
        if running.x_ticket_id:
            raise Conflict(
                self.env._(
                    "%(serial)s is in repair already: %(repair)s.",
                    serial=lot.name,
                    repair=running.name,
                ),
                code="repair_exists",
            )
        if running:
            running.x_ticket_id = self
            repair = running
        else:
            repair = self._abs_bring_to_repair(lot, asset, note)
        repair._abs_add_parts(parts)
        self.message_post(body=self.env._("Repair %s created.", repair.name))
        return repair

    def _abs_bring_to_repair(self, lot, asset, note):
        company = self.company_id
        bench = self.env["stock.location"]._abs_location(company, "service_repair")
        place, home = lot.location_id, None
        if place != bench:
            home = place if place and place._abs_is_field() else None
            if not place:
                raise BusinessError(
                    self.env._("The unit %s is in no known place.", lot.name),
                    code="serial_unavailable",
                )
            if asset:
                asset._abs_move_unit(lot, bench, "repair", note=self.name)
            else:  # an equipment made by hand, of a unit that nobody got by an order
                lot._abs_asset_move(
                    bench, company, origin=self.number, partner_id=self.partner_id.id
                )
        return self.env["repair.order"]._abs_open_repair(
            lot,
            company,
            self.partner_id,
            asset,
            ticket=self,
            note=note or self.name,
            home=home,
        )

    def _api_create_request(self, note=None, schedule_date=None):
        """Make a corrective maintenance request for the unit; returns it."""
        self.ensure_one()
        self._abs_lock()
        self._abs_check_open()
        equipment = self._abs_equipment()
        request = equipment._abs_request(
            name=self.name,
            description=html_of(note) or self.description,
            maintenance_type="corrective",
            schedule_date=schedule_date or False,
            priority=self.priority,
            x_ticket_id=self.id,
        )
        self.message_post(
            body=self.env._("Maintenance request %s created.", request.name)
        )
        return request

    def _api_create_task(self, note=None, deadline=None):
        """Make a task for a technician on site; returns it.

        :raises BusinessError: ``no_field_project``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_open()
        project = self.env["project.project"]._abs_field_service(self.company_id)
        if not project:
            raise BusinessError(
                self.env._(
                    "No field-service project: tick 'Field Service' on a project of "
                    "%(company)s, in Project > Settings.",
                    company=self.company_id.name,
                ),
                code="no_field_project",
            )
        task = (
            self.env["project.task"]
            .with_company(self.company_id)
            .create(
                {
                    "name": f"{self.number} {self.name}",
                    "project_id": project.id,
                    "partner_id": self.partner_id.id,
                    "company_id": self.company_id.id,
                    "user_ids": [fields.Command.clear()],
                    "description": html_of(note) or self.description,
                    "date_deadline": deadline or False,
                    "x_ticket_id": self.id,
                    "x_asset_id": self.x_asset_id.id,
                    "x_equipment_id": self.x_equipment_id.id,
                }
            )
        )
        self.message_post(body=self.env._("Field task %s created.", task.name))
        return task

    # ------------------------------------------------------------ web client
    def _abs_open(self, name, records):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
        }
        if len(records) == 1:
            action.update(view_mode="form", res_id=records.id)
        return action

    def action_repairs(self):
        return self._abs_open(self.env._("Repairs"), self.x_repair_ids)

    def action_requests(self):
        return self._abs_open(self.env._("Maintenance Requests"), self.x_request_ids)

    def action_tasks(self):
        return self._abs_open(self.env._("Field Tasks"), self.x_task_ids)

    def action_create_repair(self):
        self.check_access("write")
        repair = self.sudo()._api_create_repair()
        return self._abs_open(self.env._("Repair"), repair)

    def action_create_request(self):
        self.check_access("write")
        request = self.sudo()._api_create_request()
        return self._abs_open(self.env._("Maintenance Request"), request)

    def action_create_task(self):
        self.check_access("write")
        task = self.sudo()._api_create_task()
        return self._abs_open(self.env._("Field Task"), task)

    def action_close(self):
        self.check_access("write")
        self.sudo()._api_close(self.x_resolution)
        return True
