"""The demo company group of SPEC 8, built by the same models that a company uses.

``env["abs.demo"]._load()`` and a commit by the caller; ``./scripts/abs up`` does it.
Never called by install, upgrade or tests of other things: the passwords and the API key
of the demo are public.
"""

from odoo import api, models
from odoo.fields import Command

from ...organisation.res_company import INVENTED

PASSWORD = "demo-Pass-2026"
API_KEY = "abs-demo-key"
#: What the setup guide (1 to 3) switches on for everybody.
FEATURES = (
    "stock.group_stock_multi_locations",
    "stock.group_adv_location",
    "stock.group_production_lot",
    "product.group_product_pricelist",
    "sale.group_proforma_sales",
    "base.group_multi_currency",
)


class Demo(models.AbstractModel):
    """Idempotent: what is there already is left as it is."""

    _name = "abs.demo"
    _description = "Demo data"

    @api.model
    def _load(self):
        """Build all that is missing of the demo; returns True."""
        # A console has the language and companies of the system user only.
        demo = INVENTED.on(self.sudo()).with_context(
            lang="en_US", tracking_disable=True
        )
        demo._load_features()
        companies = demo._load_companies()
        accounts = demo._load_accounts(companies)
        people = demo._load_people(accounts)
        products = demo._load_catalogue(companies)
        demo._load_approval(companies, accounts)
        demo._load_support()
        demo._load_stock(companies, products)
        demo._load_customer(accounts["TG-LOM"], people["jean"])
        demo._load_mobile_money(companies)
        demo._load_api_key()
        self.env.flush_all()
        return True

    @api.model
    def _one(self, model, key, vals=None):
        """Return the record whose fields equal ``key``; created when absent.

        :param dict key: fields that tell it from all others
        :param dict vals: further fields of a new record
        """
        records = self.env[model].with_context(active_test=False)
        found = records.search([(name, "=", key[name]) for name in key], limit=1)
        return found or self.env[model].create({**key, **(vals or {})})

    @api.model
    def _load_features(self):
        users = self.env.ref("base.group_user")
        missing = [self.env.ref(name) for name in FEATURES]
        missing = [group for group in missing if group not in users.implied_ids]
        if missing:
            users.write({"implied_ids": [Command.link(group.id) for group in missing]})

    @api.model
    def _load_api_key(self):
        keys = self.env["abs.api.key"]
        if not keys.search([("name", "=", "Demo integration")]):
            key = keys.create(
                {
                    "name": "Demo integration",
                    "can_read": True,
                    "can_write": True,
                    "can_system": True,
                }
            )
            key._generate(API_KEY)
