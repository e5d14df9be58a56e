"""Refusals of business rules: a sentence for a person, a code for a machine.

Every class is an Odoo ``UserError``: the web client shows the sentence in a dialog,
the API answers with ``status`` and ``code`` (docs/contract.md 4).
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from odoo.exceptions import UserError
from odoo.tools.translate import _

#: details of one refusal; the caller writes as many mistakes as fit in a request
MAX_DETAILS = 20
#: letters of a field's name that come back: unknown ones are the caller's own
MAX_FIELD = 100
#: a mistake: ``field``, ``message`` and what else helps a machine
Detail: TypeAlias = dict[str, Any]


def cut(field: object) -> str:
    """Return the name of a field as it can be told: of any length, of any letters."""
    field = str(field).encode("utf-8", "replace").decode()
    return field if len(field) <= MAX_FIELD else f"{field[:MAX_FIELD]}…"


def _told(details: Sequence[Detail], sentence: str) -> list[Detail]:
    """Return the first details, and how many more there are."""
    rows = [
        {**item, "message": item.get("message", sentence)}
        for item in details[:MAX_DETAILS]
    ]
    for item in rows:
        if "field" in item:
            item["field"] = cut(item["field"])
    more = len(details) - MAX_DETAILS
    if more > 0:
        rows.append({"field": "", "message": _("... and %(n)s more", n=more)})
    return rows


class BusinessError(UserError):
    """A rule refuses the request: bad input or a wrong state (400).

    :param str message: one translated sentence that says what to do
    :param str code: machine word of the answer
    :param list details: ``[{"field": str, "message": str}]``; without a message of
        its own a field is told the sentence, in the caller's language. The answer
        tells the first twenty, and how many more there are
    """

    status = 400
    code = "invalid"
    #: more headers of the answer
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        message: str,
        code: str | None = None,
        details: Sequence[Detail] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.details = _told(details or [], message)


class Unauthorized(BusinessError):
    """No token, or one that is not valid (any more) (401)."""

    status = 401
    code = "unauthorized"
    headers = {"WWW-Authenticate": "Bearer"}


class Forbidden(BusinessError):
    """The caller's role or kind of token does not allow it (403)."""

    status = 403
    code = "role_required"


class NotFound(BusinessError):
    """The record is absent or out of the caller's scope (404)."""

    status = 404
    code = "not_found"


class Conflict(BusinessError):
    """Somebody was faster, or it is done already (409)."""

    status = 409
    code = "conflict"


class TooManyRequests(BusinessError):
    """The caller has to wait (429).

    :param int retry_after: seconds to wait, also sent as ``Retry-After``
    """

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, retry_after: int, code: str | None = None) -> None:
        super().__init__(message, code)
        self.headers = {"Retry-After": str(retry_after)}
