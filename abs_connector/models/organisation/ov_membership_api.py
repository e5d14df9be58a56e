"""Verbs on accounts, members and employees: who may do what (docs/contract.md 5).

R: an admin, the SA's manager, or an API key with the scope ``system``. Staff read who
works in their SA as well: they say whom a customer is assigned to.
"""

from odoo import models

from ...exceptions import Conflict


class MembershipVerbs(models.Model):
    _inherit = "ov.membership"

    def _api_update_member(self, vals):
        """Change role, policy, manager, state or last day; returns the membership."""
        self.ensure_one()
        self._abs_lock()
        self._caller_require_manager(self.account_id)
        account = self.account_id
        if vals.get("role_code") == "admin" and not account.is_global_root:
            account._refuse_admin()
        promote = "manager_member_id" in vals and not vals["manager_member_id"]
        staff = vals.get("role_code", self.role_code) == "staff"
        manager = account.sa_manager
        if promote and staff and manager not in (self.browse(), self):
            # Handing over: the present manager reports to the new one from now on.
            rest = {k: v for k, v in vals.items() if k != "manager_member_id"}
            if rest:
                self.write({**rest, "manager_member_id": manager.id})
            account.sa_manager = self
        else:
            self.write(vals)
        return self

    def _api_revoke(self):
        """End a membership; its open records wait for a new actor afterwards."""
        self.ensure_one()
        self._abs_lock()
        self._caller_require_manager(self.account_id)
        if self.state == "revoked":
            raise Conflict(
                self.env._("This membership has been revoked before."),
                code="membership_revoked",
            )
        self.write({"state": "revoked"})
        return self
