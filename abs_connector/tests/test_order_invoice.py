"""What is drafted when, credited lines, and payments in the ledger (docs/contract.md 1.12)."""

from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict
from .common import AbsCommon


@tagged("post_install", "-at_install")
class TestOrderInvoice(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.togo.x_sale_approval = False
        cls.receive(cls.cable, 500)

    def sold(self, *lines, **vals):
        order = self.quotation(self.marie, list(lines), **vals)
        order.action_confirm()
        return order

    def drafts(self, order):
        """Return the untaxed amounts of the drafts, sorted."""
        drafts = order.invoice_ids.filtered(lambda m: m.state == "draft")
        return sorted(drafts.mapped("amount_untaxed"))

    def refused(self, code, verb, *args, kind=BusinessError, **options):
        with self.assertRaises(kind) as caught:
            verb(*args, **options)
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    def ship(self, order, quantity):
        """Deliver so many cables; the rest waits in a backorder."""
        picking = order.picking_ids.filtered(lambda p: p.state == "assigned")[:1]
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()

    def take_back(self, order, quantity):
        """Return so many cables of the first delivery."""
        done = order.picking_ids.filtered(lambda p: p.state == "done")[:1]
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=done.id, active_model="stock.picking")
            .create({"picking_id": done.id})
        )
        for line in wizard.product_return_moves:
            line.write({"quantity": quantity, "to_refund": True})
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.move_ids.quantity = quantity
        back.move_ids.picked = True
        back.with_context(skip_backorder=True).button_validate()

    # -- groups ----------------------------------------------------------------------

    def test_one_draft_per_policy_group(self):
        order = self.sold(
            (self.cable, 4, 25), (self.installation, 1, 50), (self.warranty, 1, 30)
        )
        self.assertEqual(self.drafts(order), [80])
        self.ship(order, 1)
        self.assertEqual(self.drafts(order), [25, 80])
        self.ship(order, 3)
        self.assertEqual(self.drafts(order), [25, 75, 80])
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.invoice_ids.x_sa_id, self.sa_lom)
        again = order._api_invoice()
        self.assertFalse(again["created"])
        self.assertEqual(again["invoices"], order.invoice_ids)

    def test_groups_stay_apart_in_the_web_client(self):
        order = self.sold((self.cable, 2, 25), (self.installation, 1, 50))
        self.ship(order, 2)
        order.invoice_ids.unlink()
        moves = order._create_invoices()
        self.assertEqual(sorted(moves.mapped("amount_untaxed")), [50, 50])
        self.assertEqual(len(moves), 2)

    def test_nothing_at_zero_is_drafted(self):
        """SYNC: the fee is billed, the equipment at 0 is not."""
        order = self.sold((self.cable, 1, 0), (self.installation, 1, 50))
        self.ship(order, 1)
        self.assertEqual(self.drafts(order), [50])
        self.assertEqual(order.invoice_status, "invoiced")
        order.invoice_ids.action_post()
        order._api_finalize()
        self.assertTrue(order.locked and order.x_finalized)
        free = self.sold((self.installation, 1, 0))
        self.assertFalse(free.invoice_ids)

    def test_discount_goes_with_the_goods(self):
        order = self.sold((self.cable, 4, 25), (self.warranty, 1, -10))
        self.assertEqual(self.drafts(order), [])
        self.ship(order, 4)
        self.assertEqual(self.drafts(order), [90])

    # -- credits ---------------------------------------------------------------------

    def credit(self, invoice, quantity=None):
        lines = None
        if quantity:
            line = invoice.invoice_line_ids[:1]
            lines = [{"line_id": line.id, "quantity": quantity}]
        return invoice._api_credit("Test", lines=lines)

    def test_credited_line_is_closed(self):
        order = self.sold((self.installation, 2, 50))
        invoice = order.invoice_ids
        invoice.action_post()
        note = self.credit(invoice)
        self.assertEqual((note.state, invoice.payment_state), ("posted", "reversed"))
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.refused("nothing_to_invoice", order._api_invoice)
        order._api_finalize()
        named = order._api_invoice(order.order_line.ids)
        self.assertEqual(named["invoice"].amount_untaxed, 100)

    def test_more_after_billing_again(self):
        """What was billed again is open no more, and closes nothing else."""
        order = self.sold((self.installation, 2, 50))
        line = order.order_line
        order.invoice_ids.action_post()
        self.credit(order.invoice_ids)
        order._api_invoice(line.ids)["invoice"].action_post()
        self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (2, 0))
        self.assertFalse(order.x_has_credited)
        line.product_uom_qty = 5
        self.assertEqual(line.qty_to_invoice, 3)
        self.assertEqual(order._api_invoice()["invoice"].amount_untaxed, 150)
        self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (5, 0))
        self.refused("nothing_to_invoice", order._api_invoice, line.ids)

    def test_less_billed_again_and_credited_again(self):
        order = self.sold((self.installation, 2, 50))
        line = order.order_line
        order.invoice_ids.action_post()
        self.credit(order.invoice_ids)
        again = order._api_invoice(line.ids)["invoice"]
        again.invoice_line_ids.quantity = 1  # only one of the two, says the clerk
        line.product_uom_qty = 3
        self.assertEqual(line.qty_to_invoice, 1, "the other one stays closed")
        again.action_post()
        self.credit(again)
        self.assertEqual(line.qty_to_invoice, 1, "both are closed now")
        again = order._api_invoice(line.ids)["invoice"]
        self.assertEqual(again.amount_untaxed, 150, "all three, asked for by name")
        again.button_cancel()
        self.assertEqual(line.qty_to_invoice, 1, "a cancelled draft bills nothing")

    def test_deliver_more_after_billing_again(self):
        order = self.sold((self.cable, 5, 25))
        self.ship(order, 2)
        first = order.invoice_ids
        first.action_post()
        self.credit(first)
        order._api_invoice(order.order_line.ids)["invoice"].action_post()
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.ship(order, 3)
        self.assertEqual(self.drafts(order), [75])

    def test_credit_then_deliver_the_rest(self):
        """Delivered 2 of 5, credited 2: only the 3 delivered later are billed."""
        order = self.sold((self.cable, 5, 25))
        self.ship(order, 2)
        first = order.invoice_ids
        first.action_post()
        self.credit(first)
        self.assertEqual(self.drafts(order), [])
        self.ship(order, 3)
        self.assertEqual(self.drafts(order), [75])

    def test_return_credit_and_more(self):
        """Delivered 3, one comes back and is credited, 2 more go out: 2 are billed."""
        order = self.sold((self.cable, 5, 25))
        self.ship(order, 3)
        first = order.invoice_ids
        first.action_post()
        self.take_back(order, 1)
        self.assertEqual(self.drafts(order), [])
        self.credit(first, 1)
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self.ship(order, 2)
        self.assertEqual(self.drafts(order), [50])

    def test_credit_in_parts_never_exceeds(self):
        order = self.sold((self.installation, 3, 50))
        invoice = order.invoice_ids
        invoice.action_post()
        self.credit(invoice, 1)
        self.assertEqual(invoice.amount_residual, 118)
        self.refused("credit_too_large", self.credit, invoice, 3)
        self.credit(invoice)
        self.assertEqual(invoice.payment_state, "reversed")
        self.refused("already_credited", self.credit, invoice, kind=Conflict)
        notes = invoice.reversal_move_ids
        self.assertEqual(sum(notes.mapped("amount_total")), invoice.amount_total)
        self.assertEqual(notes.x_sa_id, self.sa_lom)

    def test_draft_is_not_credited(self):
        order = self.sold((self.installation, 1, 50))
        self.refused("invoice_not_posted", self.credit, order.invoice_ids)

    # -- cancel ----------------------------------------------------------------------

    def test_cancel_refuses_delivered_and_posted(self):
        order = self.sold((self.cable, 2, 25), (self.installation, 1, 50))
        fee = order.invoice_ids
        fee.action_post()
        self.refused("invoice_posted", order._api_cancel)
        self.credit(fee)
        self.ship(order, 1)
        self.refused("order_delivered", order._api_cancel)
        self.refused(
            "order_delivered",
            order.with_context(disable_cancel_warning=True).action_cancel,
        )
        self.take_back(order, 1)
        order._api_cancel("Moved away")
        self.assertEqual(order.state, "cancel")
        self.assertEqual(set(order.picking_ids.mapped("state")), {"done", "cancel"})
        self.assertFalse(self.drafts(order))

    # -- payments --------------------------------------------------------------------

    def pay_order(self, order, amount, **vals):
        vals = {"amount": amount, "payment_source": "cash", **vals}
        return order._api_register_payment(vals)

    def balance(self, account_types, partner):
        """Return the ledger's balance of the customer on these accounts."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", partner.id),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.togo.id),
                ("account_id.account_type", "in", account_types),
            ]
        )
        return sum(lines.mapped("balance"))

    def test_partial_payments_agree_with_the_ledger(self):
        order = self.sold((self.installation, 10, 100))
        for amount, residual in ((100, 1080), (580, 500), (500, 0)):
            self.pay_order(order, amount)
            self.assertEqual(order.invoice_ids.amount_residual, residual)
            self.assertEqual(self.balance(["asset_receivable"], self.marie), residual)
        self.assertEqual(order._api_payment_states(), {order.id: "paid"})
        self.refused("already_paid", self.pay_order, order, 1, kind=Conflict)

    def test_other_currency(self):
        """2 USD at 600 take 1,200 XOF off; the books stay in XOF."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.togo.id,
                "name": "2020-01-01",
                "rate": 1 / 600,
            }
        )
        order = self.sold((self.installation, 10, 600))  # 7,080 XOF = 11.80 USD
        payment = self.pay_order(order, 2, currency="usd")
        self.assertEqual((payment.amount, payment.currency_id), (2, dollar))
        self.assertEqual(order.invoice_ids.amount_residual, 5880)
        self.refused("overpayment", self.pay_order, order, 9.81, currency="USD")
        self.pay_order(order, 9.8, currency="USD")
        self.assertEqual(order.invoice_ids.amount_residual, 0)
        self.assertEqual(order._api_payment_states(), {order.id: "paid"})
        self.refused("currency_not_found", self.pay_order, order, 1, currency="XXX")

    def test_amount_beyond_the_posted_takes_the_drafts_along(self):
        order = self.sold((self.cable, 2, 25), (self.installation, 1, 50))
        order.invoice_ids.action_post()
        self.ship(order, 2)
        payment = self.pay_order(order, order.amount_total)
        self.assertEqual(set(order.invoice_ids.mapped("payment_state")), {"paid"})
        self.assertEqual(payment.amount, 118)

    def test_smaller_amount_leaves_the_drafts(self):
        order = self.sold((self.cable, 2, 25), (self.installation, 1, 50))
        order.invoice_ids.action_post()
        self.ship(order, 2)
        self.pay_order(order, 59)
        self.assertEqual(sorted(order.invoice_ids.mapped("state")), ["draft", "posted"])

    def test_journal_of_each_source(self):
        for source, name in (
            ("cash", "cash"),
            ("bank", "bank"),
            ("mobile_money", "mobile_money"),
        ):
            order = self.sold((self.installation, 1, 100))
            payment = self.pay_order(order, 118, payment_source=source)
            self.assertEqual(payment.journal_id, self.journal(self.togo, name))
            self.assertEqual(payment.x_payment_source, source)
            self.assertEqual(payment.x_order_id, order)
            self.assertEqual(payment.x_sa_id, self.sa_lom)

    def test_web_client_payment_knows_its_order(self):
        order = self.sold((self.installation, 1, 100))
        order.invoice_ids.action_post()
        payment = self.pay(order.invoice_ids)
        self.assertEqual(payment.x_order_id, order)
        self.assertEqual(payment.x_payment_source, "cash")

    def test_instalments(self):
        """Half now, half in 30 days: a payment settles the first one first."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        order = self.sold((self.installation, 1, 1000), payment_term_id=term.id)
        order.invoice_ids.action_post()
        self.assertEqual(self.marie._api_next_payment()["amount"], 590)
        first = self.marie._api_next_payment()["date"]
        self.pay_order(order, 590)
        following = self.marie._api_next_payment()
        self.assertEqual(following["amount"], 590)
        self.assertEqual((following["date"] - first).days, 30)
        self.pay_order(order, 590)
        self.assertIsNone(self.marie._api_next_payment())
