"""The audit finds nothing after real work, and finds each thing that is broken."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .common import AbsCommon


class TestAudit(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["AU-1", "AU-2"])
        cls.order = cls.quotation(cls.marie, [(cls.kit, 2), (cls.installation, 1)])
        cls.order.action_confirm()
        cls.delivery = cls.order.picking_ids
        cls.deliver(cls.delivery, ["AU-1"])
        draft = cls.order.invoice_ids.filtered(lambda m: m.state == "draft")
        for invoice in draft or cls.order._create_invoices():
            invoice.action_post()
        cls.invoice = cls.order.invoice_ids[0]
        cls.payment = cls.pay(cls.invoice, 20)
        cls.env.flush_all()

    def found(self):
        """Return the violations that a fresh install does not have."""
        return self.env["abs.audit"].run()

    def breaks(self, check, query, *args):
        """Break one thing in SQL: that check must name it."""
        self.env.flush_all()
        self.env.cr.execute(query, args)
        self.env.invalidate_all(flush=False)
        names = {row["check"] for row in self.found()}
        self.assertIn(check, names)

    def test_clean(self):
        back = self.invoice._reverse_moves([{"ref": "x"}], cancel=False)
        back.action_post()
        self.order._sa_assign(self.sa_lom_a, self.afi.partner_id)
        self.m_jean.write({"state": "revoked"})
        self.assertEqual(self.found(), [])

    def test_mirror(self):
        self.breaks(
            "assignment_mirror",
            "UPDATE sale_order SET x_sa_id = %s WHERE id = %s",
            self.sa_kar.id,
            self.order.id,
        )

    def test_lost_row(self):
        self.breaks(
            "assignment_mirror",
            "DELETE FROM ov_sa_invoice_assignment WHERE move_id = %s",
            self.invoice.id,
        )

    def test_unstamped_child(self):
        self.breaks(
            "inherited_stamp",
            "UPDATE stock_picking SET x_sa_id = NULL, x_actor_id = NULL WHERE id = %s",
            self.delivery.id,
        )

    def test_stray_child(self):
        child = self.order.picking_ids - self.delivery
        self.assertTrue(child)
        child._sa_record(self.sa_kar, self.edem.partner_id, "inherit:sale.order")
        checks = {(r["check"], r["res_id"]) for r in self.found()}
        self.assertIn(("children_account", child.id), checks)
        child._sa_record(self.sa_kar, self.yao.partner_id, "web")
        checks = {(r["check"], r["res_id"]) for r in self.found()}
        self.assertNotIn(("children_account", child.id), checks)

    def test_company(self):
        self.breaks(
            "company_of_account",
            "UPDATE sale_order SET x_sa_id = %s WHERE id = %s",
            self.sa_nbo.id,
            self.order.id,
        )

    def test_invoice_total(self):
        self.breaks(
            "invoice_totals",
            "UPDATE account_move SET amount_total_signed = 1 WHERE id = %s",
            self.invoice.id,
        )

    def test_payment_state(self):
        self.breaks(
            "payment_state",
            "UPDATE account_move SET payment_state = 'paid' WHERE id = %s",
            self.invoice.id,
        )

    def test_reconciliation(self):
        self.breaks(
            "reconciliation",
            "UPDATE account_partial_reconcile SET amount = amount - 5 WHERE id IN "
            "(SELECT max(id) FROM account_partial_reconcile)",
        )

    def test_serial_twice(self):
        lot = self.env["stock.lot"].search(
            [("name", "=", "AU-2"), ("product_id", "=", self.kit.id)]
        )
        self.env.flush_all()
        self.breaks(
            "serial_places",
            "UPDATE stock_quant SET quantity = 2 WHERE lot_id = %s AND quantity > 0",
            lot.id,
        )

    def test_negative(self):
        self.breaks(
            "negative_stock",
            "UPDATE stock_quant SET quantity = -1 WHERE id IN (SELECT q.id FROM "
            "stock_quant q JOIN stock_location l ON l.id = q.location_id WHERE "
            "q.product_id = %s AND l.usage = 'internal')",
            self.kit.id,
        )

    def test_a_split_quant_is_no_loss(self):
        """Odoo keeps -1 beside +1 of one serial until it merges its quants."""
        before = self.found()
        lot = self.env["stock.lot"].search([("name", "=", "AU-2")])
        quant = lot.quant_ids.filtered(lambda q: q.location_id.usage == "internal")
        self.split(quant, quant.location_id)
        self.assertEqual(self.found(), before)

    def test_less_than_nothing_in_one_place_is(self):
        lot = self.env["stock.lot"].search([("name", "=", "AU-2")])
        quant = lot.quant_ids.filtered(lambda q: q.location_id.usage == "internal")
        self.split(quant, self.wh_togo.lot_stock_id.copy())
        self.assertIn("negative_stock", {row["check"] for row in self.found()})

    def split(self, quant, place):
        """Make 2 of a quant of 1, and put -1 into a place."""
        quant.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO stock_quant (product_id, location_id, lot_id, company_id,"
            " quantity, reserved_quantity, in_date)"
            " SELECT product_id, %s, lot_id, company_id, -1, 0, in_date"
            " FROM stock_quant WHERE id = %s",
            [place.id, quant.id],
        )
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = 2 WHERE id = %s", [quant.id]
        )
        self.env.invalidate_all(flush=False)

    def test_manager(self):
        self.breaks(
            "sa_manager",
            "UPDATE ov_serviced_account SET sa_manager = NULL WHERE id = %s",
            self.sa_lom.id,
        )

    def test_reads_all_companies_so_only_their_administrator_runs_it(self):
        groups = "abs_connector.group_administrator"
        one = new_test_user(self.env, "audit.one", groups, company_id=self.togo.id)
        with self.assertRaises(AccessError):
            self.env["abs.audit"].with_user(one).run()
        both = new_test_user(self.env, "audit.all", f"{groups},base.group_system")
        self.assertEqual(self.env["abs.audit"].with_user(both).run(), [])

    def test_queries_do_not_grow(self):
        audit = self.env["abs.audit"]
        audit.run()
        before = self.env.cr.sql_log_count
        audit.run()
        few = self.env.cr.sql_log_count - before
        for number in range(5):
            order = self.quotation(self.marie, [(self.installation, 1)])
            order.client_order_ref = str(number)
            order.action_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        audit.run()
        before = self.env.cr.sql_log_count
        audit.run()
        self.assertLessEqual(self.env.cr.sql_log_count - before, few + 2)
