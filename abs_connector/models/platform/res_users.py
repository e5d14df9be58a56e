"""The technical user behind the API: no rights but read access to what is searched."""

from odoo import Command, api, models

from ...compat import USER_GROUPS


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _abs_prepare_api_user(self):
        """Leave the technical user its own group only, in all companies.

        A user made from XML gets Odoo's default groups, 20 of them on 18 (among them
        the administrators of sales, stock and invoicing).
        """
        user = self.env.ref("abs_connector.user_api").sudo()
        companies = self.env["res.company"].sudo().search([])
        user.write(
            {
                USER_GROUPS: [Command.set(self.env.ref("abs_connector.group_api").ids)],
                "company_ids": [Command.set(companies.ids)],
            }
        )
