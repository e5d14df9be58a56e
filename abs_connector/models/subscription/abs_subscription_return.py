from odoo import models

from ...exceptions import BusinessError


class UnitReturn(models.Model):
    """A rental ends with a return that moves the unit back to stock (docs/contract.md 6)."""

    _inherit = "abs.subscription"

    def _api_return_units(self, reason=None, destination="stock"):
        """Take the deployed units back and end the contract; staff only.

        A rental is then expired. A lease-to-own that runs is cancelled, which needs a
        reason; one that ended without a transfer just gives its unit back.

        :param str destination: ``stock`` or ``repair``
        :raises BusinessError: ``not_deployed``, ``swap_open``, ``no_deployed_unit``,
            ``reason_required``
        """
        self._abs_lock()
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        if self.kind == "service":
            raise BusinessError(
                self.env._("%s has no deployed unit to give back.", self.code),
                code="not_deployed",
            )
        is_open = self.state in ("active", "paused")
        if is_open and self.kind == "sync" and not (reason or "").strip():
            raise BusinessError(
                self.env._("Say why the lease ends before its time."),
                code="reason_required",
                details=[{"field": "reason"}],
            )
        units = self._transfer_units()
        self._move_units(units, self._upgrade_destination({"destination": destination}))
        if self.state in ("active", "paused"):  # unless the move closed it, see below
            self._end_by_return(reason)
        return self

    def _end_by_return(self, reason=None):
        state = "expired" if self.kind == "rental" else "cancelled"
        self._close(state, reason or self.env._("The unit came back"))
