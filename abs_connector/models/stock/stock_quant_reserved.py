"""What is reserved is reserved for somebody: releasing loses nothing, on 19.0 as well."""

from odoo import api, fields, models

from ...compat import RELEASE_FORGETS


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _update_reserved_quantity(
        self,
        product_id,
        location_id,
        quantity,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=True,
    ):
        """Release what was reserved, on whichever of a place's rows it stands.

        Odoo makes a second row for a place's goods while another transaction holds the
        first one, and goes by their sum. 19 releases from one row only as much as that
        row has reserved and forgets the rest: goods that many people sell at once stay
        reserved for nobody, and can't be delivered until the nightly scheduler.
        """
        if quantity >= 0 or not RELEASE_FORGETS:
            return super()._update_reserved_quantity(
                product_id, location_id, quantity, lot_id, package_id, owner_id, strict
            )
        quants = self.sudo()
        rows = quants._gather(
            product_id,
            location_id,
            lot_id=lot_id,
            package_id=package_id,
            owner_id=owner_id,
            strict=True,
        )
        # Those of the lot, and that have enough, first. Else one goes below zero, as on
        # 18: the sum is right.
        rows = rows.sorted(
            lambda row: (
                bool(lot_id) > bool(row.lot_id),
                row.reserved_quantity < -quantity,
            )
        )
        row = rows and rows.try_lock_for_update(allow_referencing=True, limit=1)
        if row:
            row.reserved_quantity += quantity
            return None
        quants.create(
            {
                "product_id": product_id.id,
                "location_id": location_id.id,
                "lot_id": lot_id and lot_id.id,
                "package_id": package_id and package_id.id,
                "owner_id": owner_id and owner_id.id,
                "in_date": fields.Datetime.now(),
                "reserved_quantity": quantity,
            }
        )
        return None
