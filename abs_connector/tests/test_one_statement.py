"""Rules that are stated once: whoever asks, by whichever door, gets the same answer."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ..payment_state import PAYMENT_STATES, UNPAID
from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestInCharge(AbsHttpCase):
    """Who is in charge of what the API makes, whatever it is (docs/contract.md 1.2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_cover(1000)
        cls.waiting = cls.make_customer("Waiting Customer", cls.sa_lom)

    def doors(self, partner):
        """Yield ``(path, body, key of the answer)`` of all that is made for a customer."""
        own = {"partner_id": partner.id}
        goods = [{"product_id": self.cable.id, "quantity": 1}]
        yield "/api/quotations", {**own, "products": goods}, "order"
        yield "/api/assets", {**own, "name": "Unit"}, "asset"
        complaint = {"subject": "Broken", "description": "It does not shine."}
        yield "/api/tickets", {**own, **complaint}, "ticket"
        cover = {"product_id": self.cover.id, "price": 1000}
        yield "/api/subscriptions", {**own, **cover}, "subscription"
        yield "/api/payment-requests", {**own, "amount": 10}, "payment_request"

    def check_all(self, partner, who, actor, **headers):
        for path, body, key in self.doors(partner):
            if key == "payment_request":
                actor = partner.x_actor_id  # it follows from whom it asks
            with self.subTest(path=path, who=who.name):
                row = self.ok("POST", path, body, 201, who=who, **headers)[key]
                self.assertEqual(row["actor"] and row["actor"]["id"], actor.id or None)

    def test_an_agent_of_what_they_make(self):
        self.check_all(self.marie, self.jean, self.jean.partner_id)

    def test_the_customer_s_agent_of_what_staff_make(self):
        self.check_all(self.marie, self.kofi, self.jean.partner_id)
        self.check_all(self.marie, self.admin, self.jean.partner_id, sa=self.sa_lom)

    def test_staff_while_the_customer_has_no_agent(self):
        self.check_all(self.waiting, self.kofi, self.kofi.partner_id)

    def test_what_follows_from_an_order_is_governed_like_it(self):
        order = self.quotation(self.marie, [(self.cable, 1)], actor=self.afi.partner_id)
        for path, body, key in self.doors(self.marie):
            if path == "/api/quotations":
                continue
            with self.subTest(path=path):
                if key == "payment_request":
                    order.action_confirm()
                body = {**body, "order_id": order.id}
                row = self.ok("POST", path, body, 201, who=self.kofi)[key]
                self.assertEqual(row["actor"]["id"], self.afi.partner_id.id)
        # named by its order alone
        body = {"name": "Unit", "order_id": order.id}
        row = self.ok("POST", "/api/assets", body, 201, who=self.kofi)["asset"]
        self.assertEqual(row["actor"]["id"], self.afi.partner_id.id)

    def test_an_agent_from_above_is_an_agent(self):
        self.m_jean.scope_policy = "sa_tree"
        own = {"name": "New Customer"}
        for who, actor in ((self.jean, self.jean.partner_id), (self.kofi, None)):
            sa = self.sa_lom_a if who == self.jean else self.sa_lom
            row = self.ok("POST", "/api/contacts", own, 201, who=who, sa=sa)["contact"]
            self.assertEqual(row["sa"]["id"], sa.id)
            self.assertEqual(row["actor"] and row["actor"]["id"], actor and actor.id)


@tagged("post_install", "-at_install")
class TestEffective(AbsHttpCase):
    """Which memberships count today: for a search, in SQL and in a request."""

    def test_three_ask_and_get_one_answer(self):
        today = self.togo._abs_today()
        day, closed = timedelta(1), self.make_account("Closed", "T-CLO", self.togo)
        cases = {
            "present": (self.sa_lom, {}),
            "first day": (self.sa_lom, {"date_from": today}),
            "last day": (self.sa_lom, {"date_to": today}),
            "from tomorrow": (self.sa_lom, {"date_from": today + day}),
            "until yesterday": (self.sa_lom, {"date_to": today - day}),
            "suspended": (self.sa_lom, {"state": "suspended"}),
            "in a closed account": (closed, {}),
            "everywhere": (self.sa_global, {}),
        }
        counted = {"present", "first day", "last day", "everywhere"}
        staff = {}
        for number, (case, (account, vals)) in enumerate(cases.items()):
            staff[case] = self.make_employee(f"case{number}", self.togo)
            role = "admin" if account == self.sa_global else "agent"
            self.enroll(account, staff[case], role, **vals)
        closed.state = "suspended"
        members = self.env["ov.membership"]
        self.env.flush_all()
        query = SQL(
            "SELECT employee_id FROM ov_membership WHERE id IN %s",
            members._effective_query(),
        )
        in_sql = {row[0] for row in self.env.execute_query(query)}
        for case, employee in staff.items():
            with self.subTest(case):
                counts = case in counted
                self.assertEqual(bool(members._effective(employee)), counts)
                self.assertEqual(employee.id in in_sql, counts)
                told = self.call("GET", "/api/orders", who=employee, sa=self.sa_lom)
                self.assertEqual(told.status, 200 if counts else 403, told.text)


@tagged("post_install", "-at_install")
class TestPaymentStates(AbsHttpCase):
    def test_an_invoice_is_found_by_the_state_that_it_shows(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        order.action_confirm()
        invoice = order.invoice_ids or order._create_invoices()
        invoice.filtered(lambda m: m.state == "draft").action_post()
        known = dict(invoice._fields["payment_state"].selection)
        self.assertEqual(set(known), set(PAYMENT_STATES))
        for ledger, word in PAYMENT_STATES.items():
            self.env.cr.execute(
                "UPDATE account_move SET payment_state = %s WHERE id = %s",
                [ledger, invoice.id],
            )
            self.env.invalidate_all()
            for path, who in (
                ("/api/invoices", self.jean),
                ("/api/customer/invoices", self.marie),
            ):
                for asked in ("not_paid", "partial", "paid", "reversed"):
                    with self.subTest(ledger=ledger, path=path, asked=asked):
                        url = f"{path}?payment_state={asked}"
                        rows = self.ok("GET", url, who=who)["items"]
                        shown = [r["payment_state"] for r in rows]
                        self.assertEqual(shown, [word] if asked == word else [])

    def test_a_disputed_invoice_moves_with_its_customer(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
                "invoice_line_ids": [(0, 0, {"product_id": self.cable.id})],
            }
        )
        invoice.action_post()
        invoice.payment_state = "blocked"
        self.assertIn("blocked", UNPAID)
        self.assertIn(invoice, invoice.search(list(invoice._sa_open_domain)))
