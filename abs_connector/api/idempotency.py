"""``Idempotency-Key``: the first answer again, and no second effect (docs/contract.md 4).

The key is taken before the effect and stored in its transaction. A waiting twin never
reads a stale snapshot: the try-lock answers 409, and ``INSERT ... ON CONFLICT DO
NOTHING`` raises a serialization failure for a row the snapshot cannot see
(docs/decisions/001-lock-by-update.md).

Answers may hold what is told once only, such as a new password: they are stored sealed
with the caller's own key, of which the database knows a hash.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from odoo.tools.translate import _

from ..exceptions import BusinessError, Conflict
from ..scope import Env, Principal
from .routing import Route

#: the header's form, which the document tells too
KEY_PATTERN = r"^[\x21-\x7e]{1,255}$"


class Mismatch(BusinessError):
    """The same key came with another body (422)."""

    status = 422
    code = "idempotency_mismatch"


@dataclass
class Key:
    """One idempotency key of one caller on one route."""

    digest: str
    body: str
    seal: bytes

    @classmethod
    def of(
        cls,
        principal: Principal,
        http: Any,
        route: Route,
        args: Mapping[str, Any],
        raw: bytes,
    ) -> "Key | None":
        """Return the request's key, or None when it has none or needs none.

        :param dict args: what the route found in the path
        """
        value = http.headers.get("Idempotency-Key")
        if value is None or route.method == "GET":
            return None
        if not re.fullmatch(KEY_PATTERN, value):
            raise BusinessError(
                _("Idempotency-Key must be 1 to 255 visible characters."),
                code="invalid_input",
            )
        owner = "\n".join([principal.identity, http.method, route.place(args), value])
        content = http.query_string + b"\n" + raw
        if principal.kind == "public":
            # Nobody is known yet, so what was sent tells strangers apart: the password
            # or refresh token in it is the only way to the stored answer.
            owner += "\n" + hashlib.sha256(content).hexdigest()
        account = http.headers.get("X-SA-ID", "").encode()
        return cls(
            hashlib.sha256(owner.encode()).hexdigest(),
            hashlib.sha256(account + b"\n" + content).hexdigest(),
            base64.urlsafe_b64encode(
                hashlib.sha256(f"seal\n{owner}".encode()).digest()
            ),
        )

    def replay(self, env: Env) -> tuple[int, str] | None:
        """Return ``(status, text)`` of the first answer, or take the key.

        :raises Conflict: the first request still runs (409)
        :raises Mismatch: the key was used with another body (422)
        """
        lock = int.from_bytes(bytes.fromhex(self.digest)[:8], "big", signed=True)
        env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        if not env.cr.fetchone()[0]:
            conflict = Conflict(
                _("The first request with this key is still running. Try again."),
                code="idempotency_in_progress",
            )
            conflict.headers = {"Retry-After": "1"}
            raise conflict
        taken = env["ir.http"]._abs_take_key(self.digest, self.body)
        if taken is None:
            return None
        status, text, body = taken
        if body != self.body:
            raise Mismatch(_("This Idempotency-Key was used with another request."))
        if text is None:  # a refused callback committed its log, and no answer
            return None
        return status, Fernet(self.seal).decrypt(text.encode()).decode()

    def store(self, env: Env, status: int, text: str) -> None:
        """Keep the answer, to be committed with the effect."""
        sealed = Fernet(self.seal).encrypt(text.encode()).decode()
        env["ir.http"]._abs_keep_answer(self.digest, status, sealed)
