"""Loaner swaps: the customer keeps riding while the unit is repaired (docs/contract.md 6).

Out: loaner from Loaner Pool to SYNC Deployed, faulty unit from where it is deployed to
Service/Repair, with a repair order. Back: both the other way. The subscription goes on.
"""

from odoo import api, fields, models

from ...exceptions import BusinessError, Conflict
from .ov_asset_step import ERRAND, Errand


class Asset(models.Model):
    _inherit = "ov.asset"

    # ------------------------------------------------------------ out
    def _api_swap(self, loaner_lot_id=None, loaner_serial=None, reason=None, **more):
        """Hand out a loaner and take the unit to repair; returns the asset.

        :param int loaner_lot_id: the loaner's serial, or
        :param str loaner_serial: its name
        :param str reason: what is wrong with the unit
        :param more: ``ticket_id``: the ticket that told of it
        :raises BusinessError: ``serial_unavailable``, ``asset_not_active``
        :raises Conflict: ``swap_open``
        """
        self.ensure_one()
        self.lot_id._abs_lock()  # before its asset, as deliveries and returns do
        self._abs_lock()
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        self._abs_check_swappable()
        loaner = self._abs_loaner(loaner_lot_id, loaner_serial)
        loaner._abs_lock()
        company = self.company_id
        self._abs_check_in_pool(loaner, company)
        ticket = self.env["helpdesk.ticket"].browse(more.get("ticket_id") or ())
        if ticket:
            ticket._abs_check_same_customer(
                ticket.partner_id, self, self.env["sale.order"]
            )
        home = self.lot_id.location_id
        swap = self.env["ov.asset.swap"].create(
            {
                "asset_id": self.id,
                "loaner_lot_id": loaner.id,
                "home_location_id": home.id,
                "ticket_id": ticket.id,
                "reason": reason,
            }
        )
        self._abs_move_unit(
            loaner,
            self.env["stock.location"]._abs_location(company, "sync_deployed"),
            "swap_in",
            note=reason,
            loaner_for_id=self.id,
        )
        swap.loaner_asset_id = self._abs_live_of(loaner).get(loaner.id)
        self._abs_move_unit(
            self.lot_id,
            self.env["stock.location"]._abs_location(company, "service_repair"),
            "swap_out",
            note=reason,
            asset_id=self.id,
        )
        swap.repair_id = self.env["repair.order"]._abs_open_repair(
            self.lot_id, company, self.partner_id, self, ticket=ticket, note=reason
        )
        self.message_post(
            body=self.env._(
                "Swapped for the loaner %(loaner)s: %(reason)s",
                loaner=loaner.name,
                reason=reason,
            )
        )
        return self

    def _abs_check_swappable(self):
        """Refuse units that no loaner of ours stands in for; says what to do instead."""
        if self.open_swap_id:
            raise Conflict(
                self.env._(
                    "The loaner %s stands in for this unit already.",
                    self.open_swap_id.loaner_lot_id.name,
                ),
                code="swap_open",
            )
        if self.loaner_for_id:
            raise BusinessError(
                self.env._("This unit is a loaner itself: return it, then swap."),
                code="asset_is_loaner",
            )
        if not self.lot_id:
            raise BusinessError(
                self.env._("This asset has no serial number, so it can't be swapped."),
                code="serial_required",
            )
        if self.state == "transferred":
            raise BusinessError(
                self.env._(
                    "%(serial)s is the customer's own since it was transferred. Repair "
                    "it under a ticket or a repair order; a loaner is for leased units.",
                    serial=self.lot_id.name,
                ),
                code="asset_transferred",
            )
        place = self.lot_id.location_id
        if not self._abs_is_live() or not place or not place._abs_is_field():
            raise BusinessError(
                self.env._(
                    "Only a unit that is with a customer can be swapped; %(serial)s is "
                    "in %(place)s.",
                    serial=self.lot_id.name,
                    place=place.display_name or self.env._("no single place"),
                ),
                code="asset_not_active",
            )

    @api.model
    def _abs_loaner(self, lot_id, serial):
        """Return the loaner's lot, found under the caller's rules."""
        Lot = self.env["stock.lot"]
        if lot_id:
            return Lot.browse(lot_id)
        lots = Lot.sudo(False).search([("name", "=", serial)]).sudo()
        if len(lots) > 1:
            # several products with this number: the one in the pool is meant
            lots = (
                lots.filtered(lambda lot: lot.location_id.x_role == "loaner_pool")
                or lots[:1]
            )
        if not lots:
            raise BusinessError(
                self.env._("There is no serial number %s.", serial or ""),
                code="serial_unavailable",
                details=[{"field": "loaner_serial"}],
            )
        return lots[:1]

    def _abs_check_in_pool(self, loaner, company):
        Location = self.env["stock.location"]
        pools = Location._abs_locations(company, "loaner_pool")
        here = self.env["stock.quant"].search_count(
            [
                ("lot_id", "=", loaner.id),
                ("location_id", "child_of", pools.ids),
                ("quantity", ">", 0),
            ],
            limit=1,
        )
        pool = pools[:1] or Location._abs_location(company, "loaner_pool")
        if loaner == self.lot_id or not here:
            raise BusinessError(
                self.env._(
                    "The serial number %(serial)s is in %(place)s, not in the loaner "
                    "pool. Transfer it to %(pool)s first.",
                    serial=loaner.name,
                    place=loaner.location_id.display_name or self.env._("no place"),
                    pool=pool.display_name,
                ),
                code="serial_unavailable",
                details=[{"field": "loaner_serial"}],
            )

    # ------------------------------------------------------------ back
    def action_swap_return(self):
        """Web client: take the loaner back."""
        self.ensure_one()
        self.check_access("write")
        self.sudo()._api_swap_return()
        return True

    def _api_swap_return(self):
        """Take the loaner back and bring the repaired unit home; returns the asset.

        A repair without planned parts is closed with it; one that still waits for parts
        must be finished (or cancelled) first. A loaner or a unit that was scrapped, lost
        or moved meanwhile stays where it is: the swap ends without it.

        :raises BusinessError: ``no_swap``, ``repair_open``
        """
        self.ensure_one()
        (self.lot_id | self.open_swap_id.loaner_lot_id)._abs_lock()
        self._abs_lock()
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        swap = self.open_swap_id
        if not swap:
            raise BusinessError(
                self.env._("No loaner stands in for this unit."), code="no_swap"
            )
        swap._abs_lock()
        company = self.company_id
        # the order matters: the loaner leaves before the unit is live again
        if swap.loaner_asset_id._abs_is_out():
            self._abs_move_unit(
                swap.loaner_lot_id,
                self.env["stock.location"]._abs_location(company, "loaner_pool"),
                "swap_out",
                note=swap.reason,
            )
            text = self.env._("The loaner %s is back.", swap.loaner_lot_id.name)
        else:
            text = swap._abs_tell_missing(swap.loaner_lot_id)
        self.message_post(body=text)
        self._abs_bring_home(swap)
        swap.write({"state": "returned", "date_back": fields.Datetime.now()})
        return self

    def _abs_bring_home(self, swap):
        """Close the repair and bring the unit home, unless it is gone for good."""
        place = self.lot_id._abs_place()
        if place and not place._abs_is_field():
            self._abs_close_repair(swap.repair_id)
            self._abs_move_unit(
                self.lot_id,
                swap.home_location_id,
                "swap_in",
                note=swap.reason,
                asset_id=self.id,
            )
            return
        # scrapped, lost, or with another customer: nothing is left to repair for this one
        if swap.repair_id.state not in (False, "done", "cancel"):
            swap.repair_id.action_repair_cancel()
        if not self._abs_is_out():
            self.message_post(body=swap._abs_tell_missing(self.lot_id))

    def _abs_is_out(self):
        """Return whether the unit is in the field as this asset, not as a later one."""
        live = self._abs_live_of(self.lot_id).get(self.lot_id.id, self)
        place = self.lot_id._abs_place()
        return live == self and bool(place) and place._abs_is_field()

    def _abs_close_repair(self, repair):
        """Close the repair that a return shows to be over."""
        if not repair or repair.state in ("done", "cancel"):
            return
        open_parts = repair.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        )
        if open_parts:
            raise BusinessError(
                self.env._(
                    "Repair %(repair)s still has parts to be used: finish or cancel it "
                    "first.",
                    repair=repair.name,
                ),
                code="repair_open",
            )
        repair._abs_complete()

    # ------------------------------------------------------------ moving one unit
    def _abs_move_unit(self, lot, dest, step, note=None, **errand):
        """Move one serial on behalf of this asset's customer; returns the transfer.

        The transfer is governed like the asset. ``step`` is the kind that the history
        of the unit gets, ``errand`` more of :class:`.asset_steps.Errand`.
        """
        self.ensure_one()
        lot = ERRAND.on(lot, Errand(step, note, **errand))
        return lot._abs_asset_move(
            dest,
            self.company_id,
            origin=self.asset_code or self.name,
            partner_id=self.partner_id.id,
            **self._sa_stamp(),
        ).with_env(self.env)
