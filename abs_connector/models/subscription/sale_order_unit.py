from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _abs_unit_subscription(self):
        """Return the subscription that the units of this order are under; maybe none."""
        live = self.x_subscription_ids.filtered(lambda s: s.state != "cancelled")
        deployed = live.filtered(lambda s: s.kind != "service")
        return deployed[:1] or (live if len(live) == 1 else live.browse())
