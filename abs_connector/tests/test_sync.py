"""Lease-to-own and rental: deployment, equity, ownership (SPEC 6; map, flows 2B, 6)."""

import datetime as dt

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict, Forbidden
from .test_subscriptions import SubscriptionCase

FEE, MONTHLY = 20000.0, 23600.0  # XOF, without and with 18 % VAT
VALUE, RATE = 500000.0, 60.0


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
        return order.abs_subscription_ids

    def pay_open(self, sub):
        for move in sub.invoice_ids.sorted("invoice_date"):
            if move.amount_residual:
                self.pay(move)


@tagged("post_install", "-at_install")
class TestDeployment(SyncCase):
    def test_lease_terms_make_it_a_sync_order(self):
        order = self.sync_order(confirm=False)
        self.assertTrue(order.is_subscription)
        line = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.bike.id, "product_uom_qty": 1}
        )
        self.assertEqual(line.price_unit, 0.0, "equipment is at 0")

    def test_delivered_to_sync_deployed(self):
        sub = self.lease()
        order = sub.order_id
        self.assertEqual(
            (sub.kind, sub.duration, sub.contract_months, sub.auto_renew),
            ("sync", 36, 36, False),
        )
        move = order.picking_ids.move_ids
        self.assertEqual(move.location_dest_id, self.deployed)
        self.assertEqual(self.lot("B-1").location_id, self.deployed)
        self.assertEqual(
            order.order_line.filtered("product_id.tracking").mapped("qty_delivered")[
                -1
            ],
            1.0,
        )
        asset = sub.asset_ids
        self.assertEqual((asset.state, asset.lot_id.name), ("active", "B-1"))
        self.assertEqual(asset.equipment_id.x_subscription_id, sub)
        self.assertEqual(asset.equipment_id.x_customer_id, self.marie)
        # the equipment at 0 is not invoiced, the fee once
        self.assertEqual(order.invoice_ids.amount_total, MONTHLY)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_two_step_delivery(self):
        self.wh_togo.delivery_steps = "pick_ship"
        order = self.sync_order()
        first = order.picking_ids
        self.deliver(first, ["B-2"])
        ship = order.picking_ids - first
        self.deliver(ship)
        self.assertEqual(self.lot("B-2").location_id, self.deployed)

    def test_paid_accessory_is_sold(self):
        self.receive(self.cable, 5)
        order = self.sync_order(
            lines=[(self.fee, 1, FEE), (self.bike, 1, 0.0), (self.cable, 1, 2500.0)]
        )
        places = {
            move.product_id: move.location_final_id or move.location_dest_id
            for move in order.picking_ids.move_ids
        }
        self.assertEqual(places[self.bike], self.deployed)
        self.assertEqual(places[self.cable], self.marie.property_stock_customer)

    def test_refused_when_the_equipment_has_a_price(self):
        order = self.sync_order(
            lines=[(self.fee, 1, FEE), (self.bike, 1, 900.0)], confirm=False
        )
        with self.assertRaises(BusinessError) as caught:
            order.action_confirm()
        self.assertEqual(caught.exception.code, "equipment_price")

    def test_refused_without_a_fee(self):
        order = self.sync_order(lines=[(self.bike, 1, 0.0)], confirm=False)
        with self.assertRaises(BusinessError) as caught:
            order.action_confirm()
        self.assertEqual(caught.exception.code, "sync_fee_missing")

    def test_plain_sale_goes_to_the_customer(self):
        order = self.quotation(self.marie, [(self.bike, 1, 900), (self.cover, 1)])
        order.action_confirm()
        self.assertEqual(
            order.picking_ids.move_ids.location_dest_id,
            self.marie.property_stock_customer,
        )

    def test_rental(self):
        """Deployed like SYNC, billed by its plan, no equity, ends with a return."""
        rent = self.make_product(
            "Rent",
            "T-RENT",
            5000,
            type="service",
            invoice_policy="order",
            x_pu_category="contract",
            x_contract_type="rental",
            plan_id=self.monthly.id,
        )
        self.bike.rent_ok = True
        order = (
            self.env["sale.order"]
            .with_company(self.togo)
            .create(
                {
                    "partner_id": self.marie.id,
                    "company_id": self.togo.id,
                    "x_sa_id": self.sa_lom.id,
                    "x_contract_months": 6,
                }
            )
        )
        order.order_line = [
            (0, 0, {"product_id": self.bike.id, "product_uom_qty": 1}),
            (0, 0, {"product_id": rent.id, "product_uom_qty": 1}),
        ]
        self.assertEqual(order.order_line[0].price_unit, 0.0)
        order.action_confirm()
        self.deliver(order.picking_ids, ["B-3"])
        sub = order.abs_subscription_ids
        self.assertEqual((sub.kind, sub.duration), ("rental", 6))
        self.assertEqual(self.lot("B-3").location_id, self.deployed)
        move = order._abs_invoices()
        move.action_post()
        self.pay(move)
        self.assertEqual((sub.paid_amount, sub.equity), (move.amount_total, 0.0))
        with self.assertRaises(BusinessError):
            sub.abs_ownership_transfer("own", reason="please")
        sub.abs_return_units("end of rental")
        self.assertEqual(self.lot("B-3").location_id, self.wh_togo.lot_stock_id)
        self.assertEqual((sub.state, sub.asset_ids.state), ("expired", "inactive"))


@tagged("post_install", "-at_install")
class TestContract(SyncCase):
    """36 months, with a pause, a missed payment and a swap (issue 4)."""

    START = dt.date(2027, 1, 31)

    #: grid month -> (billed, paid, equity after that month's payments), by hand:
    #: each payment is 23,600; 60 % of it is 14,160. Month 7 is paused. The period of
    #: month 12 is paid in month 14. The 36th payment reaches the cap of 500,000.
    TABLE = {
        1: (1, 1, 14160),
        2: (2, 2, 28320),
        6: (6, 6, 84960),
        7: (6, 6, 84960),
        8: (7, 7, 99120),
        11: (10, 10, 141600),
        12: (11, 10, 141600),
        13: (12, 11, 155760),
        14: (13, 13, 184080),
        19: (18, 18, 254880),
        20: (19, 19, 269040),
        30: (29, 29, 410640),
        36: (35, 35, 495600),
        37: (36, 36, 500000),
    }
    LAST = 37  # the paused month moved the end by one

    def month(self, number):
        return self.START + relativedelta(months=number - 1)

    def test_36_months(self):
        self.receive(self.bike, ["LOAN"])
        pool = self.env["stock.location"]._abs_location(self.togo, "loaner_pool")
        self.lot("LOAN")._abs_asset_move(pool, self.togo)
        with freeze_time(self.START):
            sub = self.lease("B-1")
            asset = sub.asset_ids
        self.assertEqual(sub.end_date, dt.date(2030, 1, 30))
        for number in range(1, self.LAST + 1):
            with freeze_time(self.month(number)):
                self.run_month(sub, asset, number)
            if number in self.TABLE:
                got = (sub.billed_periods, sub.paid_periods, sub.equity)
                self.assertEqual(got, self.TABLE[number], f"month {number}")
            if number < self.LAST:
                self.assertFalse(sub.is_transfer_due)
        self.check_end(sub, asset)

    def run_month(self, sub, asset, number):
        if number == 7:
            sub.abs_pause("travels")
            return
        if number == 8:
            sub.abs_resume()
        self.run_billing()
        if number == 20:
            asset.abs_swap(loaner_serial="LOAN", reason="brake")
        if number == 21:
            asset.abs_swap_return()
        if number == 12:
            return  # misses the payment
        unpaid = sub.invoice_ids.filtered("amount_residual").sorted("invoice_date")
        if number == 13:
            unpaid = unpaid[-1:]
        for move in unpaid:
            self.pay(move)

    def test_pause_on_the_billing_day(self):
        """A pause that begins on a billing day, before the run, skips that period."""
        with freeze_time(self.START):
            sub = self.lease("B-1")
        with freeze_time(self.month(2)):
            sub.abs_pause()
            self.assertEqual(sub.billed_periods, 1)

    def check_end(self, sub, asset):
        self.assertEqual(sub.skipped_periods, 1)
        self.assertEqual(sub.end_date, dt.date(2030, 2, 27))
        self.assertEqual(len(sub.invoice_ids), 36)
        self.assertEqual(sum(sub.invoice_ids.mapped("amount_total")), 849600)
        self.assertEqual(sum(sub.invoice_ids.mapped("amount_residual")), 0)
        self.assertEqual((sub.paid_amount, sub.residual_amount), (849600, 0))
        payments = sub.invoice_ids.matched_payment_ids
        self.assertEqual(len(payments), 36)
        self.assertEqual(sum(payments.mapped("amount")), 849600)
        receivable = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "=", self.marie.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ],
            [],
            ["balance:sum", "debit:sum"],
        )[0]
        self.assertEqual(receivable, (0.0, 849600.0))
        self.assertTrue(sub.is_transfer_due)
        with freeze_time(self.month(self.LAST)):
            sub.abs_ownership_transfer("own")
        lot = self.lot("B-1")
        self.assertEqual(lot.location_id, self.marie.property_stock_customer)
        self.assertEqual((sub.state, asset.state), ("expired", "transferred"))
        self.assertEqual(asset.partner_id, self.marie)
        self.assertEqual(self.lot("LOAN").location_id.x_role, "loaner_pool")
        with freeze_time(self.month(40)):
            self.run_billing()
        self.assertEqual(sub.billed_periods, 36)


@tagged("post_install", "-at_install")
class TestOwnership(SyncCase):
    def short(self, months=2):
        with freeze_time("2027-01-05"):
            sub = self.lease("B-1", months)
        return sub

    def test_early_needs_staff_and_a_reason(self):
        sub = self.short()
        as_jean = sub.with_env(self.api_env(self.jean)).sudo()
        with self.assertRaises(Forbidden):
            as_jean.abs_ownership_transfer("own", reason="gift")
        as_kofi = sub.with_env(self.api_env(self.kofi)).sudo()
        with self.assertRaises(BusinessError) as caught:
            as_kofi.abs_ownership_transfer("own")
        self.assertEqual(caught.exception.code, "transfer_early")
        as_kofi.abs_ownership_transfer("own", reason="loyal customer")
        self.assertEqual((sub.state, sub.asset_ids.state), ("expired", "transferred"))
        with self.assertRaises(Conflict):
            as_kofi.abs_ownership_transfer("own", reason="again")

    def test_not_due_while_unpaid(self):
        sub = self.short()
        with freeze_time("2027-02-05"):
            self.run_billing()
            self.assertEqual(sub.billed_periods, 2)
            with self.assertRaises(BusinessError) as caught:
                sub.abs_ownership_transfer("own")
            self.assertEqual(caught.exception.code, "periods_unpaid")
            self.pay_open(sub)
            sub.abs_ownership_transfer("own")
        self.assertEqual(sub.state, "expired")

    def test_not_while_a_loaner_is_out(self):
        sub = self.short()
        self.receive(self.bike, ["LOAN"])
        pool = self.env["stock.location"]._abs_location(self.togo, "loaner_pool")
        self.lot("LOAN")._abs_asset_move(pool, self.togo)
        sub.asset_ids.abs_swap(loaner_serial="LOAN", reason="brake")
        self.assertEqual(len(sub.asset_ids), 2, "the loaner is under it, too")
        with self.assertRaises(BusinessError) as caught:
            sub.abs_ownership_transfer("own", reason="now")
        self.assertEqual(caught.exception.code, "swap_open")

    def test_upgrade(self):
        sub = self.short()
        with freeze_time("2027-02-05"):
            self.run_billing()
            self.pay_open(sub)
            sub.abs_ownership_transfer(
                "upgrade",
                {
                    "x_equipment_value": 600000,
                    "price_unit": 25000,
                    "x_contract_months": 24,
                },
            )
        self.assertEqual(self.lot("B-1").location_id, self.wh_togo.lot_stock_id)
        self.assertEqual(sub.asset_ids.state, "inactive")
        self.assertEqual(sub.state, "expired")
        credit = sub.upgrade_credit_id
        self.assertEqual(
            (credit.move_type, credit.state, credit.amount_total, credit.x_sa_id),
            ("out_refund", "posted", 150000.0, self.sa_lom),
        )
        partner = self.marie.with_company(self.togo)
        self.assertEqual(partner.credit, -150000.0)
        order = sub.upgrade_order_id
        new = order.abs_subscription_ids
        self.assertEqual((order.state, new.state, new.kind), ("sale", "active", "sync"))
        self.assertEqual((new.previous_id, new.equipment_value), (sub, 600000.0))
        self.assertEqual((new.x_sa_id, new.x_actor_id), (sub.x_sa_id, sub.x_actor_id))
        self.assertEqual(sub.equity, 2 * 14160)
        # the credit settles the new contract's invoices as they are posted
        with freeze_time("2027-02-06"):
            order._abs_invoices().filtered(lambda m: m.state == "draft").action_post()
        self.assertEqual(credit.amount_residual, 150000.0 - 29500.0)
        self.assertEqual((new.billed_periods, new.paid_periods), (1, 1))
        with freeze_time("2027-07-06"):
            self.run_billing()
        self.assertEqual(credit.amount_residual, 0.0)
        self.assertEqual((new.billed_periods, new.paid_periods), (6, 5))
        self.assertEqual(new.paid_amount, 150000.0)
        self.deliver(order.picking_ids, ["B-2"])
        self.assertEqual(new.asset_ids.lot_id, self.lot("B-2"))

    def test_upgrade_waits_for_its_approval(self):
        self.togo.write({"abs_sale_approval": True, "abs_sale_approval_amount": 1})
        sub = self.env["abs.subscription"]
        order = self.sync_order(confirm=False)
        order.abs_request_approval()
        order.abs_approve()
        order.action_confirm()
        self.deliver(order.picking_ids, ["B-1"])
        sub = order.abs_subscription_ids
        as_kofi = sub.with_env(self.api_env(self.kofi)).sudo()
        as_kofi.abs_ownership_transfer("upgrade", reason="wants a new one")
        new = sub.upgrade_order_id
        self.assertEqual((new.state, new.approval_state), ("draft", "pending"))
        self.assertFalse(new.abs_subscription_ids)

    def test_rate_as_fraction_and_untaxed_base(self):
        sub = self.short()
        self.pay_open(sub)
        sub.equity_rate = 0.6
        self.assertEqual(sub.equity, 14160)
        self.env["ir.config_parameter"].set_param(
            "abs_connector.equity_base", "untaxed"
        )
        sub.invalidate_recordset(["equity"])
        self.assertEqual(sub.equity, 12000)
