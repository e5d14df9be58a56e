from datetime import timedelta

from odoo import models

from ...exceptions import BusinessError, Conflict, Forbidden
from ..base.caller import api_scope
from .abs_subscription import OPEN_STATES


class SubscriptionLife(models.Model):
    """The verbs that move a subscription from state to state (workflow 10).

    A pause: a period that is paused as a whole is *skipped*, not billed, and the end of
    the contract moves out by it. The period in which the subscription is resumed is
    billed in full (staff may skip it too), so pausing over a billing day never makes a
    used period free.
    """

    _inherit = "abs.subscription"

    def _require_manager(self):
        """Staff of its SA, or the customer whose contract it is; else Forbidden."""
        if api_scope(self.env).kind != "customer":
            self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        elif not self.plan_id.self_service:  # fetched under the customer's own rules
            raise Forbidden(
                self.env._("Ask us to pause, resume or cancel %s.", self.code),
                code="staff_only",
            )

    def _require_state(self, *states, becomes=None):
        """Raise unless in one of ``states``: 409 when already ``becomes``, else 400."""
        self.ensure_one()
        if self.state in states:
            return
        names = dict(self._fields["state"]._description_selection(self.env))
        if self.state == becomes:
            raise Conflict(
                self.env._(
                    "Subscription %(code)s is already %(state)s.",
                    code=self.code,
                    state=names[self.state].lower(),
                ),
                code=f"already_{becomes}",
            )
        raise BusinessError(
            self.env._(
                "Subscription %(code)s is %(state)s; it would have to be %(wanted)s.",
                code=self.code,
                state=names[self.state].lower(),
                wanted=", ".join(names[state].lower() for state in states),
            ),
            code="invalid_state",
        )

    def _api_activate(self):
        """Start a draft: its periods are due from its start date (today if none).

        A draft that lay about begins today, unless staff start it: only they bill a
        customer for the past.
        """
        self._abs_lock()
        self._require_state("draft", becomes="active")
        today = self.company_id._abs_today()
        start = self.start_date or today
        if start < today:
            if not self.env["ov.membership"]._caller_is_staff(self.x_sa_id):
                start = today
        self.write({"state": "active", "start_date": start})
        return self

    def _api_pause(self, reason=None):
        """Stop billing from today on. What was due before is billed first, if it can."""
        self._abs_lock()
        self._require_manager()
        self._require_state("active", becomes="paused")
        today = self.company_id._abs_today()
        self._bill_safely(today - timedelta(days=1))
        self._require_state("active")  # what was due may have been its end
        self.write({"state": "paused", "paused_on": today})
        self._note(self.env._("Paused."), reason)
        if api_scope(self.env).kind == "customer" and self._units_out():
            self._remind(self.env._("Its customer paused it and has the unit."))
        return self

    def _api_resume(self, skip_current=False):
        """Bill again. Periods that were paused as a whole are skipped.

        :param bool skip_current: skip the running period as well if it began in the
            pause; staff only
        """
        self._abs_lock()
        self._require_manager()
        self._require_state("paused", becomes="active")
        if skip_current:
            self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        today = self.company_id._abs_today()
        self._skip_paused(self.paused_on, today, skip_current)
        self.write({"state": "active", "paused_on": False})
        self._note(self.env._("Resumed."), None)
        return self

    def _skip_paused(self, paused_on, resumed_on, skip_current):
        taken = set(self.period_ids.mapped("number"))
        rows, number, last = [], 1, self._last_number()
        while self._period_start(number) < resumed_on or (
            skip_current and self._period_start(number) == resumed_on
        ):
            begins, ends = self._period_start(number), self._period_end(number)
            whole = begins >= paused_on and (ends < resumed_on or skip_current)
            if number not in taken and whole and (not last or number <= last):
                rows.append(
                    {
                        "subscription_id": self.id,
                        "number": number,
                        "date_from": begins,
                        "date_to": ends,
                        "state": "skipped",
                    }
                )
                last = last and last + 1
            number += 1
        self.env["abs.subscription.period"].create(rows)

    def _api_cancel(self, reason=None):
        """End it today: what was due before is billed and stays owed, no more comes.

        Money stays where it is: nothing paid is given back, equity that was built up is
        kept on record and buys nothing any more. A deployed unit is to be collected.
        """
        self._abs_lock()
        self._require_manager()
        self._require_state(*OPEN_STATES, becomes="cancelled")
        if self.state == "active":
            self._bill_safely(self.company_id._abs_today() - timedelta(days=1))
            self._require_state("active")  # what was due may have been its end
        self._close("cancelled", reason or self.env._("Cancelled"))
        return self

    def _close(self, state, reason):
        today = self.company_id._abs_today()
        self.write({"state": state, "closed_on": today, "close_reason": reason})
        self._note(self.env._("Ended."), reason)
        # a lease that ran its time waits for its transfer instead
        if (self.kind == "rental" or state == "cancelled") and self._units_out():
            self._remind(self.env._("Collect the deployed unit: the contract ended."))

    def _note(self, text, reason):
        self.message_post(body=f"{text} {reason}" if reason else text)

    def _remind(self, summary):
        """Put one activity of this text on the record of whoever looks after it."""
        if summary in self.activity_ids.mapped("summary"):
            return
        user = self.order_id.user_id or self.env.ref("base.user_admin")
        self.activity_schedule(
            "mail.mail_activity_data_todo", summary=summary, user_id=user.id
        )
