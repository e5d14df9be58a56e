"""Companies for the rule tests: charts of accounts, taxes, journals, warehouses.

Recipe and traps: cookbook 1.
"""

from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from ..models.organisation.res_company import INVENTED

WORLD_LOCK = 20260614  # any number that only this file takes


class CompanyBuilders:
    """Builders of companies on ``cls.env``."""

    @classmethod
    def share_companies(cls):
        """Make the two companies once per database, committed: their charts of accounts
        cost 8 s, all the rest of the world half a second.

        To be called before ``setUpClass`` opens the cursor of the class. Processes wait
        for each other by a lock that is taken in a transaction of its own, so that the
        second one looks with a fresh snapshot.
        """
        registry = Registry(get_db_name())
        with registry.cursor() as lock:
            lock.execute("SELECT pg_advisory_xact_lock(%s)", [WORLD_LOCK])
            with registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                if env.ref("__abs_test__.togo", raise_if_not_found=False):
                    return
                builder = type("Builder", (CompanyBuilders,), {"env": env})
                for key, args in (
                    ("togo", ("Test Togo", "XOF", "tg", 18, "TGO")),
                    ("kenya", ("Test Kenya", "KES", "ke", 16, "KEN")),
                ):
                    company = builder.make_company(*args)
                    env["ir.model.data"].create(
                        {
                            "module": "__abs_test__",
                            "name": key,
                            "model": "res.company",
                            "res_id": company.id,
                            "noupdate": True,
                        }
                    )

    @classmethod
    def make_company(cls, name, currency, country, vat, code):
        """Return a company that can sell, deliver, invoice and take money."""
        env = cls.env
        money = env["res.currency"].with_context(active_test=False)
        money = money.search([("name", "=", currency)], limit=1)
        money.active = True
        land = env.ref(f"base.{country}")
        vals = {"name": name, "currency_id": money.id, "country_id": land.id}
        # The key keeps l10n_xx from being installed; it must not linger (cookbook 1).
        quiet = INVENTED.on(env["res.company"]).with_context(chart_template_load=True)
        company = env["res.company"].browse(quiet.create(vals).id)
        env.user.company_ids = [Command.link(company.id)]
        charts = env["account.chart.template"]
        charts.try_loading("generic_coa", company, install_demo=False)
        company.write({"currency_id": money.id, "account_fiscal_country_id": land.id})
        env["account.fiscal.position"].search(
            [("company_id", "=", company.id)]
        ).active = False
        company.account_sale_tax_id = cls.make_vat(company, land, vat)
        env["account.tax"].search(
            [("company_id", "=", company.id), ("country_id", "!=", land.id)]
        ).active = False
        for kind, label, short in (
            ("cash", "Cash", "CSH"),
            ("bank", "Mobile Money", "MOMO"),
        ):
            cls.make_journal(company, kind, label, short)
        warehouses = env["stock.warehouse"]
        if not warehouses.search_count([("company_id", "=", company.id)]):
            warehouses.with_company(company).create(
                {
                    "name": name,
                    "code": code,
                    "company_id": company.id,
                    "partner_id": company.partner_id.id,
                }
            )
        return company

    @classmethod
    def make_vat(cls, company, land, vat):
        """Return the sales tax of a company; it lands on 'Tax Received'."""
        env = cls.env
        account = env["account.chart.template"].with_company(company)
        account = account.ref("tax_received")
        group = (
            env["account.tax.group"]
            .with_company(company)
            .create(
                {
                    "name": f"VAT {vat}%",
                    "company_id": company.id,
                    "country_id": land.id,
                }
            )
        )
        split = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        return (
            env["account.tax"]
            .with_company(company)
            .create(
                {
                    "name": f"VAT {vat}%",
                    "amount": vat,
                    "amount_type": "percent",
                    "type_tax_use": "sale",
                    "company_id": company.id,
                    "country_id": land.id,
                    "tax_group_id": group.id,
                    "invoice_repartition_line_ids": split,
                    "refund_repartition_line_ids": split,
                }
            )
        )

    @classmethod
    def make_journal(cls, company, kind, label, short):
        """Return the journal; its money is there at once (no outstanding account)."""
        journals = cls.env["account.journal"].with_company(company)
        journal = journals.search(
            [
                ("company_id", "=", company.id),
                ("type", "=", kind),
                ("name", "=", label),
            ],
            limit=1,
        ) or journals.create(
            {"name": label, "type": kind, "code": short, "company_id": company.id}
        )
        lines = journal.inbound_payment_method_line_ids
        lines.payment_account_id = journal.default_account_id
        return journal

    @classmethod
    def journal(cls, company, name):
        """Return a journal of a company: sale, bank, cash or mobile_money."""
        domain = [("company_id", "=", company.id)]
        if name == "mobile_money":
            domain += [("type", "=", "bank"), ("name", "=", "Mobile Money")]
        elif name == "bank":
            domain += [("type", "=", "bank"), ("name", "!=", "Mobile Money")]
        else:
            domain += [("type", "=", name)]
        return cls.env["account.journal"].search(domain, limit=1)

    @classmethod
    def warehouse_of(cls, company):
        """Return the first warehouse of a company."""
        domain = [("company_id", "=", company.id)]
        return cls.env["stock.warehouse"].search(domain, limit=1, order="id")
