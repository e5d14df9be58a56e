"""Units that were scrapped and are there all the same: told by the audit, and mended."""

from odoo import models

from ..asset.ov_asset_found import _THERE


class Audit(models.AbstractModel):
    _inherit = "abs.audit"

    def _check_scrapped_assets(self):
        """What is decommissioned is nowhere."""
        for res_id, name, place in self._rows(_THERE):
            yield "ov.asset", res_id, f"decommissioned, but {name} is in {place}"
