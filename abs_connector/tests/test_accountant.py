"""What an accountant does in the web client, and what the API then says of it.

Judged by the ledger: what a customer owes less their credit is the sum of what is open on
their receivable items.
"""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .http_common import AbsHttpCase
from .subscription_common import SyncCase


class AccountantCase(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.togo.x_sale_approval = False
        cls.cash = cls.journal(cls.togo, "cash")
        cls.today = cls.togo._abs_today()

    def posted(self, price, partner=None, **vals):
        """Return the posted invoice of an order of one installation."""
        lines = [(self.installation, 1, price)]
        order = self.quotation(partner or self.marie, lines, **vals)
        order.action_confirm()
        order.invoice_ids.action_post()
        return order.invoice_ids

    def pay_over(self, invoice, amount):
        """Pay the invoice's order over the API, with credit allowed."""
        path = f"/api/orders/{invoice._abs_orders().id}/register-payment"
        body = {"amount": amount, "payment_source": "cash", "allow_credit": True}
        made = self.ok("POST", path, body, who=self.jean)["payment"]
        return self.env["account.payment"].browse(made["id"])

    def pay_out(self, amount):
        """Pay money back to Marie, by the payment form."""
        payments = self.env["account.payment"].with_company(self.togo)
        payment = payments.create(
            {
                "payment_type": "outbound",
                "partner_type": "customer",
                "partner_id": self.marie.id,
                "amount": amount,
                "journal_id": self.cash.id,
            }
        )
        payment.action_post()
        return payment

    def register(self, moves, **vals):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        return wizard.create({"journal_id": self.cash.id, **vals})._create_payments()

    def reverse(self, move):
        """Use 'Reverse Entry' of a journal entry."""
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard.create({"journal_id": move.journal_id.id}).reverse_moves()

    def dashboard(self):
        path = f"/api/customers/{self.marie.id}/dashboard"
        shown = self.ok("GET", path, who=self.jean)
        open_items = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.marie.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        # Credit notes are in both figures: 'outstanding' has them taken off.
        notes = open_items.filtered(lambda li: li.move_id.move_type == "out_refund")
        owed = shown["invoices"]["outstanding"].get("XOF", 0)
        own = shown["credit"].get("XOF", 0) + sum(notes.mapped("amount_residual"))
        self.assertEqual(owed - own, sum(open_items.mapped("amount_residual")))
        return shown

    def collected(self):
        """Return ``{SA: collected}`` of the report."""
        body = self.ok("GET", "/api/reports/sa-summary?group_by=sa", who=self.admin)
        return {
            (row["group"] or {}).get("name"): row["amounts"][0]["collected"]
            for row in body["items"]
            if row["amounts"]
        }


@tagged("post_install", "-at_install")
class TestAccountant(AccountantCase):
    def test_money_paid_back_is_no_credit_any_more(self):
        self.pay_over(self.posted(100), 500)
        self.assertEqual(self.dashboard()["credit"], {"XOF": 382})
        payout = self.pay_out(300)
        self.assertEqual(payout.x_sa_id, self.sa_lom)
        shown = self.dashboard()
        self.assertEqual(shown["credit"], {"XOF": 82})
        self.assertEqual(shown["payments"]["total"], {"XOF": 200})
        self.assertEqual(self.collected()["Test Lomé"], 200)
        invoice = self.posted(300)
        path = f"/api/invoices/{invoice.id}/apply-credit"
        left = self.ok("POST", path, who=self.jean)["invoice"]["amount_residual"]
        self.assertEqual(left, 354 - 82)
        # Paid back without any credit: the ledger has it against the customer.
        self.pay_out(50)
        self.pay_over(self.posted(100), 118 + 70)
        self.assertEqual(self.dashboard()["credit"], {"XOF": 20})

    def test_credit_note_paid_out_by_the_dialog_leaves_other_credit(self):
        self.pay_over(self.posted(100), 500)
        invoice = self.posted(200)
        self.pay(invoice)
        note = invoice._api_credit("Not done")
        self.assertEqual(self.dashboard()["credit"], {"XOF": 382 + 236})
        self.register(note)
        self.assertEqual(note.payment_state, "paid")
        self.assertEqual(self.dashboard()["credit"], {"XOF": 382})

    def test_reversed_payment_is_none(self):
        """A cheque bounces: its entry is reversed, Odoo leaves the payment as it was."""
        invoice = self.posted(100)
        payment = self.pay(invoice)
        self.assertEqual(self.collected(), {"Test Lomé": 118})
        self.reverse(payment.move_id)
        self.assertEqual(invoice.payment_state, "not_paid")
        shown = self.dashboard()
        self.assertEqual(shown["payments"]["count"], 0)
        self.assertEqual(shown["payments"]["total"], {})
        self.assertEqual(self.collected(), {"Test Lomé": 0})
        path = f"/api/payments/{payment.id}"
        self.assertEqual(
            self.ok("GET", path, who=self.jean)["payment"]["state"], "cancel"
        )
        for state, found in (("posted", 0), ("cancel", 1)):
            body = self.ok("GET", f"/api/payments?state={state}", who=self.jean)
            self.assertEqual(body["total"], found, state)

    def test_reset_and_cancelled_payment(self):
        payment = self.pay(self.posted(100))
        payment.action_draft()
        self.assertEqual(self.collected(), {"Test Lomé": 0})
        shown = self.dashboard()  # 19 keeps the draft matched with its invoice
        self.assertEqual((shown["payments"]["count"], shown["credit"]), (0, {}))
        payment.action_cancel()
        self.assertEqual(self.collected(), {"Test Lomé": 0})
        self.assertEqual(self.dashboard()["invoices"]["outstanding"], {"XOF": 118})

    def test_what_is_written_off_was_not_collected(self):
        invoice = self.posted(100)
        expense = self.env["account.account"].with_company(self.togo)
        expense = expense.search(
            [("account_type", "=", "expense"), ("company_ids", "in", self.togo.id)],
            limit=1,
        )
        payment = self.register(
            invoice,
            amount=100,
            payment_difference_handling="reconcile",
            writeoff_account_id=expense.id,
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEqual(self.collected(), {"Test Lomé": 100})
        self.assertEqual(self.dashboard()["payments"]["total"], {"XOF": 100})
        self.reverse(payment.move_id)
        self.assertEqual(self.collected(), {"Test Lomé": 0})

    def test_discount_for_paying_early(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "10 % within 10 days",
                "early_discount": True,
                "discount_percentage": 10,
                "discount_days": 10,
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        invoice = self.posted(1000, payment_term_id=term.id)
        self.pay_over(invoice, 1062)
        self.assertEqual((invoice.payment_state, invoice.amount_residual), ("paid", 0))
        self.assertEqual(self.collected(), {"Test Lomé": 1062})
        self.assertEqual(self.dashboard()["payments"]["total"], {"XOF": 1062})

    def test_group_payment_over_two_accounts(self):
        """One payment per SA, each seen and counted where its invoice is."""
        ours = self.posted(100)
        theirs = self.posted(
            50, account=self.sa_kar, actor=self.edem.partner_id, partner=self.marie
        )
        payments = self.register(ours + theirs, group_payment=True)
        self.assertEqual(
            {p.x_sa_id: (p.amount, p.x_order_id) for p in payments},
            {
                self.sa_lom: (118, ours._abs_orders()),
                self.sa_kar: (59, theirs._abs_orders()),
            },
        )
        self.assertEqual(self.collected(), {"Test Lomé": 118, "Test Kara": 59})
        seen = self.ok("GET", "/api/payments", who=self.edem)["items"]
        self.assertEqual([row["amount"] for row in seen], [59])
        again = self.posted(100) + self.posted(200)
        self.assertEqual(self.register(again, group_payment=True).amount, 354)

    def test_bank_line_over_the_invoice_is_credit(self):
        first, second = self.posted(100), self.posted(50)
        account = first._abs_receivable_lines().account_id
        lines = self.env["account.bank.statement.line"].with_company(self.togo)
        line = lines.create(
            {
                "journal_id": self.journal(self.togo, "bank").id,
                "payment_ref": "Marie",
                "amount": 170,
                "partner_id": self.marie.id,
                "counterpart_account_id": account.id,
            }
        )
        item = line.move_id._abs_receivable_lines()
        first.js_assign_outstanding_line(item.id)
        self.assertEqual(first.payment_state, "paid")
        self.assertEqual(self.dashboard()["credit"], {"XOF": 52})
        path = f"/api/invoices/{second.id}/apply-credit"
        left = self.ok("POST", path, who=self.jean)["invoice"]["amount_residual"]
        self.assertEqual(left, 7)
        self.assertEqual(self.dashboard()["credit"], {})

    def test_never_more_credited_than_billed(self):
        """Goods can't be credited without the discount that was given on them."""
        lines = [(self.installation, 1, 100), (self.warranty, 1, -30)]
        order = self.quotation(self.marie, lines)
        order.action_confirm()
        invoice = order.invoice_ids
        invoice.action_post()
        goods = invoice.invoice_line_ids.filtered(lambda line: line.price_unit > 0)
        path = f"/api/orders/{order.id}/credit-note"
        body = {"invoice_id": invoice.id, "reason": "Back"}
        part = {**body, "lines": [{"line_id": goods.id, "quantity": 1}]}
        self.refused(400, "credit_too_large", "POST", path, part, who=self.jean)
        self.assertFalse(invoice.reversal_move_ids)
        part["lines"][0]["quantity"] = 0.5
        half = self.ok("POST", path, part, who=self.jean)["invoice"]
        rest = self.ok("POST", path, body, who=self.jean)["invoice"]
        total = half["amount_total"] + rest["amount_total"]
        self.assertEqual((total, invoice.amount_residual), (invoice.amount_total, 0))

    def test_credited_piece_by_piece(self):
        """Two halves of 667 XOF are 334 each: the second one is still credited."""
        order = self.quotation(self.marie, [(self.installation, 2, 333.5)])
        order.action_confirm()
        invoice = order.invoice_ids
        invoice.action_post()
        part = [{"line_id": invoice.invoice_line_ids.id, "quantity": 1}]
        notes = [invoice._api_credit("Back", lines=part) for _time in range(2)]
        self.assertGreater(sum(n.amount_total for n in notes), invoice.amount_total)
        self.assertEqual(invoice.amount_residual, 0)

    def test_days_that_cannot_be(self):
        invoice = self.posted(100)
        order = f"/api/orders/{invoice._abs_orders().id}"
        pay = {"amount": 10, "payment_source": "cash"}
        credit = {"invoice_id": invoice.id, "reason": "Wrong"}
        for days in (1, 400, -367, -700000):
            day = str(self.today + timedelta(days=days))
            body = {**pay, "payment_date": day}
            path = f"{order}/register-payment"
            self.refused(400, "invalid_date", "POST", path, body, who=self.jean)
            body = {**credit, "date": day}
            path = f"{order}/credit-note"
            self.refused(400, "invalid_date", "POST", path, body, who=self.jean)
        for days in (0, -30, -366):
            day = str(self.today + timedelta(days=days))
            body = {**pay, "payment_date": day}
            made = self.ok("POST", f"{order}/register-payment", body, who=self.jean)
            self.assertEqual(made["payment"]["date"], day)

    def test_down_payment_is_asked_for_once(self):
        order = self.quotation(self.marie, [(self.installation, 1, 1000)])
        order.action_confirm()
        order.invoice_ids.button_cancel()
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create(
            {"advance_payment_method": "percentage", "amount": 30}
        ).create_invoices()
        down = order.invoice_ids.filtered(lambda m: m.state == "draft")
        self.assertEqual(order._abs_mobile_money_due(), 1180)
        down.action_post()
        self.assertEqual(order._abs_mobile_money_due(), 1180)
        self.pay(down)
        self.assertEqual(order._abs_mobile_money_due(), 1180 - 354)
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        self.assertEqual(order._abs_mobile_money_due(), 1180 - 354)

    def test_paid_ahead_is_not_asked_for_again(self):
        self.receive(self.cable, 40)
        lines = [(self.installation, 1, 100), (self.cable, 40, 25)]
        order = self.quotation(self.marie, lines)
        order.action_confirm()
        invoice = order.invoice_ids
        invoice.action_post()
        invoice._api_register_payment(500, self.cash, allow_credit=True)
        self.assertEqual(order._abs_mobile_money_due(), 1298 - 500)
        asked = self.env["payment.request"]._api_create(order_id=order.id)
        self.assertEqual(asked.amount, 798)
        order._api_register_payment(
            {
                "amount": 1,
                "payment_source": "cash",
                "invoice_id": self.deliver(order.picking_ids)
                and (order.invoice_ids - invoice)._api_post().id,
            }
        )
        self.assertEqual(order._abs_mobile_money_due(), 797)

    def test_request_opens_again_when_its_payment_is_cancelled(self):
        invoice = self.posted(100)
        requests = self.env["payment.request"]
        asked = requests._api_create(invoice_id=invoice.id)
        payment = self.pay(invoice)
        requests._cron_abs_refresh()
        self.assertEqual(asked.state, "paid")
        payment.action_draft()
        payment.action_cancel()
        requests._cron_abs_refresh()
        self.assertEqual(asked.state, "open")


@tagged("post_install", "-at_install")
class TestWrittenOffPeriod(SyncCase):
    def test_equity_is_of_the_money(self):
        """600 of 23,600 are let go: they are neither owed any more nor equity."""
        sub = self.lease()
        expense = self.env["account.account"].with_company(self.togo)
        domain = [("account_type", "=", "expense"), ("company_ids", "in", self.togo.id)]
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=sub.invoice_ids.ids
        )
        wizard.create(
            {
                "journal_id": self.journal(self.togo, "cash").id,
                "amount": 23000,
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": expense.search(domain, limit=1).id,
            }
        )._create_payments()
        self.assertEqual((sub.paid_amount, sub.billed_amount), (23000, 23000))
        self.assertEqual((sub.paid_periods, sub.residual_amount), (1, 0))
        self.assertEqual(sub.equity, 13800)
