"""A validated delivery drafts the invoice of its goods (SPEC 1, row 12)."""

from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _after_done(self):
        """Draft the delivery-policy lines that were just delivered, per order.

        The delivered quantities are right by now, also with a backorder; after a return
        they fall and nothing is drafted (ODOO_COOKBOOK 4).
        """
        super()._after_done()
        for order in self.sale_id:
            if order.state == "sale":
                order._abs_draft_invoices("delivery")
