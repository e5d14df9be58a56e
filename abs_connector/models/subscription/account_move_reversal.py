from odoo import models
from odoo.fields import Command

from ..base.kept_field import Given


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _modify_default_reverse_values(self, origin_move):
        """'Reverse and Create Invoice': what replaces an invoice is what that was.

        Its Service Account's, its subscription's, and the bill of the same periods:
        else its money would count for none of them.
        """
        subscription = origin_move.x_subscription_id
        return {
            **super()._modify_default_reverse_values(origin_move),
            **origin_move._sa_stamp(),
            "x_subscription_id": subscription and Given.by(self.env, subscription.id),
            "x_period_ids": [Command.link(p.id) for p in origin_move.x_period_ids],
        }
