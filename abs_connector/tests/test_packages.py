"""Packages: expansion, circles, properties, substitutes, the wizard (workflow 1e)."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, ExclusionViolation

from ..exceptions import Conflict
from .test_catalogue import CatalogueCase

QUICK = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)


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
                    package._api_add_component(
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
        self.refuse("package_circle", a._api_add_component, {"product_id": a.id})
        b = self.package("PK-B", (a, 1))
        c = self.package("PK-C", (b, 1))
        self.refuse("package_circle", a._api_add_component, {"product_id": c.id})

    def test_circle_through_substitute_option_and_archive(self):
        a = self.package("PK-A", (self.cable, 1))
        b = self.package("PK-B", (a, 1))
        line = a._abs_package().line_ids
        self.refuse(
            "package_circle",
            a._api_change_component,
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
            {
                "product_id": a.id,
                "line_ids": [Command.create({"product_id": self.kit.id})],
            }
        )
        twin.active = False
        b2 = self.package("PK-B2", (self.kit, 1))
        sheet.line_ids.product_id = b2
        b2._api_add_component({"product_id": a.id})
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
        self.refuse("package_circle", a._abs_package()._api_expand)
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
        self.refuse("property_required", sheet._api_expand)
        colour = {"panel colour": "black"}
        row = sheet._api_expand(properties=colour)[0]
        self.assertEqual(row["product_id"], self.kit.id)
        self.assertEqual(row["properties"], "Panel Colour: Black")
        by_id = {str(sheet.property_ids.id): sheet.property_ids.option_ids[1].id}
        self.assertEqual(self.expand(package, properties=by_id), {silver: 1})
        outer = self.package("PK-OUT", (package, 2))._abs_package()
        row = outer._api_expand(properties={**colour})[0]
        self.assertEqual(
            (row["quantity"], row["properties"]), (2, "Panel Colour: Black")
        )
        self.refuse("property_unknown", sheet._api_expand, 1, {"Panel Colour": "Red"})
        self.refuse("property_unknown", sheet._api_expand, 1, {**colour, "Size": "L"})

    def test_substitution(self):
        package = self.package("PK", (self.battery, 2), (self.cable, 1))
        sheet = package._abs_package()
        battery = sheet.line_ids[0]
        spare = self.make_product("Spare", "T-SPARE", 90)
        choice = {"T-BAT": "T-SPARE"}
        self.refuse("substitution_not_allowed", sheet._api_expand, 1, {}, choice)
        package._api_change_component(battery, {"substitute_ids": [spare.id]})
        self.assertTrue(battery.substitutable)
        for key in ("T-BAT", battery.id, str(self.battery.id)):
            expanded = self.expand(package, 1, substitutions={key: spare.id})
            self.assertEqual(expanded, {spare: 2, self.cable: 1})
        for bad in ({"T-BAT": "T-SK"}, {"T-CABLE": "T-SPARE"}, {"nothing": "T-SPARE"}):
            self.refuse("substitution_not_allowed", sheet._api_expand, 1, {}, bad)
        package._api_change_component(battery, {"substitutable": False})
        self.assertFalse(battery.substitute_ids)

    def test_what_cannot_be_sold(self):
        empty = self.env["ov.bop.sheet"].create(
            {"product_id": self.make_product("E", "E", 1).id}
        )
        self.refuse("package_empty", empty._api_expand)
        package = self.package("PK", (self.cable, 1))
        self.refuse("invalid", package._abs_package()._api_expand, 0)
        self.cable.action_archive()
        self.refuse("component_archived", package._abs_package()._api_expand)
        sheet = package._abs_package()
        sheet.active = False
        self.refuse("package_archived", sheet._api_expand)

    def test_one_component_once_and_one_active_sheet(self):
        package = self.package("PK", (self.cable, 1))
        with self.assertRaises(Conflict) as caught:
            package._api_add_component({"product_id": self.cable.id})
        self.assertEqual(caught.exception.code, "component_exists")
        with self.assertRaises(ExclusionViolation), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                self.env["ov.bop.sheet"].create({"product_id": package.id})
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                package._abs_package().line_ids.quantity = 0
                self.env.flush_all()

    def test_components_of_another_company_are_refused(self):
        local = self.make_product("Kenyan", "T-KE", 1, company_id=self.kenya.id)
        package = self.make_product("PK", "PK", 0, company_id=self.togo.id)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            package._api_add_component({"product_id": local.id})
            self.env.flush_all()

    def test_component_of_another_package_is_not_found(self):
        one = self.package("PK1", (self.cable, 1))
        two = self.package("PK2", (self.kit, 1))
        line = two._abs_package().line_ids
        self.refuse("not_found", one._api_remove_component, line)
        self.assertTrue(line.exists())


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
        action = order.action_add_package()
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
        with self.assertRaisesRegex(UserError, "is a package"):
            with self.env.cr.savepoint():
                order.action_confirm()
        order.action_expand_packages()
        self.assertEqual(self.added(order), {self.cable: 8})
        self.assertNotIn(package, order.order_line.product_id)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
