"""One table: exception -> (status, code), looked up along the class's MRO.

Every failure leaves as one JSON shape (docs/contract.md 4); the text never shows internals.
"""

from collections.abc import Sequence

import psycopg2
from odoo import exceptions as odoo_errors
from odoo.tools.translate import _
from psycopg2 import errorcodes
from werkzeug import exceptions as http_errors
from werkzeug.routing import RequestRedirect

from ..exceptions import BusinessError, Conflict, Detail, cut
from ..scope import Json
from .messages import Problem


class InvalidInput(BusinessError):
    """Path, query or body do not fit the contract (400)."""

    code = "invalid_input"

    def __init__(self, problems: Sequence[Problem]) -> None:
        details = [{"field": field, "message": text} for field, text in problems]
        shown = "; ".join(f"{cut(field)}: {text}" for field, text in problems[:3])
        super().__init__(
            _("The request is not right. %(problems)s", problems=shown), details=details
        )


class UnsupportedMediaType(BusinessError):
    """The body is not JSON (415)."""

    status = 415
    code = "unsupported_media_type"


class Busy(Conflict):
    """What others hold was not to be had before the request's deadline (409)."""

    code = "try_again"

    def __init__(self) -> None:
        super().__init__(_busy())
        self.headers = {"Retry-After": "1"}


def _busy() -> str:
    return _("Somebody else is working on the same record. Please try again.")


def _sentences() -> dict[int, str]:
    """Sentences for errors whose own text is not for the caller."""
    return {
        401: _("Please log in."),
        403: _("You are not allowed to do this."),
        404: _("There is no such record, or it is not yours to see."),
        405: _("This address does not take this method."),
        409: _busy(),
        413: _("The request is too large."),
        415: _("Send the body as application/json."),
        429: _("Too many requests. Please wait a moment."),
    }


TABLE = {
    odoo_errors.AccessDenied: (401, "unauthorized"),
    odoo_errors.AccessError: (403, "forbidden"),
    odoo_errors.MissingError: (404, "not_found"),
    odoo_errors.UserError: (400, "invalid"),
    odoo_errors.ValidationError: (400, "invalid"),
    odoo_errors.RedirectWarning: (400, "invalid"),
    http_errors.NotFound: (404, "not_found"),
    RequestRedirect: (404, "not_found"),  # werkzeug's way to read /api//orders
    http_errors.MethodNotAllowed: (405, "method_not_allowed"),
    http_errors.RequestEntityTooLarge: (413, "too_large"),
    http_errors.UnsupportedMediaType: (415, "unsupported_media_type"),
    http_errors.BadRequest: (400, "invalid_input"),
    psycopg2.errors.SerializationFailure: (409, "try_again"),
    psycopg2.errors.LockNotAvailable: (409, "try_again"),
    psycopg2.errors.DeadlockDetected: (409, "try_again"),
    psycopg2.DataError: (400, "invalid_input"),
}
_OWN_TEXT = (
    odoo_errors.UserError,
    odoo_errors.ValidationError,
    odoo_errors.RedirectWarning,
)
_TAKEN = (errorcodes.UNIQUE_VIOLATION, errorcodes.EXCLUSION_VIOLATION)


def answer(exc: BaseException, request_id: str) -> tuple[int, Json, dict[str, str]]:
    """Return ``(status, body, headers)`` for any exception."""
    headers = dict(getattr(exc, "headers", None) or {})
    if isinstance(exc, BusinessError):
        return exc.status, _body(str(exc), exc.code, request_id, exc.details), headers
    cause = exc.__cause__
    if isinstance(cause, psycopg2.IntegrityError) and cause.pgcode in _TAKEN:
        return 409, _body(str(exc), "conflict", request_id), headers
    status, code = next(
        (TABLE[cls] for cls in type(exc).__mro__ if cls in TABLE), (500, "server_error")
    )
    if status == 409:
        headers["Retry-After"] = "1"
    if isinstance(exc, http_errors.MethodNotAllowed) and exc.valid_methods:
        headers["Allow"] = ", ".join(sorted(exc.valid_methods))
    if isinstance(exc, _OWN_TEXT) and status == 400:
        return status, _body(str(exc.args[0]), code, request_id), headers
    if isinstance(exc, http_errors.NotFound | RequestRedirect):
        sentence = _("There is no such address.")
        return status, _body(sentence, code, request_id), headers
    sentence = _sentences().get(status) or _("The request is not right.")
    if status == 500:
        sentence = _(
            "Something went wrong on our side. Nothing was changed. "
            "Please tell support this number: %(request_id)s",
            request_id=request_id,
        )
    return status, _body(sentence, code, request_id), headers


def _body(
    sentence: str,
    code: str,
    request_id: str,
    details: Sequence[Detail] = (),
) -> Json:
    return {
        "success": False,
        "error": sentence,
        "code": code,
        "details": list(details),
        "request_id": request_id,
    }
