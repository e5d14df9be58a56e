"""A customer is asked for money, by whatever means they choose (docs/contract.md 5)."""

from decimal import Decimal

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError, Conflict, Forbidden
from ...payment_state import UNPAID


class PaymentRequest(models.Model):
    """An amount that a customer owes by a day; attempts are made on it.

    ``open`` -> ``paid`` (attempts on it cover the amount, or what it is for was settled
    otherwise) or ``cancelled``.
    """

    _name = "payment.request"
    _description = "Payment request"
    _inherit = ["abs.stamp.mixin", "mail.thread"]
    _sa_customer_reads = True
    _order = "id desc"
    _check_company_auto = True
    _sa_source_fields = ("invoice_id", "order_id", "partner_id")
    _sa_cascade_fields = ("invoice_id", "order_id")
    _sa_kind = "payment_requests"
    _sa_open_domain = (("state", "=", "open"),)

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", check_company=True
    )
    invoice_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    amount = fields.Monetary(required=True, tracking=True)
    due_date = fields.Date(index=True, tracking=True)
    note = fields.Char()
    phone = fields.Char(help="The phone to which an attempt is sent.")
    provider_id = fields.Many2one(
        "abs.payment.provider",
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '!=', 'disabled')]",
    )
    state = fields.Selection(
        [("open", "Open"), ("paid", "Paid"), ("cancelled", "Cancelled")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    attempt_ids = fields.One2many("abs.payment.attempt", "request_id", readonly=True)
    amount_paid = fields.Monetary(compute="_compute_amount_paid")

    _name_unique = Constraint(
        "UNIQUE (name, company_id)", "This payment request number exists already."
    )
    _amount_positive = Constraint("CHECK (amount > 0)", "The amount must be positive.")

    _abs_given_at_create = ("name",)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env["res.company"].browse(
                vals.get("company_id") or self.env.company.id
            )
            if vals.get("name", "/") == "/" or not self.env.su:
                number = (
                    self.env["ir.sequence"]
                    .with_company(company)
                    .next_by_code("payment.request")
                )
                vals["name"] = number or "/"
        return super().create(vals_list)

    def write(self, vals):
        """The state follows from payments and verbs, never from a form."""
        if "state" in vals and not self.env.su:
            raise Forbidden(
                self.env._("The state of a payment request follows from its payments."),
                code="forbidden",
            )
        return super().write(vals)

    @api.depends(
        "attempt_ids.state",
        "attempt_ids.payment_id.amount",
        "attempt_ids.payment_id.state",
        "attempt_ids.payment_id.x_reversed",
    )
    def _compute_amount_paid(self):
        """Only what still stands: a payment may be cancelled or reversed later."""
        for request in self:
            done = request.attempt_ids.filtered(lambda a: a.state == "succeeded")
            states = done.payment_id._api_states()
            valid = done.payment_id.filtered(lambda p, s=states: s[p.id] == "posted")
            request.amount_paid = sum(valid.mapped("amount"))

    @api.depends("state", "due_date")
    def _compute_overdue(self):
        for request in self:
            today = request.company_id._abs_today()
            late = bool(request.due_date) and request.due_date < today
            request.overdue = late and request.state == "open"

    def _search_overdue(self, operator, value):
        days = self.env["res.company"]
        late = ["&", ("state", "=", "open"), *days._abs_day_domain("due_date", "<")]
        return days._abs_day_search("due_date", late, operator, value)

    @api.onchange("invoice_id", "order_id")
    def _onchange_target(self):
        target = self.invoice_id or self.order_id
        if target:
            self.partner_id = target.partner_id
            self.company_id = target.company_id
            self.currency_id = target.currency_id
            self.amount = target.sudo()._abs_mobile_money_due()
            self.due_date = self.invoice_id.invoice_date_due or self.due_date

    # Verbs

    @api.model
    def _api_create(
        self,
        amount=None,
        partner_id=None,
        order_id=None,
        invoice_id=None,
        due_date=None,
        note=None,
        phone=None,
    ):
        """Ask for money.

        :param float amount: None: all that is open of the invoice or order
        :param int partner_id: needed when neither order nor invoice is named
        :raises BusinessError: ``customer_required``, ``customer_mismatch``,
            ``amount_required``, ``overpayment``
        :raises Conflict: ``already_paid``
        """
        order = self.env["sale.order"].browse(order_id or ())
        invoice = self.env["account.move"].browse(invoice_id or ())
        target = invoice or order
        partner = target.partner_id or target.partner_id.browse(partner_id or ())
        if not partner:
            raise BusinessError(
                self.env._("Name the customer, the order or the invoice."),
                code="customer_required",
            )
        if partner_id and partner.id != partner_id:
            raise BusinessError(
                self.env._(
                    "%(name)s is of another customer, %(customer)s.",
                    name=target.display_name,
                    customer=partner.name,
                ),
                code="customer_mismatch",
            )
        # A customer alone is asked for their SA, in its company's currency; the request
        # is governed like what it asks for, see _sa_source_fields.
        company = target.company_id or partner.x_sa_id.company_id or self.env.company
        if target:
            target._abs_lock()
            amount = self._abs_checked_amount(target, amount)
        elif amount is None:
            raise BusinessError(
                self.env._("Say how much the customer is to pay."),
                code="amount_required",
            )
        currency = target.currency_id or company.currency_id
        if Decimal(str(currency.round(amount))) != Decimal(str(amount)):
            raise BusinessError(
                self.env._(
                    "%(amount)s has smaller fractions than %(currency)s.",
                    amount=currency._abs_digits(amount),
                    currency=currency.name,
                ),
                code="amount_invalid",
            )
        return self.with_company(company).create(
            {
                "partner_id": partner.id,
                "order_id": order.id,
                "invoice_id": invoice.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "amount": amount,
                "due_date": due_date or invoice.invoice_date_due,
                "note": note,
                "phone": phone,
            }
        )

    def _abs_checked_amount(self, target, amount):
        attempts = self.env["abs.payment.attempt"]
        due = attempts._abs_open_amount(target)
        if amount is None:
            return due
        attempts._abs_check_within(amount, due, target.currency_id)
        return amount

    def action_cancel(self):
        """Withdraw open requests; running attempts on them are cancelled."""
        if not self.env.su:
            self.check_access("write")
        for request in self.sudo():
            request._abs_lock()
            request._abs_require_open()
            request.attempt_ids.filtered(
                lambda a: a.state in ("draft", "pending")
            ).action_cancel()
            request.state = "cancelled"
        return self

    def action_send(self):
        """Send an attempt for the rest to the request's phone (web client)."""
        self.ensure_one()
        if not self.env.su:
            self.check_access("write")
        attempt = (
            self.env["abs.payment.attempt"]
            .sudo()
            ._api_start(
                phone=self.phone,
                provider=self.provider_id.code or None,
                request_id=self.id,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "abs.payment.attempt",
            "res_id": attempt.id,
            "view_mode": "form",
        }

    # State

    def _abs_require_open(self):
        for request in self:
            if request.state != "open":
                raise Conflict(
                    self.env._("%s is not open any more.", request.name),
                    code="already_decided"
                    if request.state == "cancelled"
                    else "already_paid",
                )

    def _abs_mobile_money_due(self):
        """What is left of the request, and not more than what is open of its target."""
        self.ensure_one()
        left = self.currency_id.round(self.amount - self.amount_paid)
        target = self.invoice_id or self.order_id
        return min(left, target._abs_mobile_money_due()) if target else left

    def _abs_refresh(self):
        """Mark as paid what is covered by its attempts or settled otherwise."""
        for request in self:
            if request.state != "open":
                continue
            if request._abs_covered():
                request.state = "paid"
            elif request._abs_settled():
                # Credited is not paid: then nobody owes anything any more.
                target = request.invoice_id or request.order_id
                state = target._api_payment_states()[target.id]
                request.state = "cancelled" if state == "reversed" else "paid"

    def _abs_covered(self):
        paid, asked = self.amount_paid, self.amount
        return self.currency_id.compare_amounts(paid, asked) >= 0

    def _abs_settled(self):
        target = self.invoice_id or self.order_id
        return bool(target) and target._abs_mobile_money_settled()

    @api.model
    def _cron_abs_refresh(self):
        """Close requests whose invoice or order was paid by other means, and open again
        those whose payment was cancelled or reversed by an accountant."""
        self.search([("state", "=", "open")])._abs_refresh()
        payment = "attempt_ids.payment_id"
        doubtful = self.search(
            [
                ("state", "=", "paid"),
                "|",
                "|",
                (f"{payment}.state", "in", ("draft", "canceled", "rejected")),
                (f"{payment}.x_reversed", "=", True),
                ("invoice_id.payment_state", "in", UNPAID),
            ]
        )
        unpaid = doubtful.filtered(lambda r: not (r._abs_covered() or r._abs_settled()))
        unpaid.state = "open"
