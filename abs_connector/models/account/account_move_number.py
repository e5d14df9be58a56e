"""Numbers: none on a draft of ours, and the next one where the draft's is taken.

Odoo 18 numbers the first draft of a journal's period at once, so that its owner can set
the format there. Drafts that are made at the same time all become INV/2026/00001, and
a unique index lets one of them be posted. Odoo 19 numbers at posting; a number that
was typed on a draft, or was left by a reset to draft, can be taken there as well.
"""

from odoo import fields, models
from psycopg2.errors import UniqueViolation

from ...compat import NO_NUMBER
from ...exceptions import Forbidden


class AccountMove(models.Model):
    _inherit = "account.move"

    x_drawn_by_us = fields.Boolean(
        "Drawn Automatically",
        readonly=True,
        copy=False,
        help="Made by a confirmation, a delivery, a recurring billing or the API.",
    )

    _abs_given_at_create = ("x_drawn_by_us",)

    def _abs_check_drawn(self, vals):
        if "x_drawn_by_us" in vals and not self.env.su:
            raise Forbidden(
                self.env._("Who drew an invoice is not written by hand."),
                code="forbidden",
            )

    def _abs_take_numbers(self):
        """Take the numbers that these drafts say; clear those that others have.

        Odoo numbers what is posted without a number, and there tries the next number
        until one is free. What says a number it posts as it is: the index refuses it
        after our snapshot was taken, so that no search can tell before.

        :return: the drafts that have no number any more
        """
        taken = self.browse()
        numbered = self.filtered(
            lambda m: m.state == "draft" and m.name not in (False, "/")
        )
        if not numbered:
            return taken
        numbered.flush_recordset()
        for move in numbered:
            try:
                with self.env.cr.savepoint(flush=False):
                    # The index holds posted rows only. As Odoo's own numbering does, we
                    # enter it in SQL: through the ORM, the whole posting would have to
                    # be rolled back and done again.
                    self.env.cr.execute(
                        "UPDATE account_move SET state = 'posted' WHERE id = %s",
                        (move.id,),
                        log_exceptions=False,
                    )
            except UniqueViolation:
                taken += move
        for move in taken:
            if move.payment_reference == move.name:
                move.payment_reference = False
        taken.name = False
        return taken

    def _compute_name(self):
        """Leave drafts of ours without a number; one that a person typed stays."""
        waiting = self.filtered(
            lambda m: (
                m.x_drawn_by_us
                and m.state == "draft"
                and not m.posted_before
                and m.name in (False, "/")
            )
        )
        super(AccountMove, self - waiting)._compute_name()
        waiting.name = NO_NUMBER
