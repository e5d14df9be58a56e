"""Records -> plain rows, in a number of queries that does not grow with the rows.

What an answer reads is fetched first, see :mod:`.prefetch`: by name (Odoo would read
every stored column), once per model and level.
"""

import functools
import inspect
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..scope import Env, Json, Records
from .base import Out, Ref
from .prefetch import Node, load


class _Step(NamedTuple):
    name: str
    path: tuple[str, ...]
    schema: type[Out] | None
    many: bool
    strict: bool
    free: bool


@functools.cache
def _plan(schema: type[Out]) -> tuple[list[_Step], list[str]]:
    """Return the steps that read ``schema`` and the names of its bulk methods."""
    steps, bulk = [], []
    for name, field in schema.model_fields.items():
        if hasattr(schema, f"_bulk_{name}"):
            bulk.append(name)
            continue
        inner, many = _inner(field.annotation)
        path = schema._source.get(name, name)
        strict = name in schema._strict
        free = name in schema._free
        steps.append(_Step(name, tuple(path.split(".")), inner, many, strict, free))
    return steps, bulk


def _inner(annotation: Any) -> tuple[type[Out] | None, bool]:
    """Return ``(schema or None, is a list)`` of an annotation."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        parts = [p for p in typing.get_args(annotation) if p is not type(None)]
        return _inner(parts[0]) if len(parts) == 1 else (None, False)
    if origin is list:
        return _inner(typing.get_args(annotation)[0])[0], True
    if inspect.isclass(annotation) and issubclass(annotation, Out):
        return annotation, False
    return None, False


def rows(schema: type[Out], records: Records) -> list[Json]:
    """Return one dict per record, ready for ``schema`` to validate.

    :param records: a recordset in sudo; names of companies, currencies and actors are
        outside of every caller's scope
    """
    records = records.with_context(prefetch_fields=False)
    load(_reads(schema, records), records)
    return _rows(schema, records)


def _reads(schema: type[Out], records: Records) -> Node:
    """Return what ``schema`` reads of such records; kept with their registry, which
    holds the fields that this goes by."""
    kept = vars(records.env.registry).setdefault("abs_reads", {})
    node: Node | None = kept.get((schema, records._name))
    if node is None:
        node = Node.of(records._name)
        _note(node, schema, records.env)
        kept[schema, records._name] = node
    return node


def _note(node: Node, schema: type[Out], env: Env) -> None:
    """Note in ``node`` all that ``schema`` reads, schemas inside it included."""
    for step in _plan(schema)[0]:
        inner = node.add(env, step.path)
        if inner is None:
            continue
        if not step.free:
            inner.shown.add(step.strict)
        if step.schema is Ref:
            inner.add(env, ["display_name"])
        elif step.schema is not None:
            _note(inner, step.schema, env)
    for path in schema._reads:
        node.add(env, path.split("."))


def _rows(schema: type[Out], records: Records) -> list[Json]:
    """Return the rows of :func:`rows`, from memory."""
    steps, bulk = _plan(schema)
    result = [{"id": record.id} for record in records]
    for step in steps:
        for row, value in zip(result, _values(step, records), strict=True):
            row[step.name] = value
    for name in bulk:
        computed = getattr(schema, f"_bulk_{name}")(records)
        for row, record in zip(result, records, strict=True):
            row[name] = computed.get(record.id)
    return result


def fill(schema: type[Out], mapping: Mapping[str, Any]) -> Json:
    """Return a copy of ``mapping`` with its recordsets read as ``schema`` says."""
    result = dict(mapping)
    for name, value in mapping.items():
        if not hasattr(value, "_name") or name not in schema.model_fields:
            continue
        inner, many = _inner(schema.model_fields[name].annotation)
        if inner is None:
            result[name] = value.ids if many else value.id or None
            continue
        value = value.sudo()
        if many:
            value = _shown(value, inner)
        found = list(names_of(value).values()) if inner is Ref else rows(inner, value)
        result[name] = found if many else next(iter(found), None)
    return result


def _values(step: _Step, records: Records) -> list[Any]:
    """Return the value of one step for each record."""
    values = [_walk(record, step.path) for record in records]
    related = next((v for v in values if hasattr(v, "_name")), None)
    if related is None:
        return values
    union = related.browse({i for v in values for i in v.ids})
    if not step.free:
        union = _shown(union, step.schema, step.strict)
    if step.schema is None:
        by_id = {i: i for i in union.ids}
    elif step.schema is Ref:
        by_id = names_of(union)
    else:
        by_id = {row["id"]: row for row in _rows(step.schema, union)}
    if step.many:
        return [[by_id[i] for i in value.ids if i in by_id] for value in values]
    return [by_id.get(value.id) for value in values]


def _shown(records: Records, schema: type[Out] | None, strict: bool = False) -> Records:
    """Leave out what the caller would not see by itself (see ``_abs_shown``).

    What that looks at comes in the query that reads the rows or names anyway.
    """
    looked_at = records._abs_shown_fields(strict)
    if not looked_at:
        return records
    names: Iterable[str]
    if schema is None:
        names = ()
    elif schema is Ref:
        # Without prefetching a name would read each field it is made of alone.
        names = records._fields["display_name"].get_depends(records)[0]
    else:
        names = {step.path[0] for step in _plan(schema)[0]} - {"id"}
    stored = [
        name
        for name in {*looked_at, *names}
        if (field := records._fields.get(name)) is not None and field.store
    ]
    records.with_context(prefetch_fields=False).fetch(stored)
    return records._abs_shown(strict)


def names_of(records: Records) -> dict[int, Json]:
    """Return ``{id: {"id", "name"}}``; a product's name comes without its code."""
    named = records.with_context(prefetch_fields=False, display_default_code=False)
    return {r.id: {"id": r.id, "name": r.display_name or ""} for r in named}


def _walk(record: Records, path: Iterable[str]) -> Any:
    """Follow a dotted path; Odoo's False of an empty field becomes None."""
    value = record
    for name in path:
        field = value._fields.get(name)
        value = value[name]
    if value is False and field is not None and field.type != "boolean":
        return None
    return value
