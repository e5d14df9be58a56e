"""What a customer owes and has: pending invoices, next payment, dashboard (docs/contract.md 5).

All figures are taken under the caller's rules (``sudo(False)``): an agent's dashboard
counts what the agent may see.
"""

from odoo import models

from ...card import ref
from ...payment_state import UNPAID


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _api_own_domain(self):
        """Return the domain of the records of a customer and their addresses."""
        self.ensure_one()
        return [("partner_id", "child_of", self.id)]

    def _api_pending_domain(self):
        """Return the domain of the customer's posted invoices with a rest to pay."""
        return [
            *self._api_own_domain(),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "in", UNPAID),
        ]

    def _abs_seen(self, model, domain):
        """Search as the caller, and hand over as the system."""
        return self.env[model].sudo(False).search(domain).sudo()

    def _api_next_payment(self):
        """Return the next instalment that is due, or None.

        By payment terms: the earliest open receivable line over all posted invoices.

        :return: ``{"date", "amount", "currency", "invoice", "order", "overdue"}``
        """
        self.ensure_one()
        moves = self._abs_seen("account.move", self._api_pending_domain())
        lines = moves.line_ids.filtered(
            lambda line: (
                line.display_type == "payment_term"
                and not line.reconciled
                and line.amount_residual_currency > 0
            )
        )
        line = lines.sorted(lambda x: (x.date_maturity or x.date, x.id))[:1]
        if not line:
            return None
        due = line.date_maturity or line.date
        return {
            "date": due,
            "amount": line.currency_id.round(line.amount_residual_currency),
            "currency": ref(line.currency_id),
            "invoice": {"id": line.move_id.id, "name": line.move_id.name},
            "order": ref(line.move_id._abs_orders()._abs_shown()[:1]),
            "overdue": due < line.company_id._abs_today(),
        }

    def _api_dashboard(self):
        """Return the customer's figures; amounts are ``{currency code: amount}``.

        Orders are confirmed ones. ``paid`` is what was settled of invoices, credit
        notes taken off; ``outstanding`` what is open, credit taken off; ``overdue``
        the open instalments whose day is past.
        """
        self.ensure_one()
        orders = self._abs_seen(
            "sale.order", [*self._api_own_domain(), ("state", "=", "sale")]
        )
        payments = self._abs_seen(
            "account.payment",
            [
                *self._api_own_domain(),
                ("partner_type", "=", "customer"),
                ("state", "in", ("in_process", "paid")),
                ("x_reversed", "=", False),
            ],
        )
        received = payments.filtered(lambda p: p.payment_type == "inbound")
        last = received.sorted(lambda p: (p.date, p.id), reverse=True)[:1]
        return {
            "customer": self,
            "orders": {
                "count": len(orders),
                "total": _sums((o.currency_id, o.amount_total) for o in orders),
            },
            "invoices": self._abs_invoice_figures(),
            "payments": {
                "count": len(received),
                "total": _sums(
                    (p.currency_id, p.amount if p in received else -p.amount)
                    for p in payments
                ),
                "last": _last(last),
            },
            "credit": self._abs_credit_sums(payments),
            "assets": self._abs_count("ov.asset"),
            "subscriptions": self._abs_count("abs.subscription"),
            "tickets": self._abs_count("helpdesk.ticket"),
            "next_payment": self._api_next_payment(),
        }

    def _abs_credit_sums(self, payments):
        """Return what no invoice has used yet: of payments (less what was paid back), of
        credit notes, and of entries in the customer's favour that nobody governs.
        """
        notes = [
            *self._api_own_domain(),
            ("move_type", "=", "out_refund"),
            ("state", "=", "posted"),
        ]
        moves = payments.move_id | self._abs_seen("account.move", notes)
        items = moves._abs_receivable_lines() | self.env[
            "account.move.line"
        ].sudo().search(
            [
                *self._api_own_domain(),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("move_type", "=", "entry"),
                ("payment_id", "=", False),
                ("amount_residual_currency", "<", 0),
                ("journal_id", "in", self._abs_seen("account.journal", []).ids),
            ]
        )
        sums = _sums(
            (item.currency_id, -item.amount_residual_currency) for item in items
        )
        return {code: amount for code, amount in sums.items() if amount > 0}

    def _abs_count(self, model):
        """Count the customer's records of a model, as the caller sees them."""
        if model not in self.env:
            return 0
        records = self.env[model].sudo(False)
        return records.search_count(self._api_own_domain())

    def _abs_invoice_figures(self):
        moves = self._abs_seen(
            "account.move",
            [
                *self._api_own_domain(),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("state", "=", "posted"),
            ],
        )
        sign = {"out_invoice": 1, "out_refund": -1}
        overdue = moves.line_ids.filtered(
            lambda line: (
                line.display_type == "payment_term"
                and not line.reconciled
                and line.move_id.move_type == "out_invoice"
                and (line.date_maturity or line.date) < line.company_id._abs_today()
            )
        )
        return {
            "outstanding": _sums(
                (m.currency_id, sign[m.move_type] * m.amount_residual) for m in moves
            ),
            "overdue": _sums(
                (line.currency_id, line.amount_residual_currency) for line in overdue
            ),
            "paid": _sums(
                (
                    m.currency_id,
                    sign[m.move_type] * (m.amount_total - m.amount_residual),
                )
                for m in moves
            ),
        }


def _last(payment):
    """Return the last payment in a few words, None of none."""
    if not payment:
        return None
    return {
        "id": payment.id,
        "name": payment.name or None,
        "date": payment.date,
        "amount": payment.amount,
        "currency": ref(payment.currency_id),
    }


def _sums(pairs):
    """Return ``{currency code: rounded sum}`` of ``(currency, amount)`` pairs."""
    totals = {}
    for currency, amount in pairs:
        totals[currency] = totals.get(currency, 0.0) + amount
    return {c.name: c.round(total) for c, total in totals.items()}
