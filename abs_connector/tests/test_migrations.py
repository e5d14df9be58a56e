"""Each older state is built in the database and migrated, twice (docs/contract.md 1.16).

Old states are made in SQL: they break the rules of today, which is the point.
"""

import importlib.util
from pathlib import Path

from .. import hooks
from .common import AbsCommon

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def scripts():
    """Return ``(version, name)`` of every script, in the order in which they run."""
    found = sorted(MIGRATIONS.glob("*/post-*.py"))
    return [(path.parent.name, path.stem.removeprefix("post-")) for path in found]


def load(version, name="migrate", phase="post"):
    """Return a script of a version, loaded as Odoo does: by its path."""
    path = MIGRATIONS / version / f"{phase}-{name}.py"
    spec = importlib.util.spec_from_file_location("migration", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestMigrations(AbsCommon):
    def migrate(self, version, name="migrate"):
        """Run a script twice; the second time must change nothing."""
        script = load(version, name)
        self.env.flush_all()
        script.migrate(self.env.cr, "18.0.1.1.1")
        self.env.flush_all()
        first = self.state()
        script.migrate(self.env.cr, "18.0.1.1.1")
        self.env.flush_all()
        self.assertEqual(self.state(), first)
        self.env.invalidate_all()

    def state(self):
        """Return everything that the scripts write, as comparable rows."""
        stamps = self.env["abs.stamp.mixin"]._sa_governed_models()
        queries = [
            "SELECT id, parent_id, company_id, source_company_id, is_global_root, "
            "sa_type, sa_manager, parent_path FROM ov_serviced_account ORDER BY id",
            "SELECT id, role_code, scope_policy, manager_member_id, is_manager, state "
            "FROM ov_membership ORDER BY id",
        ]
        for name in stamps:
            model = self.env[name]
            queries.append(
                f'SELECT id, x_sa_id, x_actor_id FROM "{model._table}" ORDER BY id'
            )
            if model._sa_assignment_model:
                table = self.env[model._sa_assignment_model]._table
                queries.append(
                    f'SELECT id, account_id, actor_id, state FROM "{table}" ORDER BY id'
                )
        result = []
        for query in queries:
            self.env.cr.execute(query)
            result.append(self.env.cr.fetchall())
        return result

    def sql(self, query, *args):
        self.env.flush_all()
        self.env.cr.execute(query, args)
        self.env.invalidate_all(flush=False)

    def sale(self):
        """Return an order that was delivered, invoiced and paid."""
        self.receive(self.kit, ["MG-1"])
        order = self.quotation(self.marie, [(self.kit, 1), (self.installation, 1)])
        order.action_confirm()
        self.deliver(order.picking_ids, ["MG-1"])
        if not order.invoice_ids:
            order._create_invoices()
        order.invoice_ids.filtered(lambda m: m.state == "draft").action_post()
        self.pay(order.invoice_ids[0])
        return order

    def test_112_customers(self):
        """Stamped customers, no assignment table filled."""
        self.sql("DELETE FROM ov_sa_customer_assignment")
        self.migrate("1.1.2")
        row = self.env["ov.sa_customer_assignment"].search(
            [("partner_id", "=", self.marie.id)]
        )
        self.assertEqual(len(row), 1)
        self.assertEqual(row.account_id, self.sa_lom)
        self.assertEqual(row.actor_id, self.jean.partner_id)
        self.assertEqual(row.state, "active")
        self.assertEqual(row.source, "migration")
        self.assertEqual(self.env["abs.audit"].run(), [])

    def test_113_everything_sold(self):
        """Orders and assets stamped (V2), deliveries, invoices, payments not at all."""
        order = self.sale()
        history = [
            self.env[self.env[name]._sa_assignment_model]._table
            for name in load("1.1.3").MODELS
        ]
        for table in history:
            self.sql(f'DELETE FROM "{table}"')
        for table in ("stock_picking", "account_move", "account_payment"):
            self.sql(f"UPDATE {table} SET x_sa_id = NULL, x_actor_id = NULL")
        self.migrate("1.1.3")
        for record in (
            order,
            order.picking_ids,
            *order.invoice_ids,
            *order.invoice_ids.matched_payment_ids,
            self.env["ov.asset"].search([("order_id", "=", order.id)]),
        ):
            self.assertEqual(record.x_sa_id, self.sa_lom, record)
            self.assertEqual(record.x_actor_id, self.jean.partner_id, record)
        self.assertEqual(self.env["abs.audit"].run(), [])

    def test_114_roles(self):
        """'manager' and 'admin' of old, no policies, nobody reports to anybody."""
        self.sql("ALTER TABLE ov_membership ALTER scope_policy DROP NOT NULL")
        self.sql(
            "UPDATE ov_membership SET role_code = 'manager', scope_policy = NULL, "
            "manager_member_id = NULL, is_manager = NULL WHERE role_code = 'staff'"
        )
        self.sql(
            "UPDATE ov_membership SET role_code = 'admin' WHERE id = %s", self.m_yao.id
        )
        self.sql("UPDATE ov_serviced_account SET sa_manager = NULL")
        self.sql(
            "UPDATE ov_serviced_account SET sa_manager = %s WHERE id = %s",
            self.m_kofi.id,
            self.sa_lom.id,
        )
        self.migrate("1.1.4")
        self.assertEqual(self.m_ama.role_code, "staff")
        self.assertEqual(self.m_ama.scope_policy, "sa_wide")
        self.assertEqual(self.sa_lom.sa_manager, self.m_kofi)
        self.assertEqual(self.m_ama.manager_member_id, self.m_kofi)
        self.assertTrue(self.m_kofi.is_manager)
        self.assertFalse(self.m_ama.is_manager)
        self.assertEqual(self.m_yao.role_code, "staff")
        self.assertEqual(self.m_yao.scope_policy, "sa_tree")
        self.assertEqual(self.sa_kar.sa_manager, self.m_yao)
        self.assertEqual(self.m_admin.role_code, "admin")
        self.assertEqual(self.m_jean.role_code, "agent")

    def test_114_staff_without_manager(self):
        """Several staff who report to nobody, from before the constraint."""
        drop = "ALTER TABLE ov_membership DROP CONSTRAINT ov_membership_one_manager"
        self.sql(drop)
        self.sql("UPDATE ov_membership SET manager_member_id = NULL")
        self.migrate("1.1.4")
        self.assertEqual(self.sa_lom.sa_manager, self.m_ama)
        self.assertEqual(self.m_kofi.manager_member_id, self.m_ama)
        self.assertFalse(self.m_ama.manager_member_id)
        self.sql(
            "ALTER TABLE ov_membership ADD CONSTRAINT one_manager EXCLUDE (account_id "
            "WITH =) WHERE (role_code = 'staff' AND manager_member_id IS NULL "
            "AND state <> 'revoked')"
        )

    def without_root(self):
        """Take the global root away: company roots stand alone, as before 1.1.5."""
        self.sql("DELETE FROM ov_membership WHERE account_id = %s", self.sa_global.id)
        self.sql(
            "UPDATE ov_serviced_account SET parent_id = NULL WHERE parent_id = %s",
            self.sa_global.id,
        )
        self.sql("DELETE FROM ov_serviced_account WHERE id = %s", self.sa_global.id)
        self.env["ov.serviced_account"]._parent_store_compute()
        self.env.invalidate_all()

    def test_115_global_root(self):
        self.without_root()
        self.sql(
            "UPDATE ov_serviced_account SET parent_id = NULL WHERE id = %s",
            self.sa_kar.id,
        )
        self.env["ov.serviced_account"]._parent_store_compute()
        self.migrate("1.1.5")
        root = self.env["ov.serviced_account"]._global_root()
        self.assertEqual(root.account_code, "OVGLOBAL-ROOT")
        self.assertEqual(root.name, "OV Global Root SA")
        self.assertFalse(root.company_id)
        self.assertEqual((self.sa_togo + self.sa_kenya).parent_id, root)
        self.assertEqual(self.sa_kar.parent_id, self.sa_togo)
        self.assertEqual(self.sa_lom.parent_path.split("/")[0], str(root.id))

    def test_115_takes_the_account_with_the_code(self):
        self.sql(
            "UPDATE ov_serviced_account SET is_global_root = FALSE WHERE id = %s",
            self.sa_global.id,
        )
        self.migrate("1.1.5")
        root = self.env["ov.serviced_account"]._global_root()
        self.assertEqual(root, self.sa_global)

    def test_115_one_root_of_a_company(self):
        """Of the roots that stand for one company, one stays; the others are seeds."""
        self.without_root()
        self.sql(
            "ALTER TABLE ov_serviced_account "
            "DROP CONSTRAINT ov_serviced_account_one_company_root"
        )
        for number, (company, source) in enumerate(
            ((self.togo.id, None), (self.togo.id, self.togo.id), (None, self.togo.id))
        ):
            self.sql(
                "INSERT INTO ov_serviced_account (name, account_code, sa_type, state, "
                "company_id, source_company_id) VALUES ('Old', %s, 'root', 'active', "
                "%s, %s)",
                f"OLD-{number}",
                company,
                source,
            )
        self.env["ov.serviced_account"]._parent_store_compute()
        self.migrate("1.1.5")
        old = self.env["ov.serviced_account"].search([("name", "=", "Old")])
        self.assertEqual(len(old), 3)
        self.assertEqual(set(old.mapped("sa_type")), {"seed"})
        self.assertEqual((old.company_id, old.parent_id), (self.togo, self.sa_togo))
        self.assertFalse(old.source_company_id)
        self.assertEqual(self.sa_togo.sa_type, "root")
        self.assertEqual(self.sa_togo.source_company_id, self.togo)

    def test_116_detached(self):
        self.sql(
            "UPDATE ov_serviced_account SET company_id = %s, source_company_id = %s "
            "WHERE id = %s",
            self.togo.id,
            self.togo.id,
            self.sa_global.id,
        )
        self.migrate("1.1.6")
        self.assertFalse(self.sa_global.company_id)
        self.assertFalse(self.sa_global.source_company_id)
        self.assertEqual(self.sa_togo.parent_id, self.sa_global)

    def test_all_in_a_row_on_the_present_state(self):
        """On a database of today the scripts change nothing at all."""
        self.sale()
        self.env.flush_all()
        before = self.state()
        for version, name in scripts():
            self.migrate(version, name)
        self.assertEqual(self.state(), before)

    def test_the_hook_reaches_the_same_state(self):
        self.without_root()
        root = hooks.ensure_global_root(self.env)
        self.assertTrue(root.is_global_root)
        self.assertFalse(root.company_id)
        self.assertEqual(self.sa_togo.parent_id, root)

    def test_1_3_0_renames(self):
        """Values, indexes, tracking and saved filters follow; twice is as once."""
        script = load("1.3.0", "renamed", "pre")
        self.togo.x_sale_approval_amount = 4711
        order = self.quotation(self.marie, [(self.cable, 1)])
        new = "[('x_subscription_ids', '!=', False), ('x_sa_id', '!=', False)]"
        values = {"name": "Leased", "model_id": "sale.order", "domain": new}
        saved = self.env["ir.filters"].create(values)
        view = self.env["ir.ui.view"].create(
            {
                "name": "Somebody's own",
                "model": "sale.order",
                "arch": '<form><button name="action_finalize" type="object"/>'
                '<field name="x_subscription_ids"/></form>',
            }
        )
        arch = view.arch_db
        self.env.flush_all()
        now = self.names()
        cr = self.env.cr
        for model, old, name in script.RENAMED:  # as it was before
            script.rename_column(cr, model.replace(".", "_"), name, old)
            script.rename_field(cr, model, name, old)
        self.assertFalse(
            {(m, n) for m, _old, n in script.RENAMED} & self.fields_known()
        )
        cr.execute("SELECT domain FROM ir_filters WHERE id = %s", [saved.id])
        self.assertIn("'abs_subscription_ids'", cr.fetchone()[0])
        cr.execute(
            "UPDATE ir_ui_view SET arch_db = replace(replace(arch_db::text,"
            " 'action_fin', 'action_abs_fin'), 'x_subscr', 'abs_subscr')::jsonb"
            " WHERE id = %s",
            [view.id],
        )
        for _time in range(2):
            script.migrate(cr, "18.0.1.1.6")
            self.assertEqual(self.names(), now)
        self.env.invalidate_all()
        self.assertEqual(self.togo.x_sale_approval_amount, 4711)
        self.assertEqual(saved.domain, new)
        self.assertEqual(view.arch_db, arch)
        self.assertTrue(order.exists())

    def fields_known(self):
        return {(of, name) for kind, of, name in self.names() if kind == "f"}

    def names(self):
        """Return what the database calls columns, indexes, constraints and fields."""
        self.env.cr.execute(
            "SELECT 'c', table_name, column_name FROM information_schema.columns"
            " WHERE table_name IN ('res_company', 'sale_order', 'res_partner')"
            " UNION SELECT 'i', tablename, indexname FROM pg_indexes"
            " WHERE tablename IN ('res_company', 'sale_order', 'res_partner')"
            " UNION SELECT 'k', conrelid::regclass::text, conname FROM pg_constraint"
            " UNION SELECT 'f', model, name FROM ir_model_fields"
            " WHERE model IN ('res.company', 'sale.order', 'res.partner')"
            " UNION SELECT 'd', module, name FROM ir_model_data"
            " WHERE module = 'abs_connector'"
        )
        return set(self.env.cr.fetchall())
