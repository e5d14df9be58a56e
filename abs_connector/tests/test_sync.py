"""Lease-to-own and rental: deployment, ownership (docs/contract.md 6; map, flows 2B, 6)."""

from freezegun import freeze_time
from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict, Forbidden
from ..scope import Scope
from .subscription_common import FEE, MONTHLY, RATE, SyncCase


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
        sub = order.x_subscription_ids
        self.assertEqual((sub.kind, sub.duration), ("rental", 6))
        self.assertEqual(self.lot("B-3").location_id, self.deployed)
        move = order._abs_invoices()
        move.action_post()
        self.pay(move)
        self.assertEqual((sub.paid_amount, sub.equity), (move.amount_total, 0.0))
        with self.assertRaises(BusinessError):
            sub._api_ownership_transfer("own", reason="please")
        sub._api_return_units("end of rental")
        self.assertEqual(self.lot("B-3").location_id, self.wh_togo.lot_stock_id)
        self.assertEqual((sub.state, sub.asset_ids.state), ("expired", "inactive"))

    def test_an_ended_contract_asks_for_its_unit(self):
        sub = self.lease("B-4")
        sub.kind = "rental"
        sub._close("expired", "its time is over")
        self.assertIn("Collect the deployed unit", str(sub.activity_ids.summary))


@tagged("post_install", "-at_install")
class TestFirstInvoice(SyncCase):
    """The first period stands on the order's invoice, which people correct."""

    def amounts(self, sub):
        first = sub.period_ids.filtered(lambda p: p.number == 1)
        return first.billed_amount, first.paid_amount, first.is_paid

    def test_credited_and_billed_again(self):
        sub = self.lease(months=1)
        order, line = sub.order_id, sub.order_line_id
        invoice = sub.period_ids.invoice_id
        self.pay(invoice, 10000)
        invoice._api_credit("wrong")
        self.assertEqual(self.amounts(sub), (0.0, 0.0, False))
        self.assertEqual(
            sub._transfer_obstacle(),
            ("periods_unpaid", "Credited and not billed again: period 1."),
        )
        again = order._api_invoice(line_ids=line.ids)["invoice"]
        again.action_post()
        self.assertEqual(self.amounts(sub), (MONTHLY, 0.0, False))
        again._api_apply_credit()
        self.pay(again)
        self.assertEqual(self.amounts(sub), (MONTHLY, MONTHLY, True))
        self.assertEqual(sub.equity, MONTHLY * RATE / 100)
        self.assertIsNone(sub._transfer_obstacle())

    def test_credit_of_another_line_leaves_the_fee(self):
        extra = self.make_product(
            "Registration", "T-REG", 5000, type="service", invoice_policy="order"
        )
        order = self.sync_order(
            lines=[(self.fee, 1, FEE), (self.bike, 1, 0.0), (extra, 1, 5000)]
        )
        sub = order.x_subscription_ids
        invoice = order._abs_invoices()
        invoice.action_post()
        self.pay(invoice)
        self.assertEqual(self.amounts(sub), (MONTHLY, MONTHLY, True))
        own = invoice.invoice_line_ids.filtered(lambda li: li.product_id == extra)
        invoice._api_credit("free", lines=[{"line_id": own.id, "quantity": 1}])
        self.assertEqual(self.amounts(sub), (MONTHLY, MONTHLY, True))
        self.assertEqual(sub.equity, MONTHLY * RATE / 100)


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
            as_jean._api_ownership_transfer("own", reason="gift")
        as_kofi = sub.with_env(self.api_env(self.kofi)).sudo()
        with self.assertRaises(BusinessError) as caught:
            as_kofi._api_ownership_transfer("own")
        self.assertEqual(caught.exception.code, "transfer_early")
        as_kofi._api_ownership_transfer("own", reason="loyal customer")
        self.assertEqual((sub.state, sub.asset_ids.state), ("expired", "transferred"))
        with self.assertRaises(Conflict):
            as_kofi._api_ownership_transfer("own", reason="again")

    def test_not_due_while_unpaid(self):
        sub = self.short()
        with freeze_time("2027-02-05"):
            self.run_billing()
            self.assertEqual(sub.billed_periods, 2)
            with self.assertRaises(BusinessError) as caught:
                sub._api_ownership_transfer("own")
            self.assertEqual(caught.exception.code, "periods_unpaid")
            self.pay_open(sub)
            sub._api_ownership_transfer("own")
        self.assertEqual(sub.state, "expired")

    def test_not_while_a_loaner_is_out(self):
        sub = self.short()
        self.receive(self.bike, ["LOAN"])
        pool = self.env["stock.location"]._abs_location(self.togo, "loaner_pool")
        self.lot("LOAN")._abs_asset_move(pool, self.togo)
        sub.asset_ids._api_swap(loaner_serial="LOAN", reason="brake")
        self.assertEqual(len(sub.asset_ids), 2, "the loaner is under it, too")
        with self.assertRaises(BusinessError) as caught:
            sub._api_ownership_transfer("own", reason="now")
        self.assertEqual(caught.exception.code, "swap_open")

    def test_upgrade(self):
        sub = self.short()
        with freeze_time("2027-02-05"):
            self.run_billing()
            self.pay_open(sub)
            sub._api_ownership_transfer(
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
        new = order.x_subscription_ids
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
        self.togo.write({"x_sale_approval": True, "x_sale_approval_amount": 1})
        sub = self.env["abs.subscription"]
        order = self.sync_order(confirm=False)
        order._api_request_approval()
        order._api_approve()
        order.action_confirm()
        self.deliver(order.picking_ids, ["B-1"])
        sub = order.x_subscription_ids
        as_kofi = sub.with_env(self.api_env(self.kofi)).sudo()
        as_kofi._api_ownership_transfer("upgrade", reason="wants a new one")
        new = sub.upgrade_order_id
        self.assertEqual((new.state, new.approval_state), ("draft", "pending"))
        self.assertFalse(new.x_subscription_ids)

    def test_upgrade_to_what_is_not_leased(self):
        """Refused at once: the old contract goes on and its unit stays."""
        sub = self.short()
        for upgrade, code in (
            ({"product_id": self.cover.id}, "serial_required"),
            ({"fee_product_id": self.bike.id}, "not_recurring"),
            (
                {"fee_product_id": self.installation.id, "price_unit": 0},
                "sync_fee_missing",
            ),
        ):
            with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
                sub._api_ownership_transfer("upgrade", upgrade, "wants another")
            self.assertEqual(caught.exception.code, code)
        self.assertEqual((sub.state, sub.asset_ids.state), ("active", "active"))

    @freeze_time("2027-01-06")
    def test_a_customer_who_pauses_a_lease(self):
        """Staff are told, since the bike is ridden for nothing; or the plan forbids it."""
        sub = self.short()
        env = self.api_env(scope=Scope("customer", (), (), self.marie.id))
        theirs = sub.with_env(env).sudo()
        sub.plan_id.self_service = False
        for verb in (theirs._api_pause, theirs._api_cancel):
            with self.assertRaises(Forbidden) as caught:
                verb()
            self.assertEqual(caught.exception.code, "staff_only")
        sub.plan_id.self_service = True
        theirs._api_pause()
        self.assertEqual(sub.state, "paused")
        self.assertEqual(len(sub.activity_ids), 1)
        sub._api_resume()
        sub._api_pause()
        self.assertEqual(len(sub.activity_ids), 1, "staff know what they do")

    def test_a_leased_unit_is_not_set_inactive_by_hand(self):
        """It would be in no contract's hands any more, and yet with the customer."""
        asset = self.short().asset_ids
        with self.assertRaises(BusinessError) as caught:
            asset._api_update({"state": "inactive"})
        self.assertEqual(caught.exception.code, "state_by_stock")

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
