"""The report's figures against sums over Odoo's own journal items (docs/contract.md 5)."""

from collections import defaultdict

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .report_common import TODAY, ReportCase

PATH = "/api/reports/sa-summary"


@tagged("post_install", "-at_install")
class TestSaReport(ReportCase):
    # Odoo's own sums, written out

    def items(self, *domain):
        return self.env["account.move.line"].search(
            [
                ("parent_state", "=", "posted"),
                ("company_id", "in", (self.togo + self.kenya).ids),
                *domain,
            ]
        )

    def expected(self, account=None):
        """Return {(SA name, currency): {figure: amount}} from journal items."""
        found = defaultdict(lambda: defaultdict(float))

        def add(line, stamped, **figures):
            if account and stamped.x_sa_id != account:
                return
            key = (stamped.x_sa_id.name, line.currency_id.name)
            for name, value in figures.items():
                found[key][name] += value

        sales = [("move_id.move_type", "in", ("out_invoice", "out_refund"))]
        for line in self.items(*sales, ("account_id.account_type", "=", "income")):
            add(line, line.move_id, revenue=-line.amount_currency)
        for line in self.items(
            *sales, ("account_id.account_type", "=", "asset_receivable")
        ):
            rest = line.amount_residual_currency
            late = line.date_maturity < TODAY and rest > 0
            add(
                line,
                line.move_id,
                invoiced=line.amount_currency,
                outstanding=rest,
                overdue=rest if late else 0,
            )
        for line in self.items(
            ("account_id.account_type", "=", "asset_receivable"),
            ("journal_id.type", "in", ("bank", "cash")),
        ):
            payment = line.move_id.origin_payment_id
            add(line, payment, collected=-line.amount_currency)
        return found

    def summary(self, who=None, **query):
        path = PATH + "?" + "&".join(f"{k}={v}" for k, v in query.items())
        return self.ok("GET", path, who=who or self.admin)

    def amounts(self, figures):
        return {a["currency"]["name"]: a for a in figures["amounts"]}

    def mine(self, body):
        """The rows of this test's SAs by name."""
        names = (self.sa_lom.name, self.sa_kar.name, self.sa_nbo.name)
        ids = (self.sa_lom.id, self.sa_kar.id, self.sa_nbo.id)
        rows = [row for row in body["items"] if (row["group"] or {}).get("id") in ids]
        self.assertEqual({row["group"]["name"] for row in rows}, set(names))
        return {row["group"]["name"]: row for row in rows}

    def test_every_amount_equals_the_journal_items(self):
        expected = self.expected()
        self.assertEqual(len(expected), 4)  # Lomé XOF and USD, Kara XOF, Nairobi KES
        rows = self.mine(self.summary())
        for (account, currency), figures in expected.items():
            shown = self.amounts(rows[account])[currency]
            self.assertEqual(set(figures) | {"currency", "order_total"}, set(shown))
            for name, value in figures.items():
                self.assertAlmostEqual(
                    shown[name], value, 2, f"{account} {currency} {name}"
                )
        # The hand-written figures of Lomé: revenue 950+408+70+(480-40)+(90-90)
        lome = self.amounts(rows[self.sa_lom.name])["XOF"]
        self.assertEqual(lome["revenue"], 950 + 408 + 70 + 440)
        self.assertEqual(lome["collected"], 1121 + 157)
        usd = self.amounts(rows[self.sa_lom.name])["USD"]
        self.assertEqual((usd["revenue"], usd["collected"]), (10.55, 4.2))
        self.assertEqual(usd["outstanding"], 12.45 - 4.2)
        kara = self.amounts(rows[self.sa_kar.name])["XOF"]
        self.assertEqual(kara["collected"], 100)  # 70.5 of it are the customer's credit
        self.assertEqual((kara["outstanding"], kara["overdue"]), (590, 295))

    def test_groupings_add_up(self):
        whole = self.summary(sa_id=self.sa_lom.id)
        total = self.amounts(whole["totals"])
        self.assertEqual(whole["sa"]["id"], self.sa_lom.id)
        for group in ("sa", "actor", "month", "product"):
            body = self.summary(sa_id=self.sa_lom.id, group_by=group)
            for currency, shown in total.items():
                for name in ("revenue", "collected", "outstanding", "overdue"):
                    parts = [
                        self.amounts(row)[currency][name]
                        for row in body["items"]
                        if currency in self.amounts(row)
                    ]
                    # Split among products each part is rounded by itself.
                    slack = len(parts) if group == "product" else 0.005
                    self.assertAlmostEqual(
                        sum(parts), shown[name], delta=slack, msg=(group, name)
                    )
        months = self.summary(sa_id=self.sa_lom.id, group_by="month")["items"]
        names = [row["group"]["name"] for row in months]
        self.assertEqual(names, sorted(names))
        october = next(r for r in months if r["group"]["name"] == "2026-10")
        self.assertEqual(self.amounts(october)["XOF"]["revenue"], 950 + 408)

    def test_products_share_what_is_on_the_invoice(self):
        body = self.summary(sa_id=self.sa_kar.id, group_by="product")
        by_product = {(r["group"] or {}).get("id"): r for r in body["items"]}
        cable = self.amounts(by_product[self.cable.id])["XOF"]
        kit = self.amounts(by_product[self.kit.id])["XOF"]
        credit = self.amounts(by_product[None])["XOF"]
        self.assertEqual(cable["collected"] + credit["collected"], 100)
        self.assertEqual((kit["collected"], kit["outstanding"]), (0, 590))

    def test_period(self):
        body = self.summary(
            sa_id=self.sa_lom.id, date_from="2026-10-01", date_to="2026-10-31"
        )
        shown = self.amounts(body["totals"])["XOF"]
        self.assertEqual(shown["revenue"], 950 + 408)
        self.assertEqual(shown["collected"], 0)  # paid today
        moves = self.invoices.filtered(
            lambda m: m.x_sa_id == self.sa_lom and m.invoice_date.month == 10
        )
        self.assertEqual(shown["invoiced"], sum(moves.mapped("amount_total")))
        self.assertEqual(shown["outstanding"], sum(moves.mapped("amount_residual")))
        self.assertGreater(shown["outstanding"], 300)
        self.assertEqual(
            (body["date_from"], body["date_to"]), ("2026-10-01", "2026-10-31")
        )

    def test_bank_line_counts_for_the_invoices_sa(self):
        """Money matched from a bank statement has no payment, so no stamp of its own."""
        invoice = self.bill(self.marie, [(self.installation, 1, 100)], "2026-11-05")
        type(self).invoices -= invoice  # it ends with this test
        journal = self.journal(self.togo, "bank")
        account = invoice._abs_receivable_lines().account_id
        own = {"partner_id": self.marie.id}
        entry = (
            self.env["account.move"]
            .with_company(self.togo)
            .create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": "2026-11-06",
                    "line_ids": [
                        Command.create(
                            {**own, "account_id": account.id, "credit": 118}
                        ),
                        Command.create(
                            {
                                **own,
                                "account_id": journal.default_account_id.id,
                                "debit": 118,
                            }
                        ),
                    ],
                }
            )
        )
        before = self._lome_collected()
        entry.action_post()
        (invoice + entry)._abs_receivable_lines().reconcile()
        self.assertEqual(self._lome_collected() - before, 118)

    def _lome_collected(self):
        query = f"?sa_id={self.sa_lom.id}&date_from=2026-11-01"
        found = self.ok("GET", PATH + query, who=self.ama)
        amounts = {a["currency"]["name"]: a for a in found["totals"]["amounts"]}
        return amounts["XOF"]["collected"]

    def test_scope(self):
        staff = self.summary(self.ama)
        self.assertEqual(
            [row["group"]["id"] for row in staff["items"]], self.sa_lom.ids
        )
        self.refused(403, "role_required", "GET", PATH, who=self.jean)
        self.refused(401, None, "GET", PATH)
        path = f"{PATH}?sa_id={self.sa_kar.id}"
        self.refused(404, "not_found", "GET", path, who=self.ama)
        self.refused(400, "invalid_input", "GET", PATH + "?group_by=moon", who=self.ama)
        self.refused(400, "invalid_input", "GET", PATH + "?date_from=x", who=self.ama)
        narrowed = self.ok("GET", PATH, who=self.admin, sa=self.sa_nbo)
        self.assertEqual(
            [row["group"]["id"] for row in narrowed["items"]], self.sa_nbo.ids
        )

    def test_counts(self):
        before = self.summary(self.ama)["totals"]
        self.receive(self.kit, ["R-1", "R-2", "R-3"])
        order = self.quotation(self.marie, [(self.kit, 2), (self.cable, 1)])
        self.receive(self.cable, 1)
        self.quotation(self.marie, [(self.kit, 1)])  # stays a draft
        order.action_confirm()
        picking = order.picking_ids
        self.deliver(picking, ["R-1", "R-2"])
        new = self.make_customer("Ayo", self.sa_lom, self.jean)
        team = self.env["helpdesk.ticket"].with_company(self.togo)
        for closed in (False, True):
            ticket = team.create(
                {
                    "name": "Broken",
                    "description": "x",
                    "partner_id": new.id,
                    "company_id": self.togo.id,
                    "x_sa_id": self.sa_lom.id,
                }
            )
            if closed:
                stages = self.env["helpdesk.ticket.stage"]
                ticket.stage_id = stages.search([("closed", "=", True)], limit=1)
        after = self.summary(self.ama)["totals"]
        gained = {
            name: after[name] - before[name]
            for name in ("orders", "units_deployed", "new_customers", "open_tickets")
        }
        self.assertEqual(
            gained,
            {"orders": 1, "units_deployed": 2, "new_customers": 1, "open_tickets": 1},
        )
        total = self.amounts(after)["XOF"]["order_total"]
        self.assertEqual(total, order.amount_total)
        products = self.summary(self.ama, group_by="product")["items"]
        kit = next(r for r in products if (r["group"] or {}).get("id") == self.kit.id)
        self.assertEqual((kit["orders"], kit["units_deployed"]), (1, 2))
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = 1 if line.product_id == self.kit else 0
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.deliver(back, ["R-1"])
        again = self.summary(self.ama)["totals"]
        self.assertEqual(again["units_deployed"], before["units_deployed"] + 1)

    def test_dashboard_of_a_user_shows_their_companies(self):
        user = new_test_user(self.env, "viewer", "abs_connector.group_user")
        user.write(
            {"company_ids": [(6, 0, self.kenya.ids)], "company_id": self.kenya.id}
        )
        report = (
            self.env["abs.sa.report"]
            .with_user(user)
            .with_context(allowed_company_ids=self.kenya.ids)
        )
        rows = report._read_group(
            [("revenue", ">", 0)], ["company_id"], ["revenue:sum"]
        )
        self.assertEqual(
            [(row[0].id, row[1]) for row in rows], [(self.kenya.id, 45000.5)]
        )
        agent = self.env(user=self.env.ref("abs_connector.user_api").id)
        self.assertFalse(agent["abs.sa.report"].search_count([]))
