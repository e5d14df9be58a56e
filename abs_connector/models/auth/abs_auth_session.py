"""Log-ins of the API: a session is a family of refresh tokens (docs/contract.md 3)."""

import hashlib
import uuid
from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint
from ...deadline import bounded
from ...exceptions import BusinessError
from .abs_credential_mixin import PERSON

REFRESH_DAYS = 30


class InvalidLogin(BusinessError):
    """Unknown identity or wrong password, in the same words for both (401)."""

    status = 401
    code = "invalid_credentials"


class AuthSession(models.Model):
    _name = "abs.auth.session"
    _description = "API log-in"
    _order = "id desc"
    _rec_name = "uuid"

    uuid = fields.Char("UUID", required=True, index=True, copy=False)
    kind = fields.Selection(
        [("employee", "Employee"), ("customer", "Customer")], required=True
    )
    employee_id = fields.Many2one("abs.employee", index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", index=True, ondelete="cascade")
    revoked_at = fields.Datetime()
    token_ids = fields.One2many("abs.refresh.token", "session_id")

    _unique_uuid = Constraint("UNIQUE(uuid)", "This log-in exists already.")

    @api.model
    def _api_employee_login(self, identity, password, source=None):
        """Log an employee in; see :meth:`_log_in`."""
        person, tokens = self._log_in("employee", identity, password, source)
        return {
            **tokens,
            "employee": person,
            "memberships": self.env["ov.membership"]._effective(employee=person),
        }

    @api.model
    def _api_customer_login(self, identity, password, source=None):
        """Log a customer in; see :meth:`_log_in`."""
        person, tokens = self._log_in("customer", identity, password, source)
        return {**tokens, "customer": person.partner_id}

    @api.model
    def _api_logout(self, session):
        """End the log-in of the presented token."""
        self.search([("uuid", "=", session)])._revoke()

    @api.model
    def _api_me(self, employee_id, permissions):
        """Return the caller, the effective memberships and the open operations."""
        person = self.env["abs.employee"].browse(employee_id)
        return {
            "employee": person,
            "memberships": self.env["ov.membership"]._effective(employee=person),
            "permissions": permissions,
        }

    @api.model
    def _api_customer_me(self, partner_id):
        return {"customer": self.env["res.partner"].browse(partner_id)}

    @api.model
    def _api_change_password(self, employee_id, current, new, source=None):
        """Change the own password; every log-in so far ends, a new pair is given."""
        person = self.env["abs.employee"].browse(employee_id)
        person._refuse_weak(new, "new_password")  # before it counts as a wrong password
        right = self.env["abs.login.attempt"]._check(
            "employee",
            person.email or str(person.id),
            lambda: person._check_password(current),
            source,
        )
        if not right:
            raise BusinessError(
                self.env._("The current password is not right."),
                code="invalid_credentials",
            )
        person._set_password(new)
        self.search([("employee_id", "=", person.id)])._revoke()
        return self._open("employee", person)

    @api.model
    def _api_accept_invitation(self, code, password, source=None):
        """Choose the own password with the code of an invitation, and log in.

        :raises BusinessError: ``invitation_invalid``, ``weak_password``
        :raises TooManyRequests: too many wrong codes of one source
        """
        person = self._invited("abs.employee", code, password, source)
        person._set_password(password, by=PERSON)
        self.search([("employee_id", "=", person.id)])._revoke()
        return {
            **self._open("employee", person),
            "employee": person,
            "memberships": self.env["ov.membership"]._effective(employee=person),
        }

    @api.model
    def _api_customer_accept(self, code, password, source=None):
        """The same for a customer."""
        person = self._invited("abs.customer.access", code, password, source)
        person._set_password(password)
        self.search([("partner_id", "=", person.partner_id.id)])._revoke()
        return {**self._open("customer", person), "customer": person.partner_id}

    @api.model
    def _invited(self, model, code, password, source):
        """Use a code up, once the password will do; return whom it invites."""
        self.env[model]._refuse_weak(password)
        invitations = self.env["abs.invitation"]
        self.env["abs.login.attempt"]._check(
            "invitation", code, lambda: invitations._is_known(code), source
        )
        return invitations._take(model, code)

    @api.model
    def _log_in(self, kind, identity, password, source=None):
        """Check a password and open a session; return ``(person, token pair)``.

        :param str kind: ``employee`` or ``customer``
        :param str identity: e-mail or phone
        :param str source: the address that it comes from
        :raises InvalidLogin: unknown or wrong, in the same time and words (401)
        :raises TooManyRequests: after five failures in fifteen minutes, too many of one
            source, or too many at once (429)
        """
        person = self._person(kind, identity)
        right = self.env["abs.login.attempt"]._check(
            kind, identity, lambda: person._check_password(password), source
        )
        if not right:
            raise InvalidLogin(self.env._("E-mail, phone or password is not right."))
        return person, self._open(kind, person)

    @api.model
    def _person(self, kind, identity):
        """Return the active person behind an e-mail or phone, or nobody."""
        model = self.env[
            "abs.employee" if kind == "employee" else "abs.customer.access"
        ]
        return model._find_login(identity)

    @api.model
    def _open(self, kind, person):
        session = self.create(
            {
                "uuid": str(uuid.uuid4()),
                "kind": kind,
                "employee_id": person.id if kind == "employee" else False,
                "partner_id": person.partner_id.id if kind == "customer" else False,
            }
        )
        return session._pair(person)

    def _pair(self, person):
        """Return ``{"token_type", "access_token", "expires_in", "refresh_token"}``."""
        subject = person.id if self.kind == "employee" else person.partner_id.id
        access, seconds = self.env["abs.signing.key"]._issue(
            self.kind, subject, person.token_version, self.uuid
        )
        return {
            "token_type": "Bearer",
            "access_token": access,
            "expires_in": seconds,
            "refresh_token": self.env["abs.refresh.token"]._issue(self),
        }

    def _holder(self):
        """Return the person who logged in, if still allowed to."""
        if self.kind == "employee":
            return self.employee_id.filtered("active")
        return self.env["abs.customer.access"].search(
            [("partner_id", "=", self.partner_id.id), ("active", "=", True)], limit=1
        )

    @api.model
    def _api_refresh(self, kind, refresh_token):
        """Spend a refresh token for a new pair; a spent one revokes its family."""
        digest = hashlib.sha256(refresh_token.encode()).hexdigest()
        token = self.env["abs.refresh.token"].search([("digest", "=", digest)], limit=1)
        token._abs_lock()
        session = token.session_id
        ended = InvalidLogin(
            self.env._("This log-in has ended. Please log in again."),
            code="refresh_invalid",
        )
        if not token or session.kind != kind or session.revoked_at:
            raise ended
        if token.used_at:
            session._revoke_now()
            raise InvalidLogin(
                self.env._(
                    "This refresh token was used before, so the log-in was ended. "
                    "Please log in again."
                ),
                code="refresh_reused",
            )
        person = session._holder()
        if token.expires_at < fields.Datetime.now() or not person:
            raise ended
        if token.version != person.token_version:
            raise ended
        token.used_at = fields.Datetime.now()
        return session._pair(person)

    def _revoke_now(self):
        """Revoke in a transaction of its own: the request itself is refused."""
        with self.env.registry.cursor() as cr:
            env = self.env(cr=bounded(cr))
            self.with_env(env)._revoke()
            env.flush_all()  # a commit flushes only environments that still live

    def _revoke(self):
        """End these log-ins, from the next request on."""
        self.filtered(lambda s: not s.revoked_at).revoked_at = fields.Datetime.now()

    @api.autovacuum
    def _gc(self):
        """Delete log-ins that no token can open any more."""
        limit = fields.Datetime.now() - timedelta(days=REFRESH_DAYS + 1)
        self.search([("write_date", "<", limit), ("token_ids", "=", False)]).unlink()
