"""A customer's log-in, opened by staff (docs/contract.md 3, 5: portal-access)."""

import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError, TooManyRequests
from ..base.phone import phone_key

#: invitations of one customer within an hour
INVITATIONS = 3
#: whoever writes these can log in, or have somebody else log in
LETS_IN = {"password", "password_hash", "email", "phone_key"}


class CustomerAccess(models.Model):
    """One per customer; the log-in names are those the contact had when opened."""

    _name = "abs.customer.access"
    _description = "Customer access"
    _inherit = "abs.credential.mixin"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )

    _one_per_customer = Constraint(
        "UNIQUE(partner_id)", "This customer has an access already."
    )

    # -- who may touch it ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Somebody else's log-in is opened by who may hold it only (docs/contract.md 1.29)."""
        if not self.env.su:
            partners = [vals.get("partner_id") or () for vals in vals_list]
            for partner_id in partners:
                partner = self.env["res.partner"].browse(partner_id)
                partner._abs_refuse_office()
                partner._abs_require_holder()
        return super().create(vals_list)

    def write(self, vals):
        """Closing a log-in is for everybody with the right to write; what lets somebody
        in is for those who see all that it shows."""
        if not self.env.su:
            if "token_version" in vals or "partner_id" in vals:
                raise BusinessError(
                    self.env._("A log-in is not moved to another customer by hand."),
                    code="readonly_field",
                )
            if vals.get("active") or LETS_IN & set(vals):
                self.partner_id._abs_require_holder()
        result = super().write(vals)
        if vals.get("active") is False or {"email", "password_hash"} & set(vals):
            self.env["abs.invitation"]._withdraw(self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_by_holder(self):
        """A deleted log-in could be opened anew with another address."""
        if not self.env.su:
            self.partner_id._abs_require_holder()

    # -- opening ---------------------------------------------------------------------

    @api.model
    def _of(self, partner):
        """Return the access (sudo) of a contact, a closed one too."""
        every = self.sudo().with_context(active_test=False)
        return every.search([("partner_id", "=", partner.id)])

    @api.model
    def _open(self, partner, password=None):
        """Open or renew the access of a contact.

        :param str password: None = a random one is made
        :return: (access, password) — the only time that the password is known
        :raises BusinessError: ``no_identity``, ``identity_taken``, ``weak_password``
        """
        password = password or secrets.token_urlsafe(9)
        access = self._named(partner)
        access._set_password(password)
        return access, password

    @api.model
    def _named(self, partner):
        """Return the access of a contact under the names that the contact now has."""
        email, phone = self._names_of(partner)
        if not email and not phone:
            raise BusinessError(
                self.env._(
                    "%(name)s has neither e-mail nor phone: add one to log in with.",
                    name=partner.name,
                ),
                code="no_identity",
            )
        others = [("partner_id", "!=", partner.id)]
        if self._is_used("email", email, others):
            email = self._taken(partner, "email")
        if self._is_used("phone_key", phone, others):
            # A phone may be shared in a family: the e-mail is enough then.
            phone = False if email else self._taken(partner, "phone")
        return self._store(partner, {"email": email, "phone_key": phone})

    @api.model
    def _keep(self, partner):
        """Keep the names that a contact has now as those of its log-in.

        For who changes a contact and may not hold its log-in: an invitation still goes
        where it would have gone. Names that another customer has are nobody's here.
        """
        if self._of(partner):
            return
        email, phone = self._names_of(partner)
        if self._is_used("email", email):
            email = False
        if self._is_used("phone_key", phone):
            phone = False
        self._store(partner, {"email": email, "phone_key": phone})

    @api.model
    def _names_of(self, partner):
        email = (partner.email or "").strip().lower() or False
        country = partner.country_id or partner.x_sa_id.company_id.country_id
        return email, phone_key(partner.phone, country.code)

    @api.model
    def _is_used(self, name, value, others=()):
        every = self.sudo().with_context(active_test=False)
        return bool(value and every.search_count([(name, "=", value), *others]))

    @api.model
    def _store(self, partner, names):
        access = self._of(partner)
        if access:
            access.write({**names, "active": True})
            return access
        return access.create({"partner_id": partner.id, **names})

    # -- inviting --------------------------------------------------------------------

    @api.model
    def _invite(self, partner, renew=False):
        """Mail the customer a code to choose a password; returns the invitation (sudo).

        It goes to the address that the log-in has, whatever the contact's is now: who
        changed that one would invite himself.

        :param bool renew: a log-in without an address takes that of the contact
        :raises BusinessError: ``access_closed``, ``no_identity``, ``identity_taken``
        :raises TooManyRequests: ``too_many_invitations``
        """
        access = self._of(partner)
        if not access or (renew and not access.email):
            access = self._named(partner)
        if not access.active:
            raise BusinessError(
                self.env._(
                    "This customer's log-in was closed: staff who see all that it "
                    "shows open it again."
                ),
                code="access_closed",
            )
        if not access.email:
            raise BusinessError(
                self.env._(
                    "This customer's log-in has no e-mail address to send an "
                    "invitation to: staff who see all that it shows open it."
                ),
                code="no_identity",
            )
        access._abs_lock()
        access._refuse_more_invitations()
        company = partner.with_env(self.env)._abs_company_of()
        return self.env["abs.invitation"]._invite(access, company)

    def _refuse_more_invitations(self):
        """Three an hour: a customer's mail box is no toy."""
        hour = timedelta(hours=1)
        since = fields.Datetime.now() - hour
        sent = (
            self.env["abs.invitation"]
            .sudo()
            .search(
                [
                    ("holder_model", "=", self._name),
                    ("holder_id", "in", self.ids),
                    ("create_date", ">", since),
                ],
                order="id desc",
                limit=INVITATIONS,
            )
        )
        if len(sent) >= INVITATIONS:
            wait = int((sent[-1].create_date - since).total_seconds()) + 1
            raise TooManyRequests(
                self.env._(
                    "This customer was invited %(count)s times within the hour. "
                    "Please wait for the mail to arrive.",
                    count=INVITATIONS,
                ),
                retry_after=wait,
                code="too_many_invitations",
            )

    def action_invite(self):
        """Invite the customer (button); for staff in charge, whatever they see."""
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id._abs_caller_is_keeper():
            self.partner_id._abs_refuse_keeper()
        self._invite(self.partner_id.sudo())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The invitation is on its way."),
            },
        }

    def _taken(self, partner, field):
        raise BusinessError(
            self.env._(
                "Another customer logs in with the %(field)s of %(name)s. Give this "
                "contact its own.",
                field=field,
                name=partner.name,
            ),
            code="identity_taken",
            details=[{"field": field}],
        )
