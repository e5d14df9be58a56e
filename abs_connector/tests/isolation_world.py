"""The world of the random walk: customers with whole lives in six Service Accounts.

Every record carries a word that stands nowhere else, so that a text search finds what an
answer tells too much. What the model decides by is read with SQL, past all rules.
"""

import re

from ..compat import SERIES
from .assets_common import LifeBuilders
from .http_common import AbsHttpCase
from .samples import Samples
from .visibility import Caller, Facts, Member, Person, Row

#: what marks a record: a letter for its kind, five digits
WORD = re.compile(r"Zq([a-z])(\d{5})x|2287(\d{7})(?!\d)", re.IGNORECASE)
LETTERS = {
    "contact": "c",
    "order": "o",
    "invoice": "i",
    "payment": "p",
    "picking": "d",
    "asset": "a",
    "ticket": "t",
    "subscription": "s",
    "request": "r",
    "attempt": "m",
    "mail": "e",
}
#: table, column of the company, of the customer, and what lists filter by
TABLES = {
    "contact": (
        "res_partner",
        "NULL",
        "id",
        ("customer_rank", "supplier_rank", "name"),
    ),
    "order": ("sale_order", "company_id", "partner_id", ("state", "amount_total")),
    "invoice": (
        "account_move",
        "company_id",
        "partner_id",
        ("state", "move_type", "amount_total", "amount_residual"),
    ),
    "payment": (
        "account_payment",
        "company_id",
        "partner_id",
        ("state", "payment_type", "partner_type", "amount"),
    ),
    "picking": ("stock_picking", "company_id", "partner_id", ("state", "x_flow")),
    "asset": (
        "ov_asset",
        "company_id",
        "partner_id",
        ("state", "order_id", "subscription_id", "lot_id"),
    ),
    "ticket": (
        "helpdesk_ticket",
        "company_id",
        "partner_id",
        ("x_asset_id", "x_order_id"),
    ),
    "subscription": (
        "abs_subscription",
        "company_id",
        "partner_id",
        ("state", "code", "order_id"),
    ),
    "request": (
        "payment_request",
        "company_id",
        "partner_id",
        ("state", "order_id"),
    ),
    "attempt": (
        "abs_payment_attempt",
        "company_id",
        "partner_id",
        ("state", "order_id", "invoice_id", "request_id"),
    ),
    "repair": (
        "repair_order",
        "company_id",
        "partner_id",
        ("state", "x_asset_id", "x_ticket_id", "lot_id"),
    ),
    "maintenance": ("maintenance_request", "company_id", "NULL", ("equipment_id",)),
}
MODELS = {
    "contact": "res.partner",
    "order": "sale.order",
    "invoice": "account.move",
    "payment": "account.payment",
    "picking": "stock.picking",
    "asset": "ov.asset",
    "ticket": "helpdesk.ticket",
    "subscription": "abs.subscription",
    "request": "payment.request",
    "attempt": "abs.payment.attempt",
    "repair": "repair.order",
}
WHERE = {
    "contact": "WHERE active AND (x_sa_id IS NOT NULL OR customer_rank > 0 "
    "OR supplier_rank > 0 OR id IN (SELECT partner_id FROM abs_employee))",
    "invoice": "WHERE move_type IN ('out_invoice', 'out_refund')",
    "payment": "WHERE partner_type = 'customer'",
}


class IsolationWorld(LifeBuilders, Samples, AbsHttpCase):
    """18 customers, nine people with eleven memberships, three keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_samples()
        accounts = cls.sa_togo + cls.sa_kenya + cls.sa_lom + cls.sa_lom_a
        cls.accounts = accounts + cls.sa_kar + cls.sa_nbo
        cls.words = {}
        cls.build_staff()
        cls.build_cover(30)
        cls.serials = {}
        for warehouse, name in ((cls.wh_togo, "ZT"), (cls.wh_kenya, "ZK")):
            serials = [f"{name}-{n:03d}" for n in range(20)]
            cls.receive(cls.kit, serials, warehouse)
            cls.receive(cls.cable, 200, warehouse)
            cls.serials[warehouse.company_id] = serials
        cls.lives = []
        for number, account in enumerate([*cls.accounts] * 3):
            able = [w for w in cls.staff if w.company_id == account.company_id]
            actor = able[number % len(able)] if number % 3 else None
            cls.lives.append(cls.live(number, account, actor))
        cls.env.flush_all()
        cls.mark_all()

    @classmethod
    def build_staff(cls):
        """Five with one membership, two with two, and one above both companies."""
        cls.hq = cls.make_employee("hq", cls.togo)
        cls.enroll(cls.sa_global, cls.hq, "staff", scope_policy="sa_tree")
        for who, account, role, policy in (
            (cls.kofi, cls.sa_kar, "staff", "assigned_only"),
            (cls.afi, cls.sa_togo, "staff", "sa_tree"),
            (cls.edem, cls.sa_lom_a, "agent", "assigned_plus_unassigned"),
        ):
            # Somebody has to be the SA manager before others report to one.
            cls.enroll(account, who, role, scope_policy=policy)
        cls.m_otieno.scope_policy = "assigned_plus_unassigned"
        cls.staff = [cls.jean, cls.afi, cls.edem, cls.otieno, cls.kofi]
        cls.staff += [cls.ama, cls.yao, cls.wanjiru]

    # -- the life of one customer ----------------------------------------------------

    @classmethod
    def live(cls, number, account, actor):
        company = account.company_id
        phone = f"+2287{number:07d}"
        customer = cls.make_customer(
            f"Zqc{number:05d}x",
            account,
            actor,
            phone=phone,
            email=f"zqe{number:05d}x@test.abs",
        )
        cls.env["res.partner"].create(
            {
                "name": f"Zqc{1000 + number:05d}x",
                "parent_id": customer.id,
                "type": ("delivery", "contact")[number % 2],
            }
        )
        stamps = {
            "company_id": company.id,
            "x_sa_id": account.id,
            "x_actor_id": customer.x_actor_id.id,
        }
        whose = {"partner_id": customer.id, **stamps}
        cls.quotation(customer, [(cls.cable, 1)], account=account)
        sold = cls.quotation(customer, [(cls.kit, 1), (cls.installation, 1)])
        sold.action_confirm()
        serial = cls.serials[company].pop()
        cls.deliver(sold.picking_ids, [serial])
        cls.bill(sold, number)
        waiting = cls.quotation(customer, [(cls.cable, 2)])
        waiting.action_confirm()
        asset = cls.env["ov.asset"].search(
            [("lot_id.name", "=", serial), ("company_id", "=", company.id)]
        )
        subscription = cls.env["abs.subscription"].create(
            {"plan_id": cls.monthly.id, "product_id": cls.cover.id, **whose}
        )
        subscription.order_id = sold
        asset.subscription_id = subscription
        ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "x",
                "description": "x",
                "x_asset_id": asset.id,
                "x_order_id": sold.id,
                **whose,
            }
        )
        if number % 2:
            ticket.abs_create_repair()
        else:
            ticket.abs_create_request()
        cls.ask_for_money(sold, whose, number)
        return customer

    @classmethod
    def bill(cls, order, number):
        drafts = order.invoice_ids.filtered(lambda m: m.state == "draft")
        drafts.action_post()
        cls.pay(drafts[:1], drafts[:1].amount_total if number % 2 else 7)
        if number % 4 == 0:
            note = drafts[-1:]._reverse_moves([{"ref": "back"}])
            note.action_post()

    @classmethod
    def ask_for_money(cls, order, whose, number):
        invoice = order.invoice_ids[:1]
        request = cls.env["payment.request"].create(
            {"order_id": order.id, "invoice_id": invoice.id, "amount": 5, **whose}
        )
        company = order.company_id
        providers = cls.env["abs.payment.provider"]
        provider = providers.search(
            [("company_id", "=", company.id)], limit=1
        ) or providers.create(
            {
                "name": f"Gate {company.name}",
                "code": "sandbox",
                "company_id": company.id,
                "journal_id": cls.journal(company, "mobile_money").id,
            }
        )
        cls.env["abs.payment.attempt"].create(
            {
                "provider_id": provider.id,
                "order_id": order.id,
                "invoice_id": invoice.id,
                "request_id": request.id,
                "amount": 5,
                "currency_id": company.currency_id.id,
                **whose,
            }
        )

    # -- words that stand nowhere else -----------------------------------------------

    @classmethod
    def mark_all(cls):
        """Write a word into each record, and remember whose it is."""
        cls.env.flush_all()
        for kind, column in (
            ("order", "client_order_ref"),
            ("invoice", "ref"),
            ("payment", "memo"),
            ("picking", "note"),
            ("asset", "asset_code"),
            ("ticket", "name"),
            ("subscription", "name"),
            ("request", "note"),
            ("attempt", "message"),
        ):
            table, where = TABLES[kind][0], WHERE.get(kind, "")
            cls.env.cr.execute(
                f"UPDATE {table} SET {column} = "
                f"'Zq{LETTERS[kind]}' || LPAD(id::text, 5, '0') || 'x' {where}"
            )
        cls.env.invalidate_all()
        cls.numbers = {
            int(name[3:8]): partner
            for partner, name in cls.env["res.partner"]
            .search([("name", "=like", "Zqc_____x")])
            .mapped(lambda p: (p.id, p.name))
        }

    def told(self, text):
        """Return ``{(what, id)}`` of the records that a text tells something of."""
        found = set()
        kinds = {letter: kind for kind, letter in LETTERS.items()}
        for letter, number, phone in WORD.findall(text):
            kind = kinds[letter.lower()] if letter else "mail"
            number = int(number or phone)
            if kind in ("contact", "mail"):
                number = self.numbers.get(number, 0)
            found.add((kind, number))
        return found

    # -- facts -----------------------------------------------------------------------

    def setUp(self):
        super().setUp()
        facts = self.facts = Facts()
        for account in self.accounts + self.sa_global:
            facts.parents[account.id] = account.parent_id.id or None
            facts.companies[account.id] = account.company_id.id or None
        self.memberships = {}
        for who in [*self.staff, self.hq, self.admin]:
            facts.people[who.id] = Person(who.partner_id.id)
            for membership in who.membership_ids:
                self.note(membership)
        employees = self.env["abs.employee"].with_context(active_test=False)
        facts.office = {e.partner_id.id: e.company_id.id for e in employees.search([])}
        self.keys = {
            Caller("key", company.id or 0, system): self.api_key(
                company_id=company.id, can_system=system
            )
            for company in (self.togo, self.kenya, self.togo.browse())
            for system in (False, True)
        }
        self.read_rows()
        # Before the report is asked: planned for empty tables it took half an hour.
        self.analyze_tables()

    def note(self, membership):
        member = Member(
            membership.account_id.id,
            membership.scope_policy,
            membership.role_code,
            membership.account_id.sa_manager == membership,
        )
        self.facts.people[membership.employee_id.id].members.append(member)
        self.memberships[membership.id] = member

    def read_rows(self):
        """Read every record's stamp, and what it is filtered by."""
        rows, cr = {}, self.env.cr
        self.env.flush_all()
        for kind, (table, company, customer, more) in TABLES.items():
            cr.execute(
                f"SELECT id, x_sa_id, x_actor_id, {company}, {customer}, "
                f"{', '.join(more)} FROM {table} {WHERE.get(kind, '')}"
            )
            for found in cr.fetchall():
                extra = dict(zip(more, found[5:], strict=True))
                rows[kind, found[0]] = Row(kind, *found[:5], extra)
        self.read_links(rows)
        self.facts.rows = rows

    def read_links(self, rows):
        cr = self.env.cr
        cr.execute("SELECT id, parent_id, type FROM res_partner")
        self.facts.addresses = {i: (parent, kind) for i, parent, kind in cr.fetchall()}
        cr.execute("SELECT partner_id FROM res_company")
        houses = {i for (i,) in cr.fetchall()}
        cr.execute(
            "SELECT DISTINCT l.order_id, i.move_id FROM sale_order_line l "
            "JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id "
            "JOIN account_move_line i ON i.id = r.invoice_line_id"
        )
        self.invoices_of = {}
        for order, invoice in cr.fetchall():
            self.invoices_of.setdefault(order, set()).add(invoice)
        cr.execute(
            "SELECT DISTINCT l.order_id, m.picking_id FROM sale_order_line l "
            "JOIN stock_move m ON m.sale_line_id = l.id WHERE m.picking_id > 0"
        )
        self.pickings_of = {}
        for order, picking in cr.fetchall():
            self.pickings_of.setdefault(order, set()).add(picking)
        cr.execute("SELECT id, x_company_id, company_id FROM stock_lot")
        for lot, company, own in cr.fetchall():
            rows["lot", lot] = Row("lot", lot, None, None, company or own, None)
        cr.execute("SELECT id, company_id FROM stock_move WHERE state = 'done'")
        for move, company in cr.fetchall():
            rows["movement", move] = Row("movement", move, None, None, company, None)
        cr.execute("SELECT id, company_id FROM stock_warehouse WHERE active")
        for house, company in cr.fetchall():
            row = Row("warehouse", house, None, None, company, None)
            rows["warehouse", house] = row
        for row in rows.values():
            if row.kind == "contact":
                ranks = (row.more["customer_rank"], row.more["supplier_rank"])
                row.more["ranked"] = any(ranks)
            if row.kind == "picking" and row.customer in houses:
                row.customer = None
        self.series = SERIES
