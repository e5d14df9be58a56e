"""The demo data is what docs/contract.md 8 says, and loading it again changes nothing."""

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..demo.loader import load

PASSWORD = "demo-Pass-2026"
ACCOUNTS = {
    "OVGLOBAL-ROOT": None,
    "OV-HK": "OVGLOBAL-ROOT",
    "OV-TG": "OVGLOBAL-ROOT",
    "OV-KE": "OVGLOBAL-ROOT",
    "TG-LOM": "OV-TG",
    "TG-LOM-A": "TG-LOM",
    "TG-KAR": "OV-TG",
    "KE-NBO": "OV-KE",
}
PEOPLE = {
    "admin": ("OVGLOBAL-ROOT", "admin", False),
    "ama": ("TG-LOM", "staff", True),
    "kofi": ("TG-LOM", "staff", False),
    "jean": ("TG-LOM", "agent", False),
    "afi": ("TG-LOM", "agent", False),
    "yao": ("TG-KAR", "staff", True),
    "edem": ("TG-KAR", "agent", False),
    "wanjiru": ("KE-NBO", "staff", True),
    "otieno": ("KE-NBO", "agent", False),
}
COUNTED = (
    "res.company",
    "res.partner",
    "ov.serviced_account",
    "ov.membership",
    "abs.employee",
    "abs.customer.access",
    "abs.api.key",
    "product.template",
    "product.category",
    "product.pricelist.item",
    "ov.bop.line",
    "account.journal",
    "account.tax",
    "stock.warehouse",
    "stock.picking",
    "stock.lot",
    "ov.sa_customer_assignment",
    "ir.mail_server",
    "helpdesk.ticket.team",
)


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    @mute_logger("odoo.addons.account.models.chart_template")
    def setUpClass(cls):
        super().setUpClass()
        load(cls.env)
        cls.env.invalidate_all()
        names = {"HK": "Oves Holdings", "TG": "Oves Togo", "KE": "Oves Kenya"}
        cls.companies = {
            key: cls.env["res.company"].search([("name", "=", name)])
            for key, name in names.items()
        }

    def count(self):
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in COUNTED
        }

    def product(self, code):
        return self.env["product.product"].search([("default_code", "=", code)])

    def test_loading_again_changes_nothing(self):
        before = self.count()
        load(self.env)
        self.assertEqual(self.count(), before)

    def test_companies(self):
        for key, currency, vat, zone in (
            ("HK", "USD", 0, "Asia/Hong_Kong"),
            ("TG", "XOF", 18, "Africa/Lome"),
            ("KE", "KES", 16, "Africa/Nairobi"),
        ):
            company = self.companies[key]
            self.assertEqual(len(company), 1)
            self.assertEqual(company.currency_id.name, currency)
            self.assertEqual(company.partner_id.tz, zone)
            self.assertEqual(company.account_fiscal_country_id, company.country_id)
            self.assertEqual(company.account_sale_tax_id.amount, vat)
            self.assertTrue(company.x_sale_approval)
            self.assertEqual(company.x_sale_approval_amount, 1000)
            own = [("company_id", "=", company.id)]
            self.assertEqual(self.env["stock.warehouse"].search_count(own), 1)
            journals = self.env["account.journal"].search(own)
            sources = set(journals.mapped("x_payment_source")) - {False}
            self.assertEqual(sources, {"cash", "bank", "mobile_money"})
            self.assertIn("sale", journals.mapped("type"))
            self.assertFalse(self.env["account.fiscal.position"].search(own))
            self.assertFalse(company.chart_template.startswith(("tg", "ke", "hk")))

    def test_admin_starts_where_the_records_are(self):
        admin = self.env.ref("base.user_admin")
        for company in self.companies.values():
            self.assertIn(company, admin.company_ids)
        self.assertEqual(admin.company_id, self.companies["TG"])
        admin.company_id = self.companies["KE"]
        load(self.env)
        self.assertEqual(admin.company_id, self.companies["KE"], "own choice stands")

    def test_accounts_and_people(self):
        accounts = self.env["ov.serviced_account"]
        for code, parent in ACCOUNTS.items():
            account = accounts.search([("account_code", "=", code)])
            self.assertEqual(account.state, "active", code)
            self.assertEqual(account.parent_id.account_code or None, parent, code)
        threshold = accounts.search([("account_code", "=", "TG-LOM")])
        self.assertEqual(threshold.approval_threshold, 2000)
        for login, (code, role, manages) in PEOPLE.items():
            employee = self.env["abs.employee"].search(
                [("email", "=", f"{login}@abs.demo")]
            )
            member = employee.membership_ids
            self.assertEqual(
                (member.account_id.account_code, member.role_code, member.is_manager),
                (code, role, manages),
                login,
            )
            session = self.env["abs.auth.session"].sudo()
            answer = session._api_employee_login(employee.email, PASSWORD)
            self.assertTrue(answer["access_token"], login)

    def test_products(self):
        for code, tracking, storable, kind, policy, price in (
            ("SK-200W", "serial", True, "consu", "delivery", 450),
            ("BAT-100", "serial", True, "consu", "delivery", None),
            ("CC-30", "none", True, "consu", "delivery", None),
            ("CABLE", "none", False, "consu", "order", 25),
            ("INST", "none", False, "service", "order", None),
            ("WAR-24", "none", False, "service", "order", None),
            ("SYNC-BIKE", "serial", True, "consu", "delivery", None),
            ("SYNC-M", "none", False, "service", "order", None),
        ):
            product = self.product(code)
            self.assertEqual(len(product), 1, code)
            got = (
                product.tracking,
                product.is_storable,
                product.type,
                product.invoice_policy,
            )
            self.assertEqual(got, (tracking, storable, kind, policy), code)
            if price:
                for company in self.companies.values():
                    prices = product._abs_prices(company)
                    self.assertEqual(prices[product.id], price, (code, company.name))
            self.assertEqual(sorted(product.taxes_id.mapped("amount")), [16, 18], code)
            self.assertTrue(product.x_pu_category and product.x_product_family, code)
        self.assertEqual(self.product("WAR-24").x_contract_type, "warranty")
        for code in ("WAR-24", "SYNC-M"):
            self.assertTrue(self.product(code).recurring_invoice)
            self.assertTrue(self.product(code).plan_id, code)
            self.assertEqual(self.product(code).service_tracking, "no", code)
        self.assertEqual(self.product("SYNC-BIKE").x_product_family, "e_mobility")
        self.assertTrue(self.product("SYNC-BIKE").categ_id._abs_needs_approval())
        self.assertFalse(self.product("SK-200W").categ_id._abs_needs_approval())
        rows = self.product("SHS-200")._abs_package()._api_expand()
        browse = self.env["product.product"].browse
        parts = {browse(r["product_id"]).default_code: r["quantity"] for r in rows}
        self.assertEqual(
            parts, {"SK-200W": 1, "BAT-100": 1, "CC-30": 1, "CABLE": 2, "INST": 1}
        )

    def test_stock(self):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product("SK-200W").id),
                ("location_id.usage", "=", "internal"),
            ]
        )
        self.assertEqual(sum(quants.mapped("quantity")), 50)
        self.assertEqual(quants.company_id, self.companies["TG"])
        names = {f"SN-2026-{number:03d}" for number in range(1, 51)}
        self.assertEqual(set(quants.lot_id.mapped("name")), names)
        moves = self.env["stock.move.line"].search(
            [("lot_id", "in", quants.lot_id.ids)]
        )
        self.assertEqual(moves.picking_id.mapped("state"), ["done"])
        self.assertEqual(moves.picking_id.picking_type_code, "incoming")

    def test_customer_and_key(self):
        marie = self.env["res.partner"].search([("email", "=", "marie@abs.demo")])
        self.assertEqual(marie.x_sa_id.account_code, "TG-LOM")
        self.assertEqual(marie.x_actor_id.name, "Jean Koffi")
        history = self.env["ov.sa_customer_assignment"]
        rows = history.search([("partner_id", "=", marie.id)])
        self.assertEqual(rows.mapped("state"), ["active"])
        session = self.env["abs.auth.session"].sudo()
        answer = session._api_customer_login("marie@abs.demo", PASSWORD)
        self.assertTrue(answer["access_token"])
        found = self.env["abs.api.key"].sudo()._find("abs-demo-key")
        self.assertEqual(set(found[2]), {"read", "write", "system"})

    def test_readiness(self):
        """A fresh demo is ready: two companies sell, the holding says it does not."""
        report = self.env["abs.readiness"]._api_readiness()
        ours = {company.id for company in self.companies.values()}
        holding = self.companies["HK"]
        for row in report["companies"]:
            if row["company"] and row["company"]["id"] == holding.id:
                codes = [item["code"] for item in row["items"]]
                self.assertEqual(codes, ["company_root", "holding"])
        red = [
            (row["company"], item["code"], item["detail"])
            for row in report["companies"]
            for item in row["items"]
            if not item["ok"] and (not row["company"] or row["company"]["id"] in ours)
        ]
        self.assertEqual(red, [])
        holding.x_holding = False
        report = self.env["abs.readiness"]._api_readiness(holding.ids)
        self.assertFalse(report["companies"][1]["ok"], "the flag is what says it")
