"""1.1.4: the roles admin, staff and agent; one SA manager per SA (docs/contract.md 1.8)."""

from odoo import SUPERUSER_ID, api
from odoo.addons.abs_connector import hooks


def migrate(cr, version):
    hooks.settle_roles(api.Environment(cr, SUPERUSER_ID, {}))
