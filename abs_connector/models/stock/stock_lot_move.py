"""Moving one unit for swaps, repairs, ownership transfers and returns of a lease.

docs/contract.md 6, MODULE_INTERCONNECTION_MAP flow 5 and 6.
"""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _abs_asset_move(self, dest, company, **vals):
        """Move one serial from where it is to ``dest``; returns the done transfer.

        :param dest: ``stock.location``: internal, SYNC Deployed or Customers
        :param company: ``res.company`` that moves it
        :param vals: more values of the transfer: ``origin``, ``note``, ``partner_id``,
            ``x_sa_id``, ``x_actor_id``
        :raises BusinessError: ``serial_unavailable``, ``no_warehouse``
        """
        self.ensure_one()
        lot = self.sudo()
        lot._abs_lock()
        source = lot._abs_place()
        if not source or source == dest or source.company_id - company:
            raise lot._abs_unavailable(company)
        house = self.env["stock.warehouse"]._abs_of(
            source if source.warehouse_id else dest, company
        )
        product = lot.product_id
        picking = self.env["stock.picking"]._abs_make_transfer(
            house.int_type_id, source, dest, {(product, product.uom_id): 1.0}, vals
        )
        move = picking.move_ids
        if move._abs_from_stock():
            move._abs_set_lots({lot: 1.0})
        else:
            move._abs_set_known({lot: 1.0})
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if picking.state != "done" or dest not in lot._abs_places()[lot]:
            raise lot._abs_unavailable(company)
        return picking
