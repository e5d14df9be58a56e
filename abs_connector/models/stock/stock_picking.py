"""Pickings: which flow they belong to, who sees them, whose they are."""

from odoo import api, fields, models

from ...exceptions import NotFound
from ..base.domain import any_of
from ..scope.ov_sa_assignment import governed


@governed(
    "ov.sa_delivery_assignment",
    subject="picking_id",
    title="Deliveries and receipts",
    label="Transfer",
)
class Picking(models.Model):
    """Procured pickings don't know their order in ``create``: see stock.move below."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "abs.stamp.mixin"]
    _sa_source_fields = (
        "backorder_id",
        "return_id",
        "move_ids.sale_line_id.order_id",
        "sale_id",
        "move_ids.move_orig_ids.picking_id",
    )
    _sa_default_at_create = False
    _sa_kind = "deliveries"
    _sa_cascade_fields = ("sale_id",)
    _sa_open_domain = (("state", "not in", ("done", "cancel")),)

    def _sa_has_history(self):
        return bool(self.x_sa_id and self.state == "cancel")

    def action_confirm(self):
        """A transfer made by hand belongs to the SA of who makes it."""
        result = super().action_confirm()
        self._sa_inherit()
        return result

    def _action_done(self):
        result = super()._action_done()
        self.filtered(lambda p: p.state == "done")._after_done()
        return result

    def _after_done(self):
        """The serials of a delivery belong to the SA that deployed them, received ones
        to that of the receipt, until they are deployed."""
        for picking in self.sudo().filtered("x_sa_id"):
            lots, source = picking.move_line_ids.lot_id, "delivery"
            if not picking.sale_id or picking.return_id:
                lots = lots.filtered(lambda lot: not lot.x_sa_id)
                source = "inherit:stock.picking"
            lots._sa_assign(picking.x_sa_id, picking.x_actor_id, source=source)

    @api.model
    def _abs_grant_domains(self, scope):
        """Receipts and transfers that no sale made have no SA of their own: they are
        seen in the companies of the caller's SAs (docs/contract.md 5)."""
        company_bound = self._abs_company_bound_domain(scope.company_ids)
        return [*super()._abs_grant_domains(scope), company_bound]

    @api.model
    def _abs_company_bound_domain(self, company_ids):
        """Return the receipts and transfers of companies, but none of a customer's:
        returns, and the moves of a unit between its customer and a repair."""
        return [
            "&",
            ("company_id", "in", list(company_ids)),
            "|",
            ("x_flow", "=", "receipt"),
            "&",
            ("x_flow", "=", "transfer"),
            "|",
            ("partner_id", "=", False),
            ("partner_id.ref_company_ids", "!=", False),
        ]

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        stamped = [("x_sa_id", "=", account_id)]
        return any_of([stamped, self._abs_company_bound_domain(company_ids)])


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

    def _api_in_flow(self, *flows):
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
