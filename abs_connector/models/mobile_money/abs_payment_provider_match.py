"""Payments that customers make by themselves (C2B): whose are they? (docs/contract.md 5)

The customer types an account number. It is compared, without case, spaces and
punctuation, with references of running attempts, payment requests, orders, invoices and
customers of the provider's company. Exactly one hit counts; anything else waits for a
person, with the money on record.
"""

import re

from odoo import fields, models
from odoo.tools import SQL


def plain(text):
    """'inv/2026/00012 ' -> 'INV202600012'."""
    return re.sub(r"[^A-Z0-9]", "", (text or "").upper())


# Model, field that is typed, condition (SQL on alias r), field of the attempt
KINDS = (
    ("payment.request", "name", "r.state = 'open'", "request_id"),
    ("sale.order", "name", "r.state = 'sale'", "order_id"),
    (
        "account.move",
        "name",
        "r.state = 'posted' AND r.move_type = 'out_invoice'",
        "invoice_id",
    ),
)


class PaymentProvider(models.Model):
    _inherit = "abs.payment.provider"

    def _abs_match_account(self, account):
        """Return ``{field of the attempt: id}`` for an account number, {} if none.

        :param str account: as the payer typed it
        """
        self.ensure_one()
        typed = plain(account)
        if len(typed) < 3:
            return {}
        attempt = self.env["abs.payment.attempt"].search(
            [("provider_id", "=", self.id), ("name", "=", typed)], limit=1
        )
        if attempt:
            return {"attempt_id": attempt.id}
        for model, field, condition, target in KINDS:
            ids = self._abs_match_ids(model, field, condition, typed)
            if len(ids) == 1:
                return {target: ids[0]}
            if ids:
                return {}  # several: a person decides
        partners = self._abs_match_customers(account)
        return {"partner_id": partners.id} if len(partners) == 1 else {}

    def _abs_match_customers(self, account):
        """Return up to two customers of this company with a reference.

        Theirs is a contact whose SA is of the company, or who has none and is the
        company's alone. What companies share, and customers of others, are nobody whom
        a payment could be credited to: who else is called so may not even be known here.
        """
        exact = re.sub(r"([\\%_])", r"\\\1", account.strip())
        company = self.company_id.id
        partners = self.env["res.partner"].search(
            [("ref", "=ilike", exact), ("company_id", "in", (company, False))], limit=20
        )
        return partners.filtered(
            lambda p: (
                not p._abs_foreign_to(self.company_id)
                and (p.x_sa_id or p.commercial_partner_id.x_sa_id or p.company_id)
            )
        )[:2]

    def _abs_match_ids(self, model, field, condition, typed):
        records = self.env[model]
        records.flush_model()
        query = SQL(
            "SELECT r.id FROM %s r WHERE r.company_id = %s AND %s"
            " AND upper(regexp_replace(%s, '[^A-Za-z0-9]', '', 'g')) = %s LIMIT 2",
            SQL.identifier(records._table),
            self.company_id.id,
            SQL(condition),
            SQL.identifier("r", field),
            typed,
        )
        return [row[0] for row in self.env.execute_query(query)]

    def _abs_c2b_attempt(self, news):
        """Return the attempt that a C2B confirmation is about, made if need be.

        An STK push on the same short code is reported twice, by its own callback and as
        C2B: the account number is then the attempt's reference, and the receipt number
        the same, so that it is credited once.
        """
        attempts = self.env["abs.payment.attempt"]
        known = attempts.search(
            [
                ("provider_id", "=", self.id),
                "|",
                ("provider_reference", "=", news.provider_reference),
                ("received_reference", "=", news.provider_reference),
            ],
            limit=1,
        )
        if known:
            return known
        # Two reports of one receipt at once: one waits, runs again and finds the other's.
        self._abs_lock()
        found = self._abs_match_account(news.account)
        if "attempt_id" in found:
            return attempts.browse(found["attempt_id"])
        request = self.env["payment.request"].browse(found.get("request_id", ()))
        order = request.order_id or self.env["sale.order"].browse(
            found.get("order_id", ())
        )
        invoice = request.invoice_id or self.env["account.move"].browse(
            found.get("invoice_id", ())
        )
        partner = (request or invoice or order).partner_id
        partner = partner or partner.browse(found.get("partner_id", ()))
        return attempts.with_company(self.company_id).create(
            {
                "kind": "c2b",
                "state": "pending" if partner else "mismatch",
                "needs_review": not partner,
                "provider_id": self.id,
                "partner_id": partner.id,
                "order_id": order.id,
                "invoice_id": invoice.id,
                "request_id": request.id,
                "amount": float(news.amount or 0),
                "currency_id": self.currency_id.id,
                "phone": news.phone,
                "callback_token": False,  # it has no address of its own
                "message": False
                if partner
                else self.env._("No customer for account '%s'.", news.account),
                "expires_at": fields.Datetime.now(),
            }
        )
