"""When an order needs an approval, who gives it, and what voids it (docs/contract.md 1.11)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..compat import SOL_TAXES
from ..exceptions import BusinessError, Conflict, Forbidden
from .common import AbsCommon


@tagged("post_install", "-at_install")
class TestOrderApproval(AbsCommon):
    def setUp(self):
        super().setUp()
        self.togo.write({"x_sale_approval": True, "x_sale_approval_amount": 1000})
        # 19 gives products no category of its own accord
        self.category = self.env["product.category"].create({"name": "Services"})
        self.installation.categ_id = self.category

    def as_(self, employee, order):
        """Return the order as a verb of the API gets it, in sudo."""
        api = self.api_env(employee, account=order.x_sa_id)
        return order.with_env(api(su=True))

    def order(self, price=1000, maker=None, customer=None):
        """Return a quotation of 1 installation, made by ``maker`` through the API."""
        customer = customer or self.marie
        maker = maker or self.jean
        api = self.api_env(maker, account=customer.x_sa_id)(su=True)
        line = {"product_id": self.installation.id, "quantity": 1, "price_unit": price}
        order = api["sale.order"]._api_create_quotation(
            customer.x_sa_id.with_env(api), {"partner_id": customer.id, "lines": [line]}
        )
        return order.with_env(self.env)

    def refused(self, code, verb, *args, kind=BusinessError):
        with self.assertRaises(kind) as caught:
            verb(*args)
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    # -- when ------------------------------------------------------------------------

    def test_threshold_counts_taxes_and_starts_at_the_amount(self):
        """VAT 18 %: 847 is 999.46 -> 999 XOF, 848 is 1000.64 -> 1001 XOF."""
        self.assertEqual(self.order(847).approval_state, "not_required")
        self.assertEqual(self.order(848).approval_state, "required")
        exact = self.order(1000)
        exact.order_line[SOL_TAXES] = False
        self.assertEqual((exact.amount_total, exact.approval_state), (1000, "required"))
        exact.order_line.price_unit = 999
        self.assertEqual(exact.approval_state, "not_required")

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        price=st.integers(min_value=0, max_value=5000),
        company=st.integers(min_value=0, max_value=5000),
        own=st.integers(min_value=0, max_value=5000),
        on=st.booleans(),
        category=st.booleans(),
    )
    def test_rule(self, price, company, own, on, category):
        """Required = on and (category or total >= the SA's threshold, else company's)."""
        self.togo.write({"x_sale_approval": on, "x_sale_approval_amount": company})
        self.sa_lom.approval_threshold = own
        self.category.x_approval_required = category
        order = self._rule_order
        order.order_line.price_unit = price
        needed = on and (category or order.amount_total >= (own or company))
        expected = "required" if needed else "not_required"
        self.assertEqual(order.approval_state, expected)

    @property
    def _rule_order(self):
        if not hasattr(self, "_kept_order"):
            self._kept_order = self.order(1)
        return self._kept_order

    def test_category_above_counts(self):
        parent = self.env["product.category"].create(
            {"name": "E-mobility", "x_approval_required": True}
        )
        child = self.env["product.category"].create(
            {"name": "Bikes", "parent_id": parent.id}
        )
        self.installation.categ_id = child
        order = self.order(1)
        self.assertEqual(order.approval_state, "required")
        self.assertIn("E-mobility", order.x_approval_reason)

    def test_other_currency_is_converted(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.togo.id,
                "name": "2020-01-01",
                "rate": 1 / 600,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": dollar.id, "company_id": self.togo.id}
        )
        order = self.order(1)
        order.pricelist_id = pricelist
        order.order_line.price_unit = 1
        self.assertEqual(order.currency_id, dollar)
        self.assertEqual(order.approval_state, "not_required")  # 708 XOF
        order.order_line.price_unit = 2
        self.assertEqual(order.approval_state, "required")  # 1416 XOF

    # -- who -------------------------------------------------------------------------

    def test_who_approves(self):
        """One row per caller: the answer to approving Jean's and one's own order."""
        for who, expected in (
            (self.ama, None),
            (self.kofi, None),
            (self.admin, None),
            (self.jean, "role_required"),
            (self.afi, "role_required"),
            (self.yao, "role_required"),
            (self.wanjiru, "role_required"),
        ):
            order = self.order()
            self.as_(self.jean, order)._api_request_approval()
            seen = self.as_(who, order)
            self.assertEqual(seen.x_can_decide, not expected, who.name)
            verb = seen._api_approve
            if expected:
                self.refused(expected, verb, kind=Forbidden)
                self.assertEqual(order.approval_state, "pending", who.name)
            else:
                verb("fine")
                self.assertEqual(order.approval_state, "approved", who.name)
                self.assertFalse(seen.x_can_decide, "it is decided")

    def test_own_order(self):
        """Staff don't approve what they made; the SA manager and admins do."""
        order = self.order(maker=self.kofi)
        self.as_(self.kofi, order)._api_request_approval()
        self.refused(
            "own_order", self.as_(self.kofi, order)._api_approve, kind=Forbidden
        )
        self.as_(self.ama, order)._api_approve()
        self.assertEqual(self.sa_lom.sa_manager, self.m_ama)
        own = self.order(maker=self.ama)
        self.as_(self.ama, own)._api_request_approval()
        self.as_(self.ama, own)._api_approve()
        self.assertEqual(own.approval_state, "approved")

    def test_agent_here_staff_above(self):
        """Nobody who is an agent of the SA approves its orders, whatever else they are."""
        self.enroll(self.sa_togo, self.afi, "staff", scope_policy="sa_tree")
        order = self.order()
        self.as_(self.jean, order)._api_request_approval()
        self.refused(
            "role_required", self.as_(self.afi, order)._api_approve, kind=Forbidden
        )

    def test_maker_cannot_be_forged(self):
        with self.assertRaises(BusinessError):
            self.order(maker=self.kofi).x_maker_id = self.jean
        forged = self.quotation(
            self.marie, [(self.installation, 1)], x_maker_id=self.jean.id
        )
        self.assertFalse(forged.x_maker_id)

    def test_history_cannot_be_forged(self):
        seller = new_test_user(
            self.env,
            "seller",
            "sales_team.group_sale_salesman_all_leads,abs_connector.group_manager",
            company_id=self.togo.id,
            company_ids=[(6, 0, self.togo.ids)],
        )
        order = self.order().with_user(seller)
        order = order.with_context(allowed_company_ids=self.togo.ids)
        row = {"order_id": order.id, "kind": "approve", "currency_id": 1}
        with self.assertRaises(AccessError):
            order.env["abs.order.approval"].create(row)
        with self.assertRaises(AccessError):
            order.write({"x_approval_ids": [(0, 0, row)]})
        order.write({"x_approval_decision": "approved"})
        self.refused("approval_required", order.action_confirm)

    # -- what voids it ---------------------------------------------------------------

    def approved(self):
        order = self.order()
        self.as_(self.jean, order)._api_request_approval()
        self.as_(self.kofi, order)._api_approve()
        return order

    def test_changes_void_the_approval(self):
        """One row per change; header fields that cost nothing leave it alone."""
        cable = {"product_id": self.cable.id, "product_uom_qty": 1}
        for name, change, voids in (
            ("price", lambda o: o.order_line.write({"price_unit": 1001}), True),
            ("cheaper", lambda o: o.order_line.write({"price_unit": 999}), True),
            ("quantity", lambda o: o.order_line.write({"product_uom_qty": 2}), True),
            ("discount", lambda o: o.order_line.write({"discount": 5}), True),
            ("new line", lambda o: o.write({"order_line": [(0, 0, cable)]}), True),
            ("customer", lambda o: o.write({"partner_id": self.paul.id}), True),
            ("reference", lambda o: o.write({"client_order_ref": "X"}), False),
            ("same price", lambda o: o.order_line.write({"price_unit": 1000}), False),
        ):
            order = self.approved()
            change(order)
            expected = "required" if voids else "approved"
            self.assertEqual(order.approval_state, expected, name)
            if voids:
                self.assertEqual(order.x_approval_ids[0].kind, "void", name)
                self.refused("approval_required", order.action_confirm)
            else:
                order.action_confirm()
                self.assertEqual(order.state, "sale", name)

    def test_removed_line_voids(self):
        order = self.order(2000)
        order.order_line = [(0, 0, {"product_id": self.cable.id, "product_uom_qty": 1})]
        self.as_(self.jean, order)._api_request_approval()
        self.as_(self.kofi, order)._api_approve()
        order.order_line.filtered(lambda x: x.product_id == self.cable).unlink()
        self.assertEqual(order.approval_state, "required")

    def test_change_while_pending_withdraws_the_request(self):
        order = self.order()
        self.as_(self.jean, order)._api_request_approval()
        order.order_line.price_unit = 9000
        self.refused("approval_not_pending", self.as_(self.kofi, order)._api_approve)

    def test_rejected_is_revised(self):
        order = self.order()
        self.as_(self.jean, order)._api_request_approval()
        self.refused("reason_required", self.as_(self.kofi, order)._api_reject, " ")
        self.as_(self.kofi, order)._api_reject("Too dear")
        self.assertEqual(order.approval_state, "rejected")
        self.assertEqual(order.x_rejection_reason, "Too dear")
        self.refused("approval_required", order.action_confirm)
        order.order_line.price_unit = 500
        self.assertFalse(order.x_rejection_reason)
        self.assertEqual(order.approval_state, "not_required")
        order.action_confirm()

    def test_maker_confirms_at_once_after_the_approval(self):
        order = self.approved()
        self.as_(self.jean, order)._api_confirm()
        self.assertEqual((order.state, order.approval_state), ("sale", "approved"))
        self.refused("already_confirmed", order.action_confirm, kind=Conflict)

    def test_switched_off(self):
        order = self.order()
        self.togo.x_sale_approval = False
        self.refused(
            "approval_disabled", self.as_(self.jean, order)._api_request_approval
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_cancelled_and_reopened_starts_anew(self):
        order = self.approved()
        order._api_cancel()
        order.action_draft()
        self.assertEqual(order.approval_state, "required")

    def test_search(self):
        free, needed, waiting = self.order(1), self.order(), self.order()
        self.as_(self.jean, waiting)._api_request_approval()
        mine = free + needed + waiting + self.approved()
        for state, expected in (
            ("not_required", free),
            ("required", needed),
            ("pending", waiting),
            ("approved", mine[3]),
        ):
            found = self.env["sale.order"].search(
                [("approval_state", "=", state), ("id", "in", mine.ids)]
            )
            self.assertEqual(found, expected, state)
        # a request whose reason is gone waits for nobody
        self.togo.x_sale_approval_amount = 1e9
        self.sa_lom.approval_threshold = 0
        for operator, expected in (("=", mine - mine[3]), ("!=", mine[3])):
            found = self.env["sale.order"].search(
                [("approval_state", operator, "not_required"), ("id", "in", mine.ids)]
            )
            self.assertEqual(found, expected, operator)
        waits = [("approval_state", "in", ["pending", "required"])]
        self.assertFalse(self.env["sale.order"].search(waits) & mine)
