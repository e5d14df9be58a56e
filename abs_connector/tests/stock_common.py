"""Receiving, ordering and refusing, for the tests of stock."""

from ..exceptions import BusinessError
from .common import AbsCommon
from .http_common import AbsHttpCase


class StockCase(AbsCommon):
    """Verbs as the system; ``self.refuse(code, call, ...)``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pickings = cls.env["stock.picking"]
        cls.quants = cls.env["stock.quant"]
        cls.stock = cls.wh_togo.lot_stock_id
        cls.flour = cls.make_product(
            "Test Flour", "T-FLR", 2, type="consu", is_storable=True, tracking="lot"
        )

    def receive_goods(self, *lines, warehouse=None, **more):
        """Receive ``(product, quantity or None, *serials)`` through the verb."""
        return self.pickings._api_receive(
            {
                "warehouse_id": (warehouse or self.wh_togo).id,
                "lines": [
                    {"product_id": p.id, "quantity": quantity, "lots": list(serials)}
                    for p, quantity, *serials in lines
                ],
                **more,
            }
        )

    def order(self, *lines, partner=None):
        """Return the open picking of a confirmed order, and its lines by product."""
        order = self.quotation(partner or self.marie, lines)
        order.action_confirm()
        self.last_order = order
        return order.picking_ids

    def move(self, picking, product):
        return picking.move_ids.filtered(lambda m: m.product_id == product)

    def refuse(self, code, function, *args, kind=BusinessError, **kwargs):
        """Expect a refusal that changes nothing; return its sentence."""
        with self.assertRaises(kind) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.assertEqual(caught.exception.code, code, str(caught.exception))
        self.env.invalidate_all()
        return str(caught.exception)

    def held(self, product, place=None, lot=None):
        return self.quants._abs_held(product, place or self.stock, lot)[0]

    def lot(self, name, product=None):
        domain = [("name", "=", name), ("product_id", "=", (product or self.kit).id)]
        return self.env["stock.lot"].search(domain)


class StockHttpCase(AbsHttpCase):
    """The same over HTTP."""

    def setUp(self):
        super().setUp()
        self.stock = self.wh_togo.lot_stock_id
        self.base = {"warehouse_id": self.wh_togo.id}

    def receive_ok(self, *lines, **more):
        body = {**self.base, "lines": list(lines), **more}
        return self.ok("POST", "/api/stock/receive", body, who=self.kofi, status=201)[
            "picking"
        ]

    def sale(self, *lines, partner=None):
        order = self.quotation(partner or self.marie, lines)
        order.action_confirm()
        return order
