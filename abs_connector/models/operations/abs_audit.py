"""The invariants of a database, each violation as one row (`./scripts/abs audit`).

A check is a method ``_check_*`` that yields ``(model, id, what is wrong)``; other
modules add theirs by ``_inherit = "abs.audit"``. Checks read in batches, in SQL or by
search: none of them asks the database once per record.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...plain import BREAKS, CONTROL
from ..organisation.ov_membership import MANAGES

EPSILON = 0.005


class Audit(models.AbstractModel):
    _name = "abs.audit"
    _description = "Audit of the invariants"

    @api.model
    def run(self):
        """Return all violations: ``[{"check", "model", "res_id", "detail"}]``.

        For the system and who may change its settings: it reads across all companies.
        """
        if not (self.env.su or self.env.user.has_group("base.group_system")):
            raise AccessError(self.env._("The audit is for administrators."))
        audit = self.sudo()
        self.env.flush_all()
        names = sorted(name for name in dir(type(self)) if name.startswith("_check_"))
        every_model = dir(self.env.registry["base"])
        specific = [name for name in names if name not in every_model]
        return [
            {
                "check": name.removeprefix("_check_"),
                "model": model,
                "res_id": res_id,
                "detail": detail,
            }
            for name in specific
            for model, res_id, detail in getattr(audit, name)() or ()
        ]

    def _rows(self, query, *args):
        self.env.cr.execute(SQL(query, *args))
        return self.env.cr.fetchall()

    # -- governance ------------------------------------------------------------------

    def _governed(self):
        """Yield every governed model (sudo, archived records included)."""
        for name in self.env["abs.stamp.mixin"]._sa_governed_models():
            yield self.env[name].sudo().with_context(active_test=False)

    def _check_assignment_mirror(self):
        """The stamp on the record is the active assignment row, and there is one."""
        for model in self._governed():
            if not model._sa_assignment_model:
                continue
            history = self.env[model._sa_assignment_model]
            subject = SQL.identifier(history._sa_subject)
            rows = self._rows(
                "SELECT r.id, r.x_sa_id, r.x_actor_id, a.n, a.account_id, a.actor_id "
                "  FROM %s r LEFT JOIN (SELECT %s AS subject, count(*) AS n, "
                "       min(account_id) AS account_id, min(actor_id) AS actor_id "
                "       FROM %s WHERE state = 'active' GROUP BY %s) a "
                "    ON a.subject = r.id "
                " WHERE r.x_sa_id IS DISTINCT FROM a.account_id "
                "    OR r.x_actor_id IS DISTINCT FROM a.actor_id OR a.n > 1 "
                " ORDER BY r.id",
                SQL.identifier(model._table),
                subject,
                SQL.identifier(history._table),
                subject,
            )
            for res_id, account, actor, count, own_account, own_actor in rows:
                yield (
                    model._name,
                    res_id,
                    f"stamp SA {account}, actor {actor}; {count or 0} active "
                    f"assignments: SA {own_account}, actor {own_actor}",
                )

    def _check_actor_without_account(self):
        """Nobody is in charge of a record that no SA governs."""
        for model in self._governed():
            rows = self._rows(
                "SELECT id FROM %s WHERE x_actor_id IS NOT NULL AND x_sa_id IS NULL",
                SQL.identifier(model._table),
            )
            for (res_id,) in rows:
                yield model._name, res_id, "an actor but no Service Account"

    def _check_inherited_stamp(self):
        """No record is without an SA while its source has one."""
        for model in self._governed():
            if not model._sa_source_fields:
                continue
            for batch in model._sa_batches([("x_sa_id", "=", False)]):
                for record in batch:
                    if found := record._sa_source_stamp():
                        source = found[2].partition(":")[2]
                        yield model._name, record.id, f"no SA, but its {source} has one"

    def _check_children_account(self):
        """Open records are in the SA of their parent, unless a person moved them."""
        for model in self._governed():
            if not model._sa_assignment_model:
                continue
            paths = {
                path
                for parent in self._governed()
                for path in model._sa_cascade_paths(parent._name)
            }
            if not paths:
                continue
            domain = [("x_sa_id", "!=", False), *model._sa_open_domain]
            for batch in model._sa_batches(domain):
                for path in sorted(paths):
                    yield from self._strays(batch, path)

    def _strays(self, records, path):
        """Yield those of ``records`` that are in another SA than what ``path`` leads to."""
        strays = records.filtered(
            lambda r: (owners := r.mapped(path).x_sa_id) and r.x_sa_id not in owners
        )
        history = self.env[records._sa_assignment_model]
        moved = history.search(
            [
                (history._sa_subject, "in", strays.ids),
                ("state", "=", "active"),
                ("source", "in", ("api", "web")),
            ]
        )
        for stray in strays - moved[history._sa_subject]:
            owner = stray.mapped(path)[:1]
            yield (
                stray._name,
                stray.id,
                f"in {stray.x_sa_id.name}, its {owner._name} {owner.id} "
                f"in {owner.x_sa_id.name}",
            )

    def _check_company_of_account(self):
        """A record and its SA belong to one company."""
        for model in self._governed():
            field = model._fields.get("company_id")
            if field is None or not field.store:
                continue
            rows = self._rows(
                "SELECT r.id, a.name FROM %s r JOIN ov_serviced_account a "
                "    ON a.id = r.x_sa_id "
                " WHERE r.company_id <> a.company_id ORDER BY r.id",
                SQL.identifier(model._table),
            )
            for res_id, name in rows:
                yield model._name, res_id, f"{name} is of another company"

    def _check_shared_contact(self):
        """Nobody took a contact to an SA while another company buys from it: that
        company could not open its own purchases any more."""
        rows = self._rows(
            "SELECT DISTINCT p.id, a.name FROM res_partner p "
            "  JOIN ov_serviced_account a ON a.id = p.x_sa_id "
            "  JOIN (SELECT partner_id, company_id FROM purchase_order "
            "        UNION SELECT partner_id, company_id FROM account_move "
            "        WHERE move_type IN ('in_invoice', 'in_refund', 'in_receipt')) d "
            "    ON d.partner_id = p.id AND d.company_id <> a.company_id "
            " ORDER BY p.id"
        )
        for res_id, name in rows:
            yield "res.partner", res_id, f"in {name}, but another company buys from it"

    def _check_sa_manager(self):
        """``sa_manager`` names the staff member who reports to nobody."""
        rows = self._rows(
            "SELECT a.id, a.sa_manager, m.id FROM ov_serviced_account a "
            "  LEFT JOIN (SELECT * FROM ov_membership WHERE " + MANAGES + ") m "
            "       ON m.account_id = a.id "
            " WHERE a.sa_manager IS DISTINCT FROM m.id ORDER BY a.id"
        )
        for res_id, named, true in rows:
            yield "ov.serviced_account", res_id, f"SA manager {named}, should be {true}"
        accounts = self.env["ov.serviced_account"].with_context(active_test=False)
        for account in accounts.search([])._without_manager():
            yield account._name, account.id, "staff work there, but no SA manager"

    def _check_api_companies(self):
        """The technical user of the API is in every company, else it serves none there."""
        user = self.env.ref("abs_connector.user_api")
        missing = self.env["res.company"].search([]) - user.company_ids
        for company in missing:
            yield "res.company", company.id, f"{company.name} is not served by the API"

    # -- ledger ----------------------------------------------------------------------

    def _check_invoice_totals(self):
        """A posted customer document says what its journal items say."""
        rows = self._rows(
            "SELECT m.id, m.name, m.amount_total_signed, m.amount_residual_signed, "
            "       COALESCE(SUM(l.balance) FILTER (WHERE t.is_due), 0), "
            "       COALESCE(SUM(l.amount_residual) FILTER (WHERE t.is_due), 0), "
            "       COALESCE(SUM(l.balance), 0) "
            "  FROM account_move m "
            "  JOIN account_move_line l ON l.move_id = m.id "
            "   AND (l.display_type IS NULL OR l.display_type NOT IN "
            "        ('line_section', 'line_subsection', 'line_note')) "
            "  JOIN account_account a ON a.id = l.account_id, "
            "  LATERAL (SELECT a.account_type IN ('asset_receivable', "
            "           'liability_payable') AS is_due) t "
            " WHERE m.state = 'posted' "
            "   AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt') "
            " GROUP BY m.id "
            "HAVING ABS(SUM(l.balance)) > %s "
            "    OR ABS(COALESCE(SUM(l.balance) FILTER (WHERE t.is_due), 0) "
            "           - m.amount_total_signed) > %s "
            "    OR ABS(COALESCE(SUM(l.amount_residual) FILTER (WHERE t.is_due), 0) "
            "           - m.amount_residual_signed) > %s "
            " ORDER BY m.id",
            EPSILON,
            EPSILON,
            EPSILON,
        )
        for res_id, name, total, residual, due, open_due, balance in rows:
            yield (
                "account.move",
                res_id,
                f"{name}: total {total}, journal items {due}; residual {residual}, "
                f"journal items {open_due}; balance {balance}",
            )

    def _check_draft_number(self):
        """No draft says a number that a posted entry of its journal has."""
        rows = self._rows(
            "SELECT d.id, d.name, p.id FROM account_move d JOIN account_move p "
            "    ON p.journal_id = d.journal_id AND p.name = d.name "
            "   AND p.state = 'posted' "
            " WHERE d.state = 'draft' AND d.name <> '/' ORDER BY d.id"
        )
        for res_id, name, other in rows:
            yield "account.move", res_id, f"a draft, but {name} is entry {other}"

    def _check_finalized_draft(self):
        """A finalized order has no invoice or credit note that is still a draft."""
        rows = self._rows(
            "SELECT DISTINCT o.id, o.name, m.id FROM sale_order o "
            "  JOIN sale_order_line s ON s.order_id = o.id "
            "  JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id "
            "  JOIN account_move_line l ON l.id = r.invoice_line_id "
            "  JOIN account_move m ON m.id = l.move_id AND m.state = 'draft' "
            "   AND m.move_type IN ('out_invoice', 'out_refund') "
            " WHERE o.x_finalized ORDER BY o.id, m.id"
        )
        for res_id, name, draft in rows:
            yield "sale.order", res_id, f"{name} is finalized, its draft {draft} open"

    def _check_payment_state(self):
        """Paid means that nothing is left, not paid that nothing was taken off."""
        rows = self._rows(
            "SELECT id, name, payment_state, amount_residual, amount_total "
            "  FROM account_move WHERE state = 'posted' "
            "   AND move_type IN ('out_invoice', 'out_refund') "
            "   AND ((payment_state IN ('paid', 'in_payment', 'reversed') "
            "         AND ABS(amount_residual) > %s) "
            "     OR (payment_state IN ('not_paid', 'partial') "
            "         AND ABS(amount_total) > %s AND ABS(amount_residual) <= %s)) "
            " ORDER BY id",
            EPSILON,
            EPSILON,
            EPSILON,
        )
        for res_id, name, state, residual, total in rows:
            yield "account.move", res_id, f"{name}: {state}, {residual} of {total} open"

    def _check_reconciliation(self):
        """Of each receivable item, what is open and what was settled make the whole."""
        rows = self._rows(
            "SELECT l.id, l.move_id, l.balance, l.amount_residual, "
            "       COALESCE(d.amount, 0) + COALESCE(c.amount, 0) "
            "  FROM account_move_line l "
            "  JOIN account_account a ON a.id = l.account_id "
            "   AND a.account_type = 'asset_receivable' "
            "  LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS amount "
            "       FROM account_partial_reconcile GROUP BY 1) d ON d.id = l.id "
            "  LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS amount "
            "       FROM account_partial_reconcile GROUP BY 1) c ON c.id = l.id "
            " WHERE l.parent_state = 'posted' "
            "   AND ABS(ABS(l.balance) - ABS(l.amount_residual) "
            "           - COALESCE(d.amount, 0) - COALESCE(c.amount, 0)) > %s "
            " ORDER BY l.id",
            EPSILON,
        )
        for res_id, move, balance, residual, settled in rows:
            yield (
                "account.move.line",
                res_id,
                f"move {move}: {balance}, settled {settled}, open {residual}",
            )

    # -- serials ---------------------------------------------------------------------

    def _check_serial_places(self):
        """A serial is in exactly one place, once (or nowhere any more)."""
        rows = self._rows(
            "SELECT q.lot_id, MIN(s.name), SUM(q.quantity), "
            "       COUNT(*) FILTER (WHERE q.quantity > 0), "
            "       STRING_AGG(l.complete_name || ': ' || q.quantity, ', ') "
            "  FROM (SELECT lot_id, location_id, product_id, "
            "               SUM(quantity) AS quantity FROM stock_quant "
            "         WHERE lot_id IS NOT NULL GROUP BY 1, 2, 3) q "
            "  JOIN stock_location l ON l.id = q.location_id "
            "   AND l.usage IN ('internal', 'transit', 'customer') "
            "  JOIN stock_lot s ON s.id = q.lot_id "
            "  JOIN product_product p ON p.id = q.product_id "
            "  JOIN product_template t ON t.id = p.product_tmpl_id "
            "   AND t.tracking = 'serial' "
            " WHERE q.quantity <> 0 "
            " GROUP BY q.lot_id "
            "HAVING SUM(q.quantity) NOT IN (0, 1) "
            "    OR COUNT(*) FILTER (WHERE q.quantity > 0) > 1 "
            "    OR MIN(q.quantity) < 0 "
            " ORDER BY q.lot_id"
        )
        for res_id, name, _total, _places, where in rows:
            yield "stock.lot", res_id, f"{name} is in: {where}"

    def _check_negative_stock(self):
        """No internal location holds less than nothing of a serial.

        By place, whatever the quants: Odoo may keep -1 beside +1 of one serial for a
        while, until it merges them; the unit is there all the same.
        """
        rows = self._rows(
            "SELECT MIN(q.id), MIN(l.complete_name), SUM(q.quantity) FROM stock_quant q "
            "  JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal' "
            "  JOIN product_product p ON p.id = q.product_id "
            "  JOIN product_template t ON t.id = p.product_tmpl_id "
            "   AND t.tracking = 'serial' "
            " GROUP BY q.location_id, q.product_id, q.lot_id "
            "HAVING SUM(q.quantity) < 0 ORDER BY 1"
        )
        for res_id, place, quantity in rows:
            yield "stock.quant", res_id, f"{quantity} in {place}"

    def _check_unprintable_codes(self):
        """Serials and codes can be written into the address that looks them up."""
        for model, field in (
            ("stock.lot", "name"),
            ("product.product", "default_code"),
            ("ov.serviced_account", "account_code"),
        ):
            rows = self._rows(
                "SELECT id, %s FROM %s WHERE %s ~ %s ORDER BY id",
                SQL.identifier(field),
                SQL.identifier(self.env[model]._table),
                SQL.identifier(field),
                f"[{CONTROL}{BREAKS}]".replace(r"\u0000", r"\u0001"),
            )
            for res_id, text in rows:
                yield model, res_id, f"control characters in {text!r}"

    def _check_live_assets(self):
        """One live asset per serial."""
        rows = self._rows(
            "SELECT lot_id, ARRAY_AGG(id ORDER BY id) FROM ov_asset "
            " WHERE state IN ('active', 'transferred') AND lot_id IS NOT NULL "
            " GROUP BY lot_id HAVING COUNT(*) > 1 ORDER BY lot_id"
        )
        for lot, assets in rows:
            yield "stock.lot", lot, f"live assets {assets}"

    # -- subscriptions ---------------------------------------------------------------

    def _check_subscription_periods(self):
        """Each period of a subscription is billed once: no two overlap."""
        rows = self._rows(
            "SELECT a.subscription_id, a.number, b.number "
            "  FROM abs_subscription_period a JOIN abs_subscription_period b "
            "    ON b.subscription_id = a.subscription_id AND b.id > a.id "
            "   AND (b.number = a.number OR (b.date_from <= a.date_to "
            "        AND a.date_from <= b.date_to)) ORDER BY 1, 2"
        )
        for res_id, one, other in rows:
            yield "abs.subscription", res_id, f"periods {one} and {other} overlap"
