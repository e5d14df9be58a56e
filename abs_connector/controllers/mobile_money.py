"""Mobile money and payment requests (docs/contract.md 5)."""

from odoo import http
from odoo.http import request

from ..api import CUSTOMER, EMPLOYEE, PUBLIC, Api, One, Page, Rec, get, post
from ..schemas.mobile_money import (
    AttemptIn,
    AttemptOut,
    AttemptQuery,
    CallbackOut,
    RequestIn,
    RequestOut,
    RequestQuery,
)

#: of strangers, who sign what they say and call from where they said
GATEWAY = {"audience": PUBLIC, "refuses": (401, 403)}


class MobileMoney(Api, http.Controller):
    @get("/api/payments/attempts", audience=EMPLOYEE | CUSTOMER)
    def list_attempts(self, query: AttemptQuery) -> Page[AttemptOut]:
        """List mobile-money attempts."""
        return self.page("abs.payment.attempt", query)

    @get("/api/payments/attempts/<int:attempt>", audience=EMPLOYEE | CUSTOMER)
    def get_attempt(self, attempt: Rec["abs.payment.attempt"]) -> One[AttemptOut]:
        """Show one attempt."""
        return attempt

    @post("/api/payments/attempts", audience=EMPLOYEE | CUSTOMER, status=201)
    def create_attempt(self, body: AttemptIn) -> One[AttemptOut]:
        """Ask a customer for money on their phone."""
        return self.model("abs.payment.attempt")._api_start(**body.to_vals())

    @post("/api/payments/attempts/<int:attempt>/cancel", audience=EMPLOYEE)
    def cancel_attempt(self, attempt: Rec["abs.payment.attempt"]) -> One[AttemptOut]:
        """Stop waiting for an attempt; money that arrives is credited all the same."""
        return attempt.action_cancel()

    @post("/api/payments/callback/<string:provider>", **GATEWAY)
    def take_callback(self, provider: str, body: dict) -> CallbackOut:
        """Take a signed message of a gateway."""
        return self._receive(provider, "", "")

    @post("/api/payments/callback/<string:provider>/<string:token>", **GATEWAY)
    def take_callback_at(self, provider: str, token: str, body: dict) -> CallbackOut:
        """Take a message at the unguessable address of an attempt or provider."""
        return self._receive(provider, token, "")

    @post(
        "/api/payments/callback/<string:provider>/<string:token>/<string:event>",
        **GATEWAY,
    )
    def take_callback_event(
        self, provider: str, token: str, event: str, body: dict
    ) -> CallbackOut:
        """Take a message whose address says what it is (M-Pesa C2B)."""
        return self._receive(provider, token, event)

    def _receive(self, provider, token, event):
        log = self.model("abs.payment.callback")._api_receive(
            provider,
            token,
            event,
            self.raw_body,
            dict(self.headers),
            request.httprequest.remote_addr,
        )
        return log._abs_answer()

    @get("/api/payment-requests", audience=EMPLOYEE | CUSTOMER)
    def list_requests(self, query: RequestQuery) -> Page[RequestOut]:
        """List payment requests."""
        return self.page("payment.request", query)

    @get("/api/payment-requests/<int:record>", audience=EMPLOYEE | CUSTOMER)
    def get_request(self, record: Rec["payment.request"]) -> One[RequestOut]:
        """Show one payment request with its attempts."""
        return record

    @post("/api/payment-requests", audience=EMPLOYEE, status=201)
    def create_request(self, body: RequestIn) -> One[RequestOut]:
        """Ask a customer for an amount by a day."""
        return self.model("payment.request")._api_create(**body.to_vals())

    @post("/api/payment-requests/<int:record>/cancel", audience=EMPLOYEE)
    def cancel_request(self, record: Rec["payment.request"]) -> One[RequestOut]:
        """Withdraw an open payment request."""
        return record.action_cancel()
