"""A company with a sandbox provider, and its gateway over real HTTP.

Commits are allowed here: in an HttpCase every cursor of the registry is a savepoint.
"""

import importlib.util
from pathlib import Path

from odoo.tests import new_test_user

from .http_common import AbsHttpCase

GATEWAY = Path(__file__).parents[2] / "scripts" / "demo" / "sandbox_gateway.py"
PHONE = "+22890123456"


def load_gateway():
    spec = importlib.util.spec_from_file_location("sandbox_gateway", GATEWAY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Gateway


class MobileMoneyCase(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway = cls.enterClassContext(load_gateway()("test-secret"))
        cls.provider = cls.env["abs.payment.provider"].create(
            {
                "name": "Sandbox Togo",
                "code": "sandbox",
                "company_id": cls.togo.id,
                "journal_id": cls.journal(cls.togo, "mobile_money").id,
                "currency_id": cls.togo.currency_id.id,
                "signature_secret": "test-secret",
                "api_url": cls.gateway.url,
                "state": "test",
            }
        )

    def setUp(self):
        super().setUp()
        self.gateway.pushes.clear()
        self.gateway.outcomes.clear()
        self.gateway.refuse = None
        self.provider.callback_base_url = self.base_url()

    def invoice(self, price=1000, partner=None):
        """A posted invoice of a confirmed order of a service: price + 18 %."""
        order = self.quotation(partner or self.marie, [(self.installation, 1, price)])
        order.action_confirm()
        moves = order.invoice_ids or order._create_invoices()
        draft = moves.filtered(lambda m: m.state == "draft")
        if draft:
            draft.action_post()
        return order.invoice_ids

    def start(self, invoice, **body):
        body = {"invoice_id": invoice.id, "phone": PHONE, "provider": "sandbox", **body}
        answer = self.ok("POST", "/api/payments/attempts", body, who=self.jean)
        return self.env["abs.payment.attempt"].browse(answer["attempt"]["id"])

    def own(self, attempt, method):
        """Run a step that commits, with a cursor of its own as the server does."""
        self.env.flush_all()
        with self.registry.cursor() as cr:
            getattr(attempt.with_env(self.env(cr=cr)), method)()
        self.env.invalidate_all()

    def pushed(self, invoice, **body):
        """Start and send an attempt; return (attempt, what the gateway got)."""
        attempt = self.start(invoice, **body)
        self.own(attempt, "_abs_push")
        return attempt, self.gateway.pushes[-1]

    def call_back(self, push, status="success", url=None, secret=None, **changes):
        """Let the gateway call; return (HTTP status, answer)."""
        self.env.flush_all()
        body = self.gateway.body(push, status, **changes)
        path = (url or push["callback_url"]).removeprefix(self.base_url())
        module = self.gateway.send_raw.__globals__
        answer = self.call(
            "POST",
            path,
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Signature": module["sign"](secret or self.gateway.secret, body),
            },
        )
        return answer.status, answer.body

    def user(self, login, group, company):
        user = new_test_user(self.env, login, f"abs_connector.{group}")
        user.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        return user

    def last_log(self):
        return self.env["abs.payment.callback"].search([], limit=1)

    def payments_of(self, invoice):
        return self.env["account.payment"].search(
            [("partner_id", "=", invoice.partner_id.id)]
        )
