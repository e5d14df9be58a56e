"""Rules of the catalogue: PU taxonomy, families, prices, packages (docs/contract.md 1, 5 to 7)."""

from odoo.fields import Command
from odoo.tests import tagged

from ..exceptions import BusinessError, Forbidden
from ..scope import Grant, Scope
from .common import AbsCommon


class CatalogueCase(AbsCommon):
    def refuse(self, code, function, *args, **kwargs):
        """Run in a savepoint; must raise a BusinessError with ``code``."""
        with self.assertRaises(BusinessError) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception

    def as_api(self, employee, record):
        """Return the record as a verb gets it in a request of ``employee``."""
        return record.with_env(self.api_env(employee)).sudo()

    def package(self, name, *components):
        """Return a package product; components as ``(product, quantity)``."""
        product = self.make_product(name, name, 0)
        for component, quantity in components:
            product._api_add_component(
                {"product_id": component.id, "quantity": quantity}
            )
        return product

    def expand(self, product, quantity=1, **choice):
        """Return ``{product: quantity}`` of an expansion."""
        totals = {}
        for row in product._abs_package()._api_expand(quantity, **choice):
            part = self.env["product.product"].browse(row["product_id"])
            totals[part] = totals.get(part, 0) + row["quantity"]
        return totals


@tagged("post_install", "-at_install")
class TestPuRules(CatalogueCase):
    def test_every_combination(self):
        """The table of workflow 1c, all combinations of the five fields."""
        product = self.env["product.template"].create({"name": "PU", "type": "consu"})
        allowed = refused = 0
        for category in (False, "physical", "service", "contract", "digital"):
            for kind in ("consu", "service"):
                for service in (False, "access", "gage"):
                    for contract in (False, "warranty", "paygo"):
                        for recurring in (False, True):
                            fits = (
                                (not service or category == "service")
                                and (not contract or category == "contract")
                                and (
                                    not recurring or category in ("contract", "digital")
                                )
                                and (
                                    not category
                                    or (kind == "consu") == (category == "physical")
                                )
                            )
                            vals = {
                                "x_pu_category": category,
                                "type": kind,
                                "x_service_type": service,
                                "x_contract_type": contract,
                                "recurring_invoice": recurring,
                            }
                            if fits:
                                product.write(vals)
                                self.env.flush_all()
                                allowed += 1
                            else:
                                self.refuse("pu_rule", product.write, vals)
                                refused += 1
        self.assertEqual((allowed, refused), (14, 166))

    def test_error_names_the_field(self):
        error = self.refuse(
            "pu_rule",
            self.env["product.template"].create,
            {"name": "X", "x_pu_category": "physical", "x_contract_type": "warranty"},
        )
        self.assertEqual(error.details[0]["field"], "x_contract_type")

    def test_type_follows_category_when_omitted(self):
        for category, kind in (("physical", "consu"), ("service", "service")):
            template = self.env["product.template"].create(
                {"name": "T", "x_pu_category": category}
            )
            self.assertEqual(template.type, kind)

    def test_family_comes_from_the_root(self):
        categories = self.env["product.category"]
        root = categories.create({"name": "Root", "x_product_family": "off_grid"})
        child = categories.create({"name": "Child", "parent_id": root.id})
        leaf = categories.create({"name": "Leaf", "parent_id": child.id})
        product = self.make_product("P", "P-FAM", 1, categ_id=leaf.id)
        self.assertEqual(product.x_product_family, "off_grid")
        root.x_product_family = "cross_grid"
        self.assertEqual(product.x_product_family, "cross_grid")
        self.refuse("product_family", leaf.write, {"x_product_family": "solar_home"})
        other = categories.create({"name": "Other", "x_product_family": "e_mobility"})
        child.parent_id = other
        self.assertEqual(product.x_product_family, "e_mobility")


@tagged("post_install", "-at_install")
class TestPrices(CatalogueCase):
    def test_prices_are_of_the_company(self):
        """A shared product: fixed on each company's pricelist, no rate in between."""
        for company in (self.togo, self.kenya):
            self.env["product.pricelist"].with_company(company).create(
                {
                    "name": "Own",
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "sequence": 0,
                }
            )
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.togo.currency_id.id,
                "company_id": self.env.company.id,
                "rate": 600,
            }
        )
        self.kit._abs_set_price(self.togo, 270000)
        self.kit._abs_set_price(self.kenya, 58000)
        self.assertEqual(self.kit._abs_prices(self.togo)[self.kit.id], 270000)
        self.assertEqual(self.kit._abs_prices(self.kenya)[self.kit.id], 58000)
        self.assertEqual(self.kit.list_price, 450)
        self.kit._abs_set_price(self.togo, 280000)
        self.assertEqual(self.kit._abs_prices(self.togo)[self.kit.id], 280000)
        order = (
            self.env["sale.order"]
            .with_company(self.togo)
            .create(
                {
                    "partner_id": self.marie.id,
                    "company_id": self.togo.id,
                    "order_line": [Command.create({"product_id": self.kit.id})],
                }
            )
        )
        self.assertEqual(order.order_line.price_unit, 280000)

    def test_package_price_is_not_set_by_hand(self):
        package = self.package("PK", (self.cable, 1))
        self.refuse("price_of_package", package._abs_set_price, self.env.company, 5)


@tagged("post_install", "-at_install")
class TestVisibility(CatalogueCase):
    """docs/contract.md 5: stamped for the SA or above, unstamped, and unscoped roots."""

    def seen(self, scope):
        domain = self.env["product.product"]._abs_scope_domain(scope)
        own = [("default_code", "=like", "V-%")]
        found = self.env["product.product"].search([*own, *domain])
        return set(found.mapped("default_code"))

    def test_who_sees_what(self):
        category = self.env["product.category"].create({"name": "Open"})
        for code, account, more in (
            ("V-ALL", None, {}),
            ("V-LOM", self.sa_lom, {}),
            ("V-TOGO", self.sa_togo, {}),
            ("V-KAR", self.sa_kar, {}),
            ("V-LOMA", self.sa_lom_a, {}),
            ("V-OPEN", self.sa_kar, {"categ_id": category.id}),
            ("V-KE", None, {"company_id": self.kenya.id}),
        ):
            stamp = {"x_sa_id": account.id} if account else {}
            self.make_product(code, code, 1, **stamp, **more)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param(
            "abs_connector.unscoped_catalog_category_ids", str(category.id)
        )
        grant = Grant("assigned_only", (self.sa_lom.id,), self.jean.partner_id.id)
        lom = Scope("employee", (grant,), (self.togo.id,))
        self.assertEqual(self.seen(lom), {"V-ALL", "V-LOM", "V-TOGO", "V-OPEN"})
        grant = Grant("sa_wide", (self.sa_lom_a.id,), 0)
        branch = Scope("employee", (grant,), (self.togo.id,))
        self.assertEqual(
            self.seen(branch), {"V-ALL", "V-LOM", "V-TOGO", "V-LOMA", "V-OPEN"}
        )
        everything = {"V-ALL", "V-LOM", "V-TOGO", "V-KAR", "V-LOMA", "V-OPEN", "V-KE"}
        self.assertEqual(self.seen(Scope("admin")), everything)
        self.assertEqual(self.seen(Scope("system")), everything)
        self.assertEqual(
            self.seen(Scope("system", (), (self.togo.id,))), everything - {"V-KE"}
        )
        self.assertEqual(self.seen(Scope("customer", (), (), self.marie.id)), set())
        self.assertEqual(self.seen(Scope()), set())

    def test_packages_follow_their_product(self):
        for code, account in (("V-P1", self.sa_kar), ("V-P2", self.sa_lom)):
            product = self.make_product(code, code, 1, x_sa_id=account.id)
            product._api_add_component({"product_id": self.cable.id})
            self.assertEqual(product._abs_package().x_sa_id, account)
        grant = Grant("sa_wide", (self.sa_lom.id,), 0)
        scope = Scope("employee", (grant,), (self.togo.id,))
        for model, path in (
            ("ov.bop.sheet", "product_id.default_code"),
            ("ov.bop.line", "sheet_id.product_id.default_code"),
        ):
            domain = self.env[model]._abs_scope_domain(scope)
            found = self.env[model].search([(path, "=like", "V-P%"), *domain])
            self.assertEqual(found.mapped(path), ["V-P2"], model)

    def test_only_staff_of_the_products_sa_edit_it(self):
        with self.assertRaises(Forbidden):
            self.as_api(self.kofi, self.kit)._api_update_product({"name": "Mine"})
        own = self.make_product("Own", "V-OWN", 1, x_sa_id=self.sa_lom.id)
        self.as_api(self.kofi, own)._api_update_product({"name": "Ours"})
        self.assertEqual(own.name, "Ours")
        with self.assertRaises(Forbidden):
            self.as_api(self.yao, own)._api_update_product({"name": "Theirs"})
