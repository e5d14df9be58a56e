"""What employees and customers log in with: identity, hashed password, version.

The log-in itself (tokens, lock-out) is the API's; this file only knows what a right
password is, and that a wrong identity costs the same time as a wrong password (SPEC 3).
"""

from functools import lru_cache

from odoo import api, fields, models
from passlib.context import CryptContext

from ...compat import Constraint
from ...exceptions import BusinessError
from .phones import phone_key

MIN_LENGTH = 8
CRYPT = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=600_000)


@lru_cache(maxsize=1)
def _nobodys_hash():
    """A hash to compare with when nobody has the identity: equal time."""
    return CRYPT.hash("nobody has this password")


class CredentialMixin(models.AbstractModel):
    """Columns ``email``, ``phone_key``, ``password_hash``, ``token_version``, ``active``.

    ``token_version`` stands in each token as ``ver``; raising it ends them all.
    """

    _name = "abs.credential.mixin"
    _description = "Log-in by password"

    email = fields.Char(index=True, help="Log-in, whatever the case.")
    phone_key = fields.Char(
        "Phone (log-in)",
        index=True,
        readonly=True,
        copy=False,
        help="The phone number in international form; the other log-in.",
    )
    password = fields.Char(
        compute="_compute_password",
        inverse="_inverse_password",
        copy=False,
        help="Write-only: set it to change the password.",
    )
    password_hash = fields.Char(copy=False, groups=".")
    has_password = fields.Boolean(compute="_compute_has_password", compute_sudo=True)
    token_version = fields.Integer(default=1, copy=False, readonly=True)
    active = fields.Boolean(default=True)

    _email_unique = Constraint(
        "UNIQUE(email)", "Somebody logs in with this e-mail address already."
    )
    _phone_unique = Constraint(
        "UNIQUE(phone_key)", "Somebody logs in with this phone number already."
    )

    @api.depends("password_hash")
    def _compute_has_password(self):
        for record in self:
            record.has_password = bool(record.password_hash)

    def _compute_password(self):
        self.password = False

    def _inverse_password(self):
        for record in self:
            if record.password:
                record._set_password(record.password)
        # Else the answer to the save would tell it from the cache.
        self.invalidate_recordset(["password"], flush=False)

    def _set_password(self, password):
        """Store the hash and end all sessions made with the old password."""
        self.ensure_one()
        self._refuse_weak(password)
        version = self.sudo().token_version + 1
        self.sudo().write(
            {"password_hash": CRYPT.hash(password), "token_version": version}
        )

    @api.model
    def _refuse_weak(self, password, field="password"):
        if len(password or "") < MIN_LENGTH:
            raise BusinessError(
                self.env._("A password needs at least %(n)s characters.", n=MIN_LENGTH),
                code="weak_password",
                details=[{"field": field}],
            )

    def _check_password(self, password):
        """Tell whether the password is right; an empty recordset takes the same time."""
        record = self.sudo()[:1]
        known = record.password_hash if record else None
        right = CRYPT.verify(password or "", known or _nobodys_hash())
        return bool(known and right)

    @api.model
    def _find_login(self, identity, country_code=None):
        """Return the one active record with this e-mail or phone number, or empty."""
        identity = (identity or "").strip()
        if "@" in identity:
            return self.sudo().search([("email", "=", identity.lower())], limit=1)
        keys = {phone_key(identity, country_code)} - {False}
        return self.sudo().search([("phone_key", "in", list(keys))], limit=1)

    def _end_sessions(self):
        """Make all tokens that were issued so far invalid."""
        for record in self.sudo():
            record.token_version += 1

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_login(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._clean_login(vals)
        if vals.get("active") is False:
            self._end_sessions()
        return super().write(vals)

    @api.model
    def _clean_login(self, vals):
        if "email" in vals:
            email = (vals["email"] or "").strip().lower()
            vals = {**vals, "email": email or False}
        return vals
