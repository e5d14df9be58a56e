"""Admins: who may touch them, and that one of them stays (setup guide 11b, 11c).

Without an admin nobody could enrol the next one through the API, so the last one can be
neither ended, suspended, demoted, deactivated nor given a last day.
"""

from contextlib import contextmanager

from odoo import api, models

from ...exceptions import Conflict

_ADMIN_FIELDS = {"state", "role_code", "date_from", "date_to"}


class Membership(models.Model):
    _inherit = "ov.membership"

    @contextmanager
    def _keep_admins(self, vals):
        """Refuse to end the last admin by ``vals``."""
        admins = self.filtered(lambda m: m.role_code == "admin")
        if not (admins and _ADMIN_FIELDS & set(vals)):
            yield
            return
        with self._keep_an_admin():
            yield

    @api.ondelete(at_uninstall=False)
    def _unlink_only_invited(self):
        """Who was a member, and when, is history (docs/contract.md 2)."""
        if any(member.state != "invited" for member in self):
            raise Conflict(
                self.env._("Revoke the membership instead: its history is kept."),
                code="membership_history",
            )

    @api.model
    def _lasting_admins(self):
        """Return the present admins, and those of them without a last day."""
        root = self.env["ov.serviced_account"]._global_root()
        present = self._effective(account=root)
        present = present.filtered(lambda m: m.role_code == "admin")
        return present, present.filtered(lambda m: not m.date_to)

    @api.model
    @contextmanager
    def _keep_an_admin(self):
        """Refuse what would leave the global root without an admin.

        The root is locked first: two admins who end each other at the same time would
        both see the other one.

        :raises Conflict: ``last_admin``
        """
        self.env["ov.serviced_account"]._global_root()._abs_lock()
        before = [bool(members) for members in self._lasting_admins()]
        yield
        after = [bool(members) for members in self._lasting_admins()]
        if any(had and not has for had, has in zip(before, after, strict=True)):
            raise Conflict(
                self.env._(
                    "This is the last admin of the global root SA. Make another "
                    "employee an admin first, without a last day."
                ),
                code="last_admin",
            )
