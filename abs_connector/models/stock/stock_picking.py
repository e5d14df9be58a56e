"""Pickings: which flow they belong to, who sees them, whose they are."""

from odoo import api, fields, models

from ...exceptions import NotFound

DELIVERY, RECEIPT, RETURN, TRANSFER, OTHER = (
    "delivery",
    "receipt",
    "return",
    "transfer",
    "other",
)


class StockPicking(models.Model):
    _inherit = "stock.picking"

    x_flow = fields.Selection(
        [
            (DELIVERY, "Delivery"),
            (RECEIPT, "Receipt"),
            (RETURN, "Customer Return"),
            (TRANSFER, "Internal Transfer"),
            (OTHER, "Other"),
        ],
        "Flow",
        compute="_compute_x_flow",
        store=True,
        index=True,
        help="Deliveries include the pick and pack steps of an order, receipts the "
        "quality and storage steps of a purchase.",
    )

    @api.depends(
        "picking_type_id",
        "picking_type_id.code",
        "sale_id",
        "return_id",
        "location_dest_id",
    )
    def _compute_x_flow(self):
        types = self.picking_type_id.sudo()
        inbound = types.warehouse_id.qc_type_id | types.warehouse_id.store_type_id
        for picking in self:
            picking.x_flow = picking._abs_flow(inbound)

    def _abs_flow(self, inbound_types):
        code = self.picking_type_id.code
        if code == "outgoing":
            # To the inter-company transit location: half of a transfer.
            crossing = self.location_dest_id.usage == "transit" and not self.sale_id
            return TRANSFER if crossing else DELIVERY
        if code == "incoming":
            # A customer's goods come back: the SA of the delivery owns them.
            back = self.return_id.x_flow == DELIVERY or (
                self.return_id and self.sale_id
            )
            return RETURN if back else RECEIPT
        if code == "internal":
            if self.picking_type_id in inbound_types:
                # Returned goods pass quality and storage too; they name a customer.
                return RETURN if self.sale_id else RECEIPT
            if self.sale_id:
                return RETURN if self.return_id else DELIVERY
            return TRANSFER
        return OTHER

    def abs_in_flow(self, *flows):
        """Return self if it belongs to one of the flows, else there is no such record.

        A receipt's id under ``/api/stock/deliveries`` is 404, and the other way round.
        """
        self.ensure_one()
        if self.x_flow not in flows:
            raise NotFound(
                self.env._("There is no such record, or it is not yours to see.")
            )
        return self

    # -- hooks -----------------------------------------------------------------------

    def _action_done(self):
        """Stamp received serials with the SA of the receipt; the SA that deploys them
        later replaces it (governance)."""
        result = super()._action_done()
        for picking in self.sudo().filtered(lambda p: p.x_sa_id and p.state == "done"):
            lots = picking.move_line_ids.lot_id.filtered(lambda lot: not lot.x_sa_id)
            lots._sa_assign(
                picking.x_sa_id, picking.x_actor_id, source="inherit:stock.picking"
            )
        return result


class StockPickingType(models.Model):
    _name = "stock.picking.type"
    _inherit = ["stock.picking.type", "abs.company.scope.mixin"]
