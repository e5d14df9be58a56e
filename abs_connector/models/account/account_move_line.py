"""Credit notes in whole and in part (workflow 7; SPEC 1, row 12)."""

from odoo import fields, models
from odoo.tools import float_compare


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    x_credited_line_id = fields.Many2one(
        "account.move.line",
        "Credited Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The invoice line that this line of a credit note takes back.",
    )
    x_billed_again = fields.Float(
        "Billed Again",
        digits="Product Unit of Measure",
        copy=False,
        readonly=True,
        help="How much of this line had been credited before and was asked for by name.",
    )

    def _abs_reverses(self, origin):
        """Tell whether this copied line may be the reversal of ``origin``."""
        return (
            self.product_id == origin.product_id
            and self.name == origin.name
            and float_compare(self.quantity, origin.quantity, precision_digits=4) == 0
            and float_compare(self.price_unit, origin.price_unit, precision_digits=6)
            == 0
        )

    def _abs_open_credit(self, domain=()):
        """Return the unused credit that could settle these receivable items of one
        customer, the oldest first.

        :param domain: more terms
        """
        found = self.sudo().search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("account_id", "in", self.account_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("currency_id", "in", self.currency_id.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", "<", 0),
                *domain,
            ],
            order="date, id",
        )
        return found.filtered(lambda line: not line.move_id._abs_is_reserved())
