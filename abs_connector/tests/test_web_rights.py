"""What plain Odoo users and readers meet in the web client (docs/contract.md 7)."""

from odoo import Command, release

from .common import AbsCommon


class TestWebRights(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.sell(cls.marie, cls.togo)

    @classmethod
    def sell(cls, partner, company):
        line = {"product_id": cls.cable.id, "product_uom_qty": 2}
        return (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "order_line": [Command.create(line)],
                }
            )
        )

    def test_an_accountant_gets_the_order_form_without_the_approvals(self):
        # They may read orders, not approvals: the form asked for both, and broke.
        user = self.make_user("web-acc", "account.group_account_invoice")
        arch = self.env["sale.order"].with_user(user).get_view(view_type="form")["arch"]
        self.assertNotIn("x_approval_ids", arch)
        user = self.make_user("web-sale", "sales_team.group_sale_salesman")
        arch = self.env["sale.order"].with_user(user).get_view(view_type="form")["arch"]
        self.assertIn("x_approval_ids", arch)

    def test_a_salesperson_gets_the_delivery_form_without_the_repairs(self):
        user = self.make_user("web-sale", "sales_team.group_sale_salesman")
        pickings = self.env["stock.picking"].with_user(user)
        self.assertNotIn('"repair_ids"', pickings.get_view(view_type="form")["arch"])

    def test_sellers_and_accountants_read_the_serials_of_a_delivery(self):
        self.receive(self.kit, ["WEB-1"])
        order = self.quotation(self.marie, [(self.kit, 1)])
        order.action_confirm()
        self.deliver(order.picking_ids, ["WEB-1"])
        for group in (
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
        ):
            user = self.make_user(group, group)
            line = order.picking_ids.move_line_ids.with_user(user).with_context(
                allowed_company_ids=self.togo.ids
            )
            line.invalidate_recordset()
            line.lot_id.invalidate_recordset()
            self.assertEqual(line.lot_id.name, "WEB-1")

    def test_a_plain_user_gets_the_subscription_form_without_the_units(self):
        forms = self.env["abs.subscription"]
        user = self.make_user("web-plain")
        arch = forms.with_user(user).get_view(view_type="form")["arch"]
        self.assertNotIn("asset_", arch)
        user = self.make_user("web-abs", "abs_connector.group_user")
        arch = forms.with_user(user).get_view(view_type="form")["arch"]
        self.assertIn("asset_ids", arch)

    def test_history_is_named_without_right_to_the_document(self):
        user = self.make_user("web-abs", "abs_connector.group_user")
        rows = self.env["ov.sa_sale_order_assignment"].search(
            [("order_id", "=", self.order.id)]
        )
        self.assertTrue(rows)
        rows.invalidate_recordset()
        name = rows[0].with_user(user).display_name
        self.assertIn(self.order.name, name)
        # an admin's employee is of the head office, out of this user's companies
        admins = self.env["ov.membership"].search(
            [("account_id", "=", self.sa_global.id)]
        )
        admins.invalidate_recordset()
        for member in admins.with_user(user):
            self.assertIn(member.sudo().employee_id.name, member.display_name)

    def test_customer_and_order_count_their_units(self):
        asset = self.env["ov.asset"].create(
            {
                "name": "Kit",
                "product_id": self.kit.id,
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
            }
        )
        self.marie.invalidate_recordset(["x_asset_count"])
        self.assertEqual(self.marie.x_asset_count, 1)
        domain = self.marie.action_assets()["domain"]
        self.assertEqual(self.env["ov.asset"].search(domain), asset)
        event = self.env["ov.asset.event"].new({"asset_id": asset.id, "kind": "moved"})
        self.assertEqual(event.display_name, f"{asset.display_name}: Moved")
        # who may not see units sees none, and no error
        user = self.make_user("web-sale", "sales_team.group_sale_salesman")
        self.assertEqual(self.order.with_user(user).x_asset_count, 0)

    def test_amounts_of_two_currencies_are_never_added(self):
        orders = self.order | self.sell(self.zawadi, self.kenya)
        self.assertNotEqual(*orders.mapped("currency_id.name"))
        for order in orders:
            order.write({"state": "sale"})
        self.env.flush_all()
        report = self.env["abs.sa.report"]
        domain = [("order_id", "in", orders.ids)]
        ((total,),) = report._read_group(domain, [], ["order_total:sum"])
        self.assertFalse(total)
        rows = report._read_group(domain, ["currency_id"], ["order_total:sum"])
        self.assertEqual(len(rows), 2)
        for currency, amount in rows:
            order = orders.filtered(lambda o, c=currency: o.currency_id == c)
            self.assertAlmostEqual(amount, order.amount_total, 2)

    def test_counts_are_no_second_currency(self):
        if release.version_info[0] < 19:
            self.skipTest("Odoo 18 shows pivots without currencies")
        report = self.env["abs.sa.report"]
        ((known,),) = report._read_group([], [], ["currency_id:array_agg_distinct"])
        self.assertTrue(all(known))
        domain = [("new_customers", ">", 0)]
        ((none,),) = report._read_group(domain, [], ["currency_id:array_agg_distinct"])
        self.assertFalse(none)
