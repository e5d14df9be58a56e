"""Builders of subscriptions and leases; time is moved by freezegun."""

from unittest.mock import patch

from .common import AbsCommon

BILLING = "odoo.addons.abs_connector.models.subscription.abs_subscription_billing"
FEE, MONTHLY = 20000.0, 23600.0  # XOF, without and with 18 % VAT
VALUE, RATE = 500000.0, 60.0


class SubscriptionCase(AbsCommon):
    """A monthly plan, a recurring warranty, and the billing without its commits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_cover(30)
        subs = type(cls.env["abs.subscription"])
        patcher = patch.object(subs, "_billing_commit", lambda *args: True)
        cls.startClassPatcher(patcher)

    def subscribe(self, start, activate=True, price=1000.0, partner=None, **vals):
        sub = self.env["abs.subscription"].create(
            {
                "partner_id": (partner or self.marie).id,
                "plan_id": self.monthly.id,
                "product_id": self.cover.id,
                "company_id": self.togo.id,
                "price_unit": price,
                "start_date": start,
                **vals,
            }
        )
        return sub._api_activate() if activate else sub

    def run_billing(self):
        return self.env["abs.subscription"]._cron_bill()

    def starts(self, sub, state="billed"):
        rows = sub.period_ids.filtered(lambda p: p.state == state)
        return [str(day) for day in rows.sorted("number").mapped("date_from")]


class SyncCase(SubscriptionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bike = cls.make_product(
            "Test Bike",
            "T-BIKE",
            900,
            type="consu",
            is_storable=True,
            tracking="serial",
            invoice_policy="delivery",
        )
        cls.fee = cls.make_product(
            "Test SYNC Monthly",
            "T-SYNC",
            FEE,
            type="service",
            invoice_policy="order",
            x_pu_category="contract",
            x_contract_type="asset_assignment",
            plan_id=cls.monthly.id,
        )
        cls.receive(cls.bike, ["B-1", "B-2", "B-3", "B-4"])
        cls.deployed = cls.env["stock.location"]._abs_location(
            cls.togo, "sync_deployed"
        )

    def lot(self, name):
        return self.env["stock.lot"].search(
            [("name", "=", name), ("product_id", "=", self.bike.id)]
        )

    def sync_order(self, months=36, lines=None, confirm=True, **vals):
        order = self.quotation(
            self.marie,
            lines or [(self.fee, 1, FEE), (self.bike, 1, 0.0)],
            plan_id=self.monthly.id,
            x_equipment_value=VALUE,
            x_equity_rate=RATE,
            x_contract_months=months,
            **vals,
        )
        if confirm:
            order.action_confirm()
        return order

    def lease(self, serial="B-1", months=36):
        """Return the running contract of a delivered unit; month 1 is posted."""
        order = self.sync_order(months)
        self.deliver(order.picking_ids, [serial])
        order._abs_invoices().action_post()
        return order.x_subscription_ids

    def pay_open(self, sub):
        for move in sub.invoice_ids.sorted("invoice_date"):
            if move.amount_residual:
                self.pay(move)
