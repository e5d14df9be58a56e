"""What callers write is text, also where Odoo keeps it as HTML and prints it."""

from odoo.tests import tagged

from .assets_common import LifeBuilders
from .stock_common import StockCase

TEXT = '<p style="position:fixed">PAID</p><img src="http://x.test/a.png"/> a < b'


@tagged("post_install", "-at_install")
class TestPlainText(LifeBuilders, StockCase):
    def assert_text(self, html):
        """All of it can be read, so nothing of it is a tag."""
        self.assertIn("&lt;p style=", html)
        self.assertIn("&lt;img src=", html)
        self.assertIn("a &lt; b", html)
        self.assertNotIn("<img", html)

    def test_quotation(self):
        line = {"product_id": self.cable.id, "quantity": 1}
        order = self.env["sale.order"]._api_create_quotation(
            self.sa_lom, {"partner_id": self.marie.id, "note": TEXT, "lines": [line]}
        )
        self.assert_text(order.note)
        order._api_update({"note": None})
        self.assertFalse(order.note)
        order._api_update({"note": TEXT})
        self.assert_text(order.note)

    def test_contact(self):
        self.marie._api_update_contact({"comment": TEXT})
        self.assert_text(self.marie.comment)

    def test_stock(self):
        picking = self.receive_goods((self.cable, 5), note=TEXT)
        self.assert_text(picking.note)
        shelf = self.stock.copy({"name": "Shelf", "location_id": self.stock.id})
        moved = self.pickings._api_transfer(
            {
                "from_location_id": self.stock.id,
                "to_location_id": shelf.id,
                "lines": [{"product_id": self.cable.id, "quantity": 1}],
                "note": TEXT,
            }
        )
        self.assert_text(moved.note)
        delivery = self.order((self.cable, 1))._api_validate()
        self.assert_text(delivery._api_return(reason=TEXT).note)

    def test_work_on_a_unit(self):
        self.receive(self.kit, ["T-1"])
        self.sell(self.marie, ["T-1"])
        ticket = self.env["helpdesk.ticket"]._api_create_ticket(
            self.sa_lom,
            {
                "subject": "No light",
                "description": TEXT,
                "partner_id": self.marie.id,
                "asset_id": self.asset_of("T-1").id,
            },
        )
        self.assert_text(ticket.description)
        self.assert_text(ticket._api_create_request(TEXT).description)
        self.assert_text(ticket._api_create_repair(note=TEXT).internal_notes)
