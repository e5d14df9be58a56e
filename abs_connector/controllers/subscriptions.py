"""Subscriptions of employees and of customers (docs/contract.md 5; workflow 10)."""

from odoo import http

from ..api import CUSTOMER, EMPLOYEE, Api, One, Page, Rec, get, post
from ..schemas.contacts import AssignIn
from ..schemas.subscriptions import (
    AssignedSubscriptionOut,
    BillIn,
    CustomerSubscriptionOut,
    CustomerSubscriptionQuery,
    EquityOut,
    PlanOut,
    PlanQuery,
    ReasonIn,
    ResumeIn,
    ReturnIn,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionQuery,
    TransferIn,
    TransferOut,
)

MODEL = "abs.subscription"


class Subscriptions(Api, http.Controller):
    @get("/api/subscription-plans", audience=EMPLOYEE | CUSTOMER)
    def list_subscription_plans(self, query: PlanQuery) -> Page[PlanOut]:
        """List the plans: how often and how long a subscription is billed."""
        return self.page("abs.subscription.plan", query)

    @get("/api/subscriptions", audience=EMPLOYEE)
    def list_subscriptions(self, query: SubscriptionQuery) -> Page[SubscriptionOut]:
        """List subscriptions, newest first."""
        return self.page(MODEL, query)

    @post(
        ("/api/subscriptions", "/api/subscription/purchase"),
        audience=EMPLOYEE,
        status=201,
    )
    def create_subscription(self, body: SubscriptionIn) -> One[SubscriptionOut]:
        """Create a subscription; a draft unless `activate` is true."""
        return self.model(MODEL)._api_purchase(self.account(), body.to_vals())

    @get("/api/subscription/status/<path:code>", audience=EMPLOYEE)
    def get_subscription_status(self, code: str) -> One[SubscriptionOut]:
        """Show the subscription of a code."""
        return self.fetch(MODEL, [("code", "=", code)])

    @get("/api/subscriptions/<int:subscription>", audience=EMPLOYEE)
    def get_subscription(self, subscription: Rec[MODEL]) -> One[SubscriptionOut]:
        """Show one subscription with its invoices."""
        return subscription

    @post("/api/subscriptions/<int:subscription>/activate", audience=EMPLOYEE)
    def activate_subscription(self, subscription: Rec[MODEL]) -> One[SubscriptionOut]:
        """Start a draft; its periods are due from its start date."""
        return subscription._api_activate()

    @post(
        "/api/subscriptions/<int:subscription>/pause", audience=EMPLOYEE, role="staff"
    )
    def pause_subscription(
        self, subscription: Rec[MODEL], body: ReasonIn
    ) -> One[SubscriptionOut]:
        """Stop billing; whole periods until it is resumed are skipped."""
        return subscription._api_pause(body.reason)

    @post(
        "/api/subscriptions/<int:subscription>/resume", audience=EMPLOYEE, role="staff"
    )
    def resume_subscription(
        self, subscription: Rec[MODEL], body: ResumeIn
    ) -> One[SubscriptionOut]:
        """Bill again; the end moves out by the skipped periods."""
        return subscription._api_resume(body.skip_current)

    @post(
        "/api/subscriptions/<int:subscription>/cancel", audience=EMPLOYEE, role="staff"
    )
    def cancel_subscription(
        self, subscription: Rec[MODEL], body: ReasonIn
    ) -> One[SubscriptionOut]:
        """End it today; what is billed stays owed."""
        return subscription._api_cancel(body.reason)

    @post("/api/subscriptions/<int:subscription>/bill", audience=EMPLOYEE, role="staff")
    def bill_subscription(
        self, subscription: Rec[MODEL], body: BillIn
    ) -> One[SubscriptionOut]:
        """Bill now what is due, or ahead of time."""
        return subscription._api_bill(body.until)

    @post(
        "/api/subscriptions/<int:subscription>/return", audience=EMPLOYEE, role="staff"
    )
    def return_subscription_units(
        self, subscription: Rec[MODEL], body: ReturnIn
    ) -> One[SubscriptionOut]:
        """Take the deployed units back to stock and end the rental or lease."""
        return subscription._api_return_units(body.reason, body.destination)

    @get("/api/subscriptions/<int:subscription>/equity", audience=EMPLOYEE)
    def get_subscription_equity(self, subscription: Rec[MODEL]) -> EquityOut:
        """Show what of the equipment the payments have earned."""
        return subscription._api_equity()

    @post("/api/subscriptions/<int:subscription>/ownership-transfer", audience=EMPLOYEE)
    def transfer_ownership(
        self, subscription: Rec[MODEL], body: TransferIn
    ) -> TransferOut:
        """Make the unit the customer's, or take it back for an upgrade."""
        done = subscription._api_ownership_transfer(
            body.path, body.upgrade_vals(), body.reason
        )
        return done._api_transfer_result()

    @post(
        "/api/subscriptions/<int:subscription>/assign", audience=EMPLOYEE, role="staff"
    )
    def assign_subscription(
        self, subscription: Rec[MODEL], body: AssignIn
    ) -> AssignedSubscriptionOut:
        """Give a contract and its unpaid invoices to a member of an SA."""
        return {
            "subscription": subscription,
            **subscription._api_assign_told(body.to_vals()),
        }

    # --- the customer's own -----------------------------------------------------------
    @get("/api/customer/subscriptions", audience=CUSTOMER)
    def list_own_subscriptions(
        self, query: CustomerSubscriptionQuery
    ) -> Page[CustomerSubscriptionOut]:
        """List the customer's own subscriptions."""
        return self.page(MODEL, query)

    @get("/api/customer/subscriptions/<int:subscription>", audience=CUSTOMER)
    def get_own_subscription(
        self, subscription: Rec[MODEL]
    ) -> One[CustomerSubscriptionOut]:
        """Show one of the customer's own subscriptions."""
        return subscription

    @post("/api/customer/subscriptions/<int:subscription>/pause", audience=CUSTOMER)
    def pause_own_subscription(
        self, subscription: Rec[MODEL], body: ReasonIn
    ) -> One[CustomerSubscriptionOut]:
        """Stop billing; whole periods until it is resumed are skipped."""
        return subscription._api_pause(body.reason)

    @post("/api/customer/subscriptions/<int:subscription>/resume", audience=CUSTOMER)
    def resume_own_subscription(
        self, subscription: Rec[MODEL]
    ) -> One[CustomerSubscriptionOut]:
        """Bill again, the running period included."""
        return subscription._api_resume()

    @post("/api/customer/subscriptions/<int:subscription>/cancel", audience=CUSTOMER)
    def cancel_own_subscription(
        self, subscription: Rec[MODEL], body: ReasonIn
    ) -> One[CustomerSubscriptionOut]:
        """End it today; what is billed stays owed."""
        return subscription._api_cancel(body.reason)
