"""Asking a customer for money on their phone: what may be asked, of whom, how often."""

from datetime import timedelta
from decimal import Decimal

import phonenumbers
from odoo import api, fields, models

from ...exceptions import BusinessError, Conflict


class PaymentAttempt(models.Model):
    _inherit = "abs.payment.attempt"

    @api.model
    def _api_start(
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
        :raises BusinessError: ``target_required``, ``order_not_confirmed``,
            ``invoice_not_posted``, ``overpayment``, ``amount_invalid``,
            ``phone_invalid``, ``currency_mismatch``, ``provider_unknown``,
            ``provider_disabled``
        :raises Conflict: ``already_paid``, ``attempt_pending``
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
                        invoice=invoice.display_name,
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
            # What the smart payment would refuse isn't asked for (docs/contract.md 5).
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
        due = self._abs_open_amount(target)
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
                    amount=currency._abs_digits(amount),
                    currency=currency.name,
                ),
                code="amount_invalid",
                details=[{"field": "amount", "message": self.env._("Not payable")}],
            )
        self._abs_check_within(amount, due, currency)
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

    @api.model
    def _abs_open_amount(self, target):
        """Return what is open of an order, invoice or request, if anything is."""
        due = target._abs_mobile_money_due()
        if target.currency_id.compare_amounts(due, 0) > 0:
            return due
        raise Conflict(
            self.env._("%(name)s is paid already.", name=target.display_name),
            code="already_paid",
        )

    @api.model
    def _abs_check_within(self, amount, due, currency):
        """Refuse to ask for more than is open."""
        if currency.compare_amounts(amount, due) <= 0:
            return
        raise BusinessError(
            self.env._(
                "%(amount)s %(currency)s is more than the open %(due)s.",
                amount=currency._abs_digits(amount),
                due=currency._abs_digits(due),
                currency=currency.name,
            ),
            code="overpayment",
        )

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
