"""A customer who takes no more: the rest of a partial delivery is cancelled."""

from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestDeliveryCancel(AbsHttpCase):
    def setUp(self):
        super().setUp()
        self.receive(self.cable, 10)
        self.order = self.quotation(self.marie, [(self.cable, 5)])
        self.order.action_confirm()

    def path(self, picking, verb):
        return f"/api/stock/deliveries/{picking.id}/{verb}"

    def cancel(self, picking, **options):
        path = self.path(picking, "cancel")
        return self.ok("POST", path, {"reason": "enough"}, **options)["delivery"]

    def test_the_rest_is_cancelled_and_the_order_paid_and_closed(self):
        picking = self.order.picking_ids
        said = self.refused(
            *(400, "order_not_delivered", "POST", self.path(picking, "cancel"), {}),
            who=self.jean,
        )
        self.assertIn("cancel the order", said["error"])
        body = {
            "force_backorder": True,
            "lines": [{"product_id": self.cable.id, "qty_done": 2}],
        }
        self.ok("POST", self.path(picking, "validate"), body, who=self.jean)
        rest = self.order.picking_ids - picking
        for who in (self.afi, self.edem):
            path = self.path(rest, "cancel")
            self.refused(404, "not_found", "POST", path, {}, who=who)
        self.assertEqual(self.cancel(rest, who=self.jean)["state"], "cancel")
        for gone, status, code in (
            (rest, 400, "delivery_cancelled"),
            (picking, 409, "delivery_done"),
        ):
            path = self.path(gone, "cancel")
            self.refused(status, code, "POST", path, {}, who=self.jean)
        owed = sum(self.order.invoice_ids.mapped("amount_total"))
        pay = {"amount": owed, "payment_source": "cash"}
        path = f"/api/orders/{self.order.id}"
        self.ok("POST", f"{path}/register-payment", pay, 201, who=self.jean)
        done = self.ok("POST", f"{path}/finalize", {}, who=self.jean)["order"]
        self.assertEqual((done["state"], done["payment_state"]), ("done", "paid"))
        self.assertEqual(self.cable.with_company(self.togo).qty_available, 8)

    def test_the_rest_of_a_first_step(self):
        self.wh_togo.delivery_steps = "pick_ship"
        order = self.quotation(self.marie, [(self.cable, 5)])
        order.action_confirm()
        part = [{"product_id": self.cable.id, "quantity": 2}]
        pick = order.picking_ids
        pick._api_validate(part, force_backorder=True)
        rest = pick.backorder_ids
        ship = order.picking_ids - pick - rest
        path = self.path(rest, "cancel")
        self.refused(400, "order_not_delivered", "POST", path, {}, who=self.jean)
        ship._api_validate()
        self.assertEqual(self.cancel(rest, who=self.jean)["state"], "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done", "cancel"})
