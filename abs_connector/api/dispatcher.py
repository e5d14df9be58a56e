"""From a request to JSON: the one place that no route can forget.

Authentication, role, contract, scope, idempotency, error mapping, CORS and request id
sit here. Errors are raised, never returned: a caught ``UserError`` would commit what
was half written.
"""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Protocol

import psycopg2
from odoo.http import Dispatcher, Response
from odoo.tools.translate import _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from .. import unavailable
from ..deadline import Deadline, bounded
from ..exceptions import BusinessError, NotFound
from ..retry import again
from ..scope import Call, Json, Principal, Records
from . import errors, idempotency
from .contract import Answer, Reference
from .principal import identify
from .routing import Route

_logger = logging.getLogger(__name__)

#: quick tries before Odoo's own retry, which sleeps up to 16 s (docs/decisions/002)
QUICK_TRIES = 30
MAX_BODY = 2 * 1024 * 1024


def _number(text: str) -> int | float:
    """Read a number of JSON, in which 7.0 is the whole number 7."""
    value = float(text)
    whole = value.is_integer() and abs(value) < 2**53  # beyond it floats have gaps
    return int(value) if whole else value


class Endpoint(Protocol):
    """A method of a controller, as Odoo binds it."""

    routing: dict[str, Any]

    def __call__(self, **arguments: Any) -> object: ...


class ApiDispatcher(Dispatcher):
    """Serves every path below ``/api/``."""

    routing_type = "abs_api"
    mimetypes = ("application/json",)

    def __init__(self, request: Any) -> None:
        super().__init__(request)
        request.session.can_save = False  # never a session cookie on /api
        if not hasattr(request, "abs_principal"):  # Odoo makes a second one on a match
            request.abs_principal = None
            request.abs_started = time.monotonic()
            request.abs_deadline = Deadline()
            request.abs_deadline.bound(request.env.cr)
            request.abs_turns = 0
            request.abs_headers = self._headers()
        for name, value in request.abs_headers.items():
            request.future_response.headers[name] = value

    @classmethod
    def is_compatible_with(cls, request: Any) -> bool:
        return True

    @property
    def request_id(self) -> str:
        """The id of this request, the caller's own or a random one."""
        return str(self.request.abs_headers["X-Request-ID"])

    def _headers(self) -> dict[str, str]:
        """Return the headers of every answer, errors too."""
        http = self.request.httprequest
        origin = http.headers.get("Origin")
        headers = {
            "X-Request-ID": unavailable.request_id(http.headers),
            "Cache-Control": "no-store",
            "Vary": "Origin, Accept-Language",
        }
        allowed = (
            self.request.env["ir.config_parameter"]
            .sudo()
            .get_param("abs_connector.cors_origins", "*")
            .replace(",", " ")
            .split()
        )
        if "*" in allowed:
            headers["Access-Control-Allow-Origin"] = "*"
        elif origin and origin in allowed:
            headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = unavailable.EXPOSED_HEADERS
        return headers

    def preflight(self) -> Response:
        """Return the answer to ``OPTIONS``, for any path."""
        headers = {
            "Access-Control-Allow-Methods": unavailable.ALLOWED_METHODS,
            "Access-Control-Allow-Headers": unavailable.ALLOWED_HEADERS,
            "Access-Control-Max-Age": "86400",
        }
        return Response(status=204, headers=headers)

    def pre_dispatch(self, rule: object, args: Mapping[str, Any]) -> None:
        self.request.session.can_save = False
        self.request.httprequest.max_content_length = MAX_BODY + 1

    def dispatch(self, endpoint: Endpoint, args: Mapping[str, Any]) -> Response:
        self.request.params = {}  # utm's _post_dispatch reads it
        self.request.abs_turns += 1
        self.request.abs_deadline.bound(self.request.env.cr)
        work = partial(self._written, endpoint, args)
        try:
            return again(self.request.env, work, QUICK_TRIES, judge=self._judge)
        except psycopg2.errors.ReadOnlySqlTransaction as exc:
            if self.request.env.cr.readonly:
                raise  # Odoo turns to the primary
            raise unavailable.Unavailable() from exc  # which takes no writes now

    def _written(self, endpoint: Endpoint, args: Mapping[str, Any]) -> Response:
        """Return the answer, when all that it says is in the database."""
        response = self._answer(endpoint, args)
        # As the system: left to cr.flush(), what a verb computed is written in the
        # caller's environment, which may not read every field it needs.
        self.request.env(su=True).flush_all()
        self.request.env.cr.flush()
        return response

    def _judge(self, conflict: BaseException, left: int) -> None:
        """End the waiting at the deadline: Odoo's own retry still stands behind, while
        its sleep fits in."""
        if self.request.abs_deadline.is_final or not (left or self._may_sleep()):
            raise errors.Busy() from conflict

    def _may_sleep(self) -> bool:
        """Tell whether Odoo's next sleep, up to 2 s, 4 s and so on, ends in time."""
        return bool(2**self.request.abs_turns <= self.request.abs_deadline.left)

    def _answer(self, endpoint: Endpoint, args: Mapping[str, Any]) -> Response:
        route: Route = endpoint.routing["abs_route"]
        http = self.request.httprequest
        principal = identify(self.request.env, http.headers, route)
        self._become(principal)
        body, raw = self._body(route)
        key = idempotency.Key.of(principal, http, route, args, raw)
        if key and (stored := key.replay(self.request.env)):
            return self._response(stored[0], stored[1], {"Idempotent-Replay": "true"})
        arguments = route.contract.bind(args, http.args, body)
        self._fetch(route, arguments)
        result = endpoint(**arguments)
        if isinstance(result, Response):
            result.flatten()
            return result
        answer = result if isinstance(result, Answer) else Answer(result)
        payload: Json = {"success": True}
        if answer.message:
            payload["message"] = answer.message
        payload.update(route.contract.dump(answer.result))
        status = answer.status or route.status
        if status not in route.statuses:  # as with dump(): our bug, a 500
            raise ValueError(f"{route.operation()} does not declare {status}")
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        if key:
            key.store(self.request.env, status, text)
        if route.method != "GET":
            self.request.env["ir.http"]._abs_log_request(self._log_values(status, None))
        return self._response(status, text)

    def _become(self, principal: Principal) -> None:
        """Run the request as the technical user, with the caller's scope."""
        request = self.request
        request.abs_principal = principal
        user = request.env["ir.http"]._abs_api_user()
        request.update_env(user=user)
        context = {
            "lang": request.env.context.get("lang"),  # set when the path matched
            "tz": request.env["res.company"].browse(principal.company_id)._abs_tz(),
            "abs_scope": principal.scope,
            "abs_call": Call(
                principal.actor_id,
                principal.employee_id,
                principal.creation_account,
            ),
            "mail_create_nosubscribe": True,
            "mail_notify_author": False,
        }
        if principal.company_ids:
            context["allowed_company_ids"] = list(principal.company_ids)
        request.update_context(**context)

    def _body(self, route: Route) -> tuple[Json, bytes]:
        """Return the JSON object of the body and its bytes; read again on a retry."""
        http = self.request.httprequest
        # Werkzeug before 2.3, which Odoo 18 has on Debian 12, checks forms only.
        if (http.content_length or 0) > MAX_BODY:
            raise RequestEntityTooLarge()
        raw = http.get_data()
        if len(raw) > MAX_BODY:  # in chunks, of no told length: werkzeug cuts it off
            raise RequestEntityTooLarge()
        if not raw.strip() or route.method == "GET":
            return {}, raw
        if http.mimetype != "application/json":
            raise errors.UnsupportedMediaType(_("Send the body as application/json."))
        try:
            body = json.loads(
                raw, parse_float=_number, parse_constant=self._refuse_constant
            )
        except (ValueError, RecursionError) as exc:
            raise BusinessError(
                _("The body is not valid JSON."), code="invalid_json"
            ) from exc
        if not isinstance(body, dict):
            raise BusinessError(
                _("The body must be a JSON object."), code="invalid_input"
            )
        return body, raw

    @staticmethod
    def _refuse_constant(name: str) -> None:
        raise ValueError(name)

    def _fetch(self, route: Route, arguments: dict[str, Any]) -> None:
        """Fetch every id of path and body under the caller's rules (404 outside).

        One search per model. Ids of the path become records in sudo. The day of the
        call is from here on that of the first record's company.
        """
        references = route.contract.references(arguments)
        wanted: dict[str, set[int]] = {}
        for model, record_id, _path in references:
            wanted.setdefault(model, set()).add(record_id)
        env = self.request.env
        found = {}
        for model, ids in wanted.items():
            fields = [name for name in ("company_id",) if name in env[model]._fields]
            found[model] = env[model].search_fetch([("id", "in", list(ids))], fields)
        known = {model: set(records.ids) for model, records in found.items()}
        for model, record_id, path in references:
            if record_id in known[model]:
                continue
            label = env["ir.model"].sudo()._get(model).name
            field = ".".join(str(part) for part in path)
            text = _("There is no such record, or it is not yours to see: %s.", label)
            raise NotFound(text, details=[{"field": field, "message": text}])
        company = self._company_of(found, references)
        if company:
            self.request.update_context(tz=company._abs_tz())
            env = self.request.env
        for name in route.contract.path:
            for model, record_id, path in references:
                if path == (name,):
                    arguments[name] = env[model].sudo().browse(record_id)

    def _company_of(
        self, found: Mapping[str, Records], references: Iterable[Reference]
    ) -> Records | None:
        """Return the company of the first of ``references`` that has one."""
        for model, record_id, _path in references:
            record = found[model].sudo().browse(record_id)
            if model == "res.company":
                return record
            if "company_id" in record._fields and record.company_id:
                return record.company_id
        return None

    def _response(
        self, status: int, text: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        return Response(
            text,
            status=status,
            headers=list((headers or {}).items()),
            content_type="application/json; charset=utf-8",
        )

    def post_dispatch(self, response: Response) -> None:
        self.request._inject_future_response(response)

    def handle_error(self, exc: Exception) -> Response | HTTPException:
        if isinstance(exc, HTTPException) and exc.code is None:
            return exc  # a finished answer, such as the preflight
        status, body, headers = self._refusal(exc)
        if status >= 500:
            _logger.error("Request %s failed, traceback below", self.request_id)
        self._log_refusal(status, body, exc)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str)
        return self._response(status, text, {**self.request.abs_headers, **headers})

    def _refusal(self, exc: Exception) -> tuple[int, Json, dict[str, str]]:
        """Return ``(status, body, headers)`` for ``exc``."""
        away = not isinstance(exc, BusinessError) and unavailable.unreachable(exc)
        if not away:
            try:
                return errors.answer(exc, self.request_id)
            except Exception as broken:  # its sentence may need the database
                if not unavailable.unreachable(broken):
                    raise
        http = self.request.httprequest
        return unavailable.answer(http.headers, self.request_id)

    def _log_refusal(self, status: int, body: Json, exc: Exception) -> None:
        """Keep refused writes of known callers, and every failure of ours."""
        principal = self.request.abs_principal
        known = principal is not None and principal.kind != "public"
        if status < 500 and not (known and self.request.httprequest.method != "GET"):
            return
        if body["code"] in ("try_again", "unavailable"):
            return
        try:
            with self.request.registry.cursor() as cr:
                bounded(cr)
                env = self.request.env(cr=cr, su=True)
                env["ir.http"]._abs_log_request(self._log_values(status, body, exc))
        except Exception:  # the answer matters more than its log
            _logger.exception("Request %s could not be logged", self.request_id)

    def _log_values(
        self, status: int, body: Json | None, exc: Exception | None = None
    ) -> dict[str, Any]:
        principal = self.request.abs_principal
        http = self.request.httprequest
        return {
            "request_id": self.request_id,
            "method": http.method,
            "path": http.path[:512],
            "status": status,
            "code": body and body["code"],
            "message": body and body["error"].replace("\x00", ""),  # names a field
            "trace": repr(exc) if status >= 500 else False,
            "caller": principal.identity if principal else "unknown",
            "employee_id": (principal and principal.employee_id) or False,
            "duration": round((time.monotonic() - self.request.abs_started) * 1000),
        }
