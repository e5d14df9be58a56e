"""One-time codes with which a person chooses the own password (docs/contract.md 1.29).

Whoever sets somebody's password knows it. An invitation goes to the person's own mail
instead: who asks for it learns nothing. Works for every model with the columns of
``abs.credential.mixin`` and ``partner_id``.

How it travels is an adapter's matter: a model that inherits ``abs.message.adapter``. Mail
is the one there is.
"""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError

VALID_DAYS = 7
KEPT_DAYS = 90


class Invitation(models.Model):
    _name = "abs.invitation"
    _description = "Invitation to choose a password"
    _order = "id desc"
    _rec_name = "address"

    holder_model = fields.Selection(
        [("abs.employee", "Employee"), ("abs.customer.access", "Customer")],
        "For",
        required=True,
        readonly=True,
    )
    holder_id = fields.Integer("Record", required=True, index=True, readonly=True)
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    address = fields.Char("Sent to", required=True, readonly=True)
    digest = fields.Char(
        required=True, copy=False, readonly=True, groups="base.group_system"
    )
    expires_at = fields.Datetime(required=True, readonly=True)
    closed_at = fields.Datetime(
        readonly=True, help="Used, or replaced by a later one, or withdrawn."
    )

    _unique_digest = Constraint("UNIQUE(digest)", "This code exists already.")

    @staticmethod
    def _hash(code):
        """Codes are random and long: a plain SHA-256 cannot be guessed back."""
        return hashlib.sha256(code.encode()).hexdigest()

    @api.model
    def _open_of(self, holder):
        """Return the invitations (sudo) of one person that still open a door."""
        return self.sudo().search(
            [
                ("holder_model", "=", holder._name),
                ("holder_id", "in", holder.ids),
                ("closed_at", "=", False),
                ("expires_at", ">", fields.Datetime.now()),
            ]
        )

    @api.model
    def _withdraw(self, holder):
        """End what was sent so far."""
        self._open_of(holder).closed_at = fields.Datetime.now()

    @api.model
    def _invite(self, holder, company):
        """Mail a new code to the person's own address; earlier codes end.

        :param company: in whose name the mail is written
        :return: the invitation (sudo)
        """
        holder = holder.sudo()
        adapter = self._adapter(holder)
        self._withdraw(holder)
        code = secrets.token_urlsafe(24)
        invitation = self.sudo().create(
            {
                "holder_model": holder._name,
                "holder_id": holder.id,
                "company_id": company.id,
                "address": adapter._address(holder),
                "digest": self._hash(code),
                "expires_at": fields.Datetime.now() + timedelta(days=VALID_DAYS),
            }
        )
        subject, lines = invitation._text(holder, code)
        adapter._send(invitation, subject, lines)
        return invitation

    @api.model
    def _adapter(self, holder):
        """Return the first adapter that reaches a person.

        :raises BusinessError: ``no_identity`` when none does
        """
        names = self.env.registry.descendants(["abs.message.adapter"], "_inherit")
        adapters = [self.env[name].sudo() for name in sorted(names)]
        for adapter in sorted(adapters, key=lambda adapter: adapter._rank):
            if adapter._address(holder):
                return adapter
        raise BusinessError(
            self.env._("There is no address to send an invitation to."),
            code="no_identity",
        )

    def _text(self, holder, code):
        """Return the subject and the lines of the message, in the person's language."""
        person, company = holder.partner_id, self.company_id
        _ = self.with_context(lang=person.lang or self.env.lang).env._
        name = company.name or ""
        return _("Your access to %s", name), [
            _("Hello %s,", person.name),
            _("%s invites you to choose your own password.", name),
            _("Enter this code in the app, with your new password:"),
            code,
            _(
                "The code works once, until %s (UTC). If you do not know what this is "
                "about, ignore this message.",
                fields.Datetime.to_string(self.expires_at),
            ),
        ]

    @api.model
    def _is_known(self, code):
        """Tell whether a code was ever sent: others are guesses, and counted."""
        domain = [("digest", "=", self._hash(code))]
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model
    def _take(self, holder_model, code):
        """Use a code up; return whom it invites (sudo).

        :raises BusinessError: ``invitation_invalid``, in the same words whatever is
            wrong: unknown, used, too old, or the person's address changed since
        """
        invitation = self.sudo().search(
            [("digest", "=", self._hash(code)), ("holder_model", "=", holder_model)]
        )
        invitation._abs_lock()  # of two who come at once one is too late
        holder = self.env[holder_model].sudo().browse(invitation.holder_id).exists()
        if (
            not invitation
            or invitation.closed_at
            or invitation.expires_at <= fields.Datetime.now()
            or not holder.active
            or invitation.address not in (holder.email, holder.phone_key)
        ):
            raise BusinessError(
                self.env._("This invitation is not valid any more. Ask for a new one."),
                code="invitation_invalid",
                details=[{"field": "code"}],
            )
        invitation.closed_at = fields.Datetime.now()
        return holder

    @api.autovacuum
    def _gc(self):
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("expires_at", "<", limit)], limit=10000).unlink()
