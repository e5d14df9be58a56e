"""A password of our own: free-seat employees and customers have no Odoo user."""

from passlib.context import CryptContext

from odoo import fields, models

from ...exceptions import BusinessError

# The scheme of Odoo's own users, so that its cost follows Odoo's.
_CRYPT = CryptContext(["pbkdf2_sha512"], deprecated="auto", pbkdf2_sha512__rounds=150_000)
_NOBODY = _CRYPT.hash("nobody has this password")
MIN_LENGTH = 10


class CredentialMixin(models.AbstractModel):
    _name = "abs.credential.mixin"
    _description = "Password and token version of a person"

    password_hash = fields.Char(copy=False, groups="base.group_system")
    token_version = fields.Integer(
        default=1,
        copy=False,
        readonly=True,
        help="Raised to make every token issued so far worthless.",
    )
    has_password = fields.Boolean(compute="_compute_has_password")

    def _compute_has_password(self):
        for record, secret in zip(self, self.sudo(), strict=True):
            record.has_password = bool(secret.password_hash)

    def _set_password(self, password):
        """Store the hash of ``password`` and end every session (SPEC 3)."""
        if len(password or "") < MIN_LENGTH:
            raise BusinessError(
                self.env._(
                    "Choose a password of at least %(length)s characters.",
                    length=MIN_LENGTH,
                ),
                code="password_too_short",
            )
        for record in self.sudo():
            record.password_hash = _CRYPT.hash(password)
            record._revoke_tokens()

    def _revoke_tokens(self):
        """Make every token worthless, from the next request on."""
        for record in self.sudo():
            record.token_version += 1

    def _check_password(self, password):
        """Tell whether ``password`` fits; as slow for nobody as for somebody."""
        stored = self.sudo().password_hash if self else None
        valid, renewed = _CRYPT.verify_and_update(password, stored or _NOBODY)
        if valid and stored and renewed:
            self.sudo().password_hash = renewed
        return bool(valid and stored)
