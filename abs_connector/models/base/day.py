"""Which day it is: at the company that a record belongs to, not on the server.

A company's time zone is that of its contact, as everywhere in Odoo; without one it is
UTC. Odoo asks ``context_today``, so whoever calls Odoo for a company (the API's kernel,
the crons) puts ``company._abs_tz()`` into the context key ``tz``; our own rules ask
``company._abs_today()``, whoever calls.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import ormcache

from .domain import any_of


def on_their_days(records):
    """Yield records by company, in its time zone: for what Odoo asks ``context_today``."""
    for company, group in records.grouped("company_id").items():
        yield group.with_context(tz=company._abs_tz())


class Company(models.Model):
    _inherit = "res.company"

    x_tz = fields.Selection(
        related="partner_id.tz",
        readonly=False,
        string="Time Zone",
        help="Says which day counts for invoices, payments, subscriptions and reports of "
        "the company, and for the API. Empty: UTC.",
    )

    @api.model
    @ormcache()
    def _abs_zones(self):
        """Return ``{company id: time zone}`` of all companies; each request asks."""
        companies = self.sudo().with_context(active_test=False).search([])
        return {company.id: company.partner_id.tz or "UTC" for company in companies}

    def _abs_tz(self):
        """Return the time zone of a company; UTC of none."""
        return self._abs_zones().get(self.id, "UTC")

    @api.model
    def _abs_day_in(self, zone):
        return fields.Date.context_today(self.with_context(tz=zone))

    def _abs_today(self):
        """Return the day that it is now at a company; the UTC day of none."""
        return self._abs_day_in(self._abs_tz())

    @api.model
    def _abs_days(self):
        """Return ``{day that it is now: ids of the companies where it is}``.

        At most three days; what has no company (id False) goes by UTC.
        """
        zones, days = {False: "UTC", **self._abs_zones()}, defaultdict(list)
        today = {zone: self._abs_day_in(zone) for zone in set(zones.values())}
        for company_id, zone in zones.items():
            days[today[zone]].append(company_id)
        return days

    @api.model
    def _abs_day_domain(self, field, operator):
        """Return the domain, one expression, that compares a date with its own today.

        :param str field: a date of the searched model, which has a ``company_id``
        """
        return any_of(
            [("company_id", "in", ids), (field, operator, day)]
            for day, ids in self._abs_days().items()
        )

    @api.model
    def _abs_day_search(self, field, domain, operator, value):
        """Return the domain of a boolean, to search, that holds where ``domain`` does.

        ``domain`` compares the date ``field``; negated it would miss those without one.
        """
        values = value if operator in ("in", "not in") else [value]
        if (True in values) == (operator in ("=", "in")):
            return domain
        return ["|", (field, "=", False), "!", *domain]


class Partner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "tz" in vals:
            companies = self.env["res.company"].sudo().with_context(active_test=False)
            if companies.search_count([("partner_id", "in", self.ids)], limit=1):
                self.env.registry.clear_cache()
        return result
