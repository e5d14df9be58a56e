"""What a company is to the addon: reachable by the API, selling or a holding only."""

from odoo import api, fields, models
from odoo.fields import Command

from ...scope import Switch
from ..base.caller import api_uid

#: Companies that the demo or a test makes up: no outside service knows them.
INVENTED = Switch("invented")


class Company(models.Model):
    _inherit = "res.company"

    x_holding = fields.Boolean(
        "Holding Only",
        help="The company owns others and sells nothing itself: the readiness checklist "
        "asks no warehouse, taxes or seed SA of it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """The API's technical user may act in every company."""
        companies = super().create(vals_list)
        self.env.registry.clear_cache()  # their time zones are told now
        uid = api_uid(self.env)
        if uid:
            links = [Command.link(company.id) for company in companies]
            self.env["res.users"].sudo().browse(uid).write({"company_ids": links})
        return companies

    def iap_enrich_auto(self):
        """Ask no outside service about companies that the demo or a test invents.

        Odoo's module ``partner_autocomplete`` sends each new company's e-mail domain
        away and waits for the answer; whoever makes such companies sets
        :data:`INVENTED`.
        """
        ask = getattr(super(), "iap_enrich_auto", None)
        if ask is None:
            return True
        if INVENTED.of(self.env):
            self.iap_enrich_auto_done = True
            return True
        return ask()
