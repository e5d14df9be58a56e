"""The readiness checklist: stock and products of a company."""

from odoo import api, models


class Readiness(models.AbstractModel):
    _inherit = "abs.readiness"

    @api.model
    def _check_stock(self, company, facts):
        _, item, i = self.env._, self._item, company.id
        several = facts["warehouses"][i] > 1
        placeless = several and facts["placeless"].get(company)
        return [
            item(
                "stock",
                "depots",
                _("Each Service Account names the warehouse that it ships from"),
                not placeless,
                _(
                    "%(n)s warehouses; without one: %(names)s",
                    n=facts["warehouses"][i],
                    names=self._names(placeless) if placeless else "-",
                ),
                _(
                    "Choose a warehouse on the Service Account, or on one above it: "
                    "until then it ships from the company's first."
                ),
            ),
            item(
                "stock",
                "warehouse",
                _("A warehouse with a stock location exists"),
                facts["warehouses"][i],
                _("%(n)s warehouses", n=facts["warehouses"][i]),
                _("Create one in Inventory, Configuration, Warehouses."),
            ),
            item(
                "stock",
                "picking_types",
                _("Receipts and Delivery Orders exist"),
                facts["receipts"][i] and facts["deliveries"][i],
                _(
                    "%(in)s for receipts, %(out)s for deliveries",
                    **{"in": facts["receipts"][i], "out": facts["deliveries"][i]},
                ),
                _("Create the warehouse again: Odoo makes its operation types."),
            ),
            item(
                "stock",
                "received",
                _("Stock has been received"),
                facts["stock"][i],
                _("%(n)s stock records", n=facts["stock"][i]),
                _("Receive goods with POST /api/stock/receive or a receipt in Odoo."),
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
    def _check_products(self, company, goods):
        _ = self.env._
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
        country = company.account_fiscal_country_id
        foreign = priced.filtered(
            lambda p: (
                p.taxes_id.filtered(lambda t: t.company_id == company).country_id
                - country
            )
        )
        tracked = self._item(
            "products",
            "tracking",
            _("Hardware is tracked by serial number"),
            serial,
            _(
                "%(n)s by serial; not by serial (accessories only?): %(names)s",
                n=len(serial),
                names=self._names(loose) or "-",
            ),
            _("Set 'By Unique Serial Number' on kits, batteries and e-bikes."),
        )
        policy = _("Set the invoicing policy on the product.")
        return [
            self._all(
                "products",
                "storable",
                _("Hardware is storable"),
                physical.filtered(lambda p: p.type == "service"),
                _("Physical products can't be services: set 'Goods, track inventory'."),
                bool(hardware),
            ),
            tracked,
            self._all(
                "products",
                "hardware_policy",
                _("Hardware is invoiced on delivery"),
                hardware.filtered(lambda p: p.invoice_policy != "delivery"),
                policy,
                bool(hardware),
            ),
            self._all(
                "products",
                "service_policy",
                _("Services are invoiced on order"),
                service.filtered(lambda p: p.invoice_policy != "order"),
                policy,
            ),
            self._all(
                "products",
                "pu_category",
                _("All products have a PU category"),
                products.filtered(lambda p: not p.x_pu_category),
                _("Set the PU category on the product."),
                bool(products),
            ),
            self._all(
                "products",
                "price",
                _("All products have a sales price"),
                priced.filtered(lambda p: p.list_price <= 0),
                _("Set the sales price; packages take it from their components."),
                bool(products),
            ),
            self._all(
                "products",
                "tax",
                _("All products have a customer tax of the company"),
                untaxed,
                _("Set the customer taxes on the product."),
                bool(products),
            ),
            self._all(
                "products",
                "foreign_tax",
                _("No product carries a tax of another country"),
                foreign,
                _(
                    "Archive that tax, or take it off the product: it is charged on "
                    "top, or refused when the invoice is made."
                ),
            ),
        ]
