"""Every warehouse and company has its locations with a role (docs/contract.md 6)."""

from odoo import api, fields, models

from ...card import ref
from ...exceptions import BusinessError
from .stock_location import LOANER_POOL, SERVICE_REPAIR, SYNC_DEPLOYED
from .stock_picking_read import LOCATIONS


class StockWarehouse(models.Model):
    _name = "stock.warehouse"
    _inherit = ["stock.warehouse", "abs.company.scope.mixin"]

    x_sync_deployed_id = fields.Many2one(
        "stock.location", "SYNC Deployed", compute="_compute_x_locations"
    )
    x_loaner_pool_id = fields.Many2one(
        "stock.location", "Loaner Pool", compute="_compute_x_locations"
    )
    x_service_repair_id = fields.Many2one(
        "stock.location", "Service/Repair", compute="_compute_x_locations"
    )

    def _compute_x_locations(self):
        """Read the three locations of all warehouses in one query."""
        found = (
            self.env["stock.location"]
            .sudo()
            .search(
                [("x_role", "!=", False), ("company_id", "in", self.company_id.ids)],
                order="id desc",
            )
        )
        first = {}
        for location in found:
            place = location.company_id
            if location.x_role != SYNC_DEPLOYED:
                place = location.warehouse_id
            first[place, location.x_role] = location
        none = found.browse()
        for warehouse in self:
            warehouse.x_sync_deployed_id = first.get(
                (warehouse.company_id, SYNC_DEPLOYED), none
            )
            warehouse.x_loaner_pool_id = first.get((warehouse, LOANER_POOL), none)
            warehouse.x_service_repair_id = first.get((warehouse, SERVICE_REPAIR), none)

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        warehouses._abs_ensure_locations()
        return warehouses

    def _abs_ensure_locations(self):
        """Make the missing locations with a role; without self: of all warehouses.

        Idempotent. The install hook and the migrations call it without records.
        """
        model = self.env["stock.location"]
        everywhere = self.env["stock.warehouse"].sudo().search([])
        for warehouse in self.sudo() or everywhere:
            for role in (SYNC_DEPLOYED, LOANER_POOL, SERVICE_REPAIR):
                model._abs_location(warehouse, role)

    @api.model
    def _abs_of(self, location, company=None):
        """Return the warehouse of a location, else its company's first one.

        :raises BusinessError: ``no_warehouse``
        """
        company = company or location.company_id
        found = location.warehouse_id.sudo()
        if not found or (company and found.company_id != company):
            found = self.sudo().search(
                [("company_id", "=", company.id)], order="sequence, id", limit=1
            )
        if not found:
            raise BusinessError(
                self.env._("%(company)s has no warehouse.", company=company.name or ""),
                code="no_warehouse",
            )
        return found

    @api.model
    def _abs_check_owner(self, warehouse, record, company):
        """Refuse that ``record`` ships from a warehouse of another company.

        :raises BusinessError: ``company_mismatch``
        """
        warehouse = warehouse.sudo()
        if not warehouse or warehouse.company_id == company:
            return
        raise BusinessError(
            self.env._(
                "%(record)s belongs to %(company)s: choose a warehouse of that company.",
                record=record.display_name,
                company=company.name or self.env._("no company"),
            ),
            code="company_mismatch",
            details=[{"field": "warehouse_id"}],
        )

    def _api_location_refs(self):
        """Return ``{warehouse id: {name of the place: {"id", "name"}}}``."""
        return {
            warehouse.id: {
                key: ref(warehouse[field]) for key, field in LOCATIONS.items()
            }
            for warehouse in self
        }
