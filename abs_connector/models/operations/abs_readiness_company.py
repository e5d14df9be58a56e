"""The readiness checklist: customers, books, governance and sales of a company."""

from odoo import api, models

_ACTIVE_ON = ("active", "=", True)


class Readiness(models.AbstractModel):
    _inherit = "abs.readiness"

    @api.model
    def _count(self, companies, model, domain, field="company_id"):
        """Return ``{company id: count}``; records without a company count for all."""
        groups = self.env[model]._read_group(
            [*domain, (field, "in", [*companies.ids, False])],
            [field],
            ["__count"],
        )
        counts = {company.id: number for company, number in groups}
        shared = counts.pop(False, 0)
        return {c.id: counts.get(c.id, 0) + shared for c in companies}

    @api.model
    def _facts(self, companies):
        """Return ``{fact: {company id: count}}`` of everything that is counted, and
        ``unmanaged``: ``{company: its SAs with members, but no SA manager at work}``,
        ``placeless``: ``{company: its SAs that no warehouse is named for}``.
        """
        customer = [("customer_rank", ">", 0)]
        day = self.env["ov.membership"]._effective_domain()
        stocked = [("location_id.usage", "=", "internal"), ("quantity", ">", 0)]
        seed = [("state", "=", "active"), ("is_global_root", "=", False)]
        sale_tax = [("type_tax_use", "=", "sale"), _ACTIVE_ON]
        plan = {
            "warehouses": ("stock.warehouse", [("lot_stock_id", "!=", False)]),
            "receipts": ("stock.picking.type", [("code", "=", "incoming")]),
            "deliveries": ("stock.picking.type", [("code", "=", "outgoing")]),
            "stock": ("stock.quant", stocked),
            "customers": ("res.partner", customer),
            "emails": ("res.partner", [*customer, ("email", "ilike", "%@%")]),
            "sale_journals": ("account.journal", [("type", "=", "sale")]),
            "bank_journals": ("account.journal", [("type", "=", "bank")]),
            "cash_journals": ("account.journal", [("type", "=", "cash")]),
            "taxes": ("account.tax", sale_tax),
            "roots": ("ov.serviced_account", [("source_company_id", "!=", False)]),
            "seeds": ("ov.serviced_account", [*seed, ("sa_type", "!=", "root")]),
            "orders": ("sale.order", [("state", "=", "sale")]),
            "employees": ("abs.employee", [_ACTIVE_ON]),
            "members": (
                "ov.membership",
                [*day, ("account_id.sa_type", "!=", "root")],
            ),
        }
        facts = {
            name: self._count(companies, model, domain)
            for name, (model, domain) in plan.items()
        }
        accounts = self.env["account.account"]
        for kind in ("asset_receivable", "income"):
            domain = [("account_type", "=", kind)]
            facts[kind] = {
                company.id: accounts.with_company(company).search_count(
                    [*domain, *accounts._check_company_domain(company)], limit=1
                )
                for company in companies
            }
        members = self.env["ov.membership"].search(
            [*day, ("company_id", "in", companies.ids)]
        )
        alone = members.account_id - members.filtered("is_manager").account_id
        facts["unmanaged"] = alone.grouped("company_id")
        # A company root sells only where somebody works in it.
        sells = [
            "|",
            ("sa_type", "!=", "root"),
            ("membership_ids.state", "=", "active"),
        ]
        placeless = self.env["ov.serviced_account"].search(
            [
                *seed,
                *sells,
                ("depot_id", "=", False),
                ("company_id", "in", companies.ids),
            ]
        )
        facts["placeless"] = placeless.grouped("company_id")
        return facts

    @api.model
    def _check_holding(self, company, facts):
        """A holding needs its root SA, and must not sell after all."""
        _, i = self.env._, company.id
        sells = facts["seeds"][i] or facts["orders"][i]
        return [
            self._check_governance(company, facts)[0],
            self._item(
                "governance",
                "holding",
                _("The company is a holding and sells nothing"),
                not sells,
                _(
                    "%(seeds)s seed SAs, %(orders)s orders; what a sale needs is not "
                    "checked",
                    seeds=facts["seeds"][i],
                    orders=facts["orders"][i],
                ),
                _(
                    "It sells: clear 'Holding Only' in Settings, Companies, so that all "
                    "of its set-up is checked."
                ),
            ),
        ]

    @api.model
    def _check_customers(self, company, facts):
        _, item, i = self.env._, self._item, company.id
        customers, emails = facts["customers"][i], facts["emails"][i]
        return [
            item(
                "customers",
                "customer",
                _("A customer exists"),
                customers,
                _("%(n)s customers", n=customers),
                _("Create one with POST /api/contacts or in Sales, Customers."),
            ),
            item(
                "customers",
                "email",
                _("A customer has an e-mail address"),
                emails,
                _("%(n)s of %(all)s have one", n=emails, all=customers),
                _("Add e-mail addresses: quotations and invoices are mailed to them."),
            ),
        ]

    @api.model
    def _check_accounting(self, company, facts):
        _, item, i = self.env._, self._item, company.id
        chart = facts["asset_receivable"][i] and facts["income"][i]
        categories = self.env["product.category"].with_company(company).search([])
        bare = categories.filtered(lambda c: not c.property_account_income_categ_id)
        default = "income_account_id" in company._fields and company.income_account_id
        return [
            item(
                "accounting",
                "chart",
                _("A chart of accounts is configured"),
                chart,
                company.chart_template or (_("accounts exist") if chart else _("none")),
                _("Choose a package in Settings, Invoicing, Fiscal Localization."),
            ),
            item(
                "accounting",
                "fiscal_country",
                _("The books are of the company's country"),
                not chart or company.account_fiscal_country_id == company.country_id,
                f"{company.account_fiscal_country_id.name or '-'}, "
                f"{company.currency_id.name}",
                _(
                    "The generic chart makes a company American, its currency as well: "
                    "set both right in Settings before anything is booked."
                ),
            ),
            *(
                item(
                    "accounting",
                    key,
                    name,
                    facts[f"{key}s"][i],
                    _("%(n)s journals", n=facts[f"{key}s"][i]),
                    _("Create it in Accounting, Configuration, Journals."),
                )
                for key, name in (
                    ("sale_journal", _("A Customer Invoices journal exists")),
                    ("bank_journal", _("A bank journal exists")),
                    ("cash_journal", _("A cash journal exists")),
                )
            ),
            item(
                "accounting",
                "time_zone",
                _("The company's time zone is set"),
                company.x_tz,
                company.x_tz or "UTC",
                _("Set it in Settings, Sales, Time Zone of the Company."),
            ),
            item(
                "accounting",
                "tax",
                _("A sales tax exists"),
                facts["taxes"][i],
                _("%(n)s taxes", n=facts["taxes"][i]),
                _("Create it in Accounting, Configuration, Taxes."),
            ),
            item(
                "accounting",
                "outstanding_account",
                _("Payments find an account"),
                self._finds_payment_account(company),
                company.transfer_account_id.display_name or "",
                _(
                    "Set the accounts of the journals' payment methods, or the "
                    "company's inter-banks transfer account."
                ),
            ),
            item(
                "accounting",
                "income_accounts",
                _("Income accounts are assigned to product categories"),
                default or not bare,
                self._names(bare) if bare and not default else _("all"),
                _("Set the income account on the product category."),
            ),
        ]

    @api.model
    def _finds_payment_account(self, company):
        """Odoo refuses a payment when method line, chart and company name no account
        ."""
        if company.transfer_account_id:
            return True
        chart = self.env["account.chart.template"].with_company(company)
        found = "account_journal_payment_debit_account_id"
        return bool(chart.ref(found, raise_if_not_found=False))

    @api.model
    def _check_governance(self, company, facts):
        _, item, i = self.env._, self._item, company.id
        found = [
            item(
                "governance",
                code,
                name,
                facts[fact][i],
                _("%(n)s found", n=facts[fact][i]),
                fix,
            )
            for code, fact, name, fix in (
                (
                    "company_root",
                    "roots",
                    _("A company root SA exists"),
                    _("Create an SA of type root with the source company set."),
                ),
                (
                    "seed",
                    "seeds",
                    _("An active seed SA exists"),
                    _("Create an SA of type seed below the company root."),
                ),
                (
                    "employee",
                    "employees",
                    _("An employee exists"),
                    _("Create one in Governance, Employees."),
                ),
                (
                    "membership",
                    "members",
                    _("An employee is an active member of a seed SA"),
                    _("Enrol an employee in the SA."),
                ),
            )
        ]
        managed = self._all(
            "governance",
            "sa_manager",
            _("Each SA with members has an SA manager at work"),
            facts["unmanaged"].get(company),
            _("Enrol a staff member, or choose one of them as SA manager on the SA."),
        )
        return [*found, managed]

    @api.model
    def _check_sales(self, company):
        _, item = self.env._, self._item
        amount, money = company.x_sale_approval_amount, company.currency_id.name
        where = _("Settings, Sales, Quotations & Orders.")
        return [
            item(
                "sales",
                "approval",
                _("Order approval is enabled"),
                company.x_sale_approval,
                _("enabled") if company.x_sale_approval else _("disabled"),
                _("Enable it in %(where)s", where=where),
            ),
            item(
                "sales",
                "approval_amount",
                _("The approval amount is set"),
                company.x_sale_approval and amount > 0,
                f"{amount:g} {money}",
                _("Set the minimum order amount in %(where)s", where=where),
            ),
        ]
