"""Who and what hangs together (MODULE_INTERCONNECTION_MAP, 'Master Relationship Map').

Every part is searched under the caller's own rules, so a map never shows what a list
would not. What has no rules of its own (equipment, tasks, moves) is reached only from
parts that the caller sees. The number of queries does not depend on the data.
"""

from odoo import models


class Asset(models.Model):
    _inherit = "ov.asset"

    def _abs_holds(self):
        """Return whether the customer has the unit, or has a loaner in its place."""
        return bool(self) and (self._abs_is_live() or bool(self.open_swap_id))
