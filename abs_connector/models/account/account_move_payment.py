"""Customer payments: source, order, and the one verb that registers them."""

from odoo import api, models

from ...exceptions import BusinessError, Conflict
from .account_move import DRAWN_BY_US
from .account_payment_register import ONE_PAYMENT


class AccountMove(models.Model):
    _inherit = "account.move"

    def _api_register_payment(
        self,
        amount,
        journal,
        date=None,
        memo=None,
        source=None,
        currency=None,
        allow_credit=False,
    ):
        """Pay posted customer invoices of one customer, oldest due first.

        Goes by Odoo's own register-payment, so that the invoices are reconciled.
        Locks the invoices: called twice for one debt, the second call finds it paid.

        :param float amount: in ``currency``; more than 0, whole in its decimals
        :param journal: ``account.journal`` of type cash or bank of the same company
        :param date date: day of the payment, today by default
        :param str memo: reference; always given on, since Odoo would draw a no-gap
            number without one
        :param str source: cash, bank or mobile_money; the journal's by default
        :param currency: ``res.currency``; the invoices' by default
        :param bool allow_credit: keep what is over as the customer's credit
        :return: the one ``account.payment``, posted
        :raises Conflict: ``already_paid``
        :raises BusinessError: ``amount_invalid``, ``invoice_not_posted``,
            ``not_an_invoice``, ``journal_not_found``, ``currency_mismatch``,
            ``overpayment``, ``several_accounts``, ``invalid_date``
        """
        moves = self.sudo()
        moves._abs_lock()
        company = moves.company_id
        company.ensure_one()
        currency = currency or moves.currency_id[:1]
        for move in moves:
            move._abs_check_payable()
        moves._abs_check_journal(journal, currency)
        amount = moves._abs_check_amount(amount, currency)
        date = company._abs_document_day(date)
        open_moves = moves.filtered(
            lambda m: not m.currency_id.is_zero(m.amount_residual)
        )
        if not open_moves:
            raise moves._abs_already_paid()
        open_moves._abs_check_overpayment(amount, currency, date, allow_credit)
        open_moves._abs_check_one_account()
        memo = memo or ", ".join(open_moves.mapped("name"))
        wizard = (
            DRAWN_BY_US.on(ONE_PAYMENT.on(self.env["account.payment.register"]))
            .sudo()
            .with_company(company)
            .with_context(active_model="account.move", active_ids=open_moves.ids)
            .create(
                {
                    "journal_id": journal.id,
                    "amount": amount,
                    "currency_id": currency.id,
                    "payment_date": date,
                    "communication": memo,
                    "group_payment": True,
                    "x_payment_source": source,
                }
            )
        )
        payment = wizard._create_payments()
        payment.ensure_one()
        return payment.with_context(self.env.context)

    def _abs_check_payable(self):
        if self.move_type != "out_invoice":
            raise BusinessError(
                self.env._("Only a customer invoice can be paid here."),
                code="not_an_invoice",
            )
        self._abs_check_posted()

    def _abs_already_paid(self):
        """Return the refusal that names the state of each invoice."""
        names = ", ".join(move.name for move in self)
        return Conflict(
            self.env._("Nothing is left to pay on %(names)s.", names=names),
            code="already_paid",
            details=[
                {"field": move.name, "message": move._api_payment_state()}
                for move in self
            ],
        )

    @api.model
    def _abs_check_amount(self, amount, currency):
        """Return the amount in the currency's decimals; refuse what would be cut."""
        rounded = currency.round(amount)
        if rounded <= 0 or abs(rounded - amount) > currency.rounding / 1000:
            raise BusinessError(
                self.env._(
                    "%(amount)s is no amount of %(currency)s: give one above 0 in "
                    "steps of %(step)s.",
                    amount=currency._abs_digits(amount),
                    currency=currency.name,
                    step=currency._abs_digits(currency.rounding),
                ),
                code="amount_invalid",
                details=[{"field": "amount", "message": self.env._("invalid")}],
            )
        return rounded

    def _abs_check_journal(self, journal, currency):
        company = self.company_id
        fits = journal and journal.company_id in (company, *company.parent_ids)
        if not fits or journal.type not in ("cash", "bank", "credit"):
            raise BusinessError(
                self.env._(
                    "No such journal takes payments for %(company)s. Name one of its "
                    "cash, bank or mobile money journals.",
                    company=company.name,
                ),
                code="journal_not_found",
            )
        journal_currency = journal.currency_id
        if journal_currency and journal_currency != currency:
            raise BusinessError(
                self.env._(
                    "%(journal)s takes %(own)s, the payment is in %(currency)s.",
                    journal=journal.name,
                    own=journal_currency.name,
                    currency=currency.name,
                ),
                code="currency_mismatch",
            )

    def _abs_check_one_account(self):
        """Refuse invoices that one payment can't settle: it has one counterpart."""
        due = self.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        )
        if len(due.account_id) <= 1 and len(due.currency_id) <= 1:
            return
        raise BusinessError(
            self.env._(
                "%(names)s stand on different receivable accounts or currencies: pay "
                "them one by one, each named in invoice_id.",
                names=", ".join(self.mapped("name")),
            ),
            code="several_accounts",
        )

    def _abs_residual_in(self, currency, date):
        """Return what these invoices still owe, in another currency at a day's rate."""
        return sum(
            move.currency_id._convert(
                move.amount_residual, currency, move.company_id, date
            )
            for move in self
        )

    def _abs_check_overpayment(self, amount, currency, date, allow_credit):
        left = self._abs_residual_in(currency, date)
        if allow_credit or currency.compare_amounts(amount, left) <= 0:
            return
        raise BusinessError(
            self.env._(
                "%(amount)s %(currency)s is more than the %(left)s %(currency)s still "
                "owed on %(names)s. Pay less, or keep the rest as credit with "
                '"allow_credit": true.',
                amount=currency._abs_digits(amount),
                left=currency._abs_digits(left),
                currency=currency.name,
                names=", ".join(self.mapped("name")),
            ),
            code="overpayment",
        )
