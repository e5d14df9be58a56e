"""Every way around the approval is closed (docs/contract.md 1.11)."""

from odoo.tests import new_test_user, tagged

from ..exceptions import BusinessError
from .common import AbsCommon

SALES = "sales_team.group_sale_salesman_all_leads,abs_connector.group_user"


@tagged("post_install", "-at_install")
class TestApprovalGuard(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.togo.write({"x_sale_approval": True, "x_sale_approval_amount": 1000})
        category = cls.env["product.category"].create({"name": "Services"})
        cls.installation.categ_id = category
        cls.seller = new_test_user(cls.env, "abs_seller", SALES)
        cls.seller.write(
            {"company_ids": [(6, 0, cls.togo.ids)], "company_id": cls.togo.id}
        )

    def order(self, price=2000, **vals):
        return self.quotation(self.marie, [(self.installation, 1, price)], **vals)

    def approved(self, order):
        kofi = order.with_env(self.api_env(self.kofi, account=self.sa_lom)(su=True))
        kofi._api_request_approval()
        kofi._api_approve()
        return order

    def as_seller(self, order):
        context = {"allowed_company_ids": self.togo.ids}
        return order.with_user(self.seller).with_context(**context)

    def refused(self, code, verb, *args):
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            verb(*args)
        self.assertEqual(caught.exception.code, code)

    def test_state_is_not_written_past_it(self):
        order = self.order()
        self.refused("approval_required", order.write, {"state": "sale"})
        order.state = "cancel"
        self.refused("approval_required", order.write, {"state": "sale"})
        vals = {
            "partner_id": self.marie.id,
            "company_id": self.togo.id,
            "state": "sale",
            "order_line": [
                (0, 0, {"product_id": self.installation.id, "price_unit": 5000})
            ],
        }
        self.refused("approval_required", self.env["sale.order"].create, vals)
        self.approved(self.order()).action_confirm()

    def test_portal_offers_neither_signature_nor_payment(self):
        order = self.order(require_signature=True, require_payment=True)
        order.state = "sent"
        self.assertFalse(order._has_to_be_signed())
        self.assertFalse(order._has_to_be_paid())
        self.patch(type(order), "_get_prepayment_required_amount", lambda o: 0.0)
        self.assertFalse(order._is_confirmation_amount_reached())
        self.approved(order)
        self.assertTrue(order._is_confirmation_amount_reached())
        self.assertTrue(order._has_to_be_signed())

    def test_no_down_payment_before_it(self):
        order = self.order()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 50})
        )
        self.refused("approval_required", wizard.create_invoices)

    def test_confirmed_order_is_not_enlarged_past_it(self):
        order = self.order(100)
        order.action_confirm()
        mine = self.as_seller(order)
        line = {
            "order_line": [
                (0, 0, {"product_id": self.installation.id, "price_unit": 9000})
            ]
        }
        self.refused("approval_required", mine.write, line)
        self.refused("approval_required", mine.order_line.write, {"price_unit": 5000})
        mine.order_line.write({"price_unit": 120})
        # Who could approve it may do it.
        order.write(line)
        self.assertGreater(order.amount_total, 9000)
        # Making it smaller is nobody's worry.
        mine.order_line[:1].write({"price_unit": 50})

    def test_lease_terms_void_it(self):
        order = self.order(is_subscription=True, x_equipment_value=3000)
        order.order_line.write({"price_unit": 2000, "technical_price_unit": -1})
        self.approved(order)
        order.write({"x_equipment_value": 90000})
        self.assertEqual(order.approval_state, "required")

    def test_finalized_is_not_written_by_hand(self):
        order = self.quotation(self.marie, [(self.cable, 1, 25)])
        order.action_confirm()
        self.refused(
            "not_finalizable", self.as_seller(order).write, {"x_finalized": True}
        )
