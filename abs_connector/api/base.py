"""The pydantic bases of everything that travels (docs/contract.md 4).

``In`` is a request body, ``Query`` a query string of a list, ``Out`` an answer read
from records. Schemas import from this file only.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from odoo.tools.translate import _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    StrictInt,
    WithJsonSchema,
    model_validator,
)

from ..plain import BREAKS, CONTROL, HIDDEN, has_control, is_mark
from ..scope import Domain
from .rules import (  # noqa: F401
    AllOrNone,
    AtLeastOne,
    ExactlyOne,
    JsonSchema,
    Needs,
    NotTogether,
    Rule,
)

MAX_ID = 2**31 - 1  # PostgreSQL's integer
_SETTINGS = {"_model", "_noun", "_nouns", "_source", "_limit", "_max", "_order"}
_SETTINGS |= {"_domain", "_context", "_strict", "_free", "_reads", "_rules"}


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass as _ModelMeta
else:
    _ModelMeta = type(BaseModel)  # pydantic names it privately


class _SchemaMeta(_ModelMeta):
    """Let a schema write ``_noun = "order"``: class settings, not private attributes."""

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        **kwargs: Any,
    ) -> Any:
        annotations = namespace.setdefault("__annotations__", {})
        for key in _SETTINGS & set(namespace):
            annotations[key] = ClassVar[Any]
        return super().__new__(mcs, name, bases, namespace, **kwargs)


@dataclass(frozen=True)
class Fetched:
    """Marks an id that the kernel fetches under the caller's record rules."""

    model: str


class Id:
    """``Id["res.partner"]``: the id of a record that the caller can see.

    Absent or out of the caller's scope: 404, told by the kernel before the verb runs.
    """

    def __class_getitem__(cls, model: str) -> Any:
        return Annotated[StrictInt, Field(gt=0, le=MAX_ID), Fetched(model)]


# Days as JSON schema's patterns know them: months have 28 to 31 days, 29 February leap
# years only.
_DAY = (
    r"(?:(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-"
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])"
    r"|(?:0[48]|[2468][048]|[13579][26])00)-02-29)"
)
_TIME = (
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
)


def _parse_day(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError(_("write the date as YYYY-MM-DD"))
        try:
            return dt.date.fromisoformat(value)
        except ValueError as exc:
            raise ValueError(_("there is no such day")) from exc
    if isinstance(value, dt.date):
        return value
    raise ValueError(_("write the date as YYYY-MM-DD"))


def _parse_timestamp(value: object) -> dt.datetime:
    if isinstance(value, str):
        if not re.match(r"\d{4}-\d{2}-\d{2}", value):
            raise ValueError(_("write the time as YYYY-MM-DD HH:MM:SS"))
        try:
            value = dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError as exc:
            raise ValueError(_("write the time as YYYY-MM-DD HH:MM:SS")) from exc
    if not isinstance(value, dt.datetime):
        raise ValueError(_("write the time as YYYY-MM-DD HH:MM:SS"))
    if value.tzinfo:
        try:
            value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
        except OverflowError as exc:
            raise ValueError(_("the time is out of range")) from exc
    return value


def _parse_day_or_time(value: object) -> dt.date:
    is_day = isinstance(value, str) and len(value) == 10
    return _parse_day(value) if is_day else _parse_timestamp(value)


def _round(value: object) -> object:
    """Cut the noise of binary floats; Odoo rounded to the currency before."""
    return round(value, 6) if isinstance(value, float) else value


def _clean(value: str) -> str:
    """Refuse what no text holds; lines may end and tabs may stand in it."""
    if has_control(value):
        raise ValueError(_("control characters are not allowed"))
    value.encode()  # lone surrogates
    return value


def _line(value: str) -> str:
    """Refuse what would break a line, or turn what is read around."""
    if has_control(value, one_line=True):
        raise ValueError(_("write it in one line, without control characters"))
    value.encode()  # lone surrogates
    return value


def mark(value: str) -> str:
    """Refuse what the path of an address would refuse, where this is looked up by it."""
    if not is_mark(value):
        raise ValueError(_("write it in one line, without control characters"))
    return value


Day = Annotated[
    dt.date,
    BeforeValidator(_parse_day),
    PlainSerializer(lambda day: day.isoformat(), return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date"}),
]
Timestamp = Annotated[
    dt.datetime,
    BeforeValidator(_parse_timestamp),
    PlainSerializer(
        lambda t: t.strftime("%Y-%m-%d %H:%M:%S"), return_type=str, when_used="json"
    ),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_DAY}(?:[T ]{_TIME})?$",
            "description": "UTC, YYYY-MM-DD HH:MM:SS",
            "examples": ["2026-04-23 10:23:00"],
        }
    ),
]
DayOrTime = Annotated[  # of a filter over a datetime: see controller.local_days
    dt.datetime | dt.date,
    BeforeValidator(_parse_day_or_time),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^{_DAY}(?:[T ]{_TIME})?$",
            "description": "a local day, YYYY-MM-DD, or UTC, YYYY-MM-DD HH:MM:SS",
            "examples": ["2026-04-23", "2026-04-23 10:23:00"],
        }
    ),
]
Money = Annotated[float, BeforeValidator(_round)]


def _without(refused: str, some: bool = False) -> JsonSchema:
    """Return the JSON schema of texts without the characters ``refused``.

    :param bool some: there is more than the white space that is cut off at the ends
    """
    more = rf"[^{refused}\s][^{refused}]*" if some else ""
    return {"pattern": f"^[^{refused}]*{more}$"}


_LINES, _ONE_LINE = CONTROL, CONTROL + BREAKS
_MARK = _ONE_LINE + HIDDEN
Text = Annotated[
    str,
    AfterValidator(_clean),
    Field(max_length=20000, json_schema_extra=_without(_LINES)),
]
#: a text that says something
Told = Annotated[Text, Field(min_length=1, json_schema_extra=_without(_LINES, True))]
#: what people say why: notes of some lines
Reason = Annotated[
    str,
    AfterValidator(_clean),
    Field(min_length=1, max_length=256, json_schema_extra=_without(_LINES, True)),
]
#: passwords and secrets, as they are
Secret = Annotated[str, Field(json_schema_extra=_without(r"\u0000", True))]
Line = Annotated[
    str,
    AfterValidator(_line),
    Field(max_length=20000, json_schema_extra=_without(_ONE_LINE)),
]
Name = Annotated[
    str,
    AfterValidator(_line),
    Field(min_length=1, max_length=256, json_schema_extra=_without(_ONE_LINE, True)),
]
#: serials and codes, by which records are looked up
Mark = Annotated[
    Name, AfterValidator(mark), Field(json_schema_extra=_without(_MARK, True))
]
MarkOrEmpty = Annotated[
    Line, AfterValidator(mark), Field(json_schema_extra=_without(_MARK))
]
#: what stands in the path of an address
MARK_SCHEMA: JsonSchema = {
    "type": "string",
    "minLength": 1,
    "pattern": f"^[^{_MARK}/]+$",
}
#: an id that is looked for, and need not exist
Key = Annotated[int, Field(gt=0, le=MAX_ID)]
Quantity = Annotated[float, Field(gt=0, le=1e9)]
Amount = Annotated[float, Field(gt=0, le=1e12)]


class Schema(BaseModel, metaclass=_SchemaMeta):
    """What in, query and out have in common."""

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True, allow_inf_nan=False
    )


Sent = TypeVar("Sent", bound="In")


class In(Schema):
    """A request body: unknown fields and bad values are refused (400).

    ``_rules`` are those between fields, see :mod:`.rules`.
    """

    model_config = ConfigDict(str_strip_whitespace=True)

    _rules: ClassVar[tuple[Rule, ...]] = ()

    @model_validator(mode="after")
    def _keep_rules(self: Sent) -> Sent:
        for rule in self._rules:
            if not rule.holds(self):
                raise ValueError(rule.say())
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: Any, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        schema = handler.resolve_ref_schema(handler(core_schema))
        if cls._rules:
            # Below allOf: generators of clients take a oneOf at the top for a choice
            # between classes.
            schema["allOf"] = [rule.schema(cls._sent_as) for rule in cls._rules]
        return schema

    @classmethod
    def _sent_as(cls, name: str) -> str:
        """Return the name that the document knows a field by."""
        alias = cls.model_fields[name].validation_alias
        return getattr(alias, "choices", [alias])[0] if alias else name

    def to_vals(self) -> dict[str, Any]:
        """Return what was sent, under the fields' own names: ``{name: value}``."""
        return self.model_dump(exclude_unset=True)


class Query(In):
    """The query string of a list: ``page``, ``limit``, ``updated_since`` and filters.

    ``_limit`` and ``_max`` are default and cap of the page size, ``_order`` the order,
    ``_domain`` maps a filter to ``(field, operator)``, or to None when the verb applies
    it itself; without an entry it is ``(its own name, "=")``. ``_context`` goes to the
    search, such as ``{"active_test": False}``.
    """

    _limit = 20
    _max = 100
    _order = "id desc"
    _domain: ClassVar[dict[str, Any]] = {}
    _context: ClassVar[dict[str, Any]] = {}

    page: int = Field(1, ge=1, le=1_000_000, description="from 1")
    limit: int | None = Field(None, ge=1, description="rows of a page")
    updated_since: Timestamp | None = Field(None, description="changed at or after")

    @property
    def size(self) -> int:
        """Rows of a page."""
        return self.limit or self._limit

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.size

    def to_domain(self) -> Domain:
        """Return the filters as an Odoo domain; override to translate more."""
        domain = []
        mapping = {"updated_since": ("write_date", ">="), **self._domain}
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name in ("page", "limit") or value is None:
                continue
            if name in mapping and mapping[name] is None:
                continue  # a filter that the controller or verb applies itself
            field, operator = mapping.get(name, (name, "="))
            domain.append((field, operator, value))
        return domain


class Out(Schema):
    """An answer read from records.

    ``_source`` maps a JSON name to an Odoo field or dotted path (the same name when
    absent); ``_noun`` is the key of one record, ``_nouns`` of the rows of a list. A
    classmethod ``_bulk_<name>(records)`` computes ``{record id: value}`` for all
    records at once. Related records that the caller may not see are left out; of contacts
    and goods, which any paper names, only where ``_strict`` says so. What ``_free`` names
    is told whoever has it: a bare number in what the whole company sees. ``_reads`` names
    fields, as dotted paths, that the ``_bulk_`` methods read: they are fetched with the
    rest.
    """

    model_config = ConfigDict(extra="ignore")

    _model = None
    _noun = "item"
    _nouns = "items"
    _source: ClassVar[dict[str, str]] = {}
    _strict = ()
    _free = ()
    _reads: ClassVar[tuple[str, ...]] = ()


class Ref(Out):
    """A many2one: ``{"id", "name"}``."""

    id: int
    name: str


class Verbatim(Out):
    """An answer that is not JSON of ours: the controller returns the HTTP response."""


class Done(Out):
    """An answer without a record: only ``success`` and a ``message``."""

    message: str | None = None
