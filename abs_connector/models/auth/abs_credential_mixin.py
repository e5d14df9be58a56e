"""What employees and customers log in with: identity, hashed password, version.

The log-in itself (tokens, lock-out) is the API's; this file only knows what a right
password is, and that a wrong identity costs the same time as a wrong password (docs/contract.md 3).
"""

import time
from functools import lru_cache

from odoo import api, fields, models
from passlib.context import CryptContext
from passlib.hash import pbkdf2_sha512

from ...compat import Constraint
from ...exceptions import BusinessError
from ..base.phone import phone_key

MIN_LENGTH = 8
#: who set a password or log-in, when it is nobody that another record names
PERSON, ADMINISTRATOR, UNKNOWN = "person", "administrator", "unknown"
#: OWASP's advice for PBKDF2-HMAC-SHA512. Measured on one core: 600,000 rounds, the
#: advice for SHA-256 that was in use before, cost 311 ms and 210,000 cost 109 ms; scrypt
#: (its memory-hard sets of OWASP) 174 to 390 ms and 8 to 128 MB. bcrypt and argon2 come
#: with neither series of Odoo.
ROUNDS = 210_000
CRYPT = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=ROUNDS)
#: seconds after which a process looks again which costs the stored hashes have
_COSTS_KEPT = 600
#: ``{database: (time, {rounds})}``
_COSTS = {}


@lru_cache(maxsize=16)
def _nobodys_hash(rounds):
    """A hash of this cost to compare with, when nobody's own has it: equal time."""
    return pbkdf2_sha512.using(rounds=rounds).hash("nobody has this password")


def _rounds(password_hash):
    """Return the cost of a hash; None when it is none that this file made."""
    try:
        return pbkdf2_sha512.from_string(password_hash).rounds
    except (TypeError, ValueError):
        return None


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
        """Tell whether the password is right, in the same time for everybody.

        Whoever is asked for - nobody, somebody without a password, or with a hash of an
        older and dearer cost - one hash is computed per cost that is in use: the clock
        would tell strangers who exists. A right password raises its hash to today's cost.
        """
        record = self.sudo()[:1]
        known = record.password_hash or ""
        mine = _rounds(known)
        costs = self._password_costs()
        if mine and mine not in costs:
            _COSTS.pop(self.env.cr.dbname, None)  # restored or imported: from now on
            costs = costs | {mine}
        right = False
        for rounds in sorted(costs):
            compared = known if rounds == mine else _nobodys_hash(rounds)
            fits = CRYPT.verify(password or "", compared)
            right = right or (fits and rounds == mine)
        if right and mine != ROUNDS:
            # Not a change of the password: the sessions go on.
            record.password_hash = CRYPT.hash(password)
        return right

    @api.model
    def _password_costs(self):
        """Return the costs of all stored hashes, and today's: ``{rounds}``.

        Of employees and customers alike, also of people who are not active.
        """
        dbname, now = self.env.cr.dbname, time.monotonic()
        at, costs = _COSTS.get(dbname, (0, None))
        if costs is None or now - at > _COSTS_KEPT:
            self.env.flush_all()
            # Of each cost one hash: reading all of them would take the time of a table.
            self.env.cr.execute(
                "SELECT min(password_hash) FROM abs_employee"
                " GROUP BY split_part(password_hash, '$', 3) UNION ALL "
                "SELECT min(password_hash) FROM abs_customer_access"
                " GROUP BY split_part(password_hash, '$', 3)"
            )
            found = {_rounds(row[0]) for row in self.env.cr.fetchall()}
            costs = frozenset(found - {None} | {ROUNDS})
            _COSTS[dbname] = (now, costs)
        return costs

    @api.model
    def _find_login(self, identity, country_code=None):
        """Return the one active record with this e-mail or phone number, or empty.

        Its hash comes with it: one query, whether somebody is found or not.
        """
        identity = (identity or "").strip()
        if "@" in identity:
            domain = [("email", "=", identity.lower())]
        else:
            keys = {phone_key(identity, country_code)} - {False}
            domain = [("phone_key", "in", list(keys))]
        return self.sudo().search_fetch(domain, ["password_hash"], limit=1)

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
