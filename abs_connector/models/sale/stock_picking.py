"""A validated delivery drafts the invoice of its goods (docs/contract.md 1.12)."""

from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _after_done(self):
        """Draft the delivery-policy lines that were just delivered, per order.

        The delivered quantities are right by now, also with a backorder; after a return
        they fall and nothing is drafted.
        """
        super()._after_done()
        for order in self.sale_id:
            if order.state == "sale":
                order._abs_draft_invoices("delivery")
