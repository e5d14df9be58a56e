"""Move one unit from where it is to another place, in one done transfer."""

from odoo import Command, models

from ...compat import move_name
from ...exceptions import BusinessError


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _abs_asset_move(self, dest, company, **picking_vals):
        """Move one serial to ``dest``; returns the done internal transfer.

        :param dest: ``stock.location``
        :param company: ``res.company`` that moves it
        :param picking_vals: more values of the transfer (origin, partner, stamp)
        :raises BusinessError: ``serial_unavailable``
        """
        self.ensure_one()
        source = self._abs_place()
        if not source or source == dest:
            raise self._abs_unavailable(company)
        kind = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", company.id)], order="sequence, id", limit=1)
            .int_type_id
        )
        if not kind:
            raise BusinessError(
                self.env._(
                    "%(company)s has no warehouse yet: create one first.",
                    company=company.name,
                ),
                code="no_warehouse",
            )
        route = {"location_id": source.id, "location_dest_id": dest.id}
        picking = (
            self.env["stock.picking"]
            .with_company(company)
            .create(
                {
                    "picking_type_id": kind.id,
                    **route,
                    **picking_vals,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.product_id.id,
                                "product_uom_qty": 1,
                                "product_uom": self.product_id.uom_id.id,
                                **route,
                                **move_name(self.product_id),
                            }
                        )
                    ],
                }
            )
        )
        picking.action_confirm()
        move = picking.move_ids
        move.move_line_ids.unlink()
        line = move._prepare_move_line_vals(quantity=1)
        # written after the transfer exists, so that the line knows it (cookbook 2)
        move.move_line_ids = [
            Command.create({**line, **route, "lot_id": self.id, "picked": True})
        ]
        move.picked = True
        done = picking.with_context(
            skip_backorder=True, skip_sms=True
        ).button_validate()
        if done is not True:
            raise self._abs_unavailable(company)
        return picking
