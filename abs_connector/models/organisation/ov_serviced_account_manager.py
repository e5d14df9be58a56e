"""The SA manager: who takes the place, and that nobody leaves it empty (docs/contract.md 1.8).

Where staff work there is exactly one SA manager, who approves and enrols (setup guide
11b). So the manager goes only after another staff member has taken over, or as the last
of the staff; the readiness checklist then says that the SA waits for a manager.
"""

from contextlib import contextmanager

from odoo import models

from ...exceptions import BusinessError


class ServicedAccount(models.Model):
    _inherit = "ov.serviced_account"

    @contextmanager
    def _keep_a_manager(self):
        """Refuse what would leave staff of these SAs without an SA manager.

        The SAs are locked first, as enrolment does: staff who join meanwhile count.

        :raises BusinessError: ``manager_required``
        """
        self._abs_lock()
        yield
        for account in self._without_manager():
            raise BusinessError(
                self.env._(
                    "Other staff work in %(account)s: make one of them the SA manager "
                    "first.",
                    account=account.name,
                ),
                code="manager_required",
            )

    def _without_manager(self):
        """Return those of the SAs where staff work, but no SA manager."""
        if not self:
            return self
        domain = [
            ("account_id", "in", self.ids),
            ("role_code", "=", "staff"),
            ("state", "=", "active"),
            ("employee_id.active", "=", True),
        ]
        staff = self.env["ov.membership"].sudo().search(domain)
        managed = staff.filtered("is_manager").account_id
        return (staff.account_id - managed).with_env(self.env)
