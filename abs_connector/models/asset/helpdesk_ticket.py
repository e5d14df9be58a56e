"""A ticket, a swap and a repair are about what the customer has."""

from odoo import api, models

from ...exceptions import BusinessError


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _abs_check_same_customer(self, partner, asset, order):
        family = partner.commercial_partner_id
        for record, field in ((asset, "asset_id"), (order, "order_id")):
            holder = record.partner_id
            if holder and holder.commercial_partner_id != family:
                raise BusinessError(
                    self.env._(
                        "%(record)s is not %(customer)s's.",
                        record=record.display_name,
                        customer=partner.display_name,
                    ),
                    code="customer_mismatch",
                    details=[{"field": field}],
                )
