"""The governed core objects: which history, from where, what counts as open."""

from odoo import api, fields, models

from ...scope import Switch
from ..scope.ov_sa_assignment import governed
from .account_journal import SOURCES
from .account_move_credit import FROM_REGISTER

#: The payment wizard stamps its payments by the invoices that they pay.
STAMP_FROM_INVOICE = Switch("stamp_from_invoice")


@governed("ov.sa_payment_assignment", subject="payment_id", title="Payments")
class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "abs.stamp.mixin"]
    _sa_customer_reads = True
    _sa_source_fields = ("invoice_ids", "payment_transaction_id.invoice_ids")
    _sa_kind = "payments"
    _sa_cascade_fields = ("x_order_id",)
    _sa_open_domain = (("state", "=", "draft"),)

    def _sa_has_history(self):
        """A cancelled payment stays: it was told to the customer."""
        return bool(self.x_sa_id and self.state in ("canceled", "rejected"))

    def _sa_takes_default(self):
        """Money of customers; from the wizard it waits for its invoice, see below."""
        deferred = STAMP_FROM_INVOICE.of(self.env)
        return self.partner_type == "customer" and not deferred

    date = fields.Date(default=lambda self: self.env.company._abs_today())
    x_payment_source = fields.Selection(
        SOURCES,
        "Payment Source",
        compute="_compute_x_payment_source",
        store=True,
        readonly=False,
        help="How the customer paid: as said, else as the journal says.",
    )
    x_order_id = fields.Many2one(
        "sale.order",
        "Order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    x_reversed = fields.Boolean(
        "Reversed",
        compute="_compute_x_reversed",
        store=True,
        help="Its journal entry was reversed, as of a cheque that bounced: it brought "
        "no money.",
    )

    @api.depends("move_id.reversal_move_ids.state")
    def _compute_x_reversed(self):
        for payment in self:
            undone = payment.move_id.reversal_move_ids.mapped("state")
            payment.x_reversed = "posted" in undone

    @api.depends("journal_id")
    def _compute_x_payment_source(self):
        for payment in self:
            journal = payment.journal_id
            payment.x_payment_source = journal.x_payment_source or False

    @api.model_create_multi
    def create(self, vals_list):
        """Date a payment in a journal of another company by that company's day."""
        for vals in vals_list:
            if "date" not in vals and "default_date" not in self.env.context:
                journal = self.env["account.journal"].browse(vals.get("journal_id", ()))
                company = journal.company_id or self.env.company
                vals["date"] = company._abs_today()
        return super().create(vals_list)

    @api.model
    def _abs_scope_domain(self, scope):
        """The API knows the payments of customers only."""
        return [*super()._abs_scope_domain(scope), ("partner_type", "=", "customer")]

    def _api_numbers(self):
        """Return ``{payment id: number}``, None while it is a draft without one."""
        return {p.id: p.name if p.name and p.name != "/" else None for p in self}

    def _api_states(self):
        """Return ``{payment id: draft | posted | cancel}``.

         Odoo's in_process and paid tell the series apart, not the payment
        : both are posted. One whose entry was reversed (a cheque that
         bounced) keeps its state in Odoo; it brought nothing, so it reads cancel.
        """
        return {
            payment.id: "cancel"
            if payment.x_reversed
            else STATES.get(payment.state, "posted")
            for payment in self
        }

    def _abs_money_part(self):
        """Return which part of what this payment settles is money, 1.0 as a rule.

        The rest of its receivable items it writes off: a discount for paying early, a
        difference that an accountant lets go.
        """
        self.ensure_one()
        items = self.move_id._abs_receivable_lines()
        settled = abs(sum(items.mapped("amount_currency")))
        return self.amount / settled if settled else 1.0

    def _api_registered(self):
        """Return the payment and its invoices as they now are, for the API."""
        self.ensure_one()
        invoices = self.sudo().reconciled_invoice_ids or self.sudo().invoice_ids
        invoices = invoices.sorted(lambda m: (m.invoice_date_due or m.date, m.id))
        first = invoices[:1] or None
        return {"payment": self, "invoice": first, "invoices": invoices}

    def action_post(self):
        """Money that is paid back uses up the customer's credit.

        Odoo leaves both open, and Community has no screen to match them: the customer
        could spend what they were given back. What the payment dialog pays (a credit
        note) is matched there.
        """
        result = super().action_post()
        if FROM_REGISTER.of(self.env):
            return result
        for payment in self.sudo():
            if (payment.payment_type, payment.partner_type) != ("outbound", "customer"):
                continue
            for item in payment.move_id._abs_receivable_lines():
                credit = item._abs_open_credit()
                # Somebody else may be spending it: look again when they are done.
                credit.move_id._abs_lock()
                for line in credit.filtered(lambda li: not li.reconciled):
                    if item.reconciled:
                        break
                    (item + line).reconcile()
        return result

    def _api_unused(self):
        """Return ``{payment id: what no invoice has used yet}``, in its currency."""
        unused = dict.fromkeys(self.ids, 0.0)
        for payment in self.sudo():
            if payment.state not in ("in_process", "paid") or payment.x_reversed:
                continue
            lines = payment.move_id._abs_receivable_lines()
            unused[payment.id] = max(
                0.0, -sum(lines.mapped("amount_residual_currency"))
            )
        return unused


STATES = {"draft": "draft", "canceled": "cancel", "rejected": "cancel"}
