"""Rules of the catalogue: PU taxonomy, families, prices, packages (SPEC 1, 5 to 7)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import BusinessError, Conflict, Forbidden
from ..scope import Grant, Scope
from .common import AbsCommon

QUICK = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)


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
            product.abs_add_component(
                {"product_id": component.id, "quantity": quantity}
            )
        return product

    def expand(self, product, quantity=1, **choice):
        """Return ``{product: quantity}`` of an expansion."""
        totals = {}
        for row in product._abs_package().abs_expand(quantity, **choice):
            part = self.env["product.product"].browse(row["product_id"])
            totals[part] = totals.get(part, 0) + row["quantity"]
        return totals


@tagged("post_install", "-at_install")
class TestPuRules(CatalogueCase):
    def test_every_combination(self):
        """The table of SALES_WORKFLOW.md 1c, all combinations of the five fields."""
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
                                and (not recurring or category in ("contract", "digital"))
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
class TestPackages(CatalogueCase):
    def test_expansion_multiplies(self):
        inner = self.package("PK-IN", (self.cable, 2), (self.kit, 1))
        outer = self.package("PK-OUT", (inner, 3), (self.cable, 0.5))
        self.assertEqual(self.expand(outer, 2), {self.cable: 13, self.kit: 6})

    @QUICK
    @given(
        st.lists(
            st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), max_size=3),
            min_size=1,
            max_size=4,
        ),
        st.integers(1, 5),
    )
    def test_expansion_of_any_nesting(self, shape, quantity):
        """Package i holds two leaves and packages below i; checked by hand."""
        with self.env.cr.savepoint() as savepoint:
            packages, expected = [], []
            for index, links in enumerate(shape):
                package = self.package(f"H{index}", (self.cable, 1), (self.kit, 2))
                total = {self.cable: 1, self.kit: 2}
                used = set()
                for target, amount in links:
                    if target >= index or target in used:
                        continue
                    used.add(target)
                    package.abs_add_component(
                        {"product_id": packages[target].id, "quantity": amount}
                    )
                    for leaf, below in expected[target].items():
                        total[leaf] += amount * below
                packages.append(package)
                expected.append(total)
            wanted = {leaf: amount * quantity for leaf, amount in expected[-1].items()}
            self.assertEqual(self.expand(packages[-1], quantity), wanted)
            price = sum(
                amount * leaf._abs_prices(self.env.company)[leaf.id]
                for leaf, amount in expected[-1].items()
            )
            shown = packages[-1]._abs_prices(self.env.company)[packages[-1].id]
            self.assertAlmostEqual(shown, price, 2)
            savepoint.rollback()
            self.env.invalidate_all()

    def test_circle_is_refused_at_any_depth(self):
        a = self.package("PK-A", (self.cable, 1))
        self.refuse("package_circle", a.abs_add_component, {"product_id": a.id})
        b = self.package("PK-B", (a, 1))
        c = self.package("PK-C", (b, 1))
        self.refuse("package_circle", a.abs_add_component, {"product_id": c.id})

    def test_circle_through_substitute_option_and_archive(self):
        a = self.package("PK-A", (self.cable, 1))
        b = self.package("PK-B", (a, 1))
        line = a._abs_package().line_ids
        self.refuse(
            "package_circle",
            a.abs_change_component,
            line,
            {"substitute_ids": [b.id]},
        )
        option = {"name": "B", "line_id": line.id, "product_id": b.id}
        prop = {"name": "P", "option_ids": [Command.create(option)]}
        self.refuse(
            "package_circle",
            a._abs_package().write,
            {"property_ids": [Command.create(prop)]},
        )
        sheet = a._abs_package()
        sheet.active = False
        twin = self.env["ov.bop.sheet"].create(
            {"product_id": a.id, "line_ids": [Command.create({"product_id": self.kit.id})]}
        )
        twin.active = False
        b2 = self.package("PK-B2", (self.kit, 1))
        sheet.line_ids.product_id = b2
        b2.abs_add_component({"product_id": a.id})
        self.refuse("package_circle", sheet.write, {"active": True})

    def test_circle_made_behind_the_checks_does_not_hang(self):
        a = self.package("PK-A", (self.cable, 1))
        b = self.package("PK-B", (a, 1))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ov_bop_line SET product_id = %s WHERE sheet_id = %s",
            [b.id, a._abs_package().id],
        )
        self.env.invalidate_all()
        self.refuse("package_circle", a._abs_package().abs_expand)
        self.assertIn(a.id, a._abs_prices(self.env.company))

    def test_properties(self):
        package = self.package("PK", (self.kit, 1))
        silver = self.make_product("Kit Silver", "T-SK-S", 460)
        sheet = package._abs_package()
        sheet.property_ids = [
            Command.create(
                {
                    "name": "Panel Colour",
                    "required": True,
                    "option_ids": [
                        Command.create({"name": "Black"}),
                        Command.create(
                            {
                                "name": "Silver",
                                "line_id": sheet.line_ids.id,
                                "product_id": silver.id,
                            }
                        ),
                    ],
                }
            )
        ]
        self.refuse("property_required", sheet.abs_expand)
        colour = {"panel colour": "black"}
        row = sheet.abs_expand(properties=colour)[0]
        self.assertEqual(row["product_id"], self.kit.id)
        self.assertEqual(row["properties"], "Panel Colour: Black")
        by_id = {str(sheet.property_ids.id): sheet.property_ids.option_ids[1].id}
        self.assertEqual(self.expand(package, properties=by_id), {silver: 1})
        outer = self.package("PK-OUT", (package, 2))._abs_package()
        row = outer.abs_expand(properties={**colour})[0]
        self.assertEqual((row["quantity"], row["properties"]), (2, "Panel Colour: Black"))
        self.refuse("property_unknown", sheet.abs_expand, 1, {"Panel Colour": "Red"})
        self.refuse("property_unknown", sheet.abs_expand, 1, {**colour, "Size": "L"})

    def test_substitution(self):
        package = self.package("PK", (self.battery, 2), (self.cable, 1))
        sheet = package._abs_package()
        battery, cable = sheet.line_ids
        spare = self.make_product("Spare", "T-SPARE", 90)
        choice = {"T-BAT": "T-SPARE"}
        self.refuse("substitution_not_allowed", sheet.abs_expand, 1, {}, choice)
        package.abs_change_component(battery, {"substitute_ids": [spare.id]})
        self.assertTrue(battery.substitutable)
        for key in ("T-BAT", battery.id, str(self.battery.id)):
            expanded = self.expand(package, 1, substitutions={key: spare.id})
            self.assertEqual(expanded, {spare: 2, self.cable: 1})
        for bad in ({"T-BAT": "T-SK"}, {"T-CABLE": "T-SPARE"}, {"nothing": "T-SPARE"}):
            self.refuse("substitution_not_allowed", sheet.abs_expand, 1, {}, bad)
        package.abs_change_component(battery, {"substitutable": False})
        self.assertFalse(battery.substitute_ids)

    def test_what_cannot_be_sold(self):
        empty = self.env["ov.bop.sheet"].create(
            {"product_id": self.make_product("E", "E", 1).id}
        )
        self.refuse("package_empty", empty.abs_expand)
        package = self.package("PK", (self.cable, 1))
        self.refuse("invalid", package._abs_package().abs_expand, 0)
        self.cable.action_archive()
        self.refuse("component_archived", package._abs_package().abs_expand)
        sheet = package._abs_package()
        sheet.active = False
        self.refuse("package_archived", sheet.abs_expand)

    def test_one_component_once_and_one_active_sheet(self):
        package = self.package("PK", (self.cable, 1))
        with self.assertRaises(Conflict) as caught:
            package.abs_add_component({"product_id": self.cable.id})
        self.assertEqual(caught.exception.code, "component_exists")
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env["ov.bop.sheet"].create({"product_id": package.id})
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                package._abs_package().line_ids.quantity = 0
                self.env.flush_all()

    def test_components_of_another_company_are_refused(self):
        local = self.make_product("Kenyan", "T-KE", 1, company_id=self.kenya.id)
        package = self.make_product("PK", "PK", 0, company_id=self.togo.id)
        with self.assertRaises(Exception), self.env.cr.savepoint():
            package.abs_add_component({"product_id": local.id})
            self.env.flush_all()

    def test_component_of_another_package_is_not_found(self):
        one = self.package("PK1", (self.cable, 1))
        two = self.package("PK2", (self.kit, 1))
        line = two._abs_package().line_ids
        self.refuse("not_found", one.abs_remove_component, line)
        self.assertTrue(line.exists())


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
        order = self.env["sale.order"].with_company(self.togo).create(
            {
                "partner_id": self.marie.id,
                "company_id": self.togo.id,
                "order_line": [Command.create({"product_id": self.kit.id})],
            }
        )
        self.assertEqual(order.order_line.price_unit, 280000)

    def test_package_price_is_not_set_by_hand(self):
        package = self.package("PK", (self.cable, 1))
        self.refuse("price_of_package", package._abs_set_price, self.env.company, 5)


@tagged("post_install", "-at_install")
class TestVisibility(CatalogueCase):
    """SPEC 5, Products: stamped for the SA or above, unstamped, and unscoped roots."""

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
            product.abs_add_component({"product_id": self.cable.id})
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
            self.as_api(self.kofi, self.kit).abs_update_product({"name": "Mine"})
        own = self.make_product("Own", "V-OWN", 1, x_sa_id=self.sa_lom.id)
        self.as_api(self.kofi, own).abs_update_product({"name": "Ours"})
        self.assertEqual(own.name, "Ours")
        with self.assertRaises(Forbidden):
            self.as_api(self.yao, own).abs_update_product({"name": "Theirs"})


@tagged("post_install", "-at_install")
class TestPackagesInTheWebClient(CatalogueCase):
    def order(self, *lines):
        return self.quotation(self.marie, [(self.cable, 1), *lines])

    def added(self, order):
        """Return ``{product: quantity}`` of the lines that came from a package."""
        lines = order.order_line.filtered("x_bop_id")
        return {line.product_id: line.product_uom_qty for line in lines}

    def test_wizard_adds_the_components(self):
        spare = self.make_product("Spare", "T-SPARE", 90)
        package = self.package("PK", (self.kit, 1), (self.battery, 2))
        sheet = package._abs_package()
        sheet.line_ids[1].write(
            {"substitutable": True, "substitute_ids": [Command.link(spare.id)]}
        )
        colours = [Command.create({"name": name}) for name in ("Black", "Silver")]
        sheet.property_ids = [Command.create({"name": "Colour", "option_ids": colours})]
        order = self.order()
        action = order.action_abs_add_package()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = wizard.create({"sheet_id": sheet.id, "quantity": 3})
        self.assertEqual(wizard.line_ids.product_id, self.kit | self.battery)
        self.assertEqual(wizard.line_ids[1].allowed_ids, spare)
        wizard.line_ids[1].substitute_id = spare
        wizard.choice_ids.option_id = sheet.property_ids.option_ids[0]
        wizard.action_add()
        self.assertEqual(self.added(order), {self.kit: 3, spare: 6})
        told = order.order_line.filtered(lambda line: "Colour: Black" in line.name)
        self.assertEqual(told.product_id, self.kit, "told once, with the first part")

    def test_a_package_line_is_expanded_before_it_is_confirmed(self):
        package = self.package("PK", (self.cable, 4))
        order = self.order((package, 2, 0))
        with self.assertRaisesRegex(Exception, "is a package"):
            with self.env.cr.savepoint():
                order.action_confirm()
        order.action_abs_expand_packages()
        self.assertEqual(self.added(order), {self.cable: 8})
        self.assertNotIn(package, order.order_line.product_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
