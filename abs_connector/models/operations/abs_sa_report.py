"""Figures per Service Account, read from Odoo's own ledgers (docs/contract.md 5).

One query serves the dashboard of the web client and ``GET /api/reports/sa-summary``.

=============  =========================================================================
orders         confirmed sale orders (state ``sale``) by order date
order_total    their order lines, tax included, in the order's currency
revenue        journal items of product lines of posted customer invoices, tax excluded,
               minus those of posted credit notes; by accounting date, in the document's
               currency (``-sum(amount_currency)``)
invoiced       receivable items of the same documents: with tax, as the ledger rounds it
collected      what customers paid: credit minus debit on receivable accounts in posted
               entries of bank, cash and card journals, in the currency of the payment,
               by accounting date. Overpayments count, money paid back counts negative,
               credit notes don't count, nor what a payment writes off (a discount for
               paying early). Stamp: of the payment, also for the reversal of its
               entry; what came without one (a bank statement line on an invoice) has
               that of the invoice
outstanding    what is unpaid *now* of the invoices dated in the period
               (``amount_residual_currency`` of their receivable items); open credit
               notes count negative, so that the sum is what is owed
overdue        the part of it that is past its due date, instalment by instalment; open
               credit notes don't count here
units_deployed serialised units moved to customers (or SYNC Deployed) minus those moved
               back, by date of the move
new_customers  customers by date of creation
open_tickets   tickets not closed *now*, by date of creation
=============  =========================================================================

What happened at a time (an order, a move) counts on the day that it was at its company;
'overdue' goes by the day that it is there now.

Amounts are never added across currencies. By product, what concerns an invoice as a
whole (invoiced, collected, outstanding, overdue) is split among its lines in proportion to their
totals with tax; money that is on no invoice has no product.
"""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...card import ref
from ...exceptions import NotFound
from .abs_sa_report_facts import BRANCHES, DAY, PAID, ZONE

AMOUNTS = (
    "order_total",
    "revenue",
    "invoiced",
    "collected",
    "outstanding",
    "overdue",
)
COUNTS = ("units_deployed", "new_customers", "open_tickets")
GROUPS = {
    "sa": "x_sa_id",
    "actor": "x_actor_id",
    "month": "date:month",
    "product": "product_id",
}
COLUMNS = (
    "id",
    "date",
    "company_id",
    "currency_id",
    "partner_id",
    "x_sa_id",
    "x_actor_id",
    "product_id",
    "order_id",
    *AMOUNTS,
    *COUNTS,
)


class SaReport(models.Model):
    """Rows of what happened; see the module's docstring for each figure."""

    _name = "abs.sa.report"
    _description = "Figures per Service Account"
    _auto = False
    _order = "date desc, id"
    _rec_name = "date"
    _depends = {
        "account.move": ["state", "move_type", "date", "currency_id", "x_sa_id"],
        "account.move.line": ["amount_currency", "amount_residual_currency"],
        "account.payment": ["amount", "x_sa_id", "x_actor_id"],
        "sale.order": ["state", "date_order", "x_sa_id", "x_actor_id"],
        "sale.order.line": ["price_total", "product_id"],
        "stock.move.line": ["state", "quantity"],
        "helpdesk.ticket": ["stage_id", "x_sa_id"],
        "res.company": ["partner_id"],
        "res.partner": ["customer_rank", "x_sa_id", "tz"],
    }

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    x_sa_id = fields.Many2one("ov.serviced_account", "Service Account", readonly=True)
    x_actor_id = fields.Many2one("res.partner", "Actor", readonly=True)
    product_id = fields.Many2one("product.product", "Product", readonly=True)
    order_id = fields.Many2one(
        "sale.order", "Orders", readonly=True, aggregator="count_distinct"
    )
    order_total = fields.Monetary("Ordered", readonly=True)
    revenue = fields.Monetary("Revenue", readonly=True)
    invoiced = fields.Monetary("Invoiced with tax", readonly=True)
    collected = fields.Monetary("Collected", readonly=True)
    outstanding = fields.Monetary("Outstanding", readonly=True)
    overdue = fields.Monetary("Overdue", readonly=True)
    units_deployed = fields.Float("Units deployed", digits=(16, 0), readonly=True)
    new_customers = fields.Integer("New customers", readonly=True)
    open_tickets = fields.Integer("Open tickets", readonly=True)

    @property
    def _table_query(self):
        """The facts as one UNION; built anew for each query, for 'now'."""
        places = {
            "out": self._abs_field_side("dst"),
            "back": self._abs_field_side("src"),
        }
        parts = []
        names = ("order_id", *AMOUNTS, *COUNTS)
        for text, time, given in BRANCHES:
            rest = ", ".join(
                f"NULL::{_sql_type(name)} AS {name}"
                for name in names
                if name not in given
            )
            day = time and DAY.format(time=time)
            inner = text.format(rest=rest, day=day, **places)
            parts.append(f"SELECT {', '.join(COLUMNS)} FROM ({inner}) part")
        zone = ZONE.format(now=f"TIMESTAMP '{fields.Datetime.now()}'")
        return SQL("WITH " + zone + PAID + " UNION ALL ".join(parts))

    @api.model
    def _abs_field_side(self, alias):
        """SQL condition: this location is with customers (or SYNC Deployed)."""
        usage = f"{alias}.usage = 'customer'"
        if "x_role" not in self.env["stock.location"]._fields:
            return f"({usage})"
        return f"({usage} OR COALESCE({alias}.x_role, '') = 'sync_deployed')"

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """Amounts of several currencies are never added: such a cell stays empty."""
        sql = super()._read_group_select(aggregate_spec, query)
        currency = self._field_to_sql(self._table, "currency_id", query)
        if aggregate_spec == "currency_id:array_agg_distinct":
            # Counts have no currency. Odoo 19 took that for a second one, and showed
            # the amounts as the company's.
            return SQL("%s FILTER (WHERE %s IS NOT NULL)", sql, currency)
        if aggregate_spec not in {f"{name}:sum" for name in AMOUNTS}:
            return sql
        return SQL("CASE WHEN MIN(%s) = MAX(%s) THEN %s END", currency, currency, sql)

    # Scope: the columns are those of any governed model, so its rule is theirs.

    @api.model
    def _abs_scope_domain(self, scope):
        return self.env["abs.payment.attempt"]._abs_scope_domain(scope)

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        return [("x_sa_id", "=", account_id)]

    # API

    @api.model
    def _api_summary(
        self, group_by="sa", sa_id=None, date_from=None, date_to=None, domain=()
    ):
        """Return the figures of the caller's scope.

        Run it with the caller's rights, not in sudo: the record rule is the scope.

        :param str group_by: sa, actor, month or product
        :param date_from, date_to: first and last day, or None
        :param int sa_id: only this SA
        :return: ``{"items": [...], "totals": {...}}`` and the filters; a row has
            ``group`` (``{"id", "name"}`` or None, for a month ``{"id": None, "name": "2026-11"}``),
            the counts and ``amounts``, one entry per currency
        """
        terms = list(domain)
        account = self.env["ov.serviced_account"]
        if sa_id:
            # Under the caller's rules: an SA out of scope does not exist (404).
            account = account.search([("id", "=", sa_id)])
            if not account:
                raise NotFound(self.env._("There is no such Service Account."))
            terms.append(("x_sa_id", "=", account.id))
        if date_from:
            terms.append(("date", ">=", date_from))
        if date_to:
            terms.append(("date", "<=", date_to))
        self.env.flush_all()
        rows = self._abs_rows(terms, [GROUPS[group_by]])
        totals = self._abs_rows(terms, [])
        return {
            "sa": ref(account),
            "date_from": date_from,
            "date_to": date_to,
            "group_by": group_by,
            "items": rows,
            "totals": totals[0] if totals else self._abs_row(None),
        }

    def _abs_rows(self, terms, groups):
        """Return one row per group, ordered by name, months by time."""
        counts = self._read_group(
            terms, groups, ["order_id:count_distinct", *(f"{c}:sum" for c in COUNTS)]
        )
        amounts = self._read_group(
            [*terms, ("currency_id", "!=", False)],
            [*groups, "currency_id"],
            [f"{name}:sum" for name in AMOUNTS],
        )
        by_key, rows = defaultdict(list), []
        for found in amounts:
            key, found = (found[0], found[1:]) if groups else (None, found)
            currency, values = found[0].sudo(), found[1:]
            figures = {
                name: currency.round(value or 0.0)
                for name, value in zip(AMOUNTS, values, strict=True)
            }
            if any(figures.values()):
                by_key[key].append({"currency": ref(currency), **figures})
        for found in counts:
            key, found = (found[0], found[1:]) if groups else (None, found)
            row = self._abs_row(_group(key), found)
            row["amounts"] = sorted(
                by_key.get(key, []), key=lambda a: a["currency"]["name"]
            )
            if row["amounts"] or any(found):
                rows.append(row)
        if groups:
            rows.sort(
                key=lambda r: (r["group"] is None, (r["group"] or {}).get("name"))
            )
        return rows

    @api.model
    def _abs_row(self, group, counts=(0, 0, 0, 0)):
        orders, units, customers, tickets = counts
        return {
            "group": group,
            "orders": orders or 0,
            "units_deployed": units or 0,
            "new_customers": customers or 0,
            "open_tickets": tickets or 0,
            "amounts": [],
        }


def _sql_type(name):
    return "integer" if name == "order_id" else "numeric"


def _group(key):
    """A group's key as it travels."""
    if not key:
        return None
    if hasattr(key, "_name"):
        return ref(key)
    return {"id": None, "name": key.strftime("%Y-%m")}
