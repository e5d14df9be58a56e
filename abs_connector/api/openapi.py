"""The routes and their schemas -> OpenAPI 3.1 (docs/contract.md 4): complete and true.

Nothing is written by hand: a route that exists stands in the document, with the types
that the dispatcher enforces.
"""

import functools
import inspect
import json
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from ..codes import codes_of
from ..exceptions import MAX_DETAILS
from ..scope import Json
from .base import MARK_SCHEMA, MAX_ID, Query, Verbatim
from .contract import One, Page
from .idempotency import KEY_PATTERN
from .principal import ACCOUNT_PATTERN
from .routing import ROUTES, Route
from .rules import JsonSchema

#: a schema, and whether it is read or written
Used: TypeAlias = tuple[type[BaseModel], JsonSchemaMode]
_REF = "#/components/schemas/{model}"
_ERRORS = {
    400: "Bad input, or a wrong state",
    401: "No valid token, password or signature",
    403: "The role or the kind of token does not allow it",
    404: "Absent, or out of the caller's scope",
    405: "The address does not take this method; `Allow` tells which ones it takes",
    409: "Conflict: done already, or somebody was faster",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The Idempotency-Key was used with another body",
    429: "Too many requests; try again after `Retry-After`",
    500: "Our failure; nothing was changed",
    503: "The database is away; try again after `Retry-After`",
}
#: headers of answers: the statuses they come with, None for all of them
_HEADERS = {
    "X-Request-ID": (None, "names this request in the log", "^[A-Za-z0-9_.:-]{1,64}$"),
    "Retry-After": ((409, 429, 503), "seconds to wait", "^[0-9]+$"),
    "WWW-Authenticate": ((401,), "how to say who calls", "^Bearer"),
    "Allow": ((405,), "the methods of this address", "^[A-Z, ]+$"),
    "Idempotent-Replay": ((200, 201), "`true`: the first answer once more", "^true$"),
}
_SECURITY: dict[str, dict[str, list[str]]] = {
    "employee": {"employee": []},
    "customer": {"customer": []},
    "api_key": {"apiKey": []},
    "public": {},
}


@functools.cache
def document(version: str) -> Json:
    """Return the OpenAPI 3.1 document of all routes as a dict."""
    schemas = _schemas()
    paths: Json = {}
    short = re.compile(r"odoo__addons__\w+?__(?:schemas|api)__([a-z_]+?)__(\w+)")
    for route in ROUTES:
        for index, path in enumerate(route.paths):
            template = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
            operation = _operation(route, path, index)
            paths.setdefault(template, {})[route.method.lower()] = operation
    whole: Json = {
        "openapi": "3.1.0",
        "info": {
            "title": "ABS Connector",
            "version": version,
            "description": "Governed sale-to-cash: every answer is limited to what "
            "the caller's memberships open.",
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "employee": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "customer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
            },
            # At each address, to the methods that this document does not name.
            "responses": {"MethodNotAllowed": _refusal(405, "Error")},
            "headers": {
                name: {
                    "description": text,
                    "required": statuses is None,
                    "schema": _text(pattern),
                }
                for name, (statuses, text, pattern) in _HEADERS.items()
            },
        },
    }
    # Schemas of one name get pydantic's long names; module and name are enough.
    whole = json.loads(
        short.sub(lambda m: m[1].title().replace("_", "") + m[2], json.dumps(whole))
    )
    for name, schema in whole["components"]["schemas"].items():
        schema["title"] = name  # generators name their classes after it
    return whole


def _used() -> list[Used]:
    modes: dict[Used, None] = {}
    for route in ROUTES:
        contract = route.contract
        if inspect.isclass(contract.body) and contract.body is not dict:
            modes[contract.body, "validation"] = None
        modes[contract.result, "serialization"] = None
    return list(modes)


def _without_none(value: Any) -> Any:
    """Drop ``default: null`` of fields that may be left out but not be null."""
    if isinstance(value, dict):
        return {
            key: _without_none(part)
            for key, part in value.items()
            if not (key == "default" and part is None)
        }
    return [_without_none(part) for part in value] if isinstance(value, list) else value


@functools.cache
def _schemas() -> Json:
    _by_model, definitions = models_json_schema(_used(), ref_template=_REF)
    return {
        **_without_none(definitions.get("$defs", {})),
        **_errors(),
        "Error": {
            "type": "object",
            "required": ["success", "error", "code", "details", "request_id"],
            "properties": {
                "success": {"const": False},
                "error": {"type": "string", "description": "what a person can do"},
                "code": {"type": "string", "description": "a machine word"},
                "details": {
                    "type": "array",
                    "description": "the first mistakes, and how many more there are",
                    "maxItems": MAX_DETAILS + 1,
                    "items": {
                        "type": "object",
                        "properties": {
                            "field": {"type": "string"},
                            "message": {"type": "string"},
                        },
                    },
                },
                "request_id": {"type": "string"},
            },
        },
    }


@functools.cache
def _refs() -> Mapping[Any, JsonSchema]:
    by_model, _definitions = models_json_schema(_used(), ref_template=_REF)
    return by_model


def _operation(route: Route, path: str, index: int) -> Json:
    contract = route.contract
    summary, _sep, text = (inspect.getdoc(route.function) or "").partition("\n\n")
    kinds = ", ".join(sorted(route.audience))
    description = " ".join(text.split())
    notes = [f"Callers: {kinds}."]
    if route.role:
        notes.append(f"Employees need the role: {route.role}.")
    if "api_key" in route.audience:
        notes.append(f"API keys need the scope: {route.key_scope}.")
    operation: Json = {
        "operationId": route.operation(path),
        "tags": [path.split("/")[2]],
        "summary": " ".join(summary.split()) or route.function.__name__,
        "description": " ".join([description, *notes]).strip(),
        "security": [_SECURITY[kind] for kind in sorted(route.audience)],
        "parameters": _parameters(route, path),
        "responses": _responses(route),
    }
    if contract.body is not None:
        schema = (
            {"type": "object"}
            if contract.body is dict
            else _refs()[contract.body, "validation"]
        )
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if index:
        operation["deprecated"] = True
        operation["description"] += f" An alias of {route.paths[0]}."
    return operation


def _parameters(route: Route, path: str) -> list[Json]:
    number = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    anything = {**MARK_SCHEMA, "pattern": MARK_SCHEMA["pattern"].replace("/", "")}
    kinds = {"int:": number, "path:": anything}
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": kinds.get(kind, MARK_SCHEMA),
        }
        for kind, name in re.findall(r"<(\w+:)?(\w+)>", path)
    ]
    query = route.contract.query
    if query is not None:
        schema = _without_none(query.model_json_schema())
        for name, field in schema["properties"].items():
            field = _as_text(_inline(field, schema))
            if name == "limit" and issubclass(query, Query):
                field = {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": query._max,
                    "default": query._limit,
                }
            required = name in schema.get("required", ())
            parameters.append(
                {"name": name, "in": "query", "required": required, "schema": field}
            )
    text = (
        "names this request in the log: echoed if it looks like one, else we give one"
    )
    headers: dict[str, tuple[str, str | None]] = {"X-Request-ID": (text, None)}
    if "employee" in route.audience:
        text = "narrows lists to one SA; names the SA of a create"
        headers["X-SA-ID"] = (text, ACCOUNT_PATTERN)
    if route.method != "GET":
        text = "the same key: the same answer, no second effect"
        headers["Idempotency-Key"] = (text, KEY_PATTERN)
    for name, (text, pattern) in headers.items():
        parameters.append(
            {
                "name": name,
                "in": "header",
                "required": False,
                "description": text,
                "schema": _text(pattern),
            }
        )
    return parameters


def _text(pattern: str | None) -> JsonSchema:
    return {"type": "string", "pattern": pattern} if pattern else {"type": "string"}


def _as_text(field: JsonSchema) -> JsonSchema:
    """Return the schema of a field as a query string writes it: nothing is no value."""
    choices = [each for each in field.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        field = {key: part for key, part in field.items() if key != "anyOf"}
        field = {**choices[0], **field}
    elif choices:
        field = {**field, "anyOf": choices}
    if field.get("type") == "boolean":
        flags = [{"type": "boolean"}, {"type": "integer", "minimum": 0, "maximum": 1}]
        field = {key: part for key, part in field.items() if key != "type"}
        field["anyOf"] = flags
    return field


def _inline(field: JsonSchema, schema: JsonSchema) -> JsonSchema:
    """Replace references of a query parameter by what they mean."""
    if "$ref" in field:
        field = schema["$defs"][field["$ref"].rsplit("/", 1)[1]]
    return field


def _responses(route: Route) -> Json:
    content = {route.media: {"schema": _answer_schema(route)}}
    responses = {}
    for status in route.statuses:
        known = status == 200 and 201 in route.statuses
        responses[str(status)] = {
            "description": "It was there already" if known else "Success",
            "headers": _headers(status, route),
            "content": content,
        }
    for status in _statuses(route):
        responses[str(status)] = _refusal(status, _error_name(route, status))
    return responses


def _refusal(status: int, model: str) -> Json:
    """Return the answer of a refusal, whose body is the schema ``model``."""
    return {
        "description": _ERRORS[status],
        "headers": _headers(status),
        "content": {"application/json": {"schema": {"$ref": _REF.format(model=model)}}},
    }


def _headers(status: int, route: Route | None = None) -> Json:
    return {
        name: {"$ref": f"#/components/headers/{name}"}
        for name, (statuses, _description, _pattern) in _HEADERS.items()
        if (statuses is None or status in statuses)
        and not (name == "Idempotent-Replay" and route and route.method == "GET")
    }


def _answer_schema(route: Route) -> JsonSchema:
    contract = route.contract
    if contract.result is Verbatim:
        return {"type": "string" if route.media == "text/html" else "object"}
    ref = _refs()[contract.result, "serialization"]
    properties = {"success": {"const": True}, "message": {"type": "string"}}
    if contract.kind is Page:
        for name in ("total", "page", "limit"):
            properties[name] = {"type": "integer"}
        rows = contract.result._nouns
        properties[rows] = {"type": "array", "items": ref}
        required = ["success", "total", "page", "limit", rows]
    elif contract.kind is One:
        properties[contract.result._noun] = ref
        required = ["success", contract.result._noun]
    else:
        required = ["success"]
    schema: JsonSchema = {
        "type": "object",
        "properties": properties,
        "required": required,
    }
    if contract.kind is None:
        own = _schemas()[ref["$ref"].rsplit("/", 1)[1]]
        schema["properties"] |= own.get("properties", {})
        schema["required"] += [n for n in own.get("required", ()) if n != "success"]
    return schema


def _error_name(route: Route, status: int) -> str:
    """Return the name of the schema of a refusal: one for a group and a status."""
    group = route.paths[0].split("/")[2].replace(".", "-")
    return "".join(word.capitalize() for word in group.split("-")) + f"Error{status}"


def _errors() -> Json:
    """Return the schemas of all refusals, with the codes that may stand in each."""
    return {
        _error_name(route, status): {
            "allOf": [
                {"$ref": "#/components/schemas/Error"},
                {
                    "type": "object",
                    "properties": {"code": {"enum": codes_of(route.paths[0], status)}},
                },
            ]
        }
        for route in ROUTES
        for status in _statuses(route)
    }


def _statuses(route: Route) -> list[int]:
    """Return the statuses of refusals that a route may answer with."""
    statuses = {400, 404, 409, 413, 429, 500, 503, *route.refuses}
    if "public" not in route.audience:
        statuses |= {401, 403}
    if route.method != "GET":
        statuses |= {415, 422}
    return sorted(statuses)
