"""When an order needs an approval (docs/contract.md 1.11; workflow 3).

States: ``not_required``, ``required``, ``pending``, ``approved``, ``rejected``. The
last three are the latest row of the history ``abs.order.approval``, which nobody can
write; the first two are worked out from settings, amount and products each time.
"""

import hashlib
import json

from odoo import api, fields, models

from ...compat import SOL_TAXES, SOL_UOM

LEASE = ("x_equipment_value", "x_equity_rate", "x_contract_months")
DECISIONS = {"request": "pending", "approve": "approved", "reject": "rejected"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    x_approval_ids = fields.One2many(
        "abs.order.approval", "order_id", "Approval History", readonly=True, copy=False
    )
    x_approval_decision = fields.Selection(
        [("pending", "Waiting"), ("approved", "Approved"), ("rejected", "Rejected")],
        "Last Decision",
        compute="_compute_x_approval_decision",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    approval_state = fields.Selection(
        [
            ("not_required", "No Approval Needed"),
            ("required", "Approval Needed"),
            ("pending", "Waiting for Approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        compute="_compute_approval_state",
        search="_search_approval_state",
    )
    x_approval_reason = fields.Char(
        "Why an Approval is Needed", compute="_compute_approval_state"
    )
    x_rejection_reason = fields.Char(
        "Why it was Rejected", compute="_compute_x_rejection_reason"
    )
    x_approval_enabled = fields.Boolean(related="company_id.x_sale_approval")
    x_can_decide = fields.Boolean(
        "May Decide",
        compute="_compute_x_can_decide",
        help="The user may approve or reject this order, which waits for it.",
    )

    @api.depends("x_approval_ids.kind")
    def _compute_x_approval_decision(self):
        for order in self:
            order.x_approval_decision = order._abs_decision()

    @api.depends(
        "x_approval_ids.kind",
        "state",
        "amount_total",
        "currency_id",
        "x_sa_id.approval_threshold",
        "company_id.x_sale_approval",
        "company_id.x_sale_approval_amount",
        "order_line.product_id.categ_id.x_approval_required",
    )
    def _compute_approval_state(self):
        for order in self:
            reason = order._abs_approval_reason()
            order.x_approval_reason = reason
            decision = order._abs_decision()
            if decision == "approved" or (decision and reason):
                order.approval_state = decision
            else:
                order.approval_state = "required" if reason else "not_required"

    @api.depends("x_approval_ids.kind", "x_approval_ids.note")
    def _compute_x_rejection_reason(self):
        for order in self:
            last = order.sudo().x_approval_ids.sorted("id", reverse=True)[:1]
            order.x_rejection_reason = last.kind == "reject" and last.note

    @api.depends("approval_state", "x_sa_id", "x_maker_id")
    @api.depends_context("uid", "abs_call")
    def _compute_x_can_decide(self):
        for order in self:
            stored = order._origin
            waits = stored and order.approval_state == "pending"
            order.x_can_decide = waits and stored._abs_may_decide()

    @api.model
    def _search_approval_state(self, operator, value):
        """Search the decisions in the database, the rest among open quotations.

        Those that wait, or are rejected, are few; 'required' asks every quotation
        without a decision, since it depends on today's settings.
        """
        if operator not in ("=", "!=", "in", "not in"):
            raise NotImplementedError(operator)
        # 19 hands over an OrderedSet
        values = {value} if isinstance(value, str | bool) else set(value)
        decisions = [d for d in ("pending", "rejected") if d in values]
        if "required" in values:
            decisions.append(False)
        if "not_required" in values:  # a decision is moot once no reason is left
            decisions = [False, "pending", "rejected"]
        candidates = self.search(
            [
                ("state", "in", ("draft", "sent")),
                ("x_approval_decision", "in", decisions),
            ]
        ).sudo()
        inside = candidates.filtered(lambda o: o.approval_state in values).ids
        domain = [("id", "in", inside)]
        if "approved" in values:
            domain = ["|", ("x_approval_decision", "=", "approved"), *domain]
        if "not_required" in values:
            closed = [
                "&",
                ("state", "not in", ("draft", "sent")),
                "|",
                ("x_approval_decision", "=", False),
                ("x_approval_decision", "!=", "approved"),
            ]
            domain = ["|", *closed, *domain]
        return ["!", *domain] if operator in ("!=", "not in") else domain

    def _abs_decision(self):
        """Return pending, approved, rejected or False: the latest row of the history."""
        self.ensure_one()
        last = self.sudo().x_approval_ids.sorted("id", reverse=True)[:1]
        return DECISIONS.get(last.kind, False)

    def _abs_approval_reason(self):
        """Return why this order needs an approval, or False.

        Only of quotations, and only with the company's setting on. The amount counts
        with taxes, in the company's currency at the order's date, from the threshold
        of the order's SA on (0 = none set), else from the company's.
        """
        self.ensure_one()
        # The company first, whatever the state: it is read for all orders at once.
        if not self.company_id.x_sale_approval or self.state not in ("draft", "sent"):
            return False
        return self._abs_reason_by_contents()

    def _abs_reason_by_contents(self):
        """As :meth:`_abs_approval_reason`, whatever the order's state."""
        company = self.company_id
        if not company.x_sale_approval:
            return False
        for category in self.order_line.product_id.categ_id:
            needing = category._abs_needs_approval()
            if needing:
                return self.env._(
                    "products of %(category)s always need one",
                    category=needing.display_name,
                )
        account_threshold = self.sudo().x_sa_id.approval_threshold
        threshold = account_threshold or company.x_sale_approval_amount
        currency = company.currency_id
        date = self.date_order or fields.Datetime.now()
        amount = self.currency_id._convert(
            self.amount_total, currency, company, date.date()
        )
        if currency.compare_amounts(amount, threshold) < 0:
            return False
        return self.env._(
            "orders from %(threshold)s need one",
            threshold=currency.format(threshold),
        )

    def _abs_fingerprint(self):
        """Return a hash of what is approved: customer, lines, prices and total."""
        self.ensure_one()
        lines = [
            [
                line.product_id.id,
                line.name if not line.product_id else "",
                round(line.product_uom_qty, 6),
                line[SOL_UOM].id,
                round(line.price_unit, 6),
                round(line.discount, 6),
                sorted(line[SOL_TAXES].ids),
            ]
            for line in self.order_line
            if line.product_id
        ]
        total = round(self.amount_total, 6)
        whole = [self.partner_id.id, self.currency_id.id, total, sorted(lines)]
        # What a lease promises is part of what is approved, as its prices are.
        lease = [(self[name] or 0) for name in LEASE if name in self._fields]
        if any(lease):
            whole.append(lease)
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()

    def _abs_void_changed(self):
        """Void the requests and decisions whose order is no longer what it was."""
        for order in self.sudo():
            if order.state not in ("draft", "sent") or not order._abs_decision():
                continue
            last = order.x_approval_ids.sorted("id", reverse=True)[:1]
            if last.fingerprint != order._abs_fingerprint():
                order._abs_history(
                    "void", self.env._("The lines or the amount were changed.")
                )

    def _abs_history(self, kind, note=None):
        """Add a row to the history and say it in the chatter."""
        self.ensure_one()
        order = self.sudo()
        employee = self.env["abs.employee"]._caller()
        person = employee.partner_id or self.env.user.partner_id
        row = (
            self.env["abs.order.approval"]
            .sudo()
            .create(
                {
                    "order_id": order.id,
                    "kind": kind,
                    "employee_id": employee.id,
                    "actor_id": person.id,
                    "user_id": self.env.uid,
                    "note": note,
                    "amount": order.amount_total,
                    "currency_id": order.currency_id.id,
                    "fingerprint": order._abs_fingerprint(),
                }
            )
        )
        sentences = {
            "request": self.env._("Approval requested"),
            "approve": self.env._("Order approved"),
            "reject": self.env._("Order rejected"),
            "void": self.env._("Approval voided"),
        }
        # The cache would append it; the history is read newest first.
        order.invalidate_recordset(["x_approval_ids"])
        body = f"{sentences[kind]}: {note}" if note else sentences[kind]
        order.message_post(body=body)
        return row
