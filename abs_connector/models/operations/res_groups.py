"""The readiness checklist: the system as a whole (setup guide 12)."""

from odoo import models


class Groups(models.Model):
    _inherit = "res.groups"

    def _abs_implied(self):
        """Return the groups that one group brings, itself included, on both series."""
        found = todo = self
        while todo:
            todo = todo.implied_ids - found
            found |= todo
        return found
