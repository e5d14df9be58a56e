"""One try to collect money by mobile money (SPEC 5, 'Mobile money').

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
from decimal import Decimal

import phonenumbers
from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError, Conflict, Forbidden

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no I, O, 0, 1: people read it aloud
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
    _order = "id desc"
    _check_company_auto = True
    _sa_source_fields = ("invoice_id", "order_id", "request_id", "partner_id")

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
    order_id = fields.Many2one("sale.order", string="Order", index="btree_not_null")
    invoice_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null"
    )
    request_id = fields.Many2one(
        "payment.request", string="Payment request", index="btree_not_null"
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
        default=lambda self: secrets.token_urlsafe(32),
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
    _token_unique = Constraint(
        "UNIQUE (callback_token)", "Two attempts cannot share a callback address."
    )
    _receipt_unique = Constraint(
        "UNIQUE (provider_id, provider_reference)",
        "This receipt of the provider is credited already.",
    )
    _request_unique = Constraint(
        "UNIQUE (provider_id, request_reference)",
        "This request of the provider belongs to another attempt.",
    )
    _report_unique = Constraint(
        "UNIQUE (provider_id, received_reference)",
        "This receipt of the provider was reported for another attempt.",
    )
    _payment_unique = Constraint(
        "UNIQUE (payment_id)", "A payment belongs to one attempt only."
    )
    _amount_positive = Constraint("CHECK (amount > 0)", "The amount must be positive.")
    _payment_when_succeeded = Constraint(
        "CHECK (payment_id IS NULL OR state = 'succeeded')",
        "Only an attempt that succeeded has a payment.",
    )

    def write(self, vals):
        """Let people name whose unmatched money it is, and nothing else."""
        own = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if not self.env.su and own:
            waiting = all(a.state == "mismatch" for a in self)
            if own - EDITABLE or not waiting:
                raise Forbidden(
                    self.env._(
                        "Only the customer, order or invoice of an attempt that waits "
                        "for a decision can be changed."
                    ),
                    code="forbidden",
                )
        return super().write(vals)

    # Creation

    @api.model
    def abs_start(
        self,
        amount=None,
        phone=None,
        provider=None,
        order_id=None,
        invoice_id=None,
        request_id=None,
    ):
        """Ask a customer for money on their phone; the call goes out after the commit.

        :param float amount: in the currency of order or invoice; None: all that is open
        :param str phone: any usual spelling; None: the customer's own
        :param str provider: gateway code; None: the company's first
        :raise BusinessError: ``target_required``, ``order_not_confirmed``,
            ``invoice_not_posted``, ``overpayment``, ``amount_invalid``,
            ``phone_invalid``, ``currency_mismatch``, ``provider_unknown``,
            ``provider_disabled``
        :raise Conflict: ``already_paid``, ``attempt_pending``
        """
        request = self.env["payment.request"].browse(request_id or ())
        order = self.env["sale.order"].browse(order_id or request.order_id.id or ())
        invoice = self.env["account.move"].browse(
            invoice_id or request.invoice_id.id or ()
        )
        if order and invoice and not request:
            if invoice not in order.invoice_ids:
                raise BusinessError(
                    self.env._(
                        "%(invoice)s is not an invoice of %(order)s.",
                        invoice=invoice.name,
                        order=order.name,
                    ),
                    code="invoice_mismatch",
                )
        target = invoice or order or request
        if not target:
            raise BusinessError(
                self.env._("Name the order or the invoice that is to be paid."),
                code="target_required",
            )
        target._abs_lock()  # two equal presses: the second one sees the first's attempt
        if request:
            request._abs_require_open()
        if order and not invoice:
            # What the smart payment would refuse isn't asked for (SPEC 5, Payments).
            order._abs_check_confirmed()
            order._abs_check_delivered()
        company = target.company_id
        partner = target.partner_id
        gateway = self.env["abs.payment.provider"]._abs_pick(provider, company)
        currency = target.currency_id
        if currency != gateway.currency_id:
            raise BusinessError(
                self.env._(
                    "%(provider)s collects %(has)s, this is to be paid in %(wants)s.",
                    provider=gateway.name,
                    has=gateway.currency_id.name,
                    wants=currency.name,
                ),
                code="currency_mismatch",
            )
        amount = self._abs_checked_amount(target, amount, currency)
        number = self._abs_checked_phone(phone or partner.phone, company)
        self._abs_check_network(gateway, number, amount, currency)
        now = fields.Datetime.now()
        attempt = self.with_company(company).create(
            {
                "provider_id": gateway.id,
                "partner_id": partner.id,
                "order_id": order.id,
                "invoice_id": invoice.id,
                "request_id": request.id,
                "amount": amount,
                "currency_id": currency.id,
                "phone": number,
                "state": "pending",
                "push_state": "queued",
                "next_poll_at": now + timedelta(seconds=gateway.poll_seconds),
                "expires_at": now + timedelta(minutes=gateway.expiry_minutes),
            }
        )
        attempt._abs_push_after_commit()
        return attempt

    def _abs_checked_amount(self, target, amount, currency):
        """Return the amount to ask for, not more than is open and not asked for yet."""
        due = target._abs_mobile_money_due()
        if currency.compare_amounts(due, 0) <= 0:
            raise Conflict(
                self.env._("%(name)s is paid already.", name=target.display_name),
                code="already_paid",
            )
        field = {"account.move": "invoice_id", "sale.order": "order_id"}.get(
            target._name, "request_id"
        )
        running = self.sudo().search(
            [(field, "=", target.id), ("state", "in", ("pending", "mismatch"))]
        )
        asked = sum(running.mapped("amount"))
        if amount is None:
            amount = currency.round(due - asked)
        text = Decimal(str(amount))
        if (text <= 0 and not asked) or text != Decimal(str(currency.round(amount))):
            raise BusinessError(
                self.env._(
                    "%(amount)s %(currency)s cannot be paid. Give a positive amount "
                    "without smaller fractions than the currency has.",
                    amount=amount,
                    currency=currency.name,
                ),
                code="amount_invalid",
                details=[{"field": "amount", "message": self.env._("Not payable")}],
            )
        if currency.compare_amounts(amount, due) > 0:
            raise BusinessError(
                self.env._(
                    "%(amount)s %(currency)s is more than the open %(due)s.",
                    amount=amount,
                    due=due,
                    currency=currency.name,
                ),
                code="overpayment",
            )
        if (
            running and currency.compare_amounts(amount + asked, due) > 0
        ) or amount <= 0:
            raise Conflict(
                self.env._(
                    "The customer was asked for this already (%(references)s). Wait for "
                    "the answer, or cancel that attempt.",
                    references=", ".join(running.mapped("name")),
                ),
                code="attempt_pending",
            )
        return amount

    def _abs_checked_phone(self, phone, company):
        """Return a number as '+254712345678', read as one of the company's country."""
        country = company.country_id.code or None
        try:
            number = phonenumbers.parse(phone or "", country)
            valid = phonenumbers.is_valid_number(number)
        except phonenumbers.NumberParseException:
            valid = False
        if not valid:
            raise BusinessError(
                self.env._(
                    "'%(phone)s' is not a phone number. Write it with the country code, "
                    "such as +228 90 12 34 56.",
                    phone=phone or "",
                ),
                code="phone_invalid",
                details=[{"field": "phone", "message": self.env._("Not valid")}],
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _abs_check_network(self, gateway, phone, amount, currency):
        problem = gateway._adapter().accepts(phone, str(amount), currency.name)
        if problem:
            sentences = {
                "phone": self.env._("%s cannot reach this phone number.", gateway.name),
                "amount": self.env._("%s takes whole amounts only.", gateway.name),
                "currency": self.env._("%s has another currency.", gateway.name),
            }
            codes = {"phone": "phone_invalid", "amount": "amount_invalid"}
            raise BusinessError(
                sentences[problem], code=codes.get(problem, "currency_mismatch")
            )

    def action_abs_cancel(self):
        """Stop waiting. Money that arrives all the same is still credited."""
        for attempt in self.sudo():
            attempt._abs_lock()
            if attempt.state not in ("draft", "pending"):
                raise Conflict(
                    self.env._("%s is decided already.", attempt.name),
                    code="wrong_state",
                )
            attempt.write({"state": "cancelled", "push_state": "none"})
        return self

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
