"""``maintenance.equipment`` as the hub of a serial (MODULE_INTERCONNECTION_MAP, flow 4).

It carries lot, product, customer, order, subscription and asset, shows deliveries,
repairs, tickets and invoices, and has the schedule that Odoo's equipment lacks.
"""

from dateutil.relativedelta import relativedelta
from odoo import models


class Asset(models.Model):
    _inherit = "ov.asset"

    def _abs_ensure_equipment(self):
        """Give each asset with a serial its equipment record; one record per serial.

        ``serial_no`` is unique over all companies and products in Odoo, so the second
        product with the same number is written ``CODE/number``.
        """
        assets = self.filtered("lot_id")
        if not assets:
            return
        Equipment = self.env["maintenance.equipment"].with_context(
            active_test=False, tracking_disable=True, mail_create_nosubscribe=True
        )
        known = {
            equipment.x_lot_id.id: equipment
            for equipment in Equipment.search([("x_lot_id", "in", assets.lot_id.ids)])
        }
        fresh = assets.filtered(lambda a: a.lot_id.id not in known)
        names = {asset.lot_id.id: asset._abs_serial_names() for asset in fresh}
        wanted = [name for options in names.values() for name in options]
        taken = set(Equipment.search([("serial_no", "in", wanted)]).mapped("serial_no"))
        vals_list = []
        for asset in fresh:
            serial = next(n for n in names[asset.lot_id.id] if n not in taken)
            taken.add(serial)
            vals_list.append(asset._abs_equipment_vals(serial))
        for equipment in Equipment.create(vals_list):
            known[equipment.x_lot_id.id] = equipment
        for asset in assets:
            equipment = known[asset.lot_id.id]
            if asset.equipment_id != equipment:
                asset.with_context(tracking_disable=True).equipment_id = equipment
            vals = {"x_asset_id": asset.id, "company_id": asset.company_id.id}
            if not equipment.active or equipment.scrap_date:
                vals.update(active=True, scrap_date=False)
            vals = {
                key: value
                for key, value in vals.items()
                if equipment._fields[key].convert_to_write(equipment[key], equipment)
                != value
            }
            if vals:
                equipment.write(vals)

    def _abs_serial_names(self):
        """Return the names that the serial may take, best first; the last is free."""
        self.ensure_one()
        code = self.product_id.default_code or f"P{self.product_id.id}"
        name = self.lot_id.name
        return [
            name,
            f"{code}/{name}",
            f"P{self.product_id.id}/{name}/{self.lot_id.id}",
        ]

    def _abs_equipment_vals(self, serial):
        self.ensure_one()
        day = self.installation_date or self.company_id._abs_today()
        months = self.product_id.x_maintenance_interval
        team = self.env["maintenance.team"]._abs_of_company(self.company_id, make=False)
        return {
            "name": self.name,
            "serial_no": serial,
            "company_id": self.company_id.id,
            "maintenance_team_id": team.id,
            "effective_date": day,
            "assign_date": day,
            "model": self.product_id.default_code,
            "owner_user_id": False,
            "x_lot_id": self.lot_id.id,
            "x_product_id": self.product_id.id,
            "x_asset_id": self.id,
            "x_maintenance_interval": months,
            "x_maintenance_start": day + relativedelta(months=months)
            if months
            else False,
        }
