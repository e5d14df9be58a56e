"""Sold services become tasks of the field-service project (known gap 1 of the map)."""

from odoo import api, models

from .product_template import default_tracking


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model_create_multi
    def create(self, vals_list):
        # the variant hands all defaults down to its template, 'no' among them
        return super().create([default_tracking(vals) for vals in vals_list])
