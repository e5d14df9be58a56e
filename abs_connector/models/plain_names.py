"""Which fields of which models are names and codes; see ``platform/plain_text.py``."""

from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    _abs_marks = ("name", "ref")


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    _abs_marks = ("lot_name",)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    _abs_marks = ("default_code", "barcode")
    _abs_lines = ("name",)


class ProductProduct(models.Model):
    _inherit = "product.product"

    _abs_marks = ("default_code", "barcode")
    _abs_lines = ("name",)


class ServicedAccount(models.Model):
    _inherit = "ov.serviced_account"

    _abs_marks = ("account_code",)
    _abs_lines = ("name",)


class Employee(models.Model):
    _inherit = "abs.employee"

    _abs_lines = ("name", "email", "phone")


class Outlet(models.Model):
    _inherit = "ov.outlet"

    _abs_lines = ("name", "code")


class Asset(models.Model):
    _inherit = "ov.asset"

    _abs_marks = ("asset_code",)
    _abs_lines = ("name",)


class BopSheet(models.Model):
    _inherit = "ov.bop.sheet"

    _abs_lines = ("name",)


class BopProperty(models.Model):
    _inherit = "ov.bop.property"

    _abs_lines = ("name",)


class BopPropertyOption(models.Model):
    _inherit = "ov.bop.property.option"

    _abs_lines = ("name",)


class SubscriptionPlan(models.Model):
    _inherit = "abs.subscription.plan"

    _abs_marks = ("code",)
    _abs_lines = ("name",)
