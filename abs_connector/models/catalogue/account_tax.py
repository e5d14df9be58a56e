"""Taxes that products name: those of the caller's companies."""

from odoo import models


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "abs.company.scope.mixin"]
