"""Company-bound settings that an order names: payment terms and pricelists."""

from odoo import models


class Pricelist(models.Model):
    _name = "product.pricelist"
    _inherit = ["product.pricelist", "abs.company.scope.mixin"]
