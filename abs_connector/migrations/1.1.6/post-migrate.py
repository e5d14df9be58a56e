"""1.1.6: the global root SA is detached from any company (setup guide 11c)."""

from odoo import SUPERUSER_ID, api
from odoo.addons.abs_connector import hooks


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    hooks.ensure_global_root(env)
    hooks.detach_global_root(env)
