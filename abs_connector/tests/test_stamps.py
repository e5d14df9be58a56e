"""Stamps: inheritance, reassignment, and what the end of a membership does (docs/contract.md 2)."""

from datetime import timedelta

from odoo import fields
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..exceptions import BusinessError
from .common import AbsCommon


class TestStamps(AbsCommon):
    def history(self, record):
        """Return the assignment rows of a record, oldest first."""
        model = self.env[record._sa_assignment_model]
        return model.search([(model._sa_subject, "=", record.id)], order="id")

    def test_the_whole_sale_inherits(self):
        self.receive(self.kit, ["GV-1", "GV-2"])
        order = self.quotation(self.marie, [(self.kit, 2), (self.installation, 1)])
        order.action_confirm()
        first = order.picking_ids
        self.deliver(first, ["GV-1"])
        backorder = order.picking_ids - first
        invoices = order.invoice_ids or order._create_invoices()
        invoices.filtered(lambda m: m.state == "draft").action_post()
        payment = self.pay(invoices[0])
        credit = invoices[0]._reverse_moves([{"ref": "back"}])
        wizard = self.env["stock.return.picking"].with_context(
            active_id=first.id, active_model="stock.picking"
        )
        wizard = wizard.create({"picking_id": first.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        lot = self.env["stock.lot"].search([("name", "=", "GV-1")])
        for record in (order, first, backorder, *invoices, payment, credit, back, lot):
            self.assertTrue(record)
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
            self.assertEqual(record.x_actor_id, self.jean.partner_id, record)
            if record._sa_assignment_model:
                rows = self.history(record)
                self.assertEqual(rows.mapped("state"), ["active"], record)
                self.assertEqual(rows.account_id, self.sa_lom)
        asset = self.env["ov.asset"].search([("order_id", "=", order.id)])
        self.assertEqual(asset.x_sa_id, self.sa_lom)

    def test_line_added_after_confirmation(self):
        order = self.quotation(self.marie, [(self.kit, 1)])
        order.action_confirm()
        order.write(
            {
                "order_line": [
                    (0, 0, {"product_id": self.cable.id, "product_uom_qty": 1})
                ]
            }
        )
        self.assertEqual(order.picking_ids.x_sa_id, self.sa_lom)

    def test_pick_and_ship(self):
        self.wh_togo.delivery_steps = "pick_ship"
        self.receive(self.cable, 5)
        order = self.quotation(self.marie, [(self.cable, 2)])
        order.action_confirm()
        self.deliver(order.picking_ids)
        for picking in order.picking_ids:
            self.assertEqual(picking.x_sa_id, self.sa_lom, picking.name)
        self.assertEqual(len(order.picking_ids), 2)

    def test_address_of_a_customer(self):
        vals = {"name": "Depot", "parent_id": self.marie.id, "type": "delivery"}
        address = self.env["res.partner"].create(vals)
        self.assertEqual(address.x_sa_id, self.sa_lom)

    def test_recurring_style_invoice_takes_the_customer_s_account(self):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
                "invoice_line_ids": [(0, 0, {"product_id": self.cable.id})],
            }
        )
        self.assertEqual(invoice.x_sa_id, self.sa_lom)
        entry = self.env["account.move"].create(
            {"move_type": "entry", "company_id": self.togo.id}
        )
        self.assertFalse(entry.x_sa_id)

    def test_never_past_the_assignment(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        for vals in ({"x_sa_id": self.sa_kar.id}, {"x_actor_id": False}):
            with self.assertRaises(BusinessError) as caught:
                order.write(vals)
            self.assertEqual(caught.exception.code, "governed_field")
        copy = order.copy({"x_sa_id": self.sa_lom.id})
        self.assertEqual(self.history(copy).mapped("state"), ["active"])

    def test_one_active_row_in_the_database(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        row = self.history(order)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                row.copy()

    def test_reassigning_an_order_takes_the_open_ones_along(self):
        self.receive(self.kit, ["GV-3", "GV-4"])
        order = self.quotation(self.marie, [(self.kit, 2), (self.installation, 2)])
        order.action_confirm()
        done = order.picking_ids
        self.deliver(done, ["GV-3"])
        waiting = order.picking_ids - done
        invoices = order.invoice_ids or order._create_invoices()
        invoices.filtered(lambda m: m.state == "draft").action_post()
        paid = invoices[0]
        payment = self.pay(paid)
        unpaid = order.invoice_ids - paid
        asset = self.env["ov.asset"].search([("order_id", "=", order.id)])
        edem = self.edem.partner_id
        order._sa_assign(self.sa_kar, edem, reason="moved house")
        for record in (order, waiting, *unpaid, asset):
            self.assertEqual(record.x_sa_id, self.sa_kar, record)
            self.assertEqual(record.x_actor_id, edem, record)
        for record in (done, paid, payment):
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
        rows = self.history(order)
        self.assertEqual(rows.mapped("state"), ["transferred", "active"])
        self.assertTrue(rows[0].date_to)
        self.assertEqual(rows[1].reason, "moved house")

    def test_assigning_the_same_changes_nothing(self):
        before = self.history(self.marie)
        self.marie._sa_assign(self.sa_lom, self.jean.partner_id)
        self.assertEqual(self.history(self.marie), before)

    def test_end_of_a_membership(self):
        order = self.quotation(self.marie, [(self.installation, 1)])
        order.action_confirm()
        invoices = order.invoice_ids or order._create_invoices()
        invoices.filtered(lambda m: m.state == "draft").action_post()
        payment = self.pay(invoices[0])
        message = self.m_jean.action_revoke()["params"]["message"]
        self.assertEqual(self.m_jean.released_count, 2)  # Marie and her order
        self.assertIn("2", message)
        self.assertFalse(self.marie.x_actor_id)
        self.assertFalse(order.x_actor_id)
        self.assertEqual(order.x_sa_id, self.sa_lom)
        self.assertEqual(payment.x_actor_id, self.jean.partner_id)
        self.assertEqual(self.m_jean.date_to, fields.Date.today())
        with self.assertRaises(BusinessError):
            self.m_jean.action_activate()
        again = self.enroll(self.sa_lom, self.jean, "agent")
        self.assertEqual(again.state, "active")

    def test_expired_memberships_end_by_cron(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        self.m_jean.write({"date_from": False, "date_to": yesterday})
        self.assertFalse(self.env["ov.membership"]._effective(employee=self.jean))
        self.env["ov.membership"]._cron_end_expired()
        self.assertEqual(self.m_jean.state, "revoked")
        self.assertEqual(self.m_jean.date_to, yesterday)
        self.assertFalse(self.marie.x_actor_id)

    def test_one_that_cannot_end_stops_no_other(self):
        order = self.quotation(self.marie, [(self.cable, 1)])
        self.env.flush_all()
        self.env.cr.execute(  # spoilt data: Jean's order in another company
            "UPDATE sale_order SET company_id = %s WHERE id = %s",
            [self.kenya.id, order.id],
        )
        self.env.invalidate_all()
        yesterday = fields.Date.today() - timedelta(days=1)
        ending = self.m_jean + self.m_afi
        ending.write({"date_from": False, "date_to": yesterday})
        with mute_logger("odoo.addons.abs_connector.models.organisation.ov_membership"):
            self.env["ov.membership"]._cron_end_expired()
        self.assertEqual(ending.mapped("state"), ["active", "revoked"])

    def test_effective(self):
        members = self.env["ov.membership"]
        self.assertTrue(members._effective(employee=self.jean))
        self.m_jean.action_suspend()
        self.assertFalse(members._effective(employee=self.jean))
        self.m_jean.action_activate()
        self.sa_lom.action_suspend()
        self.assertFalse(members._effective(employee=self.jean))
        self.sa_lom.action_activate()
        self.jean.active = False
        self.assertFalse(members._effective(employee=self.jean))

    def test_deactivation_ends_tokens(self):
        before = self.jean.token_version
        self.jean.active = False
        self.assertGreater(self.jean.token_version, before)


class TestSourcesByName(AbsCommon):
    """Each source that a governed model declares is a field that leads somewhere."""

    def test_every_declared_path_ends_at_a_governed_model(self):
        for name in self.env["abs.stamp.mixin"]._sa_governed_models():
            model = self.env[name]
            cascades = model._sa_cascade_fields or ()
            for path in (*model._sa_source_fields, *cascades):
                # stated for Odoo's own payment module, which may be absent
                if path.startswith("payment_transaction_id"):
                    continue
                end = model._sa_path_model(path)
                self.assertTrue(end, f"{name}: {path} names no field")
                self.assertIn("x_sa_id", self.env[end]._fields, f"{name}: {path}")

    def test_work_on_a_ticket_belongs_to_its_account(self):
        order = self.quotation(self.marie, [(self.kit, 1)])
        self.receive(self.kit, ["SRC-1"])
        order.action_confirm()
        self.deliver(order.picking_ids, ["SRC-1"])
        asset = self.env["ov.asset"].search([("order_id", "=", order.id)])
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Broken",
                "description": "It is",
                "company_id": self.togo.id,
                "x_asset_id": asset.id,
            }
        )
        repair = self.env["repair.order"].create(
            {
                "product_id": self.kit.id,
                "company_id": self.togo.id,
                "picking_type_id": self.wh_togo.repair_type_id.id,
                "x_ticket_id": ticket.id,
            }
        )
        team = self.env["maintenance.team"].create(
            {"name": "T", "company_id": self.togo.id}
        )
        request = self.env["maintenance.request"].create(
            {
                "name": "Check",
                "company_id": self.togo.id,
                "maintenance_team_id": team.id,
                "x_asset_id": asset.id,
            }
        )
        for record in (asset, ticket, repair, request):
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
            self.assertEqual(record.x_actor_id, self.jean.partner_id, record)
