"""Numbers of invoices, credit notes, payments and entries: none on a draft of ours, and
none that a colleague took keeps a draft from being posted (docs/contract.md 1.18).

The world of the tests has no entry yet, so each test is the start of its journals.
"""

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..compat import SERIES
from ..exceptions import BusinessError
from .http_common import AbsHttpCase
from .test_migrations import load


class NumberCase(AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.togo.x_sale_approval = False
        cls.receive(cls.cable, 100)
        cls.year = cls.togo._abs_today().year
        journals = cls.env["account.journal"]
        of_togo = [("company_id", "=", cls.togo.id)]
        cls.sales = journals.search([*of_togo, ("type", "=", "sale")], limit=1)
        cls.cash = journals.search([*of_togo, ("type", "=", "cash")], limit=1)
        cls.books = journals.create(
            {
                "name": "Test Entries",
                "code": "TENT",
                "type": "general",
                "company_id": cls.togo.id,
            }
        )

    def sold(self, *lines):
        """Return an order that Jean confirmed with the app."""
        order = self.quotation(self.marie, list(lines) or [(self.installation, 1, 50)])
        self.ok("POST", f"/api/orders/{order.id}/confirm", who=self.jean)
        return order

    def number(self, count, prefix=None):
        """Return the number that Odoo gives to the ``count``-th invoice of the year."""
        return f"{prefix or self.sales.code}/{self.year}/{count:05d}"

    def own_draft(self, **vals):
        """Return a draft invoice as a person makes it, not from an order."""
        return (
            self.env["account.move"]
            .with_company(self.togo)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.marie.id,
                    "invoice_date": self.togo._abs_today(),
                    "company_id": self.togo.id,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "By hand", "quantity": 1, "price_unit": 10}
                        )
                    ],
                    **vals,
                }
            )
        )

    def entry(self, **vals):
        """Return a draft entry in a journal that has none yet."""
        account = self.sales.default_account_id
        line = {"account_id": account.id, "name": "x"}
        return self.env["account.move"].create(
            {
                "journal_id": self.books.id,
                "date": self.togo._abs_today(),
                "line_ids": [
                    Command.create({**line, "debit": 5}),
                    Command.create({**line, "credit": 5}),
                ],
                **vals,
            }
        )

    def says(self, move, name):
        """Have a draft say a number, as two people's first drafts at once do on 18."""
        self.env.flush_all()
        split = name.rfind("/") + 1
        self.env.cr.execute(
            "UPDATE account_move SET name = %s, sequence_prefix = %s, "
            "sequence_number = %s WHERE id = %s",
            (name, name[:split], int(name[split:]), move.id),
        )
        self.env.invalidate_all()

    def assertNoNumber(self, moves):
        self.assertTrue(moves)
        for move in moves:
            self.assertEqual(move.state, "draft")
            self.assertIn(move.name, (False, "/"))
            self.assertFalse(move.sequence_number)

    def post(self, order, invoice):
        path = f"/api/orders/{order.id}/invoices/{invoice.id}/confirm"
        return self.ok("POST", path, who=self.jean)["invoice"]["name"]


@tagged("post_install", "-at_install")
class TestDraftsWithoutNumber(NumberCase):
    def test_confirmed_orders(self):
        """The first drafts of a journal: no number, then the first ones."""
        orders = [self.sold() for _order in range(3)]
        drafts = [order.invoice_ids for order in orders]
        for draft in drafts:
            self.assertNoNumber(draft)
            self.assertTrue(draft.x_drawn_by_us)
        names = [
            self.post(order, draft)
            for order, draft in reversed(list(zip(orders, drafts, strict=True)))
        ]
        self.assertEqual(names, [self.number(n) for n in (1, 2, 3)])

    def test_delivery(self):
        order = self.sold((self.cable, 2, 25))
        picking = order.picking_ids
        self.ok(
            "POST",
            f"/api/stock/deliveries/{picking.id}/validate",
            {"lines": [{"move_id": picking.move_ids.id, "qty_done": 2}]},
            who=self.jean,
        )
        self.assertNoNumber(order.invoice_ids)
        self.assertEqual(self.post(order, order.invoice_ids), self.number(1))

    def test_delivery_in_the_web_client(self):
        """A draft that our code makes is ours, whoever pressed the button."""
        order = self.sold((self.cable, 2, 25))
        order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        order.picking_ids.button_validate()
        self.assertNoNumber(order.invoice_ids)

    def test_invoice_asked_for_by_name(self):
        order = self.sold()
        order.invoice_ids.unlink()
        body = {"line_ids": order.order_line.ids}
        self.ok("POST", f"/api/orders/{order.id}/invoice", body, who=self.jean)
        self.assertNoNumber(order.invoice_ids)

    def test_stays_without(self):
        """Another day, another journal, a word of the clerk: still none."""
        draft = self.sold().invoice_ids
        other = self.sales.copy({"code": "TOTH"})
        today = self.togo._abs_today()
        draft.invoice_date = fields.Date.subtract(today, years=1)
        self.assertNoNumber(draft)
        draft.journal_id = other
        self.assertNoNumber(draft)
        draft.ref = "x"
        draft.invoice_date = today
        self.assertNoNumber(draft)
        draft.action_post()
        self.assertEqual(draft.name, self.number(1, "TOTH"))

    def test_recurring_invoice(self):
        self.build_cover(10)
        self.monthly.auto_post = False
        order = self.sold((self.cover, 1, 10))
        sub = order.sudo().x_subscription_ids
        sub._bill_due(fields.Date.add(self.togo._abs_today(), months=1))
        moves = sub.period_ids.invoice_id
        self.assertGreater(len(moves), 1)
        self.assertNoNumber(moves)
        moves.action_post()
        wanted = [self.number(n + 1) for n in range(len(moves))]
        self.assertEqual(sorted(moves.mapped("name")), wanted)

    def test_credit_notes_and_payments(self):
        """Drafted and posted by one verb: the first numbers, in their formats."""
        notes, payments = [], []
        for _time in range(2):
            order = self.sold()
            self.post(order, order.invoice_ids)
            path = f"/api/orders/{order.id}"
            body = {"amount": 10, "journal_id": self.cash.id}
            self.ok("POST", f"{path}/register-payment", body, who=self.jean)
            payments.append(order.invoice_ids.matched_payment_ids)
            body = {"invoice_id": order.invoice_ids.id, "reason": "x"}
            self.ok("POST", f"{path}/credit-note", body, who=self.jean)
            notes.append(order.invoice_ids.reversal_move_ids)
        self.assertEqual(
            [note.name for note in notes],
            [self.number(n, f"R{self.sales.code}") for n in (1, 2)],
        )
        self.assertEqual(
            [payment.name for payment in payments],
            [self.number(n, f"P{self.cash.code}") for n in (1, 2)],
        )
        for payment in payments:
            self.assertEqual(payment.move_id.name, payment.name)

    def test_callers_do_not_say_whose_it_is(self):
        """What a person makes is the person's, whatever came along."""
        draft = self.own_draft(x_drawn_by_us=True)
        self.assertFalse(draft.x_drawn_by_us)
        with self.assertRaises(BusinessError):
            draft.with_user(
                self.make_user("clerk", "account.group_account_user")
            ).write({"x_drawn_by_us": True})


@tagged("post_install", "-at_install")
class TestFirstNumberOfAPerson(NumberCase):
    def test_own_draft_as_odoo_has_it(self):
        draft = self.own_draft()
        self.assertEqual(draft.name, self.number(1) if SERIES < 19 else False)

    def test_format_set_by_hand(self):
        """The accountant's first draft sets the format for what the app posts."""
        name = f"FAC-{self.year}-0007"
        with Form(
            self.env["account.move"]
            .with_company(self.togo)
            .with_context(default_move_type="out_invoice")
        ) as form:
            form.partner_id = self.marie
            form.invoice_date = self.togo._abs_today()
            form.name = name
            with form.invoice_line_ids.new() as line:
                line.name = "By hand"
                line.price_unit = 10
        draft = form.save()
        self.assertEqual(draft.name, name)
        order = self.sold()
        self.assertNoNumber(order.invoice_ids)
        self.assertEqual(self.post(order, order.invoice_ids), f"FAC-{self.year}-0008")
        draft.action_post()
        self.assertEqual(draft.name, name)

    def test_number_set_on_a_draft_of_ours(self):
        order = self.sold()
        order.invoice_ids.name = name = f"FAC-{self.year}-0007"
        order.invoice_ids.ref = "x"
        self.assertEqual(self.post(order, order.invoice_ids), name)
        other = self.sold()
        self.assertEqual(self.post(other, other.invoice_ids), f"FAC-{self.year}-0008")

    def test_fiscal_year_of_two_years(self):
        self.togo.write({"fiscalyear_last_month": "6", "fiscalyear_last_day": 30})
        order = self.sold()
        name = self.post(order, order.invoice_ids)
        today = self.togo._abs_today()
        first = today.year % 100 - (today.month <= 6)
        self.assertEqual(name, f"{self.sales.code}/{first:02d}-{first + 1:02d}/0001")


@tagged("post_install", "-at_install")
class TestTakenNumber(NumberCase):
    def test_invoices_of_the_app(self):
        """Drafts of an earlier version, which all say the same number."""
        orders = [self.sold() for _order in range(3)]
        for order in orders:
            self.says(order.invoice_ids, self.number(1))
        names = [self.post(order, order.invoice_ids) for order in orders]
        self.assertEqual(names, [self.number(n) for n in (1, 2, 3)])
        for order, name in zip(orders, names, strict=True):
            self.assertEqual(order.invoice_ids.payment_reference, name)

    def test_pay_an_order_whose_draft_says_a_taken_number(self):
        first, second = self.sold(), self.sold()
        self.says(second.invoice_ids, self.post(first, first.invoice_ids))
        path = f"/api/orders/{second.id}/register-payment"
        body = {"amount": 59, "payment_source": "cash"}
        self.ok("POST", path, body, who=self.jean)
        self.assertEqual(second.invoice_ids.name, self.number(2))
        self.assertEqual(second.invoice_ids.payment_state, "paid")

    def test_drafts_of_persons(self):
        """Button, all at once, and the dialog that posts many."""
        drafts = [self.own_draft() for _draft in range(4)]
        for draft in drafts:
            self.says(draft, self.number(1))
        drafts[2].action_post()
        self.assertEqual(drafts[2].name, self.number(1))
        (drafts[0] + drafts[3]).action_post()
        wizard = self.env["validate.account.move"].with_context(
            active_model="account.move", active_ids=drafts[1].ids
        )
        wizard.create({}).validate_move()
        names = sorted(draft.name for draft in drafts)
        self.assertEqual(names, [self.number(n) for n in (1, 2, 3, 4)])

    def test_credit_notes(self):
        invoices = self.own_draft() + self.own_draft()
        invoices.action_post()
        notes = invoices._reverse_moves([{}, {}], cancel=False)
        for note in notes:
            self.says(note, self.number(1, f"R{self.sales.code}"))
        for note in notes:
            note.action_post()
        self.assertEqual(
            notes.mapped("name"),
            [self.number(n, f"R{self.sales.code}") for n in (1, 2)],
        )

    def test_entries(self):
        """Also where the number begins anew each month."""
        entries = [self.entry() for _entry in range(3)]
        today = self.togo._abs_today()
        prefix = f"TENT/{today.year}/{today.month:02d}/"
        for entry in entries:
            self.says(entry, f"{prefix}0001")
        for entry in entries:
            entry.action_post()
        self.assertEqual(
            [entry.name for entry in entries],
            [f"{prefix}{n:04d}" for n in (1, 2, 3)],
        )

    def test_payments(self):
        """The payment says the number that its entry has got."""
        payments = self.env["account.payment"]
        for amount in (10, 20):
            payment = payments.create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.marie.id,
                    "amount": amount,
                    "journal_id": self.cash.id,
                    "company_id": self.togo.id,
                }
            )
            payment._generate_journal_entry()
            payments += payment
        taken = self.number(1, f"P{self.cash.code}")
        for payment in payments:
            self.says(payment.move_id, taken)
            payment.name = taken
        payments[0].move_id.action_post()
        payments[1].move_id.action_post()
        wanted = [self.number(n, f"P{self.cash.code}") for n in (1, 2)]
        self.assertEqual(payments.move_id.sorted("id").mapped("name"), wanted)
        self.assertEqual(payments.mapped("name"), wanted)

    def test_reset_to_draft_and_taken_meanwhile(self):
        """Set to draft, its number given to another: posted again it takes the next."""
        first, second = self.own_draft(), self.own_draft()
        first.action_post()
        reference = first.payment_reference
        self.assertEqual(reference, first.name)
        first.button_draft()
        second.name = self.number(1)
        second.action_post()
        first.action_post()
        self.assertEqual([second.name, first.name], [self.number(1), self.number(2)])
        self.assertEqual(first.payment_reference, first.name)

    def test_posted_again_keeps_its_number(self):
        first, second = self.own_draft(), self.own_draft()
        first.action_post()
        second.action_post()
        first.button_draft()
        first.action_post()
        self.assertEqual([first.name, second.name], [self.number(1), self.number(2)])

    def test_refused_for_another_reason(self):
        """A draft that cannot be posted keeps what it said."""
        first, second = self.own_draft(), self.own_draft()
        first.action_post()
        self.says(second, first.name)
        second.invoice_line_ids.price_unit = -10
        with self.assertRaisesRegex(Exception, "negative"), self.env.cr.savepoint():
            second.action_post()
        self.assertEqual((second.state, second.name), ("draft", first.name))

    def test_soft_posting_of_a_future_entry(self):
        """What is only planned does not take a number from anybody."""
        taken = self.entry()
        taken.action_post()
        later = self.entry(date=fields.Date.add(self.togo._abs_today(), days=1))
        self.says(later, taken.name)
        later._post(soft=True)
        self.assertEqual((later.state, later.auto_post), ("draft", "at_date"))
        self.env.flush_all()
        self.env.cr.execute("SELECT state FROM account_move WHERE id = %s", [later.id])
        self.assertEqual(self.env.cr.fetchone(), ("draft",))


@tagged("post_install", "-at_install")
class TestNumbersOfOldDrafts(NumberCase):
    """What a database of 1.1.6 holds: the audit tells, the migration mends."""

    def found(self, check):
        rows = self.env["abs.audit"].run()
        return [row["res_id"] for row in rows if row["check"] == check]

    def migrate(self):
        """Run the script twice; the second time must change nothing."""
        script = load("1.2.0", "draft-numbers")
        states = []
        for _time in range(2):
            self.env.flush_all()
            script.migrate(self.env.cr, "18.0.1.1.6")
            self.env.flush_all()
            self.env.cr.execute(
                "SELECT id, name, sequence_prefix, sequence_number, x_drawn_by_us "
                "  FROM account_move ORDER BY id"
            )
            states.append(self.env.cr.fetchall())
            self.env.invalidate_all()
        self.assertEqual(*states)

    def old(self, *numbers):
        """Return orders whose drafts an older version made, with these numbers."""
        orders = [self.sold() for _number in numbers]
        for order, number in zip(orders, numbers, strict=True):
            self.says(order.invoice_ids, number)
        self.env.cr.execute("UPDATE account_move SET x_drawn_by_us = NULL")
        self.env.invalidate_all()
        return orders

    def test_taken(self):
        orders = self.old(*[self.number(1)] * 3)
        self.assertEqual(self.found("draft_number"), [])
        person = self.own_draft()
        self.says(person, self.number(1))
        self.post(orders[0], orders[0].invoice_ids)
        others = orders[1].invoice_ids + orders[2].invoice_ids
        self.assertEqual(self.found("draft_number"), [*others.ids, person.id])
        self.migrate()
        self.assertNoNumber(others)
        self.assertNoNumber(person)
        self.assertEqual(others.mapped("x_drawn_by_us"), [True, True])
        self.assertFalse(person.x_drawn_by_us)
        self.assertEqual(self.found("draft_number"), [])
        self.assertEqual(orders[0].invoice_ids.name, self.number(1))
        (others + person).action_post()
        names = sorted((others + person).mapped("name"))
        self.assertEqual(names, [self.number(n) for n in (2, 3, 4)])

    def test_nothing_posted_yet(self):
        orders = self.old(self.number(1), self.number(1), self.number(1))
        self.migrate()
        for order in orders:
            self.assertNoNumber(order.invoice_ids)

    def test_the_only_draft(self):
        (order,) = self.old(self.number(1))
        self.migrate()
        self.assertNoNumber(order.invoice_ids)
        self.assertEqual(self.post(order, order.invoice_ids), self.number(1))

    def test_drawn_in_the_web_client(self):
        """A person pressed the button, our code drew the invoice."""
        (order,) = self.old(self.number(1))
        self.env.cr.execute("UPDATE account_move SET create_uid = 2")
        self.env.invalidate_all()
        self.migrate()
        self.assertNoNumber(order.invoice_ids)

    def test_number_that_sets_the_format(self):
        """Typed by an accountant, on his own draft or on one of ours."""
        name = f"FAC/{self.year}/0500"
        (order,) = self.old(name)
        person = self.own_draft(journal_id=self.sales.copy({"code": "TFRM"}).id)
        person.name = f"AB/{self.year}/01"
        self.migrate()
        self.assertEqual(order.invoice_ids.name, name)
        self.assertEqual(person.name, f"AB/{self.year}/01")
        self.assertEqual(self.post(order, order.invoice_ids), name)
        later = self.sold()
        self.assertEqual(self.post(later, later.invoice_ids), f"FAC/{self.year}/0501")

    def test_first_draft_of_a_person(self):
        person = self.own_draft()
        self.says(person, self.number(1))
        self.migrate()
        self.assertEqual(person.name, self.number(1))

    def test_no_gap(self):
        """The draft of January's first sale was never posted; the others were."""
        (order,) = self.old(self.number(1))
        for number in (2, 3):
            later = self.sold()
            self.assertEqual(self.post(later, later.invoice_ids), self.number(number))
        self.migrate()
        self.assertEqual(order.invoice_ids.name, self.number(1))
        self.assertEqual(self.post(order, order.invoice_ids), self.number(1))

    def test_set_to_draft_again(self):
        """What was posted once keeps its number: the customer has it on paper."""
        order = self.sold()
        name = self.post(order, order.invoice_ids)
        order.invoice_ids.button_draft()
        self.migrate()
        self.assertEqual(order.invoice_ids.name, name)


@tagged("post_install", "-at_install")
class TestFinalizeWithDrafts(NumberCase):
    def unfinished(self, order):
        path = f"/api/orders/{order.id}/finalize"
        body = self.refused(400, "not_finalizable", "POST", path, who=self.jean)
        self.assertFalse(order.x_finalized or order.locked)
        return body

    def test_draft_invoice(self):
        order = self.sold((self.installation, 1, 50), (self.cable, 2, 25))
        body = self.unfinished(order)
        fields_named = [detail["field"] for detail in body["details"]]
        self.assertEqual(fields_named, ["pickings", "invoices"])
        self.deliver(order.picking_ids)
        service, goods = order.invoice_ids.sorted("id")
        body = self.unfinished(order)
        for draft in service + goods:
            path = f"/api/orders/{order.id}/invoices/{draft.id}/confirm"
            self.assertIn(path, body["error"])
        self.post(order, service)
        (detail,) = self.unfinished(order)["details"]
        self.assertEqual(detail["field"], "invoices")
        self.assertIn(f"/invoices/{goods.id}/confirm", detail["message"])
        self.post(order, goods)
        path = f"/api/orders/{order.id}/finalize"
        done = self.ok("POST", path, who=self.jean)["order"]
        self.assertEqual(done["state"], "done")

    def test_draft_credit_note(self):
        """As the web client makes it."""
        order = self.sold()
        self.post(order, order.invoice_ids)
        note = order.invoice_ids._reverse_moves([{}], cancel=False)
        (detail,) = self.unfinished(order)["details"]
        self.assertIn(f"/invoices/{note.id}/confirm", detail["message"])
        self.post(order, note)
        path = f"/api/orders/{order.id}/finalize"
        self.ok("POST", path, who=self.jean)

    def test_cancelled_draft_is_no_draft(self):
        order = self.sold()
        order.invoice_ids.button_cancel()
        order.order_line.qty_to_invoice = 0
        order.order_line.product_uom_qty = 0
        path = f"/api/orders/{order.id}/finalize"
        self.ok("POST", path, who=self.jean)

    def test_in_the_web_client(self):
        """The button, and writing the word over RPC."""
        order = self.sold()
        with self.assertRaisesRegex(BusinessError, "draft"):
            order.action_finalize()
        clerk = self.make_user(
            "seller", "sales_team.group_sale_manager", "account.group_account_invoice"
        )
        own = order.with_user(clerk).with_context(allowed_company_ids=self.togo.ids)
        with self.assertRaisesRegex(BusinessError, "draft"):
            own.write({"x_finalized": True})

    def test_audit(self):
        order = self.sold()
        self.env.cr.execute(
            "UPDATE sale_order SET x_finalized = TRUE WHERE id = %s", [order.id]
        )
        self.env.invalidate_all()
        found = [
            row["res_id"]
            for row in self.env["abs.audit"].run()
            if row["check"] == "finalized_draft"
        ]
        self.assertEqual(found, [order.id])
        order.invoice_ids.action_post()
        checks = {row["check"] for row in self.env["abs.audit"].run()}
        self.assertNotIn("finalized_draft", checks)
