"""1.2.0: a scrapped unit that was counted back in is no longer decommissioned."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    api.Environment(cr, SUPERUSER_ID, {})["ov.asset"]._abs_mend_found()
