"""The serial of an asset that is set or changed by hand (web client, import, RPC)."""

from odoo import api, models

from ...exceptions import BusinessError, Conflict
from .ov_asset import FROM_MOVE, LIVE_STATES


class Asset(models.Model):
    _inherit = "ov.asset"

    @api.constrains("lot_id", "company_id")
    def _check_serial_is_here(self):
        """The unit is in the asset's company, and was not scrapped.

        Not asked after a stock move: that one knows where the unit is.
        """
        if FROM_MOVE.of(self.env):
            return
        assets = self.sudo().filtered("lot_id")
        places = assets.lot_id._abs_places()
        for asset in assets:
            lot = asset.lot_id
            place = next(iter(places[lot]), self.env["stock.location"])
            company = place.company_id or lot.company_id
            gone = not place and lot._abs_was_scrapped()
            if gone or (company and company != asset.company_id):
                raise lot._abs_unavailable(asset.company_id)

    def _abs_check_new_serial(self, vals):
        """Refuse another serial for what stock moves brought, and one that is taken.

        :raises BusinessError: ``serial_fixed``
        :raises Conflict: ``asset_exists``
        """
        lot = self.env["stock.lot"].sudo().browse(vals["lot_id"] or ())
        lot._abs_lock()
        for asset in self.sudo():
            if asset.lot_id and (asset.picking_id or asset.swap_ids):
                raise BusinessError(
                    self.env._(
                        "Stock moves brought the unit %(serial)s: return it, and "
                        "deliver the right one.",
                        serial=asset.lot_id.name,
                    ),
                    code="serial_fixed",
                    details=[{"field": "lot_id"}],
                )
            live = vals.get("state", asset.state) in LIVE_STATES
            if live and self.sudo()._abs_live_of(lot):
                raise Conflict(
                    self.env._(
                        "The unit %(serial)s is registered already, and not with this "
                        "customer. It must be returned first.",
                        serial=lot.name,
                    ),
                    code="asset_exists",
                    details=[{"field": "lot_id"}],
                )

    def _abs_follow_serial(self, former):
        """Bring place, state, equipment and history up to the new serial.

        :param former: the equipment of the serials before
        """
        assets = self.sudo()
        former.filtered(lambda e: e.x_asset_id in assets).x_asset_id = False
        for asset in assets:
            vals = {"lot_id": asset.lot_id.id, "state": asset.state}
            vals["installation_date"] = asset.installation_date
            self._abs_place_vals([vals])
            asset.location_id = vals.get("location_id")
            if vals["state"] != asset.state:
                asset._abs_set_state(vals["state"])
        assets.equipment_id = False
        assets._abs_log([(None, asset) for asset in assets], kind="registered")
        assets._abs_ensure_equipment()
