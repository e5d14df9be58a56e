"""1.1.3: assignments of orders, deliveries, assets, invoices, payments and tickets.

Backfilled from the stamps; what had none by then (deliveries, invoices, payments) takes
the stamp of its order or invoice first (docs/contract.md 1.1, 1.2, 1.16).
"""

from odoo import SUPERUSER_ID, api
from odoo.addons.abs_connector import hooks

MODELS = [
    "sale.order",
    "stock.picking",
    "ov.asset",
    "account.move",
    "account.payment",
    "helpdesk.ticket",
]


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    hooks.backfill_assignments(env, MODELS)
    hooks.inherit_stamps(env, MODELS[1:])
