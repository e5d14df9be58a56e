"""The rules of a package hold over RPC as they do in the API."""

from odoo import Command

from ..exceptions import BusinessError
from .common import AbsCommon


class TestPackageRules(AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kit_sheet = cls.package("Rules Kit", ("Colour", "red", "blue"))
        cls.other = cls.package("Rules Other", ("Size", "small"))
        user = cls.make_user(
            "rules", "abs_connector.group_manager", "sales_team.group_sale_manager"
        )
        cls.mine = {"user": user, "context": {"allowed_company_ids": cls.togo.ids}}

    @classmethod
    def package(cls, name, choice):
        title, *options = choice
        return cls.env["ov.bop.sheet"].create(
            {
                "product_id": cls.make_product(name, name, 0).id,
                "line_ids": [Command.create({"product_id": cls.cable.id})],
                "property_ids": [
                    Command.create(
                        {
                            "name": title,
                            "option_ids": [
                                Command.create({"name": o}) for o in options
                            ],
                        }
                    )
                ],
            }
        )

    def as_manager(self, records):
        return records.with_env(self.env(**self.mine, su=False))

    def refuses(self, code, method, *args):
        with self.assertRaises(BusinessError) as refused, self.env.cr.savepoint():
            method(*args)
            self.env.flush_all()
        self.assertEqual(refused.exception.code, code)

    def test_parts_stay_in_their_package(self):
        away = {"sheet_id": self.other.id}
        prop = self.as_manager(self.kit_sheet.property_ids)
        self.refuses("readonly_field", prop.write, away)
        self.refuses(
            "readonly_field", self.as_manager(self.kit_sheet.line_ids).write, away
        )
        self.refuses(
            "readonly_field",
            prop.option_ids[0].write,
            {"property_id": self.other.property_ids.id},
        )
        link = {"property_ids": [Command.link(prop.id)]}
        self.refuses("readonly_field", self.as_manager(self.other).write, link)
        prop.write({"sheet_id": self.kit_sheet.id})

    def test_names_are_told_apart(self):
        sheet = self.as_manager(self.kit_sheet)
        prop = sheet.property_ids
        twin = {"name": "COLOUR", "option_ids": [Command.create({"name": "x"})]}
        self.refuses(
            "property_exists", sheet.write, {"property_ids": [Command.create(twin)]}
        )
        self.refuses("option_exists", prop.option_ids[0].write, {"name": "BLUE"})
        new = {"option_ids": [Command.create({"name": "Red"})]}
        self.refuses("option_exists", prop.write, new)

    def test_a_choice_is_of_something(self):
        prop = self.as_manager(self.kit_sheet.property_ids)
        self.refuses("last_option", prop.option_ids.unlink)
        self.refuses("last_option", prop.write, {"option_ids": [Command.clear()]})
        red, blue = prop.option_ids
        green = [Command.delete(red.id), Command.delete(blue.id)]
        green.append(Command.create({"name": "green"}))
        prop.write({"option_ids": green})
        self.assertEqual(prop.option_ids.mapped("name"), ["green"])
        self.refuses("last_option", prop.option_ids.unlink)
        prop.unlink()
        self.assertFalse(self.kit_sheet.property_ids)

    def test_a_replacement_is_of_the_company(self):
        self.kit.company_id = self.kenya
        option = self.kit_sheet.property_ids.option_ids[0]
        vals = {"line_id": self.kit_sheet.line_ids.id, "product_id": self.kit.id}
        self.refuses("company_mismatch", option.write, vals)
        option.write({**vals, "product_id": self.battery.id})
