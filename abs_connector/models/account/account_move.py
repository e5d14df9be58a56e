"""Invoices: post, send, PDF, and what the API says of their state (workflows 6, 7)."""

from odoo import api, models

from ...card import ref
from ...exceptions import BusinessError, Conflict
from ...payment_state import PAYMENT_STATES, UNPAID
from ...scope import Switch
from ..base.day import on_their_days
from ..base.report import report_pdf
from ..scope.ov_sa_assignment import governed

#: Entries that are made below are drawn by our code, not by a person.
DRAWN_BY_US = Switch("drawn_by_us")
#: What Odoo notes on each invoice that is posted, one by one.
NOTED = {"checked", "made_sequence_gap"}
CUSTOMER_TYPES = ("out_invoice", "out_refund")


@governed(
    "ov.sa_invoice_assignment", subject="move_id", title="Invoices", label="Invoice"
)
class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "abs.stamp.mixin"]
    _sa_customer_reads = True
    _sa_source_fields = ("reversed_entry_id", "line_ids.sale_line_ids.order_id")
    _sa_cascade_fields = ("line_ids.sale_line_ids.order_id",)
    _sa_kind = "invoices"
    _sa_open_domain = (
        ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
        ("state", "!=", "cancel"),
        ("payment_state", "in", UNPAID),
    )

    # -- the doors -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Note who drew the entries; callers do not say."""
        drawn = bool(DRAWN_BY_US.of(self.env))
        return super().create([{**vals, "x_drawn_by_us": drawn} for vals in vals_list])

    def write(self, vals):
        """Post under the number that the draft says, or the next one if it is taken."""
        self._abs_check_drawn(vals)
        # Odoo notes these invoice by invoice, mostly as what they are, and rebuilds the
        # lines of each for it: a third of the time of a billing run.
        if NOTED.issuperset(vals) and all(
            move[name] == value for move in self for name, value in vals.items()
        ):
            return True
        posting = vals.get("state") == "posted"
        renamed = self._abs_take_numbers() if posting else self.browse()
        result = super().write(vals)
        # On 18 a payment copies the number of its entry once, maybe before this.
        for payment in renamed.sudo().origin_payment_id:
            payment.name = payment.move_id.name
        return result

    def _post(self, soft=True):
        """Post on the company's day, which an invoice without a date gets."""
        posted = self.browse()
        for moves in on_their_days(self):
            done = super(AccountMove, moves)._post(soft=soft)
            done._after_post()
            posted += done.with_env(self.env)
        return posted

    def _after_post(self):
        """Phase: entries were posted, on the day of their company."""

    # -- governance ------------------------------------------------------------------

    def _sa_has_history(self):
        """What was posted once has been seen: it is cancelled or credited."""
        sold = self.is_sale_document(include_receipts=True)
        return bool(sold and self.posted_before and self.x_sa_id)

    def _sa_takes_default(self):
        """Customer documents only; entries and vendor bills are the company's."""
        return self.is_sale_document(include_receipts=True)

    @api.model
    def _abs_scope_domain(self, scope):
        """The API knows customer documents only: no bills, no bare entries."""
        return [
            *super()._abs_scope_domain(scope),
            ("move_type", "in", CUSTOMER_TYPES),
        ]

    def _api_payment_state(self):
        """Return not_paid, partial, paid or reversed, see :data:`PAYMENT_STATES`."""
        self.ensure_one()
        return PAYMENT_STATES.get(self.payment_state, "not_paid")

    def _api_number(self):
        """Return the number, or False while draft: it may still change (18: '/')."""
        self.ensure_one()
        return self.name if self.state == "posted" or self.posted_before else False

    def _api_payment_states(self):
        """Return ``{invoice id: payment state}`` in the API's words."""
        return {move.id: move._api_payment_state() for move in self}

    def _api_numbers(self):
        """Return ``{invoice id: number or None}``."""
        return {move.id: move._api_number() or None for move in self}

    def _api_order_refs(self):
        """Return ``{invoice id: its order as {"id", "name"} or None}``."""
        return {move.id: ref(move._abs_orders()._abs_shown()[:1]) for move in self}

    def _abs_orders(self):
        """Return the orders that these invoices bill."""
        return self.sudo().invoice_line_ids.sale_line_ids.order_id

    # -- verbs -----------------------------------------------------------------------

    def _api_post(self):
        """Post a draft (``POST /api/orders/<id>/invoices/<inv>/confirm``).

        :raises Conflict: ``already_posted``
        :raises BusinessError: ``invoice_cancelled``
        """
        self.ensure_one()
        # The order first, as its own verbs take it: what is invoiced is written there.
        self._abs_orders()._abs_lock()
        self._abs_lock()
        if self.state == "posted":
            raise Conflict(
                self.env._("%(invoice)s is posted already.", invoice=self.name),
                code="already_posted",
            )
        if self.state == "cancel":
            raise BusinessError(
                self.env._("This invoice is cancelled. Draft it anew from its order."),
                code="invoice_cancelled",
            )
        self.with_company(self.company_id).action_post()
        return self

    def _api_send(self):
        """Mail the invoice with its PDF to the customer.

        Odoo would mark an invoice as sent although the customer has no e-mail, and
        say nothing: so that is checked first.

        :raises BusinessError: ``email_missing``, ``invoice_not_posted``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_posted()
        self.partner_id._abs_require_email()
        move = self.with_company(self.company_id)
        move.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["email"]
        )
        return self

    def _api_pdf(self):
        """Return ``{"filename", "mimetype", "content"}`` of the invoice, base64."""
        self.ensure_one()
        name = self._api_number() or self.env._("Draft invoice %(id)s", id=self.id)
        return report_pdf(
            self.with_company(self.company_id), "account.account_invoices", name
        )

    def _abs_check_posted(self):
        if self.state == "posted":
            return
        orders = self._abs_orders()
        raise BusinessError(
            self.env._(
                "This invoice is %(state)s. Post it first, by POST /api/orders/"
                "%(order)s/invoices/%(id)s/confirm.",
                state=dict(self._fields["state"]._description_selection(self.env))[
                    self.state
                ],
                order=orders[:1].id or "<id>",
                id=self.id,
            ),
            code="invoice_not_posted",
        )
