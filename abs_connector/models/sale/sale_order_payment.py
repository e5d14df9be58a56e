"""The 'smart payment' of an order (workflow 9; docs/contract.md 5)."""

from odoo import models

from ...exceptions import BusinessError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _api_register_payment(self, vals):
        """Register a payment of an order's invoices; returns the ``account.payment``.

        ======================================  =====================================
        no posted invoice                       drafts and posts them, then pays
        undelivered goods                       ``delivery_pending``, unless
                                                ``invoice_id`` names a posted invoice
        settled                                 409 ``already_paid``, with the states
        several invoices                        ``invoice_id`` picks one, else the
                                                oldest due first
        more than is owed                       ``overpayment`` unless allow_credit
        ======================================  =====================================

        :param dict vals: ``amount``, and maybe ``invoice_id, journal_id,
            payment_source, payment_date, memo, currency`` (ISO code), ``allow_credit``
        """
        self.ensure_one()
        self._abs_lock()
        order = self.sudo().with_company(self.company_id)
        order._abs_check_confirmed()
        currency = order._abs_payment_currency(vals.get("currency"))
        if vals.get("invoice_id"):
            moves = order._api_own_invoice(vals["invoice_id"])
            currency = currency or moves.currency_id
        else:
            order._abs_check_delivered()
            currency = currency or order.currency_id
            moves = order._abs_invoices_to_pay(vals["amount"], currency)
        journal = order._abs_payment_journal(vals)
        return moves._api_register_payment(
            vals["amount"],
            journal,
            date=vals.get("payment_date"),
            memo=vals.get("memo"),
            source=vals.get("payment_source"),
            currency=currency,
            allow_credit=vals.get("allow_credit", False),
        ).with_context(self.env.context)

    def _abs_payment_currency(self, code):
        if not code:
            return self.env["res.currency"]
        currency = self.env["res.currency"].sudo().search([("name", "=", code.upper())])
        if currency:
            return currency
        raise BusinessError(
            self.env._(
                "The currency %(code)s is not in use here. An administrator activates "
                "it in Accounting, Configuration, Currencies.",
                code=code,
            ),
            code="currency_not_found",
        )

    def _abs_check_delivered(self):
        """Money for goods that have not left is refused (smart-payment table)."""
        pickings = self._abs_open_pickings(deliveries_only=True)
        if not pickings:
            return
        raise BusinessError(
            self.env._(
                "%(order)s is not delivered: validate %(names)s first, by POST "
                "/api/stock/deliveries/%(id)s/validate, or name a posted invoice in "
                "invoice_id.",
                order=self.name,
                names=", ".join(pickings.mapped("name")),
                id=pickings[0].id,
            ),
            code="delivery_pending",
        )

    def _abs_invoices_to_pay(self, amount, currency):
        """Return the posted invoices that a payment is for, posting drafts if needed.

        Posted and open ones come first. Drafts are posted when there is none, or when
        the amount is more than those owe: it is then meant for the order as a whole.
        """
        posted = self._abs_invoices(states=("posted",))
        open_ones = posted.filtered(
            lambda m: not m.currency_id.is_zero(m.amount_residual)
        )
        today = self.company_id._abs_today()
        owed = open_ones._abs_residual_in(currency, today)
        if not open_ones or currency.compare_amounts(amount, owed) > 0:
            self._abs_draft_invoices()
            drafts = self._abs_invoices(states=("draft",))
            for draft in drafts:
                draft._abs_lock()
                draft.action_post()
            open_ones |= drafts.filtered(
                lambda m: not m.currency_id.is_zero(m.amount_residual)
            )
        if open_ones:
            return open_ones.sorted(lambda m: (m.invoice_date_due or m.date, m.id))
        if posted:
            raise posted._abs_already_paid()
        raise BusinessError(self._abs_nothing_to_invoice(), code="nothing_to_invoice")

    def _abs_payment_journal(self, vals):
        """Return the journal that is named, or that of the payment source."""
        journals = self.env["account.journal"].sudo()
        if vals.get("journal_id"):
            return journals.browse(vals["journal_id"])
        source = vals.get("payment_source")
        journal = journals._abs_for_source(self.company_id, source) if source else None
        if journal:
            return journal
        raise BusinessError(
            self.env._(
                "%(company)s has no journal for %(kind)s. Name a journal_id, or a "
                "payment_source of cash, bank or mobile_money that has a journal.",
                company=self.company_id.name,
                kind=source or self.env._("this payment"),
            ),
            code="journal_not_found",
        )
