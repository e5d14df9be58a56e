"""The outcome of a mobile-money attempt, applied once (docs/contract.md 5).

Rules, whoever brings the news (callback, poll, person):

* everything happens under a lock of the attempt, and ``succeeded`` is final;
* a success is credited only if reference, amount and currency are what was asked for;
  any difference waits for a person and credits nothing;
* a receipt number is credited once per provider (unique in the database);
* a failure that comes after a success changes nothing; a success that comes after a
  failure, an expiry or a cancellation is credited, since the money did arrive;
* money that the order or invoice cannot take any more (paid in cash meanwhile, not
  invoiced yet) becomes a credit of the customer: it is never dropped.
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exceptions import BusinessError, Conflict
from ...payment_state import UNPAID
from ..account.account_move import DRAWN_BY_US


class PaymentAttempt(models.Model):
    _inherit = "abs.payment.attempt"

    # News

    def _abs_settle(self, news):
        """Apply what a gateway says.

        :param news: :class:`.providers.base.Event`
        :return: (verdict, reason) for the log
        """
        self.ensure_one()
        # Ten equal callbacks at once: those that find it settled need no lock, for a
        # success never changes again. Nothing refers to the attempt before this.
        if self.state != "succeeded":
            self._abs_lock_targets()
        if news.status == "pending":
            return "noted", "pending"
        if self.state == "succeeded":
            return self._abs_after_success(news)
        if news.status == "failure":
            return self._abs_take_failure(news)
        return self._abs_take_success(news)

    def _abs_take_failure(self, news):
        if self.state == "mismatch":
            return "noted", "waits_for_a_person"
        if self.state == "failed":
            return "duplicate", "failed_already"
        self.write(
            {
                "state": "failed",
                "push_state": "none",
                "message": news.reason or self.env._("The payer did not pay."),
            }
        )
        return "noted", "failed"

    def _abs_take_success(self, news):
        if self._abs_receipt_holder(news.provider_reference):
            return "refused", "receipt_used"
        problem = self._abs_differences(news)
        if problem or self.state == "mismatch":
            self._abs_keep_report(news)
            self.write(
                {
                    "state": "mismatch",
                    "push_state": "none",
                    "needs_review": True,
                    "message": (
                        self.partner_id
                        and self.env._(
                            "Reported %(amount)s %(currency)s, asked for %(asked)s "
                            "%(own)s: decide by hand.",
                            amount=news.amount or "?",
                            currency=news.currency or "?",
                            asked=self._abs_amount_text(),
                            own=self.currency_id.name,
                        )
                    )
                    or self.message,
                }
            )
            return "mismatch", problem or "waits_for_a_person"
        self._abs_keep_report(news)
        self._abs_credit(self.amount, news.provider_reference)
        return "credited", False

    def _abs_after_success(self, news):
        """News about an attempt that is credited: nothing is ever undone here."""
        if news.status == "failure":
            return "noted", "late_failure"
        receipt = news.provider_reference
        if not self.provider_reference and receipt:
            # Credited by a poll, which tells no receipt number: it comes now.
            if self._abs_receipt_holder(receipt):
                return "refused", "receipt_used"
            self._abs_lock()
            self.provider_reference = receipt
        if receipt and receipt != self.provider_reference:
            if self._abs_receipt_holder(receipt):
                return "duplicate", "receipt_used"
            if news.kind == "push" and not self.provider_id._adapter().signed:
                # Such a request is paid once. What its address says more is nobody's
                # word: a second payment is reported where C2B is.
                self._abs_lock()
                self.needs_review = True
                return "mismatch", "second_receipt"
            return self._abs_second_receipt(news)
        if self._abs_differences(news):
            self._abs_lock()
            self.write({"needs_review": True})
            return "mismatch", "differs_from_credited"
        return "duplicate", "credited_already"

    def _abs_second_receipt(self, news):
        """The payer paid again: the second payment waits as an attempt of its own."""
        self._abs_lock()
        again = self.copy(
            {
                "kind": "c2b",
                "state": "mismatch",
                "needs_review": True,
                "callback_token": False,
                "amount": self.currency_id.round(float(news.amount or 0))
                or self.amount,
                "message": self.env._("Paid twice, see %s.", self.name),
            }
        )
        again._abs_keep_report(news)
        return "mismatch", "second_receipt"

    def _abs_differences(self, news):
        """Return what differs from what was asked for, or None."""
        if news.reference and news.reference != self.name:
            return "reference_differs"
        known = self.request_reference
        if known and news.request_reference and news.request_reference != known:
            return "request_differs"
        if not news.amount:
            return "amount_missing"
        if Decimal(news.amount) != Decimal(self._abs_amount_text()):
            return "amount_differs"
        if news.currency != self.currency_id.name:
            return "currency_differs" if news.currency else "currency_missing"
        return None

    def _abs_receipt_holder(self, receipt):
        """Return another attempt that has this receipt, or one that reported it."""
        if not receipt:
            return self.browse()
        return self.search(
            [
                ("provider_id", "=", self.provider_id.id),
                ("id", "!=", self.id),
                "|",
                ("provider_reference", "=", receipt),
                ("received_reference", "=", receipt),
            ],
            limit=1,
        )

    def _abs_keep_report(self, news):
        self.write(
            {
                "received_amount": float(news.amount or 0),
                "received_currency": news.currency,
                "received_reference": news.provider_reference or False,
            }
        )

    def _abs_with_report(self, news):
        """Complete a poll's answer by an earlier callback that was to be confirmed."""
        if news.status != "success" or not self.received_reference:
            return news
        return news._replace(
            amount=str(Decimal(repr(self.received_amount))),
            currency=self.received_currency or "",
            provider_reference=self.received_reference,
        )

    # A person decides

    def action_accept(self):
        """Credit what was reported, by a manager of the attempt's SA or company."""
        for attempt in self._abs_decidable():
            amount = attempt.received_amount
            if attempt.received_currency != attempt.currency_id.name or amount <= 0:
                raise BusinessError(
                    self.env._(
                        "%(name)s reported no amount in %(currency)s: enter the payment "
                        "by hand and reject the attempt.",
                        name=attempt.name,
                        currency=attempt.currency_id.name,
                    ),
                    code="currency_mismatch",
                )
            if not attempt.partner_id:
                raise BusinessError(
                    self.env._(
                        "Say first which customer, order or invoice %s is for.",
                        attempt.name,
                    ),
                    code="target_required",
                )
            target = attempt.invoice_id or attempt.order_id
            if not target and attempt.partner_id._abs_foreign_to(attempt.company_id):
                raise BusinessError(
                    self.env._(
                        "%(customer)s is no customer of %(company)s: choose another "
                        "customer, or the order or invoice that was paid.",
                        customer=attempt.partner_id.display_name,
                        company=attempt.company_id.name,
                    ),
                    code="company_mismatch",
                )
            if holder := attempt._abs_receipt_holder(attempt.received_reference):
                raise Conflict(
                    self.env._("This receipt is credited by %s.", holder.name),
                    code="receipt_used",
                )
            attempt._abs_credit(amount, attempt.received_reference)
            attempt.message_post(body=self.env._("Accepted by %s.", self.env.user.name))
        return True

    def action_reject(self):
        """Credit nothing; the attempt ends as failed."""
        for attempt in self._abs_decidable():
            attempt.write({"state": "failed", "needs_review": False})
            attempt.message_post(body=self.env._("Rejected by %s.", self.env.user.name))
        return True

    def action_reviewed(self):
        """Take a credited attempt off the list of those to review."""
        self.check_access("write")
        self.sudo().write({"needs_review": False})
        return True

    def action_ask_now(self):
        """Ask the provider at the cron's next turn, which is triggered."""
        self.check_access("write")
        self.sudo().filtered(lambda a: a.state == "pending").write(
            {"next_poll_at": fields.Datetime.now()}
        )
        cron = self.env.ref("abs_connector.cron_payment_attempts")
        cron.sudo()._trigger()
        return True

    def _abs_decidable(self):
        """Return the attempts in sudo, locked, if this person may decide them."""
        if not self.env.su:
            self.check_access("write")
        attempts = self.sudo()
        attempts._abs_lock_targets()
        for attempt in attempts:
            if attempt.state != "mismatch":
                raise Conflict(
                    self.env._("%s does not wait for a decision.", attempt.name),
                    code="already_decided",
                )
        return attempts

    @api.onchange("order_id", "invoice_id")
    def _onchange_target(self):
        target = self.invoice_id or self.order_id
        if target:
            self.partner_id = target.partner_id

    # Crediting

    def _abs_credit(self, amount, receipt):
        """Register the payment and close the attempt; the caller holds the lock."""
        payment = self._abs_register(amount, receipt)
        self.write(
            {
                "state": "succeeded",
                "push_state": "none",
                "payment_id": payment.id,
                "provider_reference": receipt or self.provider_reference,
                "settled_at": fields.Datetime.now(),
                "needs_review": False,
                "message": self.env._("Credited: %s", payment.display_name),
            }
        )
        self.request_id._abs_refresh()

    def _abs_register(self, amount, receipt):
        """Make the one ``account.payment`` of this attempt.

        First on the invoice or order that it was for; if that can't take it, as a
        credit of the customer. Only refusals by rules are caught: a conflict with
        another transaction must reach the retry.
        """
        company = self.company_id
        scope = self.with_company(company).with_context(tz=company._abs_tz())
        memo = " ".join(filter(None, [self.provider_id.name, receipt, self.name]))
        reason = self.env._("nothing is open")
        for pay in (scope._abs_pay_target, scope._abs_pay_posted):
            try:
                with self.env.cr.savepoint():
                    payment = pay(amount, memo)
                    self.env.flush_all()
            except UserError as exc:
                self.env.invalidate_all()
                reason, payment = str(exc.args[0]), None
            if payment:
                return payment
        payment = scope._abs_pay_on_account(amount, memo)
        self.message_post(
            body=self.env._(
                "Credited to the customer's account, not to an invoice: %s", reason
            )
        )
        return payment

    def _abs_pay_target(self, amount, memo):
        """Pay the invoice, or the order by its 'smart payment'; None without either."""
        if self.invoice_id:
            return self._abs_pay_moves(self.invoice_id, amount, memo)
        if self.order_id:
            return self.order_id._api_register_payment(
                {
                    "amount": amount,
                    "currency": self.currency_id.name,
                    "journal_id": self.provider_id.journal_id.id,
                    "payment_source": "mobile_money",
                    "memo": memo,
                    "allow_credit": True,
                }
            )
        return None

    def _abs_pay_posted(self, amount, memo):
        """Pay what is posted and open of the order, oldest due date first."""
        moves = self.order_id.invoice_ids.filtered(
            lambda m: (
                m.move_type == "out_invoice"
                and m.state == "posted"
                and m.payment_state in UNPAID
                and not m.currency_id.is_zero(m.amount_residual)
            )
        )
        return self._abs_pay_moves(moves, amount, memo) if moves else None

    def _abs_pay_moves(self, moves, amount, memo):
        return moves._api_register_payment(
            amount,
            self.provider_id.journal_id,
            memo=memo,
            source="mobile_money",
            currency=self.currency_id,
            allow_credit=True,
        )

    def _abs_pay_on_account(self, amount, memo):
        """Enter the money as a credit of the customer, to be used on later invoices."""
        source = self.invoice_id or self.order_id or self
        payments = DRAWN_BY_US.on(self.env["account.payment"])
        payment = payments.create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.partner_id.commercial_partner_id.id,
                "amount": amount,
                "currency_id": self.currency_id.id,
                "journal_id": self.provider_id.journal_id.id,
                "company_id": self.company_id.id,
                "date": self.company_id._abs_today(),
                "memo": memo,
                "x_payment_source": "mobile_money",
                "x_order_id": self.order_id.id or self.invoice_id._abs_orders()[:1].id,
                **(source if source.x_sa_id else self)._sa_stamp(),
            }
        )
        payment.action_post()
        return payment.with_context(self.env.context)
