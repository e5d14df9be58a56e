"""Companies with their books: chart, VAT, journals, prices' currency, warehouse.

The order of the steps matters: Odoo loads a chart once, and takes the currency from it.
"""

from odoo.fields import Command

#: key: (name, currency, country, time zone, VAT per cent or 0, name and code of warehouse)
COMPANIES = {
    "HK": ("Oves Holdings", "USD", "hk", "Asia/Hong_Kong", 0, "Hong Kong Depot", "HK"),
    "TG": ("Oves Togo", "XOF", "tg", "Africa/Lome", 18, "Lomé Depot", "TG"),
    "KE": ("Oves Kenya", "KES", "ke", "Africa/Nairobi", 16, "Nairobi Depot", "KE"),
}
#: own the others and sell nothing: they have no seed SA, no VAT and no stock (docs/contract.md 8)
HOLDINGS = {"HK"}
#: has the demo's customers and goods: Odoo's ``admin`` starts in it
SELLING = "TG"


class Companies:
    """A part of :class:`.loader.Demo`."""

    def _load_companies(self):
        """Return ``{"HK": company, "TG": company, "KE": company}``."""
        companies = {}
        fresh = not self.env["res.company"].search_count(
            [("name", "=", COMPANIES[SELLING][0])], limit=1
        )
        for key, values in COMPANIES.items():
            name, currency, country, zone, vat, depot, code = values
            company = self._demo_company(name, currency, f"base.{country}")
            companies[key] = company
            company.sequence = len(companies)  # the holding stays the first
            company.x_tz = zone
            company.x_holding = key in HOLDINGS
            self._demo_taxes(company, vat)
            self._demo_journals(company)
            self._demo_pricelist(company)
            self._demo_warehouse(company, depot, code)
        if fresh:
            # In the holding, where nothing is sold, the web client looks empty.
            self.env.ref("base.user_admin").company_id = companies[SELLING]
        return companies

    def _demo_company(self, name, currency, country):
        """Return the company, with the generic chart in its own currency."""
        company = self.env["res.company"].search([("name", "=", name)], limit=1)
        # Without this key Odoo installs the country's own chart behind our back.
        quiet = {"chart_template_load": True}
        money = self.env["res.currency"].with_context(active_test=False)
        money = money.search([("name", "=", currency)], limit=1)
        money.active = True
        land = self.env.ref(country)
        vals = {"name": name, "currency_id": money.id, "country_id": land.id}
        if not company:
            company = self._unused_main_company()
            if company:
                company.with_context(**quiet).write(
                    {"name": name, "country_id": land.id}
                )
            else:
                company = self.env["res.company"].with_context(**quiet).create(vals)
            company = company.with_context(chart_template_load=False)
            company.logo = False  # else documents show Odoo's "Your logo"
            company.external_report_layout_id = self.env.ref(
                "web.external_layout_standard"
            )
        for user in self.env.user | self.env.ref("base.user_admin"):
            if company not in user.company_ids:
                user.company_ids = [Command.link(company.id)]
        if not company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
        if company.account_fiscal_country_id != land or company.currency_id != money:
            # The generic chart made it a company of the USA.
            company.with_context(**quiet).write(
                {"currency_id": money.id, "account_fiscal_country_id": land.id}
            )
        return company

    def _unused_main_company(self):
        """Return the database's first company when nothing was booked in it."""
        main = self.env.ref("base.main_company", raise_if_not_found=False)
        booked = main and (
            self.env["account.move"].search_count(
                [("company_id", "=", main.id)], limit=1
            )
            or self.env["sale.order"].search_count(
                [("company_id", "=", main.id)], limit=1
            )
        )
        taken = main and main.name in [values[0] for values in COMPANIES.values()]
        return main.browse() if not main or booked or taken else main

    def _demo_taxes(self, company, vat):
        """One VAT on sales; none of the chart's American taxes and positions."""
        land = company.account_fiscal_country_id
        domain = [("company_id", "=", company.id)]
        # 19: 'Domestic' and 'Foreign Trade' would strip every tax off a sale.
        self.env["account.fiscal.position"].search(domain).active = False
        taxes = self.env["account.tax"].with_company(company)
        taxes.search([*domain, ("country_id", "!=", land.id)]).active = False
        company.account_purchase_tax_id = False
        if not vat:
            company.account_sale_tax_id = False
            return
        name = f"VAT {vat}%"
        tax = taxes.search([*domain, ("name", "=", name)], limit=1)
        if not tax:
            group = (
                self.env["account.tax.group"]
                .with_company(company)
                .create({"name": name, "company_id": company.id, "country_id": land.id})
            )
            chart = self.env["account.chart.template"].with_company(company)
            account = chart.ref("tax_received")
            parts = [
                Command.create({"repartition_type": "base"}),
                Command.create({"repartition_type": "tax", "account_id": account.id}),
            ]
            tax = taxes.create(
                {
                    "name": name,
                    "amount": vat,
                    "amount_type": "percent",
                    "type_tax_use": "sale",
                    "company_id": company.id,
                    "country_id": land.id,
                    "tax_group_id": group.id,
                    "invoice_repartition_line_ids": parts,
                    "refund_repartition_line_ids": parts,
                }
            )
        company.account_sale_tax_id = tax

    def _demo_journals(self, company):
        """Cash, bank and mobile money; 19's chart brings no cash journal."""
        journals = self.env["account.journal"].with_company(company)
        for kind, name, code in (
            ("cash", "Cash", "CSH"),
            ("bank", "Bank", "BNK"),
            ("bank", "Mobile Money", "MOMO"),
        ):
            domain = [("company_id", "=", company.id), ("type", "=", kind)]
            journal = journals.search([*domain, ("name", "=", name)], limit=1)
            if not journal:
                journal = journals.create(
                    {
                        "name": name,
                        "type": kind,
                        "code": code,
                        "company_id": company.id,
                    }
                )
            if name != "Bank":
                # The money is there at once; the bank waits for its statement.
                lines = journal.inbound_payment_method_line_ids
                lines |= journal.outbound_payment_method_line_ids
                unset = lines.filtered(lambda line: not line.payment_account_id)
                unset.payment_account_id = journal.default_account_id

    def _demo_pricelist(self, company):
        """Return the pricelist in the company's currency, the first that is found."""
        lists = self.env["product.pricelist"].with_context(active_test=False)
        domain = [
            ("company_id", "=", company.id),
            ("currency_id", "=", company.currency_id.id),
        ]
        pricelist = lists.search(domain, limit=1)
        if not pricelist:
            pricelist = lists.create(
                {
                    "name": f"{company.name} ({company.currency_id.name})",
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "sequence": 1,
                }
            )
        pricelist.active = True
        return pricelist

    def _demo_warehouse(self, company, name, code):
        """Return the company's warehouse; only the first company gets one by itself."""
        warehouses = self.env["stock.warehouse"].with_company(company)
        warehouse = warehouses.search([("company_id", "=", company.id)], limit=1)
        if not warehouse:
            return warehouses.create(
                {
                    "name": name,
                    "code": code,
                    "company_id": company.id,
                    "partner_id": company.partner_id.id,
                }
            )
        moved = self.env["stock.move"].search_count(
            [("warehouse_id", "=", warehouse.id)], limit=1
        )
        if warehouse.name != name and not moved:
            warehouse.write({"name": name, "code": code})
        return warehouse
