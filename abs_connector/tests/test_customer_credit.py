"""Where money goes that no invoice needs, and what credit notes leave (docs/contract.md 5)."""

from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict
from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestCustomerCredit(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.togo.x_sale_approval = False
        cls.receive(cls.cable, 500)

    def sold(self, *lines):
        order = self.quotation(self.marie, list(lines))
        order.action_confirm()
        return order

    def posted(self, price):
        """Return the posted invoice of an order of one installation."""
        invoice = self.sold((self.installation, 1, price)).invoice_ids
        invoice.action_post()
        return invoice

    def refused_(self, code, verb, *args, kind=BusinessError):
        with self.assertRaises(kind) as caught, self.env.cr.savepoint():
            verb(*args)
        self.assertEqual(caught.exception.code, code)

    def test_overpayment_is_seen_and_used(self):
        first = self.sold((self.installation, 1, 100))
        path = f"/api/orders/{first.id}/register-payment"
        body = {"amount": 500, "payment_source": "cash", "allow_credit": True}
        made = self.ok("POST", path, body, who=self.jean)["payment"]
        self.assertEqual((made["amount"], made["unused"]), (500, 382))
        home = f"/api/customers/{self.marie.id}/dashboard"
        shown = self.ok("GET", home, who=self.jean)
        self.assertEqual(shown["credit"], {"XOF": 382})
        # Another order's invoice takes it when somebody says so.
        second = self.posted(300)
        self.assertEqual(second.amount_residual, 354)
        path = f"/api/invoices/{second.id}/apply-credit"
        paid = self.ok("POST", path, who=self.jean)["invoice"]
        self.assertEqual((paid["payment_state"], paid["amount_residual"]), ("paid", 0))
        self.assertEqual(self.ok("GET", home, who=self.jean)["credit"], {"XOF": 28})
        self.refused(409, "already_paid", "POST", path, who=self.jean)
        third = self.posted(300)
        path = f"/api/invoices/{third.id}/apply-credit"
        left = self.ok("POST", path, who=self.jean)["invoice"]
        self.assertEqual(left["amount_residual"], 326)
        self.refused(400, "no_credit", "POST", path, who=self.jean)
        self.refused(404, "not_found", "POST", path, who=self.edem)

    def test_paid_ahead_settles_the_orders_own_next_invoice(self):
        order = self.sold((self.installation, 1, 100), (self.cable, 4, 25))
        draft = order.invoice_ids
        draft.action_post()
        order._api_register_payment(
            {
                "amount": 236,
                "payment_source": "cash",
                "invoice_id": draft.id,
                "allow_credit": True,
            }
        )
        other = self.posted(50)
        self.assertEqual(other.payment_state, "not_paid")
        self.deliver(order.picking_ids)
        goods = order.invoice_ids - draft
        goods.action_post()
        self.assertEqual((goods.amount_total, goods.amount_residual), (118, 0))
        self.assertEqual(order._api_payment_states()[order.id], "paid")

    def test_credit_note_of_a_paid_invoice_pays_the_next(self):
        invoice = self.posted(100)
        self.pay(invoice)
        invoice._api_credit("Not done")
        later = self.posted(200)
        later._api_apply_credit()
        self.assertEqual(later.amount_residual, 236 - 118)

    def test_trade_in_credit_is_kept(self):
        invoice = self.posted(100)
        self.pay(invoice)
        note = invoice._api_credit("Unit back")
        plan = self.env["abs.subscription.plan"].search([], limit=1)
        if not plan:
            plan = self.env["abs.subscription.plan"].create({"name": "P"})
        self.env["abs.subscription"].create(
            {
                "partner_id": self.marie.id,
                "plan_id": plan.id,
                "product_id": self.warranty.id,
                "company_id": self.togo.id,
                "trade_in_move_id": note.id,
            }
        )
        self.refused_("no_credit", self.posted(200)._api_apply_credit)

    def test_older_dialog_does_not_pay_twice(self):
        """A dialog of the web client that was opened before the app paid."""
        invoice = self.posted(100)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": self.journal(self.togo, "cash").id})
        )
        self.pay(invoice)
        self.refused_("already_paid", wizard.action_create_payments, kind=Conflict)
        found = self.env["account.payment"].search([("partner_id", "=", self.marie.id)])
        self.assertEqual(found.mapped("amount"), [118])

    def test_credit_takes_the_down_payment_off(self):
        order = self.sold((self.installation, 1, 1000))
        order.invoice_ids.button_cancel()
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        down = order.invoice_ids.filtered(lambda m: m.state == "draft")
        down.action_post()
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        final = order.invoice_ids.filtered(lambda m: m.state == "draft")
        final.action_post()
        self.assertEqual(final.amount_total, 826)
        note = final._api_credit("All of it")
        self.assertEqual(note.amount_total, final.amount_total)
        self.assertEqual(final.amount_residual, 0)
        self.refused_("already_credited", final._api_credit, "Again", kind=Conflict)

    def test_paid_and_credited_order_can_be_cancelled(self):
        invoice = self.posted(100)
        self.pay(invoice)
        order = invoice._abs_orders()
        self.refused_("invoice_posted", order._api_cancel)
        invoice._api_credit("Customer left")
        order._api_cancel("Customer left")
        self.assertEqual(order.state, "cancel")

    def test_cancelled_order_is_not_asked_for(self):
        order = self.sold((self.installation, 1, 100))
        asked = self.env["payment.request"]._api_create(order_id=order.id)
        order._api_cancel()
        self.assertEqual(asked.state, "cancelled")

    def test_credited_request_is_not_called_paid(self):
        invoice = self.posted(100)
        asked = self.env["payment.request"]._api_create(invoice_id=invoice.id)
        invoice._api_credit("Wrong")
        asked._abs_refresh()
        self.assertEqual(asked.state, "cancelled")

    def test_bill_again_from_the_order_form(self):
        order = self.sold((self.installation, 1, 100), (self.warranty, 1, 30))
        self.assertFalse(order.x_has_credited)
        order.invoice_ids.action_post()
        lines = order.invoice_ids.invoice_line_ids
        own = lines.filtered(lambda line: line.product_id == self.installation)
        order.invoice_ids._api_credit(
            "Redo", lines=[{"line_id": own.id, "quantity": 1}]
        )
        self.assertTrue(order.x_has_credited)
        action = order.action_bill_again()
        wizard = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        self.assertEqual(wizard.order_line_ids.product_id, self.installation)
        wizard.action_bill()
        draft = order.invoice_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual(draft.amount_untaxed, 100)
        self.assertFalse(order.x_has_credited)
