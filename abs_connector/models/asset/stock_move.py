"""The hook: every done move of a serial reaches the life cycle of its asset."""

from odoo import api, models

from .ov_asset_step import ERRAND, Step


class StockMove(models.Model):
    _inherit = "stock.move"

    def _abs_serial_steps(self):
        """Return the steps of the serials in done moves, in the order of the moves."""
        errand = ERRAND.of(self.env)
        places = {}

        def in_field(location):
            if location.id not in places:
                places[location.id] = location._abs_is_field()
            return places[location.id]

        steps = []
        for line in self.move_line_ids:
            source, dest = line.location_id, line.location_dest_id
            if not line.lot_id or line.quantity <= 0 or source == dest:
                continue
            kind = (
                errand.kind
                if errand
                else self._abs_step_kind(line.move_id, source, dest, in_field)
            )
            steps.append(Step(line.lot_id, line.move_id, kind, source, dest))
        return steps

    @api.model
    def _abs_step_kind(self, move, source, dest, in_field):
        """Return what moving a unit from ``source`` to ``dest`` means to its asset."""
        was_out, is_out = in_field(source), in_field(dest)
        if move.scrap_id:
            return "scrapped"
        if move.is_inventory or "inventory" in (source.usage, dest.usage):
            return "lost" if dest.usage == "inventory" else "found"
        if was_out and is_out:
            # company property becomes the customer's: no new delivery
            leased = source.x_role == "sync_deployed" != dest.x_role
            return "transferred" if leased else "moved"
        if is_out:
            return "delivered"
        if dest.x_role == "service_repair":
            return "repair"
        return "returned" if was_out else "moved"

    def _after_done(self):
        super()._after_done()
        # 18 calls the chain once with nothing first
        done = self.filtered(lambda m: m.product_id.tracking == "serial")
        if done:
            self.env["ov.asset"].sudo()._abs_follow(done.sudo())
