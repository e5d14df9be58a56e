"""Odoo's Merge of contacts: what it would do past our models, see ``res_partner_merge.py``."""

from odoo import models


class MergePartners(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Refuse what must not merge, and keep both histories of what may.

        One log-in is left and its sessions end: Odoo's SQL would give the log-in of one
        contact all that the other one has, and its old tokens with it.
        """
        contacts = self.env["res.partner"].browse(partner_ids).exists()
        if len(contacts) > 1:
            if dst_partner not in contacts:
                # As Odoo chooses.
                dst_partner = self._get_ordered_partner(contacts.ids)[-1]
            contacts._abs_lock()
            contacts._abs_check_merge(dst_partner)
            contacts._abs_before_merge(dst_partner)
        return super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
