"""What a route takes and gives, read once from the controller's signature."""

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..exceptions import MAX_DETAILS, cut
from ..plain import is_mark
from ..scope import Json, Records
from . import dump, messages
from .base import MAX_ID, Fetched, Out, Query
from .errors import InvalidInput
from .messages import Problem

T = TypeVar("T")
Path: TypeAlias = tuple[str | int, ...]
#: model, id and where it stands
Reference: TypeAlias = tuple[str, int, Path]
#: what an annotation asks for: the records of a model, a schema, or neither
Mark: TypeAlias = str | type[BaseModel] | None


class QueryString(Protocol):
    """What is asked of werkzeug's MultiDict."""

    def lists(self) -> Iterable[tuple[str, list[str]]]: ...


class One(Generic[T]):
    """Return annotation: one record under its noun."""


class Page(Generic[T]):
    """Return annotation, and the rows of a list on their way to the client.

    :param rows: recordset or list of dicts, only those of this page
    :param int total: how many there are on all pages
    :param Query query: tells page and limit
    """

    def __init__(
        self, rows: Records | Sequence[Json], total: int, query: Query
    ) -> None:
        self.rows, self.total, self.query = rows, total, query


class Answer:
    """A result with a ``message``, or with another status than the route's."""

    def __init__(
        self, result: object, message: str | None = None, status: int | None = None
    ) -> None:
        self.result, self.message, self.status = result, message, status


class Rec:
    """``Rec["sale.order"]``: a path id, handed over as the fetched record."""

    def __class_getitem__(cls, model: str) -> Any:
        return Annotated[Any, Fetched(model)]


def _marks(annotation: Any, metadata: Iterable[object] = ()) -> Mark:
    """Return the model of the ``Id`` in an annotation, its schema, or nothing."""
    for mark in metadata:
        if isinstance(mark, Fetched):
            return mark.model
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _marks(annotation.__origin__, annotation.__metadata__)
    if origin in (typing.Union, types.UnionType, list):
        for part in typing.get_args(annotation):
            if found := _marks(part):
                return found
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return None


def _found_ids(value: object, mark: Mark, path: Path) -> Iterator[Reference]:
    """Yield ``(model, id, path)`` of all ids in a validated value."""
    if value is None or mark is None:
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found_ids(item, mark, (*path, index))
    elif isinstance(mark, str):
        if isinstance(value, int):
            yield mark, value, path
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            inner = _marks(field.annotation, field.metadata)
            yield from _found_ids(getattr(value, name), inner, (*path, name))


def _unreadable(value: Any) -> list[Problem]:
    """Return the problems of texts that no database takes: those with a NUL."""
    problems, text, left = [], messages.unreadable(), [(value, "")]
    while left:  # not by recursion: callers nest as deep as they like
        value, path = left.pop()
        if isinstance(value, str):
            if "\x00" in value:
                problems.append((path, text))
            continue
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            if isinstance(part, str | dict | list) and part:
                left.append((part, cut(f"{path}.{key}" if path else str(key))))
    return problems[::-1]


def _names(model: type[BaseModel]) -> set[str]:
    """Return every name that a field of ``model`` is sent under."""
    names = set()
    for name, field in model.model_fields.items():
        alias = field.validation_alias or field.alias
        names.add(name)
        names.update(getattr(alias, "choices", [alias]) if alias else ())
    return names


def _unknown(keys: Iterable[str]) -> list[Problem]:
    """Return the problems of names that nothing here has."""
    text = messages.unknown()
    return [(key, text) for key in keys]


class Contract:
    """Path, query, body and result types of one route."""

    def __init__(self, function: Callable[..., Any]) -> None:
        hints = typing.get_type_hints(function, include_extras=True)
        names = list(inspect.signature(function).parameters)[1:]
        self.body: Any = hints.get("body") if "body" in names else None
        self._body_names = (
            set() if self.body is None or self.body is dict else _names(self.body)
        )
        self.query = hints.get("query") if "query" in names else None
        self.path = {
            name: hints[name] for name in names if name not in ("body", "query")
        }
        if "return" not in hints:
            raise TypeError(f"{function.__qualname__} has no return annotation")
        self.kind = typing.get_origin(hints["return"]) or None
        self.result = (
            typing.get_args(hints["return"])[0] if self.kind else hints["return"]
        )
        if not (inspect.isclass(self.result) and issubclass(self.result, Out)):
            raise TypeError(f"{function.__qualname__} does not return a schema")
        self._rows: TypeAdapter[Any] = TypeAdapter(list[self.result])  # type: ignore[name-defined]  # a value

    def bind(
        self, path: Mapping[str, Any], query: QueryString, body: Json
    ) -> dict[str, Any]:
        """Validate the three inputs; return the keyword arguments of the controller.

        :param dict path: values of the URL
        :param query: werkzeug MultiDict of the query string
        :param dict body: the parsed JSON object, ``{}`` when there is none
        :raises InvalidInput: with every problem under ``details``
        """
        arguments, problems = {}, []
        for name in self.path:
            value = path[name]
            if isinstance(value, int):
                value = min(value, MAX_ID)  # beyond it there is no record
            if isinstance(value, str):
                if not is_mark(value):
                    problems.append((name, messages.unreadable()))
            arguments[name] = value
        problems += self._bind_query(query, arguments)
        problems += self._bind_body(body, arguments)
        if problems:
            raise InvalidInput(problems)
        return arguments

    def _bind_query(
        self, query: QueryString, arguments: dict[str, Any]
    ) -> list[Problem]:
        sent = {key: values[0] for key, values in query.lists()}
        text = messages.repeated()
        problems = [(key, text) for key, values in query.lists() if len(values) > 1]
        problems += _unreadable(sent)
        if self.query is None:
            return problems + _unknown(sent)
        if problems:
            return problems
        try:
            arguments["query"] = bound = self.query.model_validate(sent)
        except ValidationError as exc:
            return problems + messages.problems(exc)
        if isinstance(bound, Query) and bound.size > bound._max:
            problems.append(("limit", messages.too_many(bound._max)))
        return problems

    def _bind_body(self, body: Json, arguments: dict[str, Any]) -> list[Problem]:
        if self.body is dict:
            arguments["body"] = body
            return []
        if self.body is None:
            return _unknown(body)
        if len(body) > len(self._body_names) + MAX_DETAILS:
            # Far more than there is: told at once, the rest is not looked at.
            return _unknown(key for key in body if key not in self._body_names)
        if problems := _unreadable(body):
            return problems
        try:
            # JSON has numbers and truth of its own: "1" is a text
            arguments["body"] = self.body.model_validate(body, strict=True)
        except ValidationError as exc:
            return messages.problems(exc)
        return []

    def references(self, arguments: Mapping[str, Any]) -> list[Reference]:
        """Return the ids in path and body: ``[(model, id, field path)]``."""
        found: list[Reference] = []
        for name, annotation in self.path.items():
            mark = _marks(annotation)
            if isinstance(mark, str):
                found.append((mark, arguments[name], (name,)))
        body = arguments.get("body")
        if isinstance(body, BaseModel):
            found += _found_ids(body, type(body), ())
        return found

    def dump(self, result: Any) -> Json:
        """Return the answer's body for what the controller returned.

        A value that breaks the schema raises pydantic's error: our bug, a 500.
        """
        if self.kind is Page:
            page = result
            return {
                "total": page.total,
                "page": page.query.page,
                "limit": page.query.size,
                self.result._nouns: self._json(page.rows),
            }
        result = {} if result is None else result
        rows = self._json([result] if isinstance(result, dict) else result)
        if self.kind is One:
            return {self.result._noun: rows[0]}
        return rows[0] if rows else {}

    def _json(self, rows: Any) -> list[Json]:
        if hasattr(rows, "_name"):
            values = dump.rows(self.result, rows.sudo())
        else:
            values = [dump.fill(self.result, row) for row in rows]
        told: list[Json] = self._rows.dump_python(
            self._rows.validate_python(values), mode="json", by_alias=False
        )
        return told
