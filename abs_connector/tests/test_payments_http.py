"""Invoices, credit notes, payments and the customer's summary over HTTP."""

from base64 import b64decode
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestPaymentsHttp(AbsHttpCase):
    def setUp(self):
        super().setUp()
        self.receive(self.cable, 100)
        self.order = self.quotation(
            self.marie, [(self.cable, 4, 250), (self.installation, 1, 100)]
        )
        self.order.action_confirm()
        self.path = f"/api/orders/{self.order.id}"

    def pay_http(self, amount, **extra):
        body = {"amount": amount, "payment_source": "cash", **extra}
        return self.ok(
            "POST", f"{self.path}/register-payment", body, 201, who=self.jean
        )

    def refuse_pay(self, status, code, amount, **extra):
        body = {"amount": amount, "payment_source": "cash", **extra}
        path = f"{self.path}/register-payment"
        return self.refused(status, code, "POST", path, body, who=self.jean)

    def test_invoice_is_drafted_once(self):
        drafts = self.ok("POST", f"{self.path}/invoice", status=200, who=self.jean)
        self.assertFalse(drafts["created"])
        invoice = drafts["invoice"]
        self.assertEqual(invoice["id"], self.order.invoice_ids.id)
        self.assertEqual((invoice["state"], invoice["name"]), ("draft", None))
        self.assertEqual(invoice["amount_total"], 118.0)
        self.assertEqual(invoice["lines"][0]["product"]["id"], self.installation.id)
        self.assertEqual(invoice["order"]["id"], self.order.id)
        self.assertEqual(invoice["sa"]["id"], self.sa_lom.id)
        posted = self.ok(
            "POST", f"{self.path}/invoices/{invoice['id']}/confirm", who=self.jean
        )["invoice"]
        self.assertEqual(posted["state"], "posted")
        self.assertTrue(posted["name"])
        self.refused(
            409,
            "already_posted",
            "POST",
            f"{self.path}/invoices/{invoice['id']}/confirm",
            who=self.jean,
        )
        body = self.refused(
            400, "nothing_to_invoice", "POST", f"{self.path}/invoice", who=self.jean
        )
        self.assertIn("/api/stock/deliveries/", body["error"])
        self.deliver(self.order.picking_ids)
        listed = self.ok("GET", f"{self.path}/invoices", who=self.jean)
        self.assertEqual(listed["total"], 2)

    def test_draft_is_made_when_it_was_deleted(self):
        self.order.invoice_ids.unlink()
        made = self.ok("POST", f"{self.path}/invoice", {}, 201, who=self.jean)
        self.assertTrue(made["created"])
        self.assertEqual(made["invoice"]["amount_untaxed"], 100.0)

    def test_invoice_of_another_order(self):
        other = self.quotation(self.marie, [(self.installation, 1)])
        other.action_confirm()
        invoice = other.invoice_ids.id
        self.refused(
            404,
            "invoice_not_found",
            "POST",
            f"{self.path}/invoices/{invoice}/confirm",
            who=self.jean,
        )
        self.refused(
            404,
            None,
            "GET",
            f"/api/invoices/{self.order.invoice_ids.id}",
            who=self.edem,
        )

    def test_smart_payment_table(self):
        """docs/contract.md 5 row by row: undelivered, none posted, too much, part, settled."""
        total = self.order.amount_total
        body = self.refuse_pay(400, "delivery_pending", total)
        self.assertIn("/api/stock/deliveries/", body["error"])
        draft = self.order.invoice_ids
        self.refuse_pay(400, "invoice_not_posted", 118, invoice_id=draft.id)
        draft.action_post()
        early = self.pay_http(118, invoice_id=draft.id)
        self.assertEqual(early["invoice"]["payment_state"], "paid")
        self.assertEqual(early["payment"]["state"], "posted")
        self.assertEqual(early["payment"]["payment_source"], "cash")
        self.assertEqual(early["payment"]["order"]["id"], self.order.id)
        again = self.refuse_pay(409, "already_paid", 1, invoice_id=draft.id)
        self.assertEqual(again["details"][0]["message"], "paid")
        self.deliver(self.order.picking_ids)
        self.refuse_pay(400, "overpayment", 1181)
        part = self.pay_http(1000, payment_source="mobile_money", memo="TX-1")
        self.assertEqual(part["invoice"]["payment_state"], "partial")
        self.assertEqual(part["invoice"]["amount_residual"], 180.0)
        self.assertEqual(part["payment"]["memo"], "TX-1")
        journal = self.journal(self.togo, "mobile_money")
        self.assertEqual(part["payment"]["journal"]["id"], journal.id)
        order = self.ok("GET", self.path, who=self.jean)["order"]
        self.assertEqual(order["payment_state"], "partial")
        self.pay_http(180, journal_id=self.journal(self.togo, "bank").id)
        order = self.ok("GET", self.path, who=self.jean)["order"]
        self.assertEqual(order["payment_state"], "paid")
        settled = self.refuse_pay(409, "already_paid", 1)
        self.assertEqual({d["message"] for d in settled["details"]}, {"paid"})

    def test_payment_posts_what_is_drafted(self):
        self.deliver(self.order.picking_ids)
        paid = self.pay_http(self.order.amount_total)
        self.assertEqual({i["payment_state"] for i in paid["invoices"]}, {"paid"})
        self.assertEqual(len(paid["invoices"]), 2)
        payment = self.env["account.payment"].browse(paid["payment"]["id"])
        self.assertEqual(payment.x_sa_id, self.sa_lom)
        self.assertEqual(payment.x_actor_id, self.jean.partner_id)
        rows = self.ok("GET", f"/api/payments?order_id={self.order.id}", who=self.jean)
        self.assertEqual([row["id"] for row in rows["items"]], [payment.id])
        self.assertEqual(len(rows["items"][0]["invoices"]), 2)
        self.ok("GET", f"/api/payments/{payment.id}", who=self.jean)
        self.refused(404, None, "GET", f"/api/payments/{payment.id}", who=self.edem)

    def test_one_payment_over_two_bank_accounts(self):
        """The company's own bank account, changed between two invoices, parts nothing."""
        first = self.order.invoice_ids
        first.action_post()
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "TG-NEW-1",
                "partner_id": self.togo.partner_id.id,
                "allow_out_payment": True,
            }
        )
        self.deliver(self.order.picking_ids)
        second = self.order.invoice_ids - first
        second.partner_bank_id = bank
        paid = self.pay_http(self.order.amount_total)
        self.assertEqual({i["payment_state"] for i in paid["invoices"]}, {"paid"})
        self.assertEqual(len(paid["invoices"]), 2)

    def test_two_receivable_accounts_are_paid_one_by_one(self):
        """One payment has one counterpart account: the sentence says what to do."""
        first = self.order.invoice_ids
        first.action_post()
        partner = self.marie.with_company(self.togo)
        partner.property_account_receivable_id = (
            partner.property_account_receivable_id.copy({"name": "Doubtful customers"})
        )
        self.deliver(self.order.picking_ids)
        total = self.order.amount_total
        self.refuse_pay(400, "several_accounts", total)
        self.pay_http(118, invoice_id=first.id)
        second = self.pay_http(total - 118)["invoice"]
        self.assertEqual(second["payment_state"], "paid")

    def test_refused_payment_changes_nothing(self):
        self.deliver(self.order.picking_ids)
        self.refuse_pay(400, "overpayment", 99999)
        states = self.order.invoice_ids.mapped("state")
        self.assertEqual(set(states), {"draft"})
        self.assertFalse(
            self.env["account.payment"].search([("x_order_id", "=", self.order.id)])
        )

    def test_bad_payments(self):
        self.deliver(self.order.picking_ids)
        for amount in (0, -5, None, "x"):
            self.refuse_pay(400, None, amount)
        self.refuse_pay(400, "amount_invalid", 10.4)
        sales = self.journal(self.togo, "sale")
        self.refuse_pay(400, "journal_not_found", 10, journal_id=sales.id)
        kenyan = self.journal(self.kenya, "cash")
        self.refuse_pay(404, None, 10, journal_id=kenyan.id)
        path = f"{self.path}/register-payment"
        self.refused(
            400, "journal_not_found", "POST", path, {"amount": 10}, who=self.jean
        )
        quotation = self.quotation(self.marie, [(self.installation, 1)])
        self.refused(
            400,
            "order_not_confirmed",
            "POST",
            f"/api/orders/{quotation.id}/register-payment",
            {"amount": 1, "payment_source": "cash"},
            who=self.jean,
        )

    def test_credit_stays_with_the_customer(self):
        self.deliver(self.order.picking_ids)
        self.pay_http(self.order.amount_total + 82, allow_credit=True)
        credit = self.marie.with_company(self.togo).credit
        self.assertEqual(credit, -82)

    def test_credit_notes(self):
        self.deliver(self.order.picking_ids)
        for draft in self.order.invoice_ids:
            draft.action_post()
        goods = self.order.invoice_ids.filtered(lambda m: m.amount_untaxed == 1000)
        path = f"{self.path}/credit-note"
        body = {"invoice_id": goods.id, "reason": "Two came back"}
        line = {"line_id": goods.invoice_line_ids.id, "quantity": 2}
        answer = self.ok("POST", path, {**body, "lines": [line]}, 201, who=self.jean)
        note = answer["invoice"]
        self.assertEqual((note["move_type"], note["state"]), ("out_refund", "posted"))
        self.assertEqual(note["amount_total"], 590.0)
        self.assertEqual(note["credited_invoice"]["id"], goods.id)
        self.assertEqual(answer["credited_invoice"]["payment_state"], "partial")
        self.assertEqual(answer["credited_invoice"]["amount_residual"], 590.0)
        too_much = {**line, "quantity": 3}
        self.refused(
            400,
            "credit_too_large",
            "POST",
            path,
            {**body, "lines": [too_much]},
            who=self.jean,
        )
        rest = self.ok("POST", path, body, 201, who=self.jean)
        self.assertEqual(rest["credited_invoice"]["payment_state"], "reversed")
        self.refused(409, "already_credited", "POST", path, body, who=self.jean)
        self.refused(
            400, "nothing_to_invoice", "POST", f"{self.path}/invoice", who=self.jean
        )
        named = self.order.order_line.filtered(lambda x: x.product_id == self.cable)
        again = self.ok(
            "POST", f"{self.path}/invoice", {"line_ids": named.ids}, 201, who=self.jean
        )
        self.assertEqual(again["invoice"]["amount_untaxed"], 1000.0)

    def test_pdf_and_mail(self):
        invoice = self.order.invoice_ids
        path = f"/api/invoices/{invoice.id}"
        self.refused(400, "invoice_not_posted", "POST", f"{path}/send", who=self.jean)
        invoice.action_post()
        self.marie.email = ""
        self.refused(400, "email_missing", "POST", f"{path}/send", who=self.jean)
        self.marie.email = "marie@test.abs"
        self.ok("POST", f"{path}/send", who=self.jean)
        self.assertTrue(invoice.is_move_sent)
        pdf = self.ok("GET", f"{path}/pdf", who=self.jean)
        self.assertEqual(set(pdf) - {"success"}, {"filename", "mimetype", "content"})
        self.assertIn(invoice.name, b64decode(pdf["content"]).decode())

    def test_invoice_filters(self):
        self.order.invoice_ids.action_post()
        rows = self.ok(
            "GET",
            f"/api/invoices?state=posted&partner_id={self.marie.id}",
            who=self.jean,
        )
        self.assertEqual([r["id"] for r in rows["items"]], self.order.invoice_ids.ids)
        none = self.ok("GET", "/api/invoices?payment_state=paid", who=self.jean)
        self.assertEqual(none["total"], 0)
        today = fields.Date.to_string(fields.Date.today())
        some = self.ok(
            "GET", f"/api/invoices?date_from={today}&date_to={today}", who=self.jean
        )
        self.assertEqual(some["total"], 1)
        self.assertEqual(self.ok("GET", "/api/invoices", who=self.edem)["total"], 0)

    def test_customer_summary(self):
        """Figures agree with a hand-made table: 118 overdue, 1180 paid 500."""
        today = fields.Date.today()
        fees = self.order.invoice_ids
        fees.invoice_date = today - timedelta(days=40)
        fees.invoice_date_due = today - timedelta(days=10)
        fees.action_post()
        self.deliver(self.order.picking_ids)
        goods = self.order.invoice_ids - fees
        goods.invoice_payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "Half now, half in 30 days",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        goods.action_post()
        base = f"/api/customers/{self.marie.id}"
        due = self.ok("GET", f"{base}/next-payment", who=self.jean)["next_payment"]
        self.assertEqual((due["amount"], due["overdue"]), (118.0, True))
        self.pay_http(500, invoice_id=goods.id)
        self.pay(fees, 118)
        due = self.ok("GET", f"{base}/next-payment", who=self.jean)["next_payment"]
        self.assertEqual(due["amount"], 90.0)
        self.assertEqual(due["invoice"]["id"], goods.id)
        pending = self.ok("GET", f"{base}/invoices/pending", who=self.jean)
        self.assertEqual([row["id"] for row in pending["items"]], goods.ids)
        self.assertEqual(self.ok("GET", f"{base}/invoices", who=self.jean)["total"], 2)
        self.assertEqual(self.ok("GET", f"{base}/payments", who=self.jean)["total"], 2)
        board = self.ok("GET", f"{base}/dashboard", who=self.jean)
        self.assertEqual(board["customer"]["id"], self.marie.id)
        self.assertEqual(board["orders"], {"count": 1, "total": {"XOF": 1298.0}})
        self.assertEqual(
            board["invoices"],
            {"outstanding": {"XOF": 680.0}, "overdue": {}, "paid": {"XOF": 618.0}},
        )
        self.assertEqual(board["payments"]["total"], {"XOF": 618.0})
        self.assertEqual(board["next_payment"]["amount"], 90.0)
        self.refused(404, None, "GET", f"{base}/dashboard", who=self.edem)
