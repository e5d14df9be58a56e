"""Keys of integrations: random, stored as a hash, shown once (docs/contract.md 1.14)."""

import hashlib
import logging
import secrets
from datetime import timedelta

from odoo import api, fields, models

from ...compat import Constraint

_logger = logging.getLogger(__name__)
GRACE_HOURS = 24
#: 'last used' moves at most this often: a read must not become a write every time
USED_STEP = timedelta(minutes=10)
#: ``{(database, key id): when this process last tried to note it}``
_NOTED = {}


class ApiKey(models.Model):
    _name = "abs.api.key"
    _description = "API key"
    _inherit = ["mail.thread"]
    _order = "name"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", help="Limits the key to one company; empty: all companies."
    )
    can_read = fields.Boolean(
        "Read", default=True, tracking=True, help="Lists and looks up records."
    )
    can_write = fields.Boolean(
        "Write", tracking=True, help="Creates and changes records, such as orders."
    )
    can_system = fields.Boolean(
        "System",
        tracking=True,
        help="Manages Service Accounts, employees and memberships.",
    )
    digest = fields.Char(index=True, copy=False, groups="base.group_system")
    old_digest = fields.Char(index=True, copy=False, groups="base.group_system")
    old_valid_until = fields.Datetime(copy=False, readonly=True)
    prefix = fields.Char(readonly=True, copy=False, help="The first characters.")
    expires_at = fields.Datetime(tracking=True)
    last_used = fields.Datetime(readonly=True, copy=False)

    _unique_digest = Constraint("UNIQUE(digest)", "This key exists already.")

    @staticmethod
    def _hash(value):
        """Keys are random and long: a plain SHA-256 cannot be guessed back."""
        return hashlib.sha256(value.encode()).hexdigest()

    def _generate(self, value=None):
        """Give the key a new value and return it; the only time it can be read.

        The old value stays valid for a grace period.
        """
        self.ensure_one()
        value = value or f"abs_{secrets.token_urlsafe(32)}"
        key = self.sudo()
        if key.digest:
            key.old_digest = key.digest
            key.old_valid_until = fields.Datetime.now() + timedelta(hours=GRACE_HOURS)
        key.write({"digest": self._hash(value), "prefix": value[:8]})
        return value

    def action_generate(self):
        """Show a new value once, in the web client."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New API key"),
            "res_model": "abs.api.key.show",
            "view_mode": "form",
            "target": "new",
            "context": {"default_name": self.name, "default_value": self._generate()},
        }

    @api.model
    def _find(self, value):
        """Return ``(id, company id or None, scopes)`` of a valid key, else None."""
        digest = self._hash(value)
        now = fields.Datetime.now()
        key = self.search(
            [
                ("active", "=", True),
                "|",
                ("expires_at", "=", False),
                ("expires_at", ">", now),
                "|",
                ("digest", "=", digest),
                "&",
                ("old_digest", "=", digest),
                ("old_valid_until", ">", now),
            ],
            limit=1,
        )
        if not key:
            return None
        key._touch(now)
        scopes = [name for name in ("read", "write", "system") if key[f"can_{name}"]]
        return key.id, key.company_id.id or None, tuple(scopes)

    def _touch(self, now):
        """Note the use: at most once per step and process, whether it works or not.

        In a transaction of its own on the primary: the request's own may run on a
        read-only replica, which also tells an old ``last_used``. It never waits, and
        when it can't be done the request goes on without.
        """
        place = (self.env.cr.dbname, self.id)
        times = [t for t in (self.last_used, _NOTED.get(place)) if t]
        if any(now - USED_STEP < t <= now for t in times):
            return
        _NOTED[place] = now
        try:
            with self.env.registry.cursor(readonly=False) as cr:
                cr.execute("SET LOCAL lock_timeout = '100ms'")
                cr.execute(
                    "UPDATE abs_api_key SET last_used = %s WHERE id IN ("
                    "SELECT id FROM abs_api_key WHERE id = %s FOR UPDATE SKIP LOCKED)",
                    [now, self.id],
                )
        except Exception:  # the answer matters more than when its key was used
            _logger.info("The use of API key %s was not noted", self.id, exc_info=True)
