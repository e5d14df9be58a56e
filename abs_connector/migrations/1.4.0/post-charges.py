"""1.4.0: what stayed with people whose membership ended waits for somebody.

Orders that a setting had locked, and what deactivated employees were in charge of.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["ov.membership"]._hand_on_left()
