"""Who may change the person behind a log-in, and whose password it is.

Whoever sets the password, the e-mail or the phone of a log-in can log in with it. So an
employee's identity is changed by an admin, by the person, or by those who manage every SA
that the person works for. And what somebody else has set is worth nothing where its
setter has no say: a password ends when its person is enrolled there, and the person
chooses another one by an invitation.
"""

from odoo import api, models

from ...exceptions import Forbidden
from ..base.caller import is_api


class Membership(models.Model):
    _inherit = "ov.membership"

    @api.model
    def _caller_rules_tree(self, account):
        """Tell whether the caller has a say in an SA and in all below it."""
        if self._caller_administers(account):
            return True
        held = self._caller()._managing()
        return any(
            m._covers(account)
            for m in held
            if m.role_code == "admin" or m.scope_policy == "sa_tree"
        )

    def _check_new_reach(self):
        self._require_tree_rights()
        self._keep_own_passwords()

    def _keep_own_passwords(self):
        for member in self.filtered(lambda m: m.state != "revoked"):
            member.employee_id._keep_own_password(member)

    def _require_tree_rights(self):
        """``sa_tree`` reaches into SAs below: who rules above the SA gives it.

        :raises Forbidden: ``role_required``
        """
        if self.env.su and not is_api(self.env):
            return
        for member in self.filtered(lambda m: m.scope_policy == "sa_tree"):
            account = member.sudo().account_id
            above = account.parent_id
            if self._caller_administers(account):
                continue
            if above and self._caller_is_manager(above):
                continue
            raise Forbidden(
                self.env._(
                    "The policy sa_tree of %(account)s is given by an admin or by the "
                    "manager of a Service Account above it.",
                    account=account.name,
                ),
                code="role_required",
                details=[{"field": "scope_policy"}],
            )
