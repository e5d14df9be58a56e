"""Company-bound settings that an order names: payment terms and pricelists."""

from odoo import models


class PaymentTerm(models.Model):
    _name = "account.payment.term"
    _inherit = ["account.payment.term", "abs.company.scope.mixin"]
