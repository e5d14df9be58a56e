"""1.1.5: the global root SA, the company roots below it (setup guide 11c)."""

from odoo import SUPERUSER_ID, api
from odoo.addons.abs_connector import hooks


def migrate(cr, version):
    hooks.ensure_global_root(api.Environment(cr, SUPERUSER_ID, {}))
