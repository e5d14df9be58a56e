"""The answer while the database cannot be reached: 503 ``unavailable``, in JSON.

Odoo answers a request without a database itself, before any code of an installed
module: 404 in HTML, which a phone takes for final. So below ``/api/`` its *first*
dispatcher, the one that answers until a path has matched, is ours (:func:`install`).
The module ``abs_connector_server`` puts it there when the server starts; where that is
not configured, loading the addon does.

Nothing here needs a database, or another file of this addon: ``abs_connector_server``
runs this file by itself, since importing the addon would register its models.
"""

import errno
import json
import logging
import os
import re
import uuid
from collections.abc import Mapping
from typing import Any

import psycopg2
from odoo import sql_db
from odoo.http import HttpDispatcher, Request, Response, _dispatchers
from odoo.service.server import PreforkServer, WorkerHTTP
from odoo.tools.translate import LazyTranslate, code_translations
from psycopg2.pool import PoolError
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

_lt = LazyTranslate("abs_connector")
_logger = logging.getLogger(__name__)

PREFIX = "/api/"
#: seconds after which to try again
RETRY_AFTER = 5
#: seconds that a new connection may take: the default is that of TCP, two minutes
CONNECT_TIMEOUT = 5
ALLOWED_METHODS = "GET, POST, PUT, DELETE, OPTIONS"
ALLOWED_HEADERS = (
    "Authorization, X-API-KEY, X-SA-ID, Idempotency-Key, Content-Type, X-Request-ID"
)
EXPOSED_HEADERS = "X-Request-ID, Idempotent-Replay, Retry-After"
SENTENCE = _lt(
    "The service cannot reach its database at the moment. Please try again soon; with "
    "the same Idempotency-Key nothing happens twice."
)
#: classes of SQLSTATE: connection, resources (full disk, too many connections), operator
#: (shut down, cancelled), system
_CLASSES = ("08", "53", "57", "58")
#: idle or overlong transaction ended by the server
_CODES = ("25P03", "25P04")
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Unavailable(Exception):
    """The database does not do what it is asked; trying again later may help."""


def unreachable(exc: BaseException) -> bool:
    """Tell whether ``exc``, or what it came from, is a database that is away.

    A connection that breaks raises while it is taken back, too: the exception that
    arrives is not always the one that told the cause.
    """
    link: BaseException | None = exc
    for _step in range(10):
        if link is None:
            return False
        if _is_away(link):
            return True
        link = link.__cause__ or (
            None if link.__suppress_context__ else link.__context__
        )
    return False


def _is_away(exc: BaseException) -> bool:
    if isinstance(exc, Unavailable | PoolError):
        return True
    if isinstance(exc, OSError):
        return exc.errno in _FULL
    if not isinstance(exc, psycopg2.Error):
        return False
    code = exc.pgcode
    if code:
        return code.startswith(_CLASSES) or code in _CODES
    # Without a code it is libpq that speaks: no connection, or one that broke. In the
    # middle of a result that is a plain DatabaseError.
    return (
        isinstance(exc, psycopg2.OperationalError | psycopg2.InterfaceError)
        or type(exc) is psycopg2.DatabaseError
    )


def request_id(headers: Mapping[str, str]) -> str:
    """Return the id of a request: the caller's own, or a random one."""
    asked = headers.get("X-Request-ID", "")
    return asked if re.fullmatch(r"[\w.:-]{1,64}", asked) else uuid.uuid4().hex


def answer(
    headers: Mapping[str, str], number: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return ``(status, body, headers)`` of the refusal.

    :param headers: those of the request: its language counts
    :param str number: the request's id
    """
    body = {
        "success": False,
        "error": _sentence(headers.get("Accept-Language", "")),
        "code": "unavailable",
        "details": [],
        "request_id": number,
    }
    return 503, body, {"Retry-After": str(RETRY_AFTER)}


def _sentence(accept: str) -> str:
    """Return the sentence in the language that the caller likes best.

    What languages are installed is written in the database: the files are looked at.
    """
    source: str = SENTENCE._source
    for wanted, weight in parse_accept_header(accept, LanguageAccept):
        language = re.split("[-_]", wanted.lower())[0]
        if weight <= 0 or not re.fullmatch("[a-z]{2,3}", language):
            continue
        if language == "en":
            break
        known: Mapping[str, str] = code_translations.get_python_translations(
            "abs_connector", language
        )
        if source in known:
            return known[source]
    return source


class EarlyDispatcher(HttpDispatcher):
    """Answers below ``/api/`` until the path has matched a route of a database."""

    routing_type = "abs_early"

    @classmethod
    def is_compatible_with(cls, request: Any) -> bool:
        return False

    def handle_error(self, exc: Exception) -> Any:
        # Without a database Odoo looks for a page that needs none: NotFound.
        if getattr(self.request, "db", None) and not unreachable(exc):
            return super().handle_error(exc)
        http = self.request.httprequest
        number = request_id(http.headers)
        status, body, headers = answer(http.headers, number)
        headers |= {
            "X-Request-ID": number,
            "Cache-Control": "no-store",
            "Vary": "Origin, Accept-Language",
            # Which origins are let in is written in the database. This answer holds
            # nothing of anybody's.
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": EXPOSED_HEADERS,
        }
        if http.method == "OPTIONS" and "Access-Control-Request-Method" in http.headers:
            # A browser that is refused its preflight never tells the page of the 503.
            headers |= {
                "Access-Control-Allow-Methods": ALLOWED_METHODS,
                "Access-Control-Allow-Headers": ALLOWED_HEADERS,
                "Access-Control-Max-Age": "0",
            }
            return Response(status=204, headers=headers)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Response(
            text,
            status=status,
            headers=headers,
            content_type="application/json; charset=utf-8",
        )


def install() -> None:
    """Put the dispatcher before Odoo's own, once for the process."""
    os.environ.setdefault("PGCONNECT_TIMEOUT", str(CONNECT_TIMEOUT))
    begin = Request._post_init
    if hasattr(begin, "abs_early"):
        return

    def _post_init(self: Any) -> None:
        if self.httprequest.path.startswith(PREFIX):
            self.dispatcher = _dispatchers[EarlyDispatcher.routing_type](self)
        begin(self)

    _post_init.abs_early = True  # type: ignore[attr-defined]  # marks it as ours
    Request._post_init = _post_init
    _keep_serving()


def _keep_serving() -> None:
    """Let a server with workers outlive its database.

    Workers for scheduled actions end without it, and Odoo 19 asks it for changes before
    it starts another process: that ended the whole server, and with ``db_name`` none
    starts again until the database is back.
    """
    spawn = PreforkServer.process_spawn

    def process_spawn(self: Any) -> None:
        try:
            spawn(self)
        except Exception as exc:
            if not unreachable(exc):
                raise
            # Asked again at the next beat. A worker looks for changes by itself, at each
            # request; what it must not do is share a connection with this process.
            _logger.warning("The database is away: only HTTP workers are started")
            sql_db.close_all()
            while len(self.workers_http) < self.population:
                self.worker_spawn(WorkerHTTP, self.workers_http)

    PreforkServer.process_spawn = process_spawn
