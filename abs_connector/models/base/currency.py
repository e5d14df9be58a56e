from odoo import models


class Currency(models.Model):
    _inherit = "res.currency"

    def _abs_digits(self, amount):
        """Return an amount for a sentence: 5000 of XOF, 12.50 of GHS.

        One that the currency can't hold is told as it was given.
        """
        self.ensure_one()
        if abs(amount - self.round(amount)) > self.rounding / 1000:
            return f"{amount:.12g}"
        return f"{amount:.{self.decimal_places}f}"
