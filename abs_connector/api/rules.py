"""Rules between the fields of a schema, told once: the validator and the OpenAPI
document read the same declaration.

``_rules = (ExactlyOne("email", "phone", say=lambda: _("give either email or phone")),)``

A field is *given* when it was sent and says something: not null, false or an empty list.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

JsonSchema: TypeAlias = dict[str, Any]

_NOTHING: tuple[object, ...] = (None, False, [])


def _is_given(value: object) -> bool:
    return value is not None and value is not False and value != []


def given(name: str) -> JsonSchema:
    """Return the JSON schema of an object in which the field ``name`` is given."""
    return {
        "required": [name],
        "properties": {name: {"not": {"enum": list(_NOTHING)}}},
    }


class Rule:
    """A rule between the fields ``names``; ``say`` returns its translated sentence."""

    def __init__(self, *names: str, say: Callable[[], str]) -> None:
        self.names, self.say = names, say

    def holds(self, record: object) -> bool:
        """Tell whether the validated ``record`` keeps the rule."""
        return self._holds([_is_given(getattr(record, name)) for name in self.names])

    def schema(self, sent_as: Callable[[str], str]) -> JsonSchema:
        """Return the rule as JSON schema.

        :param sent_as: function from a field to the name that it is sent under
        """
        return self._schema([given(sent_as(name)) for name in self.names])

    def _holds(self, given: list[bool]) -> bool:
        raise NotImplementedError

    def _schema(self, given: list[JsonSchema]) -> JsonSchema:
        raise NotImplementedError


class ExactlyOne(Rule):
    """One of the fields is given, and only one."""

    def _holds(self, given: list[bool]) -> bool:
        return sum(given) == 1

    def _schema(self, given: list[JsonSchema]) -> JsonSchema:
        return {"oneOf": given}


class AtLeastOne(Rule):
    """One of the fields is given, or several."""

    def _holds(self, given: list[bool]) -> bool:
        return any(given)

    def _schema(self, given: list[JsonSchema]) -> JsonSchema:
        return {"anyOf": given}


class NotTogether(Rule):
    """At most one of two fields is given."""

    def _holds(self, given: list[bool]) -> bool:
        return not all(given)

    def _schema(self, given: list[JsonSchema]) -> JsonSchema:
        return {"anyOf": [{"not": each} for each in given]}


class AllOrNone(Rule):
    """All of the fields are given, or none."""

    def _holds(self, given: list[bool]) -> bool:
        return all(given) or not any(given)

    def _schema(self, given: list[JsonSchema]) -> JsonSchema:
        return {"oneOf": [{"allOf": given}, {"not": {"anyOf": given}}]}


class Needs(Rule):
    """Some values of other fields are for records in which ``name`` is given.

    ``Needs("id", delete=True, say=...)``: only what has an id can be deleted.
    """

    def __init__(self, name: str, *, say: Callable[[], str], **values: object) -> None:
        super().__init__(name, say=say)
        self.values = values

    def holds(self, record: object) -> bool:
        return super().holds(record) or all(
            getattr(record, name) != value for name, value in self.values.items()
        )

    def _holds(self, given: list[bool]) -> bool:
        return all(given)

    def schema(self, sent_as: Callable[[str], str]) -> JsonSchema:
        without = {
            sent_as(name): {"not": {"const": value}}
            for name, value in self.values.items()
        }
        return {"anyOf": [*super().schema(sent_as)["allOf"], {"properties": without}]}

    def _schema(self, given: list[JsonSchema]) -> JsonSchema:
        return {"allOf": given}
