"""The API's technical user may act in every company (GOVERNED_SALE_FINDINGS 1)."""

from odoo import api, models
from odoo.fields import Command

from .callers import api_uid


class Company(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        uid = api_uid(self.env)
        if uid:
            links = [Command.link(company.id) for company in companies]
            self.env["res.users"].sudo().browse(uid).write({"company_ids": links})
        return companies
