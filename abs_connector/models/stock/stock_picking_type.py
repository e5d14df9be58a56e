"""Pickings: which flow they belong to, who sees them, whose they are."""

from odoo import models


class StockPickingType(models.Model):
    _name = "stock.picking.type"
    _inherit = ["stock.picking.type", "abs.company.scope.mixin"]
