"""From stock moves to the life of assets (workflow 0g).

``stock.move._action_done`` is the only place that sees every way a unit can move:
deliveries, returns, scrap, counts, swaps, repairs, moves without a transfer. All moves
of one call are handled together, so that a delivery of 50 serials costs as many queries
per model as one of a single serial.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from odoo import api, models

from ...scope import Switch
from .ov_asset import FROM_MOVE, LIVE_STATES

STATE_AFTER = {
    "delivered": "active",
    "swap_in": "active",
    "brought_back": "active",
    "returned": "inactive",
    "swap_out": "inactive",
    "repair": "inactive",
    "lost": "inactive",
    "found": "inactive",
    "transferred": "transferred",
    "scrapped": "decommissioned",
}
ARRIVALS = ("delivered", "swap_in", "brought_back")
#: The :class:`Errand` on which a verb of an asset moves a unit.
ERRAND = Switch("errand")


class Errand(NamedTuple):
    """What a stock move cannot tell of the unit that an asset's verb moves.

    :param str kind: of the step (see :data:`STATE_AFTER`)
    :param int asset_id: the asset that comes back to life
    :param int loaner_for_id: the asset that a loaner stands for
    """

    kind: str
    note: str | None = None
    asset_id: int = 0
    loaner_for_id: int = 0


class Step(NamedTuple):
    """One unit in one move."""

    lot: Any
    move: Any
    kind: str
    source: Any
    dest: Any


class Asset(models.Model):
    _inherit = "ov.asset"

    @api.model
    def _abs_follow(self, moves):
        """Bring the assets of the serials in done ``moves`` up to date.

        :data:`ERRAND` says more of the one unit that an asset's verb moves.
        """
        steps = moves._abs_serial_steps()
        while steps:
            wave, rest, seen = [], [], set()
            for step in steps:
                (rest if step.lot.id in seen else wave).append(step)
                seen.add(step.lot.id)
            self._abs_follow_wave(wave)
            steps = rest

    @api.model
    def _abs_follow_wave(self, steps):
        """Follow steps that name each serial once."""
        lots = self.env["stock.lot"].union(*(step.lot for step in steps))
        known = self.search([("lot_id", "in", lots.ids)], order="id")
        by_lot = defaultdict(self.browse)
        for asset in known:
            by_lot[asset.lot_id.id] += asset
        replaced, plan, fresh = self.browse(), [], []
        for step in steps:
            assets = by_lot[step.lot.id]
            if step.kind in ARRIVALS:
                asset, old = self._abs_arrival(step, assets)
                replaced += old
                (plan if asset else fresh).append((step, asset))
            else:
                live = assets.filtered(lambda a: a.state in LIVE_STATES)
                asset = live or assets[-1:]
                if asset:
                    plan.append((step, asset))
        if replaced:
            # sold on without ever coming back: the old customer has it no longer
            replaced._abs_set_state("inactive")
            self._abs_log([(None, asset) for asset in replaced], kind="returned")
            self.flush_model(["state"])
        self._abs_apply(plan)
        if fresh:
            self._abs_create_delivered([step for step, _none in fresh], known)

    @api.model
    def _abs_arrival(self, step, assets):
        """Return ``(asset that arrives, live asset that it replaces)``; both may be empty.

        A unit that comes back to the customer who had it, in no new sale, is the same
        asset; in a new sale, or with another customer, it is a new one, so that the
        former customer's history stays with the former customer (and their SA).
        """
        errand = ERRAND.of(self.env)
        if errand and errand.asset_id:
            return assets.filtered(lambda a: a.id == errand.asset_id), self.browse()
        partner, order = self._abs_receiver(step.move)
        live = assets.filtered(lambda a: a.state in LIVE_STATES)
        same = (live or assets[-1:]).filtered(
            lambda a: (
                a.partner_id == partner
                and a.company_id == step.move.company_id
                and a.state != "decommissioned"
                and (not order or not a.order_id or a.order_id == order)
                and not a.loaner_for_id
            )
        )
        return same, live - same

    @api.model
    def _abs_receiver(self, move):
        """Return ``(customer, order)`` of a move to the field."""
        order = move.sale_line_id.order_id or move.picking_id.sale_id
        partner = (
            order.partner_id
            or move.picking_id.partner_id
            or move.partner_id
            or self.env["res.partner"]
        )
        return partner, order

    @api.model
    def _abs_apply(self, plan):
        """Write the new states, places and history rows of known assets."""
        by_state, by_place = defaultdict(self.browse), defaultdict(self.browse)
        for step, asset in plan:
            by_place[step.dest.id] += asset
            state = STATE_AFTER.get(step.kind)
            if step.kind == "lost" and asset.state == "decommissioned":
                state = None
            if step.kind == "found" and asset.state == "decommissioned":
                asset.equipment_id.write({"active": True, "scrap_date": False})
            if state and asset.state != state:
                by_state[state] += asset
            if step.kind in ARRIVALS:
                _partner, order = self._abs_receiver(step.move)
                vals = {}
                if order and not asset.order_id:
                    vals["order_id"] = order.id
                if step.move.picking_id and not asset.picking_id:
                    vals["picking_id"] = step.move.picking_id.id
                if not asset.installation_date:  # it was registered in stock
                    vals["installation_date"] = asset.company_id._abs_today()
                if vals:
                    asset.with_context(tracking_disable=True).write(vals)
        for state, assets in by_state.items():
            assets._abs_set_state(state)
        for place_id, assets in by_place.items():
            assets.with_context(tracking_disable=True).write({"location_id": place_id})
        self._abs_log(plan)
        arrived = self.union(*(a for step, a in plan if step.kind in ARRIVALS))
        if arrived:
            arrived._sa_inherit()
            arrived._abs_ensure_equipment()

    def _abs_set_state(self, state):
        """Move assets to ``state``; the stock move's event row is the history of it."""
        for company, assets in self.grouped("company_id").items():
            today = company._abs_today()
            vals = {"state": state, "end_date": False if state == "active" else today}
            assets.with_context(tracking_disable=True).write(vals)
            if state == "decommissioned":
                assets.equipment_id.write({"scrap_date": today})

    @api.model
    def _abs_create_delivered(self, steps, known):
        """Create the assets of serials that a customer gets for the first time."""
        vals_list = []
        errand = ERRAND.of(self.env)
        for step in steps:
            partner, order = self._abs_receiver(step.move)
            vals_list.append(
                {
                    "name": step.lot.product_id.name,
                    "asset_code": step.lot.name,
                    "lot_id": step.lot.id,
                    "product_id": step.lot.product_id.id,
                    "partner_id": partner.id,
                    "order_id": order.id,
                    "loaner_for_id": errand.loaner_for_id if errand else False,
                    "picking_id": step.move.picking_id.id,
                    "company_id": step.move.company_id.id,
                    "location_id": step.dest.id,
                    "installation_date": step.move.company_id._abs_today(),
                    "state": "active",
                }
            )
        quiet = self.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        assets = FROM_MOVE.on(quiet).create(vals_list)
        assets = assets.with_env(self.env)
        first = assets.filtered(lambda a: a.lot_id not in known.lot_id)
        first._abs_log_receipt()
        self._abs_log(list(zip(steps, assets, strict=True)))
        assets._abs_ensure_equipment()
        return assets

    def _abs_log_receipt(self):
        """Begin the history with the day the serial came into stock."""
        lines = self.env["stock.move.line"].search(
            [
                ("lot_id", "in", self.lot_id.ids),
                ("state", "=", "done"),
                ("location_id.usage", "in", ("supplier", "inventory", "production")),
                ("location_dest_id.usage", "in", ("internal", "transit")),
            ],
            order="date, id",
        )
        first = {}
        for line in lines:
            first.setdefault(line.lot_id.id, line)
        rows = []
        for asset in self:
            line = first.get(asset.lot_id.id)
            if line:
                rows.append(
                    {
                        "asset_id": asset.id,
                        "lot_id": asset.lot_id.id,
                        "kind": "received",
                        "date": line.date,
                        "picking_id": line.picking_id.id,
                        "move_id": line.move_id.id,
                        "location_id": line.location_id.id,
                        "location_dest_id": line.location_dest_id.id,
                        "actor_id": False,
                    }
                )
        self.env["ov.asset.event"].create(rows)

    @api.model
    def _abs_log(self, plan, kind=None, note=None):
        """Add history rows.

        :param list plan: ``(step or None, asset)``
        """
        errand = ERRAND.of(self.env)
        note = note or (errand and errand.note) or False
        rows = []
        for step, asset in plan:
            row = {
                "asset_id": asset.id,
                "lot_id": asset.lot_id.id,
                "kind": kind or step.kind,
                "partner_id": asset.partner_id.id,
                "note": note,
            }
            if step and step.kind in ("found", "lost"):
                row["note"] = note or self.env.context.get("inventory_name") or False
            if step:
                row.update(
                    picking_id=step.move.picking_id.id,
                    move_id=step.move.id,
                    location_id=step.source.id,
                    location_dest_id=step.dest.id,
                )
            rows.append(row)
        return self.env["ov.asset.event"].create(rows)
