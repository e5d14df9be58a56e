"""The key ring of the tokens: one for employees, another for customers.

See docs/contract.md 3.
"""

import os
import secrets
from datetime import timedelta

import jwt
from odoo import api, fields, models, tools

ALGORITHM = "HS256"  # fixed here: never what a token claims
API_AUDIENCE = "abs-api"
ISSUERS = {"employee": "abs_connector/employee", "customer": "abs_connector/customer"}
LIFETIME = 3600
#: seconds that the clocks of two servers may differ: the one that verifies takes a token
#: that the other one made 'in the future', and one that ended just now by its own clock
CLOCKS = 60
ENVIRONMENT = {
    "employee": "ABS_JWT_EMPLOYEE_SECRET",
    "customer": "ABS_JWT_CUSTOMER_SECRET",
}


class SigningKey(models.Model):
    _name = "abs.signing.key"
    _description = "Token signing key"
    _order = "id desc"

    kind = fields.Selection(
        [("employee", "Employee"), ("customer", "Customer")], required=True
    )
    kid = fields.Char("Key ID", required=True, index=True)
    secret = fields.Char(required=True, groups="base.group_system")
    state = fields.Selection(
        [("signing", "Signs"), ("verifying", "Verifies only"), ("retired", "Retired")],
        default="signing",
        required=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(vals_list)
        self.env.registry.clear_cache()
        return keys

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.model
    def _ensure(self):
        """Make the first key of each ring: at random, or from the environment."""
        for kind in ISSUERS:
            if not self.search_count([("kind", "=", kind)], limit=1):
                secret = os.environ.get(ENVIRONMENT[kind]) or secrets.token_urlsafe(48)
                self.create(
                    {"kind": kind, "kid": secrets.token_hex(8), "secret": secret}
                )

    def action_rotate(self):
        """Sign with a new key; tokens of the old one stay valid until they expire."""
        self.check_access("write")
        # In sudo: nobody may create keys by hand, also not who may rotate them.
        for key in self.sudo():
            key.search([("kind", "=", key.kind), ("state", "=", "signing")]).write(
                {"state": "verifying"}
            )
            key.create(
                {
                    "kind": key.kind,
                    "kid": secrets.token_hex(8),
                    "secret": secrets.token_urlsafe(48),
                }
            )

    @api.autovacuum
    def _gc(self):
        """Retire keys that no living token was signed with."""
        oldest = timedelta(days=1, seconds=self._lifetime())
        limit = fields.Datetime.now() - oldest
        self.search([("state", "=", "verifying"), ("write_date", "<", limit)]).write(
            {"state": "retired"}
        )

    @api.model
    def _lifetime(self):
        """Return the seconds that an access token lives."""
        name = "abs_connector.access_token_seconds"
        return int(self.env["ir.config_parameter"].sudo().get_param(name, LIFETIME))

    @api.model
    @tools.ormcache("kind")
    def _signing(self, kind):
        key = self.search([("kind", "=", kind), ("state", "=", "signing")], limit=1)
        return key.kid, key.secret

    @api.model
    @tools.ormcache()
    def _verifying(self):
        """Return ``{kid: (kind, secret)}``: one entry of the cache, whatever strangers
        put into their tokens."""
        keys = self.search([("state", "!=", "retired")])
        return {key.kid: (key.kind, key.secret) for key in keys}

    @api.model
    def _issue(self, kind, subject, version, session):
        """Return ``(token, seconds)`` for a person.

        :param str kind: ``employee`` or ``customer``
        :param int subject: employee id or partner id
        :param int version: the person's token version
        :param str session: uuid of the log-in (family of refresh tokens)
        """
        kid, secret = self._signing(kind)
        now = fields.Datetime.now()
        seconds = self._lifetime()
        claims = {
            "iss": ISSUERS[kind],
            "sub": str(subject),
            "aud": API_AUDIENCE,
            "iat": now,
            "exp": now + timedelta(seconds=seconds),
            "jti": secrets.token_hex(16),
            "ver": version,
            "sid": session,
        }
        return jwt.encode(claims, secret, ALGORITHM, headers={"kid": kid}), seconds

    @api.model
    def _verify(self, token):
        """Return ``{"kind", "id", "ver", "sid"}`` of a valid token, else None."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            known = self._verifying().get(kid) if isinstance(kid, str) else None
            if known is None:
                return None
            kind, secret = known
            claims = jwt.decode(
                token,
                secret,
                algorithms=[ALGORITHM],
                audience=API_AUDIENCE,
                issuer=ISSUERS[kind],
                leeway=CLOCKS,
                options={"require": ["exp", "iat", "sub", "jti", "sid", "ver"]},
            )
            return {
                "kind": kind,
                "id": int(claims["sub"]),
                "ver": int(claims["ver"]),
                "sid": str(claims["sid"]),
            }
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None
