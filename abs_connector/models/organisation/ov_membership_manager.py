"""The SA manager: who takes the place, and that nobody leaves it empty (docs/contract.md 1.8).

Where staff work there is exactly one SA manager, who approves and enrols (setup guide
11b). So the manager goes only after another staff member has taken over, or as the last
of the staff; the readiness checklist then says that the SA waits for a manager.
"""

from contextlib import contextmanager

from odoo import models

from .ov_membership import HAND_OVER


class Membership(models.Model):
    _inherit = "ov.membership"

    @contextmanager
    def _keep_managers(self, vals):
        """Refuse to take SA managers away by ``vals`` whom other staff report to."""
        # A last day needs no guard: when it has passed, the nightly job asks here.
        leaves = {"state", "role_code", "manager_member_id"} & set(vals)
        managers = self.filtered("is_manager") if leaves else self.browse()
        if HAND_OVER.of(self.env):  # a successor is being named
            managers = self.browse()
        with managers.account_id._keep_a_manager():
            yield

    def _fill_empty_place(self, vals):
        """Let the first who comes (back) as staff to an SA without a manager be it."""
        if "manager_member_id" in vals or not {"state", "role_code"} & set(vals):
            return
        filled = self.account_id.filtered("sa_manager")
        for member in self:
            staff = vals.get("role_code", member.role_code) == "staff"
            active = vals.get("state", member.state) == "active"
            if staff and active and member.account_id not in filled:
                filled |= member.account_id
                if member.manager_member_id:
                    member._write_member({"manager_member_id": False})
