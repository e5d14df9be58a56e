"""The readiness checklist: stock and products of a company."""

from odoo import api, models


class Readiness(models.AbstractModel):
    _inherit = "abs.readiness"

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
