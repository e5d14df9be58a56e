"""Credit notes in whole and in part (workflow 7; docs/contract.md 1.12)."""

from odoo import api, fields, models
from odoo.tools import float_compare

from ..base.domain import any_of


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

    @api.model
    def _abs_ledger_domain(self, scope):
        """Return the items of the papers that a caller sees: invoices and payments, and
        what nobody governs (opening balances, lines of the bank)."""
        if scope.kind == "admin" or (scope.kind == "system" and not scope.company_ids):
            return []
        papers = self.env["account.move"]._abs_scope_domain(scope)
        payments = self.env["account.payment"]._abs_scope_domain(scope)
        ungoverned = [
            ("move_type", "=", "entry"),
            ("payment_id", "=", False),
            ("move_id.x_sa_id", "=", False),
        ]
        return any_of(
            [
                [("move_id", "any", papers)],
                [("payment_id", "any", payments)],
                ungoverned,
            ]
        )
