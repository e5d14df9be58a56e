"""Log-ins of the API: a session is a family of refresh tokens (docs/contract.md 3)."""

import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint
from .abs_auth_session import REFRESH_DAYS


class RefreshToken(models.Model):
    _name = "abs.refresh.token"
    _description = "Refresh token"
    _order = "id desc"
    _rec_name = "session_id"

    session_id = fields.Many2one(
        "abs.auth.session", required=True, index=True, ondelete="cascade"
    )
    digest = fields.Char(required=True, index=True, groups="base.group_system")
    version = fields.Integer()
    expires_at = fields.Datetime(required=True, index=True)
    used_at = fields.Datetime()

    _unique_digest = Constraint("UNIQUE(digest)", "This token exists already.")

    @api.model
    def _issue(self, session):
        value = secrets.token_urlsafe(48)
        self.create(
            {
                "session_id": session.id,
                "digest": hashlib.sha256(value.encode()).hexdigest(),
                "version": session._holder().token_version,
                "expires_at": fields.Datetime.now() + timedelta(days=REFRESH_DAYS),
            }
        )
        return value

    @api.autovacuum
    def _gc(self):
        self.search([("expires_at", "<", fields.Datetime.now())], limit=10000).unlink()
