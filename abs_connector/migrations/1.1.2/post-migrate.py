"""1.1.2: customer assignments, backfilled from the stamps (docs/contract.md 1.16)."""

from odoo import SUPERUSER_ID, api
from odoo.addons.abs_connector import hooks


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    hooks.backfill_assignments(env, ["res.partner"])
