"""Categories, products, prices and the package (docs/contract.md 8; setup guide 4)."""

from odoo.fields import Command

#: key: (name, parent, family)
CATEGORIES = {
    "solar": ("Solar Kits", None, "solar_home"),
    "mobility": ("E-mobility", None, "e_mobility"),
    "cross": ("Cross-Grid", None, "cross_grid"),
    "off": ("Off-Grid", None, "off_grid"),
    "parts": ("Accessories & Spare Parts", "solar", None),
    "services": ("Services & Warranties", "solar", None),
}
GOODS = {"type": "consu", "is_storable": True, "invoice_policy": "delivery"}
SERIAL = {**GOODS, "tracking": "serial"}
SERVICE = {"type": "service", "invoice_policy": "order"}
#: default code: (name, category, price, PU fields, Odoo fields). The price is money of
#: each company: fixed on its own pricelist.
PRODUCTS = {
    "SK-200W": ("Solar Kit 200W", "solar", 450, ("physical", "piece"), SERIAL),
    "BAT-100": ("Battery 100Ah", "off", 120, ("physical", "piece"), SERIAL),
    "CC-30": (
        "Charge Controller 30A",
        "off",
        30,
        ("physical", "piece"),
        {**GOODS, "tracking": "none"},
    ),
    "CABLE": (
        "Cable Set",
        "parts",
        25,
        ("physical", "piece"),
        {"type": "consu", "is_storable": False, "invoice_policy": "order"},
    ),
    "INST": ("Installation", "services", 50, ("service", "count"), SERVICE),
    "WAR-24": (
        "Warranty 24 months",
        "services",
        5,
        ("contract", "duration"),
        {
            **SERVICE,
            "x_contract_type": "warranty",
            "recurring_invoice": True,
            "service_tracking": "no",
        },
    ),
    "SYNC-BIKE": ("SYNC E-bike", "mobility", 900, ("physical", "piece"), SERIAL),
    "SYNC-M": (
        "SYNC Monthly Plan",
        "mobility",
        40,
        ("contract", "duration"),
        {**SERVICE, "x_contract_type": "asset_assignment", "recurring_invoice": True},
    ),
    "SHS-200": (
        "Solar Home System 200W Package",
        "solar",
        0,
        ("physical", "piece"),
        {"type": "consu", "is_storable": False, "invoice_policy": "order"},
    ),
}
#: What SHS-200 contains, and what the buyer chooses (workflow 1e).
PACKAGE = (("SK-200W", 1), ("BAT-100", 1), ("CC-30", 1), ("CABLE", 2), ("INST", 1))
COLOURS = ("Black", "Silver")
UNSCOPED = "abs_connector.unscoped_catalog_category_ids"


class Catalogue:
    """A part of :class:`.loader.Demo`."""

    def _load_catalogue(self, companies):
        """Return ``{default code: product.product}``."""
        categories = self._demo_categories(companies)
        taxes = self.env["account.tax"]
        for company in companies.values():
            taxes |= company.account_sale_tax_id
        products = {}
        for code, (name, category, price, (pu, metric), more) in PRODUCTS.items():
            templates = self.env["product.template"].with_context(active_test=False)
            template = templates.search([("default_code", "=", code)], limit=1)
            if not template:
                template = templates.create(
                    {
                        "name": name,
                        "default_code": code,
                        "categ_id": categories[category].id,
                        "list_price": price,
                        "x_pu_category": pu,
                        "x_pu_metric": metric,
                        "x_service_type": "gage" if pu == "service" else False,
                        "taxes_id": [Command.set(taxes.ids)],
                        "supplier_taxes_id": [Command.clear()],
                        "company_id": False,
                        **more,
                    }
                )
            products[code] = template.product_variant_id
            for company in companies.values():
                self._demo_price(company, template, price)
        self._demo_package(products)
        return products

    def _demo_categories(self, companies):
        """Return ``{key: product.category}`` with families and accounts."""
        categories = {}
        for key, (name, parent, family) in CATEGORIES.items():
            above = categories[parent].id if parent else False
            category = self._one("product.category", {"name": name, "parent_id": above})
            if family and not category.x_product_family:
                category.x_product_family = family
            categories[key] = category
        self.env.flush_all()
        for company in companies.values():
            chart = self.env["account.chart.template"].with_company(company)
            for category in categories.values():
                local = category.with_company(company)
                if not local.property_account_income_categ_id:
                    local.property_account_income_categ_id = chart.ref("income")
                if not local.property_account_expense_categ_id:
                    local.property_account_expense_categ_id = chart.ref("expense")
        parameters = self.env["ir.config_parameter"]
        if not parameters.get_param(UNSCOPED):
            roots = [c.id for c in categories.values() if not c.parent_id]
            parameters.set_param(UNSCOPED, ",".join(map(str, roots)))
        return categories

    def _demo_price(self, company, template, price):
        """Fix the price in the company's currency: list prices are USD (cookbook 1)."""
        pricelist = self._demo_pricelist(company)
        items = pricelist.item_ids.filtered(lambda i: i.product_tmpl_id == template)
        if not items and price:
            pricelist.item_ids = [
                Command.create(
                    {
                        "applied_on": "1_product",
                        "product_tmpl_id": template.id,
                        "compute_price": "fixed",
                        "fixed_price": price,
                    }
                )
            ]

    def _demo_package(self, products):
        """Return the sheet of SHS-200."""
        package = products["SHS-200"]
        sheet = package._abs_package()
        if sheet:
            return sheet
        return self.env["ov.bop.sheet"].create(
            {
                "product_id": package.id,
                "name": "Solar Home System 200W",
                "line_ids": [
                    Command.create(
                        {"product_id": products[code].id, "quantity": quantity}
                    )
                    for code, quantity in PACKAGE
                ],
                "property_ids": [
                    Command.create(
                        {
                            "name": "Panel Colour",
                            "option_ids": [
                                Command.create({"name": name}) for name in COLOURS
                            ],
                        }
                    )
                ],
            }
        )
