"""No answer tells names, sums, phones or mails that are out of the caller's scope: what
is nested in a record that the caller sees (docs/contract.md 1.9)."""

from odoo.tests import tagged

from ..scope import Grant, Scope
from .assets_common import LifeBuilders
from .people_common import People

PAPERS = ("out_invoice", "out_refund", "customer")


@tagged("post_install", "-at_install")
class TestNestedScope(LifeBuilders, People):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nobody = cls.env["res.partner"]
        cls.receive(cls.kit, [f"NS-{n}" for n in range(4)])

    def give(self, records, account, employee=None):
        """Give records alone to another SA."""
        actor = employee.partner_id if employee else self.nobody
        records._sa_assign(account, actor, cascade=False)

    def sold(self, partner, serial="NS-1"):
        order = self.sell(partner, [serial])
        order.invoice_ids.filtered(lambda m: m.state == "draft").action_post()
        return order

    # -- people ----------------------------------------------------------------------

    def test_offices_of_other_companies(self):
        """Neither their people, with or without a user or rank, nor their addresses."""
        depot = self.env["res.partner"].create(
            {"name": "Depot", "phone": "+254 1", "parent_id": self.kenya.partner_id.id}
        )
        colleague = self.make_user("of-kenya")
        colleague.write({"company_ids": self.kenya.ids, "company_id": self.kenya.id})
        ranked = self.otieno.partner_id
        ranked.customer_rank = 1
        hidden = self.wanjiru.partner_id + self.kenya.partner_id + depot + ranked
        hidden += colleague.partner_id
        key = self.api_key(can_write=True, company_id=self.togo.id)
        whole = self.api_key()
        for partner in hidden:
            with self.subTest(partner.name):
                path = self.path(partner)
                self.refused(404, "not_found", "GET", path, key=key)
                self.refused(404, "not_found", "PUT", path, {"city": "x"}, key=key)
                self.refused(404, "not_found", "GET", path, who=self.ama)
                self.refused(404, "not_found", "GET", f"{path}/assignments", key=key)
                self.ok("GET", path, key=whole)
        rows = self.ok("GET", "/api/contacts?limit=100", key=key)["items"]
        self.assertFalse(hidden.filtered(lambda p: p.id in [r["id"] for r in rows]))
        for partner in (self.plain, self.vendor, self.marie, self.paul):
            self.ok("GET", self.path(partner), key=key)
        rooted = self.make_customer("Of The Root", self.sa_global)
        for partner in (self.ama.partner_id, self.togo.partner_id, rooted):
            self.ok("GET", self.path(partner), key=key)
        self.refused(404, "not_found", "GET", self.path(self.zawadi), key=key)

    def test_the_history_of_who_was_in_charge(self):
        self.give(self.paul, self.sa_lom, self.jean)
        path = self.path(self.paul, "/assignments")
        now, before = self.ok("GET", path, who=self.ama)["items"]
        self.assertEqual(now["sa"]["id"], self.sa_lom.id)
        self.assertEqual(now["actor"]["id"], self.jean.partner_id.id)
        for name in ("sa", "actor", "assigned_by", "reason"):
            self.assertIsNone(before[name])
        self.assertEqual(before["state"], "transferred")
        for caller in ({"who": self.admin}, {"key": self.api_key()}):
            before = self.ok("GET", path, **caller)["items"][1]
            self.assertEqual(before["actor"]["id"], self.edem.partner_id.id)
        self.enroll(self.sa_togo, self.yao, "staff", scope_policy="sa_tree")
        before = self.ok("GET", path, who=self.yao)["items"][1]
        self.assertEqual(before["sa"]["id"], self.sa_kar.id)

    def test_who_had_a_unit_before(self):
        self.sold(self.marie)
        asset = self.asset_of("NS-1")
        event = self.env["ov.asset.event"].create(
            {"asset_id": asset.id, "kind": "note", "partner_id": self.paul.id}
        )
        own = self.ok("GET", f"/api/assets/{asset.id}", who=self.jean)["asset"]
        rows = {row["id"]: row["partner"] for row in own["history"]}
        self.assertIsNone(rows.pop(event.id))
        self.assertIn(self.marie.id, [p["id"] for p in rows.values() if p])
        lot = self.ok("GET", "/api/relationships/serials/NS-1", who=self.ama)
        self.assertNotIn(self.paul.name, str(lot))
        own = self.ok("GET", f"/api/assets/{asset.id}", who=self.admin)["asset"]
        self.assertIn(self.paul.name, str(own["history"]))

    # -- sums ------------------------------------------------------------------------

    def test_what_a_contact_owes(self):
        """Invoices, credit and payments of other SAs and actors are not in the sum."""
        self.sale(self.marie, self.sa_lom, self.jean.partner_id)
        path = self.path(self.marie)

        def credit(**caller):
            row = self.ok("GET", path, **caller)["contact"]
            listed = self.ok("GET", "/api/contacts?q=Marie", **caller)["items"]
            self.assertEqual([r["credit"] for r in listed], [row["credit"]])
            return row["credit"]

        self.assertEqual(credit(who=self.jean), 59)
        theirs = self.sale(self.marie, self.sa_kar, self.edem.partner_id)
        hers = self.sale(self.marie, self.sa_lom, self.afi.partner_id)
        self.assertEqual(credit(who=self.jean), 59)
        self.assertEqual(credit(who=self.ama), 118)
        self.assertEqual(credit(who=self.admin), 177)
        self.assertEqual(credit(key=self.api_key()), 177)
        self.pay(theirs.invoice_ids, 50)
        self.pay(hers.invoice_ids, 20)
        self.assertEqual(credit(who=self.jean), 59)
        self.assertEqual(credit(who=self.ama), 98)
        self.assertEqual(credit(who=self.admin), 107)
        advance = self.env["account.payment"].create(
            {
                "partner_id": self.marie.id,
                "partner_type": "customer",
                "payment_type": "inbound",
                "amount": 7,
                "company_id": self.togo.id,
                "journal_id": self.journal(self.togo, "cash").id,
            }
        )
        advance.action_post()
        self.assertEqual(advance.x_sa_id, self.sa_lom)
        self.assertEqual(credit(who=self.ama), 91)
        self.give(advance, self.sa_kar)
        self.assertEqual(credit(who=self.ama), 98)
        self.assertEqual(credit(who=self.admin), 100)

    def test_the_map_of_a_subscription(self):
        self.marie.phone = "+228 90 11 22 33"
        order = self.sold(self.marie)
        plan = self.env["abs.subscription.plan"].create({"name": "NS", "code": "NS"})
        sub = self.env["abs.subscription"].create(
            {
                "partner_id": self.marie.id,
                "plan_id": plan.id,
                "order_id": order.id,
                "company_id": self.togo.id,
                "product_id": self.warranty.id,
                "x_sa_id": self.sa_lom.id,
                "x_actor_id": self.afi.partner_id.id,
            }
        )
        asset = self.asset_of("NS-1")
        asset.subscription_id = sub
        repair = self.env["repair.order"].create(
            {
                "partner_id": self.marie.id,
                "product_id": self.kit.id,
                "lot_id": asset.lot_id.id,
                "company_id": self.togo.id,
                "picking_type_id": self.env["repair.order"]
                ._abs_repair_type(self.togo)
                .id,
                "x_subscription_id": sub.id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE repair_order SET state = 'done', x_parts_cost = 12 WHERE id = %s",
            [repair.id],
        )
        self.env.invalidate_all()
        path = f"/api/relationships/subscriptions/{sub.code}"
        whole = self.ok("GET", path, who=self.ama)
        self.assertEqual(whole["customer"]["phone"], "+228 90 11 22 33")
        self.assertEqual(whole["repair_cost"], 12)
        part = self.ok("GET", path, who=self.afi)
        self.assertEqual(part["customer"]["name"], self.marie.name)
        self.assertIsNone(part["customer"]["phone"])
        self.assertIsNone(part["customer"]["email"])
        self.assertIsNone(part["subscription"]["order"])
        self.give(repair, self.sa_kar)
        self.assertEqual(self.ok("GET", path, who=self.ama)["repair_cost"], 0)

    def test_papers_of_others_in_papers_of_mine(self):
        """Each in turn goes to another SA: nested in what stays, it is gone."""
        order = self.sold(self.marie)
        invoice, delivery = order.invoice_ids, order.picking_ids
        payment = self.pay(invoice, 10)
        asset = self.asset_of("NS-1")
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Broken",
                "description": "x",
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
                "x_asset_id": asset.id,
                "x_order_id": order.id,
            }
        )
        request = self.env["payment.request"].create(
            {
                "partner_id": self.marie.id,
                "order_id": order.id,
                "invoice_id": invoice.id,
                "amount": 5,
                "company_id": self.togo.id,
                "currency_id": self.togo.currency_id.id,
            }
        )
        self.assertEqual(request.x_sa_id, self.sa_lom)
        nested = [
            (f"/api/orders/{order.id}", "order", "invoices", invoice),
            (f"/api/orders/{order.id}", "order", "pickings", delivery),
            (f"/api/payments/{payment.id}", "payment", "invoices", invoice),
            (f"/api/tickets/{ticket.id}", "ticket", "asset", asset),
            (f"/api/tickets/{ticket.id}", "ticket", "order", order),
            (f"/api/assets/{asset.id}", "asset", "order", order),
            (f"/api/stock/deliveries/{delivery.id}", "delivery", "sale_order", order),
            (f"/api/stock/deliveries/{delivery.id}", "delivery", "origin", order),
            (f"/api/payment-requests/{request.id}", "payment_request", "order", order),
            (
                f"/api/payment-requests/{request.id}",
                "payment_request",
                "invoice",
                invoice,
            ),
        ]
        for path, noun, name, record in nested:
            with self.subTest(f"{path} {name}"):
                self.assertTrue(self.ok("GET", path, who=self.ama)[noun][name])
                account, actor = record.x_sa_id, record.x_actor_id
                self.give(record, self.sa_kar, self.edem)
                self.assertFalse(self.ok("GET", path, who=self.ama)[noun][name])
                self.assertTrue(self.ok("GET", path, who=self.admin)[noun][name])
                record._sa_assign(account, actor, cascade=False)
                self.assertTrue(self.ok("GET", path, who=self.ama)[noun][name])
        self.give(invoice, self.sa_lom, self.afi)
        mine = self.ok("GET", f"/api/orders/{order.id}", who=self.jean)["order"]
        self.assertFalse(mine["invoices"])
        own = self.ok("GET", "/api/customer/orders", who=self.marie)["items"]
        self.assertTrue(own[0]["invoices"], "the customer's own, whoever is in charge")

    def test_the_customer_sees_no_paper_of_another_one(self):
        order = self.sale(self.marie, self.sa_lom)
        other = self.env["account.move"].with_company(self.togo)
        other = other.create({"move_type": "out_invoice", "partner_id": self.paul.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET partner_id = %s WHERE id = %s",
            [self.paul.id, order.invoice_ids.id],
        )
        self.env.invalidate_all()
        own = self.ok("GET", "/api/customer/orders", who=self.marie)["items"]
        self.assertFalse(own[0]["invoices"])

    def test_in_memory_as_in_the_database(self):
        """What is left out of an answer is what the caller's list would leave out."""
        self.sold(self.marie, "NS-2")
        self.sold(self.paul, "NS-3")
        self.give(self.env["sale.order"].search([], limit=1), self.sa_lom)
        for name in self.env["abs.stamp.mixin"]._sa_governed_models():
            every = self.env[name].sudo().with_context(active_test=False).search([])
            for scope in self.scopes():
                env = self.api_env(scope=scope)
                model = env[name].sudo().with_context(active_test=False)
                domain = model._abs_scope_domain(scope)
                seen = model.search(domain) & every
                shown = every.with_env(model.env)._abs_shown(strict=True)
                if scope.kind == "customer" and not model._sa_customer_field:
                    continue
                kinds = {"account.move": "move_type", "account.payment": "partner_type"}
                if name in kinds:  # bills and entries are nested nowhere
                    shown = shown.filtered_domain([(kinds[name], "in", PAPERS)])
                if name in ("product.template", "stock.lot"):
                    continue  # of the whole company
                with self.subTest(f"{name} {scope}"):
                    self.assertEqual(set(shown.ids), set(seen.ids))

    def scopes(self):
        lom, jean = (self.sa_lom.id,), self.jean.partner_id.id
        companies = (self.togo.id,)
        for policy in ("sa_wide", "assigned_plus_unassigned", "assigned_only"):
            yield Scope("employee", (Grant(policy, lom, jean),), companies)
        two = (
            Grant("sa_tree", (self.sa_nbo.id,), 0),
            Grant("assigned_only", lom, jean),
        )
        yield Scope("employee", two, (self.togo.id, self.kenya.id))
        yield Scope("system", (), companies)
        yield Scope("admin")
        yield Scope("customer", (), (), self.marie.id)

    # -- refusals --------------------------------------------------------------------

    def test_refusals_name_nobody_beyond_reach(self):
        body = {"name": "Depot", "code": "T-NBO", "parent_id": self.sa_lom.id}
        said = self.refused(
            409, "code_taken", "POST", "/api/service-accounts", body, who=self.ama
        )
        self.assertNotIn(self.sa_nbo.name, str(said))
        body = {"name": "X", "email": self.wanjiru.email, "company_id": self.togo.id}
        said = self.refused(
            409, "identity_taken", "POST", "/api/employees", body, who=self.ama
        )
        self.assertNotIn(self.wanjiru.name, str(said))
        twin = self.make_customer("Twin", self.sa_lom, email=self.zawadi.email)
        self.customer_access(self.zawadi)
        said = self.refused(
            *(400, "identity_taken", "POST", self.path(twin, "/portal-access"), {}),
            who=self.ama,
        )
        self.assertNotIn(self.zawadi.name, str(said))
