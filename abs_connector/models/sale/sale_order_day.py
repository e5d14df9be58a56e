"""Until when a quotation is valid: by the company's day, both set and asked.

Odoo counts from the day where the user is, and asks by UTC: a quotation for one day that
is made east of the company is valid two, one made west of it none.
"""

from odoo import models

from ..base.day import on_their_days


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_validity_date(self):
        for orders in on_their_days(self):
            super(SaleOrder, orders)._compute_validity_date()

    def _compute_is_expired(self):
        super()._compute_is_expired()
        for order in self:
            if order.validity_date and order.state in ("draft", "sent"):
                order.is_expired = order.validity_date < order.company_id._abs_today()
