"""The endpoints of subscriptions, for employees and customers (docs/contract.md 5)."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from odoo.tests import tagged

from .http_common import AbsHttpCase


@tagged("post_install", "-at_install")
class TestSubscriptionApi(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_cover(1000)
        cls.today = dt.date.today()

    def purchase(self, who=None, **more):
        body = {"partner_id": self.marie.id, "plan_id": self.monthly.id, "price": 1000}
        answer = self.ok(
            "POST",
            "/api/subscription/purchase",
            {**body, **more},
            status=201,
            who=who or self.jean,
        )
        return answer["subscription"]

    def path(self, row, verb=""):
        return f"/api/subscriptions/{row['id']}" + (f"/{verb}" if verb else "")

    def test_purchase_activate_bill(self):
        row = self.purchase()
        self.assertEqual((row["state"], row["price"]), ("draft", 1000.0))
        self.assertEqual(row["product"]["id"], self.cover.id)
        self.assertEqual(row["currency"]["name"], "XOF")
        self.assertEqual(row["sa"]["id"], self.sa_lom.id)
        self.assertEqual(row["actor"]["id"], self.jean.partner_id.id)
        self.assertEqual(row["next_invoice_date"], str(self.today))
        row = self.ok("POST", self.path(row, "activate"), who=self.jean)["subscription"]
        self.assertEqual(row["state"], "active")
        self.refused(
            409, "already_active", "POST", self.path(row, "activate"), who=self.jean
        )
        self.refused(
            403, "role_required", "POST", self.path(row, "bill"), {}, who=self.jean
        )
        row = self.ok("POST", self.path(row, "bill"), {}, who=self.kofi)["subscription"]
        self.assertEqual((row["billed_periods"], row["paid_periods"]), (1, 0))
        self.assertEqual(
            row["next_invoice_date"], str(self.today + relativedelta(months=1))
        )
        invoice = row["invoices"][0]
        self.assertEqual(invoice["amount_total"], 1180.0)
        self.assertEqual(invoice["payment_state"], "not_paid")
        self.pay(self.env["account.move"].browse(invoice["id"]))
        by_code = self.ok(
            "GET", f"/api/subscription/status/{row['code']}", who=self.jean
        )["subscription"]
        self.assertEqual(by_code["paid_periods"], 1)
        self.assertEqual(by_code["invoices"][0]["payment_state"], "paid")

    def test_start_in_the_past_is_for_staff(self):
        past = self.today - relativedelta(months=2)
        body = {
            "customer_id": self.marie.id,
            "product_id": self.cover.id,
            "start_date": str(past),
            "activate": True,
        }
        self.refused(
            403, "role_required", "POST", "/api/subscriptions", body, who=self.jean
        )
        row = self.ok("POST", "/api/subscriptions", body, who=self.kofi)["subscription"]
        row = self.ok("POST", self.path(row, "bill"), {}, who=self.kofi)["subscription"]
        self.assertEqual(row["billed_periods"], 3)

    def test_wrong_input(self):
        for field, value in (
            ("price", -1),
            ("quantity", 0),
            ("start_date", "31.01.2027"),
            ("periods", 0),
            ("unknown", 1),
            ("plan_id", "x"),
        ):
            body = {
                "partner_id": self.marie.id,
                "plan_id": self.monthly.id,
                field: value,
            }
            self.refused(400, None, "POST", "/api/subscriptions", body, who=self.jean)
        self.refused(
            400,
            "product_required",
            "POST",
            "/api/subscriptions",
            {"partner_id": self.marie.id},
            who=self.jean,
        )
        self.refused(
            404,
            None,
            "POST",
            "/api/subscriptions",
            {"partner_id": self.paul.id, "plan_id": self.monthly.id},
            who=self.jean,
        )

    def test_lists_and_isolation(self):
        row = self.purchase(activate=True)
        mine = self.ok("GET", "/api/subscriptions?state=active", who=self.jean)
        self.assertEqual([r["id"] for r in mine["items"]], [row["id"]])
        for stranger in (self.edem, self.yao, self.otieno, self.afi):
            found = self.ok("GET", "/api/subscriptions", who=stranger)
            self.assertNotIn(row["id"], [r["id"] for r in found["items"]])
            for verb in ("", "equity"):
                self.refused(404, None, "GET", self.path(row, verb), who=stranger)
            self.refused(
                404,
                None,
                "GET",
                f"/api/subscription/status/{row['code']}",
                who=stranger,
            )
            self.refused(404, None, "POST", self.path(row, "activate"), who=stranger)
        for verb in ("pause", "resume", "cancel", "bill", "return"):
            self.refused(404, None, "POST", self.path(row, verb), {}, who=self.yao)
        self.refused(400, None, "GET", "/api/subscriptions?colour=red", who=self.jean)

    def test_pause_resume_cancel_by_staff(self):
        row = self.purchase(activate=True)
        self.refused(
            403, "role_required", "POST", self.path(row, "pause"), {}, who=self.jean
        )
        body = {"reason": "travels"}
        row = self.ok("POST", self.path(row, "pause"), body, who=self.kofi)
        self.assertEqual(row["subscription"]["state"], "paused")
        row = row["subscription"]
        self.refused(
            409, "already_paused", "POST", self.path(row, "pause"), {}, who=self.kofi
        )
        row = self.ok("POST", self.path(row, "resume"), {}, who=self.kofi)
        row = self.ok(
            "POST", self.path(row["subscription"], "cancel"), body, who=self.kofi
        )["subscription"]
        self.assertEqual((row["state"], row["close_reason"]), ("cancelled", "travels"))
        self.refused(
            400, "invalid_state", "POST", self.path(row, "resume"), {}, who=self.kofi
        )

    def test_customer(self):
        row = self.purchase(activate=True)
        other = self.env["abs.subscription"].create(
            {
                "partner_id": self.paul.id,
                "plan_id": self.monthly.id,
                "product_id": self.cover.id,
                "company_id": self.togo.id,
                "price_unit": 5,
            }
        )
        base = "/api/customer/subscriptions"
        found = self.ok("GET", base, who=self.marie)
        self.assertEqual([r["id"] for r in found["items"]], [row["id"]])
        self.refused(404, None, "GET", f"{base}/{other.id}", who=self.marie)
        for verb in ("pause", "resume", "cancel"):
            self.refused(
                404, None, "POST", f"{base}/{other.id}/{verb}", {}, who=self.marie
            )
        self.refused(403, None, "POST", f"{base}/{row['id']}/pause", {}, who=self.jean)
        self.refused(403, None, "GET", self.path(row), who=self.marie)
        for verb, state in (
            ("pause", "paused"),
            ("resume", "active"),
            ("cancel", "cancelled"),
        ):
            answer = self.ok("POST", f"{base}/{row['id']}/{verb}", {}, who=self.marie)
            self.assertEqual(answer["subscription"]["state"], state)

    def test_a_plan_for_staff_only(self):
        row = self.purchase(activate=True)
        self.monthly.self_service = False
        path = f"/api/customer/subscriptions/{row['id']}"
        for verb in ("pause", "resume", "cancel"):
            self.refused(
                403, "staff_only", "POST", f"{path}/{verb}", {}, who=self.marie
            )
        self.ok("GET", path, who=self.marie)
        self.ok("POST", self.path(row, "pause"), {}, who=self.kofi)

    def test_plans(self):
        for who in (self.jean, self.marie):
            plans = self.ok("GET", "/api/subscription-plans", who=who)
            self.assertIn("T-MONTH", [p["code"] for p in plans["items"]])

    def test_order_over_http_makes_the_subscription(self):
        order = self.ok(
            "POST",
            "/api/quotations",
            {
                "partner_id": self.marie.id,
                "lines": [{"product_id": self.cover.id, "price_unit": 1000}],
            },
            who=self.jean,
        )["order"]
        order = self.ok("POST", f"/api/orders/{order['id']}/confirm", who=self.jean)
        order = order["order"]
        rows = self.ok(
            "GET", f"/api/subscriptions?order_id={order['id']}", who=self.jean
        )["items"]
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["billed_periods"], 1)
        paid = self.ok(
            "POST",
            f"/api/orders/{order['id']}/register-payment",
            {"amount": 1180, "payment_source": "cash"},
            who=self.jean,
        )
        self.assertEqual(paid["payment"]["amount"], 1180.0)
        self.ok(
            "POST",
            self.path(rows[0], "bill"),
            {"until": str(self.today + relativedelta(months=1, days=3))},
            who=self.kofi,
        )
        self.ok(
            "POST",
            f"/api/orders/{order['id']}/register-payment",
            {"amount": 1180, "payment_source": "cash"},
            who=self.jean,
        )
        row = self.ok("GET", self.path(rows[0]), who=self.jean)["subscription"]
        self.assertEqual((row["billed_periods"], row["paid_periods"]), (2, 2))
        figures = self.ok("GET", self.path(row, "equity"), who=self.jean)
        self.assertEqual((figures["paid_amount"], figures["equity"]), (2360.0, 0.0))

    def test_customer_sees_only_the_own(self):
        """Orders, invoices, payments, units and tickets of the customer, no other's."""
        mine = self.quotation(self.marie, [(self.cover, 1)])
        other = self.quotation(self.paul, [(self.cover, 1)])
        for order in mine + other:
            order.action_confirm()
            order._abs_invoices().action_post()
            self.pay(order._abs_invoices())
        ticket = self.env["helpdesk.ticket"]
        for partner in (self.marie, self.paul):
            ticket |= ticket.create(
                {
                    "name": f"Help {partner.name}",
                    "description": "-",
                    "partner_id": partner.id,
                    "company_id": self.togo.id,
                }
            )
        units = self.env["ov.asset"]
        self.receive(self.kit, ["C-1", "C-2"])
        for partner, serial in ((self.marie, "C-1"), (self.paul, "C-2")):
            order = self.quotation(partner, [(self.kit, 1)])
            order.action_confirm()
            self.deliver(order.picking_ids, [serial])
            units |= units.search([("lot_id.name", "=", serial)])
        self.assertEqual(units.partner_id, self.marie + self.paul)
        for name, field in (
            ("orders", "partner"),
            ("invoices", "partner"),
            ("payments", "partner"),
            ("assets", "partner"),
            ("tickets", "partner"),
        ):
            rows = self.ok("GET", f"/api/customer/{name}", who=self.marie)["items"]
            self.assertTrue(rows, name)
            self.assertEqual({row[field]["id"] for row in rows}, {self.marie.id}, name)
            self.refused(403, None, "GET", f"/api/customer/{name}", who=self.jean)
        order = self.ok("GET", "/api/customer/orders?state=sale", who=self.marie)
        self.assertEqual(order["total"], 2)
        self.assertEqual(
            [row["approvals"] for row in order["items"]], [[], []], "internal"
        )
        drafts = self.ok("GET", "/api/customer/invoices", who=self.marie)["items"]
        self.assertEqual({row["state"] for row in drafts}, {"posted"})
