"""Payment requests: paid by attempts or otherwise, cancelled, overdue."""

from odoo.tests import tagged

from .mobile_common import PHONE, MobileMoneyCase


@tagged("post_install", "-at_install")
class TestPaymentRequest(MobileMoneyCase):
    def test_request_is_paid_by_attempts(self):
        invoice = self.invoice()
        body = {"invoice_id": invoice.id, "amount": 1000, "phone": PHONE}
        asked = self.ok(
            "POST", "/api/payment-requests", body, who=self.jean, status=201
        )["payment_request"]
        self.assertEqual(asked["sa"]["id"], self.sa_lom.id)
        request = self.env["payment.request"].browse(asked["id"])
        body = {"request_id": request.id, "phone": PHONE, "amount": 400}
        for amount, state in ((400, "open"), (600, "paid")):
            body = {"request_id": request.id, "phone": PHONE, "amount": amount}
            answer = self.ok("POST", "/api/payments/attempts", body, who=self.jean)
            attempt = self.env["abs.payment.attempt"].browse(answer["attempt"]["id"])
            self.own(attempt, "_abs_push")
            self.call_back(self.gateway.pushes[-1])
            self.assertEqual(attempt.state, "succeeded")
            self.assertEqual(request.state, state)
        self.assertEqual(invoice.amount_residual, 180)
        body = {"request_id": request.id, "phone": PHONE}
        self.refused(
            409, "already_paid", "POST", "/api/payments/attempts", body, who=self.jean
        )

    def test_paid_otherwise_is_closed_by_the_cron(self):
        invoice = self.invoice()
        request = self.env["payment.request"]._api_create(invoice_id=invoice.id)
        self.pay(invoice)
        self.env["payment.request"]._cron_abs_refresh()
        self.assertEqual(request.state, "paid")

    def test_cancel_takes_attempts_along(self):
        invoice = self.invoice()
        request = self.env["payment.request"]._api_create(invoice_id=invoice.id)
        attempt = self.env["abs.payment.attempt"]._api_start(
            request_id=request.id, phone=PHONE
        )
        path = f"/api/payment-requests/{request.id}/cancel"
        self.refused(404, "not_found", "POST", path, who=self.edem)
        self.ok("POST", path, who=self.jean)
        self.assertEqual((request.state, attempt.state), ("cancelled", "cancelled"))
        self.refused(409, "already_decided", "POST", path, who=self.jean)

    def test_refusals(self):
        invoice = self.invoice()

        def refused(status, code, **body):
            self.refused(
                status, code, "POST", "/api/payment-requests", body, who=self.jean
            )

        refused(400, "customer_required", amount=5)
        refused(400, "overpayment", invoice_id=invoice.id, amount=2000)
        refused(400, "amount_required", partner_id=self.marie.id)
        refused(400, "amount_invalid", partner_id=self.marie.id, amount=1.5)
        refused(404, "not_found", partner_id=self.paul.id, amount=5)
        self.pay(invoice)
        refused(409, "already_paid", invoice_id=invoice.id)

    def test_overdue_and_lists(self):
        vals = {"partner_id": self.marie.id, "amount": 50, "company_id": self.togo.id}
        vals["currency_id"] = self.togo.currency_id.id
        requests = self.env["payment.request"]
        late = requests.create({**vals, "due_date": "2020-01-01"})
        early = requests.create({**vals, "due_date": "2099-01-01"})
        self.assertEqual((late.overdue, early.overdue), (True, False))
        for flag, found in (("true", late), ("false", early)):
            path = f"/api/payment-requests?overdue={flag}"
            rows = self.ok("GET", path, who=self.jean)["items"]
            self.assertEqual([row["id"] for row in rows], found.ids)
        self.assertEqual(
            self.ok("GET", "/api/payment-requests", who=self.edem)["total"], 0
        )
        self.assertEqual(
            self.ok("GET", "/api/payment-requests", who=self.marie)["total"], 2
        )
