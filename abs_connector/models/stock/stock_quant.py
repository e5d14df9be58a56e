"""Stock on hand: figures, locks and the grouped list of levels (reference)."""

from odoo import api, models
from odoo.tools import SQL

from ...card import ref


class StockQuant(models.Model):
    _name = "stock.quant"
    _inherit = ["stock.quant", "abs.company.scope.mixin"]

    #: what counts as on hand: internal places inside a warehouse (as Odoo's own
    #: qty_available). Units at SYNC Deployed are in no warehouse.
    _abs_on_hand_domain = (
        ("location_id.usage", "=", "internal"),
        ("location_id.warehouse_id", "!=", False),
        "|",  # Odoo keeps emptied rows for a while
        ("quantity", "!=", 0),
        ("reserved_quantity", "!=", 0),
    )

    @api.model
    def _abs_held(self, product, location, lot=None):
        """Return (quantity, reserved) of a product at and below a location."""
        domain = [
            ("product_id", "=", product.id),
            ("location_id", "child_of", location.id),
        ]
        if lot:
            domain.append(("lot_id", "=", lot.id))
        ((held, reserved),) = self.sudo()._read_group(
            domain, aggregates=["quantity:sum", "reserved_quantity:sum"]
        )
        return held or 0.0, reserved or 0.0

    @api.model
    def _abs_lock_stock(self, products, locations):
        """Lock all quants of products at and below locations for this transaction."""
        self.sudo().search(
            [
                ("product_id", "in", products.ids),
                ("location_id", "child_of", locations.ids),
            ]
        )._abs_lock()

    # -- levels ----------------------------------------------------------------------

    @api.model
    def _api_levels(self, domain=(), updated_since=None, limit=None, offset=0):
        """Return the caller's stock, one row per product and location.

        The number of queries does not depend on the rows: the groups of one page, the
        count of all groups, and one read per comodel.

        :param domain: on ``stock.quant``, besides the caller's record rules
        :param datetime updated_since: only groups in which something changed since
        :return: ``(rows, total)``; a row is ``{"product", "location", "qty_on_hand",
            "qty_reserved", "qty_available"}`` in the product's UoM
        """
        domain = [*self._abs_on_hand_domain, *domain]
        caller = self.sudo(False)  # the record rules of the API apply
        groups = caller._read_group(
            domain,
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
            having=[("write_date:max", ">=", updated_since)] if updated_since else (),
            order="product_id, location_id",
            limit=limit,
            offset=offset,
        )
        total = len(groups)
        if limit and (offset or total == limit):
            total = caller._abs_count_groups(domain, updated_since)
        return self._abs_level_rows(groups), total

    def _abs_count_groups(self, domain, updated_since):
        self.env.flush_all()
        changed = SQL("TRUE")
        if updated_since:
            changed = SQL("max(write_date) >= %s", updated_since)
        self.env.cr.execute(
            SQL(
                "SELECT count(*) FROM (SELECT 1 FROM stock_quant WHERE id IN %s "
                "GROUP BY product_id, location_id HAVING %s) AS groups",
                self._search(domain).subselect(),
                changed,
            )
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _abs_level_rows(self, groups):
        products = self.env["product.product"].sudo().union(*(g[0] for g in groups))
        places = self.env["stock.location"].sudo().union(*(g[1] for g in groups))
        product = {p.id: ref(p) for p in products}
        place = {p.id: ref(p) for p in places}
        return [
            {
                "product": product[p.id],
                "location": place[where.id],
                "qty_on_hand": round(held or 0.0, 6),
                "qty_reserved": round(reserved or 0.0, 6),
                "qty_available": round((held or 0.0) - (reserved or 0.0), 6),
            }
            for p, where, held, reserved in groups
        ]

    def _api_adjusted_message(self):
        """Return the message of a count."""
        return self.env._("Stock adjusted")
