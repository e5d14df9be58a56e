"""One try to collect money by mobile money (docs/contract.md 5).

No success may be lost and none may count twice, though two systems that share no
transaction are involved:

1. the attempt is *committed* before the gateway hears of it, so that whatever the
   gateway says later finds it. Hence the outbound call runs after the commit of the
   request (``cr.postcommit``, own cursor); a cron sends what a killed process left;
2. 'sending' is committed *before* the call: after a crash nobody knows whether the
   payer was asked, so it is never sent again but asked for (:meth:`_abs_poll`);
3. no row is locked while the network is waited for;
4. the outcome is applied under a lock of the attempt, once, whoever brings it: callback,
   poll or a person (``payment_settlement.py``).
"""

import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint, UniqueIndex, make_unique_indexes
from ...exceptions import Conflict, Forbidden

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: people read it aloud
#: how long the address of an attempt that ended still takes what comes late: repeats
#: of the success, and the success of one that nobody waited for any more
TOKEN_KEPT = {"succeeded": timedelta(days=7), "other": timedelta(days=30)}
EDITABLE = {"partner_id", "order_id", "invoice_id", "request_id"}


def new_reference(_model=None):
    """A random reference of 12 characters, the most that M-Pesa takes."""
    return "PA" + "".join(secrets.choice(ALPHABET) for _ in range(10))


class PaymentAttempt(models.Model):
    """State machine: draft -> pending -> succeeded | failed | expired | cancelled.

    ``mismatch`` waits for a person. Failed, expired and cancelled are not final: money
    that arrives afterwards is credited. ``succeeded`` is final.
    """

    _name = "abs.payment.attempt"
    _description = "Mobile-money attempt"
    _inherit = ["abs.stamp.mixin", "mail.thread"]
    _sa_customer_reads = True
    _order = "id desc"
    _check_company_auto = True
    _sa_source_fields = ("invoice_id", "order_id", "request_id", "partner_id")
    _sa_cascade_fields = ("invoice_id", "order_id", "request_id")
    _sa_kind = "attempts"
    # under way, or money on the desk that nobody has decided on
    _sa_open_domain = (("state", "in", ("draft", "pending", "mismatch")),)

    name = fields.Char(
        "Reference", required=True, readonly=True, copy=False, default=new_reference
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("pending", "Pending"),
            ("succeeded", "Succeeded"),
            ("failed", "Failed"),
            ("mismatch", "To check"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    kind = fields.Selection(
        [("push", "Asked by us"), ("c2b", "Paid by the customer themselves")],
        default="push",
        required=True,
        readonly=True,
    )
    provider_id = fields.Many2one(
        "abs.payment.provider", required=True, readonly=True, ondelete="restrict"
    )
    provider_code = fields.Selection(
        related="provider_id.code", store=True, string="Gateway"
    )
    company_id = fields.Many2one(
        related="provider_id.company_id", store=True, index=True, readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", index=True)
    order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", check_company=True
    )
    invoice_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null", check_company=True
    )
    request_id = fields.Many2one(
        "payment.request",
        string="Payment request",
        index="btree_not_null",
        check_company=True,
    )
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    phone = fields.Char(readonly=True, help="International format, +2547...")
    message = fields.Char(readonly=True, copy=False, help="What happened last.")
    provider_reference = fields.Char(
        "Receipt", readonly=True, copy=False, help="The provider's receipt number."
    )
    request_reference = fields.Char(
        readonly=True, copy=False, help="The provider's number of our request."
    )
    callback_token = fields.Char(
        readonly=True,
        copy=False,
        groups="abs_connector.group_administrator",
        default=lambda self: secrets.token_hex(24),
    )
    payment_id = fields.Many2one(
        "account.payment", string="Payment", readonly=True, copy=False, index=True
    )
    callback_ids = fields.One2many("abs.payment.callback", "attempt_id", readonly=True)
    needs_review = fields.Boolean(readonly=True, copy=False, tracking=True)

    # What was reported, for the person who decides and for a success to be confirmed
    received_amount = fields.Monetary("Reported amount", readonly=True, copy=False)
    received_currency = fields.Char("Reported currency", readonly=True, copy=False)
    received_reference = fields.Char("Reported receipt", readonly=True, copy=False)

    push_state = fields.Selection(
        [
            ("none", "Not to be sent"),
            ("queued", "To send"),
            ("sending", "Sent, not acknowledged"),
            ("sent", "Acknowledged"),
        ],
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    push_tries = fields.Integer(readonly=True, copy=False)
    pushed_at = fields.Datetime(readonly=True, copy=False)
    polls = fields.Integer(readonly=True, copy=False)
    next_poll_at = fields.Datetime(readonly=True, copy=False)
    expires_at = fields.Datetime(readonly=True, copy=False)
    settled_at = fields.Datetime(readonly=True, copy=False)

    _name_unique = Constraint("UNIQUE (name)", "This payment reference exists already.")
    # Written after the attempt was made. As plain UNIQUE constraints they would be keys
    # to PostgreSQL: an update would wait for all who refer to the attempt.
    _token_once = UniqueIndex(
        "(callback_token) WHERE callback_token IS NOT NULL",
        "Two attempts cannot share a callback address.",
    )
    _receipt_once = UniqueIndex(
        "(provider_id, provider_reference) WHERE provider_reference IS NOT NULL",
        "This receipt of the provider is credited already.",
    )
    _request_once = UniqueIndex(
        "(provider_id, request_reference) WHERE request_reference IS NOT NULL",
        "This request of the provider belongs to another attempt.",
    )
    _report_once = UniqueIndex(
        "(provider_id, received_reference) WHERE received_reference IS NOT NULL",
        "This receipt of the provider was reported for another attempt.",
    )
    _payment_once = UniqueIndex(
        "(payment_id) WHERE payment_id IS NOT NULL",
        "A payment belongs to one attempt only.",
    )
    _amount_positive = Constraint("CHECK (amount > 0)", "The amount must be positive.")
    _payment_when_succeeded = Constraint(
        "CHECK (payment_id IS NULL OR state = 'succeeded')",
        "Only an attempt that succeeded has a payment.",
    )

    def init(self):
        make_unique_indexes(self)

    def write(self, vals):
        """Let people name whose unmatched money it is, and nothing else."""
        names = {
            name for name in vals if not name.startswith(("message_", "activity_"))
        }
        if not self.env.su and names:
            waiting = all(a.state == "mismatch" for a in self)
            if names - EDITABLE or not waiting:
                raise Forbidden(
                    self.env._(
                        "Only the customer, order or invoice of an attempt that waits "
                        "for a decision can be changed."
                    ),
                    code="forbidden",
                )
        result = super().write(vals)
        if EDITABLE & vals.keys():
            # Money that was nobody's now has an SA, whose staff may see it.
            self._sa_inherit(default=False)
        return result

    # Verbs

    def action_cancel(self):
        """Stop waiting. Money that arrives all the same is still credited."""
        if not self.env.su:
            self.check_access("write")
        for attempt in self.sudo():
            attempt._abs_lock()
            if attempt.state not in ("draft", "pending"):
                raise Conflict(
                    self.env._("%s is decided already.", attempt.name),
                    code="already_decided",
                )
            attempt.write({"state": "cancelled", "push_state": "none"})
        return self

    def _abs_lock_targets(self):
        """Lock for crediting: order, invoice and request, then the attempt.

        That is the order in which every other verb comes to them; who takes the attempt
        first and then its order waits for one who reassigns or cancels in that order.
        """
        for records in (self.order_id, self.invoice_id, self.request_id, self):
            records._abs_lock()

    # Callback addresses

    @api.model
    def _abs_at_token(self, token):
        """Return the attempt whose callback address has this token, while it lasts."""
        return self.search(
            [("callback_token", "=", token), "!", *self._abs_ended_domain()], limit=1
        )

    @api.model
    def _abs_ended_domain(self):
        """Attempts that ended long ago, whose tokens are worth nothing any more."""
        now = fields.Datetime.now()
        return [
            "|",
            "&",
            ("state", "=", "succeeded"),
            ("settled_at", "<", now - TOKEN_KEPT["succeeded"]),
            "&",
            ("state", "in", ("failed", "expired", "cancelled")),
            ("expires_at", "<", now - TOKEN_KEPT["other"]),
        ]

    @api.model
    def _abs_prune_step(self, limit):
        """Forget the tokens of attempts that ended."""
        domain = [("callback_token", "!=", False), *self._abs_ended_domain()]
        ended = self.sudo().search(domain, limit=limit)
        ended.write({"callback_token": False})
        return len(ended)

    # What adapters ask for

    def _abs_amount_text(self):
        """The amount as decimal text without superfluous zeros: '450', '12.5'."""
        digits = self.currency_id.decimal_places
        text = f"{self.amount:.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def _abs_account_reference(self):
        """What the payer sees as account number, and C2B reports give back."""
        return self.name

    def _abs_callback_url(self):
        token = self.sudo().callback_token
        return self.provider_id._abs_callback_url(token)
