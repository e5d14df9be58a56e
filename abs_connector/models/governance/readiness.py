"""The verification checklist of the setup guide (section 12), item by item.

Facts of all companies are read at once, grouped by company: the number of queries does
not grow with products, customers or stock. The check is for people: each item that is
not ok says what to do.
"""

from odoo import api, models

MAX_NAMES = 5
_ACTIVE_ON = ("active", "=", True)


class Readiness(models.AbstractModel):
    _name = "abs.readiness"
    _description = "Readiness checklist"

    @api.model
    def abs_readiness(self, company_ids=()):
        """Return the checklist.

        :param company_ids: the caller's companies; empty = all
        :return dict: ``ready`` and ``companies``: first the system as a whole
            (company None), then each company, with ``items`` of ``section, code,
            name, ok, detail, fix``
        """
        companies = self.env["res.company"].sudo()
        if company_ids:
            companies = companies.browse(list(company_ids))
        else:
            companies = companies.search([])
        reports = [(None, self.sudo()._check_system())]
        reports += self.sudo()._check_companies(companies)
        rows = [
            {
                "company": {"id": company.id, "name": company.name}
                if company
                else None,
                "ok": all(item["ok"] for item in items),
                "items": items,
            }
            for company, items in reports
        ]
        return {"ready": all(row["ok"] for row in rows), "companies": rows}

    @api.model
    def _item(self, section, code, name, ok, detail, fix):
        """Return one line of the checklist."""
        return {
            "section": section,
            "code": code,
            "name": name,
            "ok": bool(ok),
            "detail": detail,
            "fix": None if ok else fix,
        }

    # -- the system as a whole -------------------------------------------------------

    @api.model
    def _check_system(self):
        t, item = self.env._, self._item
        people = self.env.ref("base.group_user")._abs_implied()
        features = [
            item(
                section,
                code,
                name,
                self.env.ref(xmlid) in people,
                "",
                t("Enable it in Settings, %(place)s.", place=place),
            )
            for section, code, name, xmlid, place in (
                (
                    "stock",
                    "storage_locations",
                    t("Storage Locations are enabled"),
                    "stock.group_stock_multi_locations",
                    t("Inventory, Warehouse"),
                ),
                (
                    "stock",
                    "lots_and_serials",
                    t("Lots & Serial Numbers are enabled"),
                    "stock.group_production_lot",
                    t("Inventory, Traceability"),
                ),
                (
                    "sales",
                    "proforma",
                    t("Pro-Forma Invoice is enabled"),
                    "sale.group_proforma_sales",
                    t("Sales, Quotations & Orders"),
                ),
            )
        ]
        for line in features:
            line["detail"] = t("enabled") if line["ok"] else t("disabled")
        return [*features, *self._check_governance_system(), *self._check_mail()]

    @api.model
    def _check_governance_system(self):
        t, item = self.env._, self._item
        root = self.env["ov.serviced_account"]._global_root()
        admins = self.env["ov.membership"]._effective(account=root)
        admins = admins.filtered(lambda m: m.role_code == "admin")
        return [
            item(
                "governance",
                "global_root",
                t("The global root SA exists"),
                root and not root.company_id,
                f"{root.name} ({root.account_code})" if root else t("missing"),
                t("Upgrade the module abs_connector: it makes the global root."),
            ),
            item(
                "governance",
                "admin",
                t("An admin is a member of the global root SA"),
                admins,
                self._names(admins.employee_id) or t("nobody"),
                t(
                    "Enrol an employee with the role admin in the global root SA, or run "
                    "scripts/add_global_root_admins.py."
                ),
            ),
        ]

    @api.model
    def _check_mail(self):
        t, item = self.env._, self._item
        servers = self.env["ir.mail_server"].search_count([_ACTIVE_ON])
        teams = self.env["helpdesk.ticket.team"].search_count([_ACTIVE_ON])
        stage = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], order="sequence, id", limit=1
        )
        return [
            item(
                "helpdesk",
                "team",
                t("A helpdesk team exists"),
                teams,
                t("%(n)s teams", n=teams),
                t("Create one in Helpdesk, Configuration, Teams."),
            ),
            item(
                "helpdesk",
                "closing_stage",
                t("A closing stage exists"),
                stage,
                stage.name or t("none"),
                t("Mark a stage as closed in Helpdesk, Configuration, Stages."),
            ),
            item(
                "email",
                "mail_server",
                t("An outgoing mail server is configured"),
                servers,
                t("%(n)s servers", n=servers),
                t("Add one in Settings, Technical, Outgoing Mail Servers and test it."),
            ),
        ]

    # -- each company ----------------------------------------------------------------

    @api.model
    def _check_companies(self, companies):
        facts = self._facts(companies)
        goods = self._goods(companies)
        return [
            (
                company,
                [
                    *self._check_stock(company, facts),
                    *self._check_products(company, goods),
                    *self._check_customers(company, facts),
                    *self._check_accounting(company, facts),
                    *self._check_governance(company, facts),
                    *self._check_sales(company),
                ],
            )
            for company in companies
        ]

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
        """Return ``{fact: {company id: count}}`` of everything that is counted."""
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
        return facts

    @api.model
    def _check_stock(self, company, facts):
        t, item, i = self.env._, self._item, company.id
        return [
            item(
                "stock",
                "warehouse",
                t("A warehouse with a stock location exists"),
                facts["warehouses"][i],
                t("%(n)s warehouses", n=facts["warehouses"][i]),
                t("Create one in Inventory, Configuration, Warehouses."),
            ),
            item(
                "stock",
                "picking_types",
                t("Receipts and Delivery Orders exist"),
                facts["receipts"][i] and facts["deliveries"][i],
                t(
                    "%(in)s for receipts, %(out)s for deliveries",
                    **{"in": facts["receipts"][i], "out": facts["deliveries"][i]},
                ),
                t("Create the warehouse again: Odoo makes its operation types."),
            ),
            item(
                "stock",
                "received",
                t("Stock has been received"),
                facts["stock"][i],
                t("%(n)s stock records", n=facts["stock"][i]),
                t("Receive goods with POST /api/stock/receive or a receipt in Odoo."),
            ),
        ]

    @api.model
    def _goods(self, companies):
        """Return the products on sale, read once, with what the checks need."""
        products = self.env["product.template"].search(
            [
                ("sale_ok", "=", True),
                ("company_id", "in", [*companies.ids, False]),
            ]
        )
        packages = self.env["ov.bop.sheet"].search([]).product_tmpl_id
        return products, packages

    @api.model
    def _names(self, records, limit=MAX_NAMES):
        """Return the first names, and how many more there are."""
        names = ", ".join(records[:limit].mapped("display_name"))
        more = len(records) - limit
        return f"{names}, … (+{more})" if more > 0 else names

    @api.model
    def _all(self, section, code, name, wrong, fix, some=True):
        """Return an item that holds when no record is wrong (and there are some)."""
        t = self.env._
        if not some:
            detail, fix = t("there are no products yet"), t("Create the products.")
        else:
            detail = self._names(wrong) if wrong else t("all")
        return self._item(section, code, name, some and not wrong, detail, fix)

    @api.model
    def _check_products(self, company, goods):
        t = self.env._
        products, packages = goods
        products = products.filtered(
            lambda p: p.company_id in (company, p.company_id.browse())
        )
        hardware = products.filtered("is_storable")
        service = products.filtered(lambda p: p.type == "service")
        physical = products.filtered(lambda p: p.x_pu_category == "physical")
        serial = hardware.filtered(lambda p: p.tracking == "serial")
        loose = hardware - serial
        priced = products - packages
        untaxed = priced.filtered(
            lambda p: company not in p.taxes_id.mapped("company_id")
        )
        tracked = self._item(
            "products",
            "tracking",
            t("Hardware is tracked by serial number"),
            serial,
            t(
                "%(n)s by serial; not by serial (accessories only?): %(names)s",
                n=len(serial),
                names=self._names(loose) or "-",
            ),
            t("Set 'By Unique Serial Number' on kits, batteries and e-bikes."),
        )
        policy = t("Set the invoicing policy on the product.")
        return [
            self._all(
                "products",
                "storable",
                t("Hardware is storable"),
                physical.filtered(lambda p: p.type == "service"),
                t("Physical products can't be services: set 'Goods, track inventory'."),
                bool(hardware),
            ),
            tracked,
            self._all(
                "products",
                "hardware_policy",
                t("Hardware is invoiced on delivery"),
                hardware.filtered(lambda p: p.invoice_policy != "delivery"),
                policy,
                bool(hardware),
            ),
            self._all(
                "products",
                "service_policy",
                t("Services are invoiced on order"),
                service.filtered(lambda p: p.invoice_policy != "order"),
                policy,
            ),
            self._all(
                "products",
                "pu_category",
                t("All products have a PU category"),
                products.filtered(lambda p: not p.x_pu_category),
                t("Set the PU category on the product."),
                bool(products),
            ),
            self._all(
                "products",
                "price",
                t("All products have a sales price"),
                priced.filtered(lambda p: p.list_price <= 0),
                t("Set the sales price; packages take it from their components."),
                bool(products),
            ),
            self._all(
                "products",
                "tax",
                t("All products have a customer tax of the company"),
                untaxed,
                t("Set the customer taxes on the product."),
                bool(products),
            ),
        ]

    @api.model
    def _check_customers(self, company, facts):
        t, item, i = self.env._, self._item, company.id
        customers, emails = facts["customers"][i], facts["emails"][i]
        return [
            item(
                "customers",
                "customer",
                t("A customer exists"),
                customers,
                t("%(n)s customers", n=customers),
                t("Create one with POST /api/contacts or in Sales, Customers."),
            ),
            item(
                "customers",
                "email",
                t("A customer has an e-mail address"),
                emails,
                t("%(n)s of %(all)s have one", n=emails, all=customers),
                t("Add e-mail addresses: quotations and invoices are mailed to them."),
            ),
        ]

    @api.model
    def _check_accounting(self, company, facts):
        t, item, i = self.env._, self._item, company.id
        chart = facts["asset_receivable"][i] and facts["income"][i]
        categories = self.env["product.category"].with_company(company).search([])
        bare = categories.filtered(lambda c: not c.property_account_income_categ_id)
        default = "income_account_id" in company._fields and company.income_account_id
        return [
            item(
                "accounting",
                "chart",
                t("A chart of accounts is configured"),
                chart,
                company.chart_template or (t("accounts exist") if chart else t("none")),
                t("Choose a package in Settings, Invoicing, Fiscal Localization."),
            ),
            *(
                item(
                    "accounting",
                    key,
                    name,
                    facts[f"{key}s"][i],
                    t("%(n)s journals", n=facts[f"{key}s"][i]),
                    t("Create it in Accounting, Configuration, Journals."),
                )
                for key, name in (
                    ("sale_journal", t("A Customer Invoices journal exists")),
                    ("bank_journal", t("A bank journal exists")),
                    ("cash_journal", t("A cash journal exists")),
                )
            ),
            item(
                "accounting",
                "tax",
                t("A sales tax exists"),
                facts["taxes"][i],
                t("%(n)s taxes", n=facts["taxes"][i]),
                t("Create it in Accounting, Configuration, Taxes."),
            ),
            item(
                "accounting",
                "outstanding_account",
                t("Payments find an account"),
                self._finds_payment_account(company),
                company.transfer_account_id.display_name or "",
                t(
                    "Set the accounts of the journals' payment methods, or the "
                    "company's inter-banks transfer account."
                ),
            ),
            item(
                "accounting",
                "income_accounts",
                t("Income accounts are assigned to product categories"),
                default or not bare,
                self._names(bare) if bare and not default else t("all"),
                t("Set the income account on the product category."),
            ),
        ]

    @api.model
    def _finds_payment_account(self, company):
        """Odoo refuses a payment when method line, chart and company name no account
        (GOVERNED_SALE_FINDINGS 3)."""
        if company.transfer_account_id:
            return True
        chart = self.env["account.chart.template"].with_company(company)
        found = "account_journal_payment_debit_account_id"
        return bool(chart.ref(found, raise_if_not_found=False))

    @api.model
    def _check_governance(self, company, facts):
        t, item, i = self.env._, self._item, company.id
        return [
            item(
                "governance",
                code,
                name,
                facts[fact][i],
                t("%(n)s found", n=facts[fact][i]),
                fix,
            )
            for code, fact, name, fix in (
                (
                    "company_root",
                    "roots",
                    t("A company root SA exists"),
                    t("Create an SA of type root with the source company set."),
                ),
                (
                    "seed",
                    "seeds",
                    t("An active seed SA exists"),
                    t("Create an SA of type seed below the company root."),
                ),
                (
                    "employee",
                    "employees",
                    t("An employee exists"),
                    t("Create one in Governance, Employees."),
                ),
                (
                    "membership",
                    "members",
                    t("An employee is an active member of a seed SA"),
                    t("Enrol an employee in the SA."),
                ),
            )
        ]

    @api.model
    def _check_sales(self, company):
        t, item = self.env._, self._item
        amount, money = company.abs_sale_approval_amount, company.currency_id.name
        where = t("Settings, Sales, Quotations & Orders.")
        return [
            item(
                "sales",
                "approval",
                t("Order approval is enabled"),
                company.abs_sale_approval,
                t("enabled") if company.abs_sale_approval else t("disabled"),
                t("Enable it in %(where)s", where=where),
            ),
            item(
                "sales",
                "approval_amount",
                t("The approval amount is set"),
                company.abs_sale_approval and amount > 0,
                f"{amount:g} {money}",
                t("Set the minimum order amount in %(where)s", where=where),
            ),
        ]


class Groups(models.Model):
    _inherit = "res.groups"

    def _abs_implied(self):
        """Return the groups that one group brings, itself included, on both series."""
        found = todo = self
        while todo:
            todo = todo.implied_ids - found
            found |= todo
        return found
