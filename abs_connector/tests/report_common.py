"""The sales that the report is judged by."""

from datetime import date

from freezegun import freeze_time
from odoo.fields import Command

from .http_common import AbsHttpCase

TODAY = date(2026, 11, 20)


class ReportCase(AbsHttpCase):
    """Two months, two companies, three currencies, part payments, credit notes."""

    @classmethod
    def setUpClass(cls):
        # Before the world is built: memberships begin on the day they are made.
        cls.startClassPatcher(freeze_time(TODAY))
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.usd.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.usd.id,
                "company_id": cls.togo.id,
                "name": "2026-01-01",
                "inverse_company_rate": 600,
            }
        )
        cls.invoices = cls.env["account.move"]
        cls.build_sales()

    @classmethod
    def bill(cls, partner, lines, day, **vals):
        """Return a posted invoice of an SA's customer, dated ``day``."""
        account = partner.x_sa_id
        company = account.company_id
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "invoice_date": day,
                    "x_sa_id": account.id,
                    "x_actor_id": partner.x_actor_id.id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "quantity": quantity,
                                "price_unit": price,
                            }
                        )
                        for product, quantity, price in lines
                    ],
                    **vals,
                }
            )
        )
        move.action_post()
        cls.invoices |= move
        return move

    @classmethod
    def build_sales(cls):
        kit, inst, cable = cls.kit, cls.installation, cls.cable
        whole = cls.bill(cls.marie, [(kit, 2, 450), (inst, 1, 50)], "2026-10-05")
        cls.pay(whole, whole.amount_total)
        part = cls.bill(cls.marie, [(kit, 1, 333), (cable, 3, 25)], "2026-10-20")
        cls.pay(part, 100)
        cls.pay(part, 57, journal="mobile_money")
        cls.bill(cls.marie, [(inst, 1, 70)], "2026-11-10")
        credited = cls.bill(cls.marie, [(kit, 1, 400), (cable, 4, 20)], "2026-11-02")
        note = credited._reverse_moves(
            [{"ref": "back", "invoice_date": TODAY, "date": TODAY}], cancel=False
        )
        note.write(
            {
                "invoice_line_ids": [
                    Command.update(
                        note.invoice_line_ids.filtered(
                            lambda line: line.product_id == cable
                        ).id,
                        {"quantity": 2},
                    ),
                    Command.delete(
                        note.invoice_line_ids.filtered(
                            lambda line: line.product_id == kit
                        ).id
                    ),
                ]
            }
        )
        note.action_post()
        undone = cls.bill(cls.marie, [(inst, 1, 90)], "2026-11-03")
        undone._reverse_moves([{"invoice_date": TODAY, "date": TODAY}], cancel=True)
        dollars = cls.bill(
            cls.marie, [(kit, 1, 10.55)], "2026-11-04", currency_id=cls.usd.id
        )
        wizard = (
            cls.env["account.payment.register"]
            .with_company(cls.togo)
            .with_context(active_model="account.move", active_ids=dollars.ids)
            .create(
                {
                    "journal_id": cls.journal(cls.togo, "cash").id,
                    "currency_id": cls.usd.id,
                    "amount": 4.20,
                    "communication": "dollars",
                }
            )
        )
        wizard._create_payments()
        terms = cls.env["account.payment.term"].create(
            {
                "name": "half now, half in 60 days",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": 0}),
                    Command.create({"value_amount": 50, "nb_days": 60}),
                ],
            }
        )
        cls.bill(
            cls.paul,
            [(kit, 1, 500)],
            "2026-10-15",
            invoice_payment_term_id=terms.id,
        )
        over = cls.bill(cls.paul, [(cable, 1, 25)], "2026-11-05")
        over._api_register_payment(
            100, cls.journal(cls.togo, "cash"), allow_credit=True
        )
        kenya = cls.bill(cls.zawadi, [(kit, 1, 45000.5)], "2026-11-06")
        cls.pay(kenya, 20000.25)
        # Never counted: a draft, a vendor bill
        cls.env["account.move"].with_company(cls.togo).create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.marie.id,
                "company_id": cls.togo.id,
                "invoice_line_ids": [
                    Command.create({"product_id": kit.id, "price_unit": 9999})
                ],
            }
        )
        cls.env.flush_all()
