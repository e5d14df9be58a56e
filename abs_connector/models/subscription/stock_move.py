from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _after_done(self):
        super()._after_done()
        back = self.filtered(
            lambda m: (
                m.origin_returned_move_id
                and m.location_id.x_role == "sync_deployed"
                and m.product_id.tracking == "serial"
            )
        )
        if back:
            back.sudo()._abs_end_rentals()

    def _abs_end_rentals(self):
        """End rentals whose last unit came back by a return of the delivery."""
        assets = self.env["ov.asset"].search([("lot_id", "in", self.lot_ids.ids)])
        for sub in assets.subscription_id:
            if sub.state not in ("active", "paused") or sub._deployed_assets():
                continue
            if sub.kind == "rental":
                sub._end_by_return()
            elif sub.kind == "sync":
                sub._remind(
                    self.env._("The unit came back: end the lease or redeliver.")
                )
