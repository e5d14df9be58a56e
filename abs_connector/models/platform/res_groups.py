"""User, Manager, Administrator: one choice on the user's form."""

from odoo import api, models

from ...compat import GROUP_CHOICE, SERIES

LEVELS = ("group_user", "group_manager", "group_administrator")


class Groups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _abs_prepare_choice(self):
        """Put the access groups below 'ABS Connector'; repeated by each upgrade.

        Since each level implies the one below, Odoo offers them as one selection.
        Odoo 18 asks for a category, 19 for a privilege of a category.
        """
        choice = self.env.ref("abs_connector.module_category_abs")
        if SERIES >= 19:
            values = {"name": choice.name, "category_id": choice.id, "sequence": 1}
            choice = self.env["res.groups.privilege"]._load_records(
                [{"xml_id": "abs_connector.privilege_abs", "values": values}]
            )
        for name in LEVELS:
            self.env.ref(f"abs_connector.{name}")[GROUP_CHOICE] = choice
