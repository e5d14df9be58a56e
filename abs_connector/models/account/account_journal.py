"""Which money a journal takes: cash, bank, mobile money (docs/contract.md 5)."""

from odoo import api, fields, models

SOURCES = [("cash", "Cash"), ("bank", "Bank"), ("mobile_money", "Mobile Money")]
MOBILE = ("mobile", "momo", "m-pesa", "mpesa", "t-money", "tmoney", "flooz", "airtel")


class AccountJournal(models.Model):
    _name = "account.journal"
    _inherit = ["account.journal", "abs.company.scope.mixin"]

    x_payment_source = fields.Selection(
        SOURCES,
        "Payment Source",
        compute="_compute_x_payment_source",
        store=True,
        readonly=False,
        help="The API's payment_source finds this journal when no journal is named.",
    )

    @api.depends("type")
    def _compute_x_payment_source(self):
        """Guess from type and name; a choice made by hand stays."""
        for journal in self:
            chosen = journal.x_payment_source
            if journal.type == "cash":
                journal.x_payment_source = "cash"
            elif journal.type == "bank":
                words = f"{journal.name or ''} {journal.code or ''}".lower()
                guess = "mobile_money" if any(w in words for w in MOBILE) else "bank"
                journal.x_payment_source = (
                    chosen if chosen in ("bank", guess) else guess
                )
            else:
                journal.x_payment_source = False

    @api.model
    def _abs_for_source(self, company, source):
        """Return the company's first journal of a payment source; maybe empty."""
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("type", "in", ("cash", "bank")),
                ("x_payment_source", "=", source),
            ],
            order="sequence, id",
            limit=1,
        )
