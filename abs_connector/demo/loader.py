"""The demo company group of docs/contract.md 8, built by the same models that a company uses.

``load(env)`` and a commit by the caller; ``./scripts/abs up`` does it.
Never called by install, upgrade or tests of other things: the passwords and the API key
of the demo are public.
"""

from odoo.fields import Command

from ..models.organisation.res_company import INVENTED
from .catalogue import Catalogue
from .companies import Companies
from .mobile_money import MobileMoney
from .operations import Operations
from .people import People
from .public import API_KEY

#: What the setup guide (1 to 3) switches on for everybody.
FEATURES = (
    "stock.group_stock_multi_locations",
    "stock.group_adv_location",
    "stock.group_production_lot",
    "product.group_product_pricelist",
    "sale.group_proforma_sales",
    "base.group_multi_currency",
)


def load(env):
    """Build all that is missing of the demo; the caller commits."""
    # A console has the language and companies of the system user only.
    users = INVENTED.on(env["res.users"].sudo())
    users = users.with_context(lang="en_US", tracking_disable=True)
    Demo(users.env).load()
    env.flush_all()


class Demo(Companies, People, Catalogue, Operations, MobileMoney):
    """Idempotent: what is there already is left as it is.

    :param env: an environment of the system
    """

    def __init__(self, env):
        self.env = env

    def load(self):
        """Build the parts, each upon the ones before."""
        self._load_features()
        companies = self._load_companies()
        accounts = self._load_accounts(companies)
        people = self._load_people(accounts)
        products = self._load_catalogue(companies)
        self._load_approval(companies, accounts)
        self._load_support()
        self._load_stock(companies, products)
        self._load_customer(accounts["TG-LOM"], people["jean"])
        self._load_mobile_money(companies)
        self._load_api_key()

    def _one(self, model, key, vals=None):
        """Return the record whose fields equal ``key``; created when absent.

        :param dict key: fields that tell it from all others
        :param dict vals: further fields of a new record
        """
        records = self.env[model].with_context(active_test=False)
        found = records.search([(name, "=", key[name]) for name in key], limit=1)
        return found or self.env[model].create({**key, **(vals or {})})

    def _load_features(self):
        users = self.env.ref("base.group_user")
        missing = [self.env.ref(name) for name in FEATURES]
        missing = [group for group in missing if group not in users.implied_ids]
        if missing:
            users.write({"implied_ids": [Command.link(group.id) for group in missing]})

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
