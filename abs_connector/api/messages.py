"""Sentences of the kernel about inputs, in the caller's language.

pydantic speaks to developers; these speak to the person at the phone.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from odoo.tools.translate import _
from pydantic import ValidationError

from ..exceptions import MAX_DETAILS

#: the path of a field, and what is wrong with it
Problem: TypeAlias = tuple[str, str]


def unknown() -> str:
    return _("This field is not known here.")


def repeated() -> str:
    return _("Give this parameter once.")


def unreadable() -> str:
    return _("This text has characters that are not allowed.")


def too_many(maximum: int) -> str:
    return _("Ask for at most %(maximum)s rows at once.", maximum=maximum)


def problems(error: ValidationError) -> list[Problem]:
    """Return ``[(field, sentence)]`` of a pydantic ``ValidationError``.

    Those that no answer tells have neither: a sentence costs more than its mistake.
    """
    items = error.errors(include_url=False, include_input=False)
    details = [
        (".".join(str(part) for part in item["loc"]) or "body", _sentence(item))
        for item in items[:MAX_DETAILS]
    ]
    return details + [("", "")] * (len(items) - len(details))


def _sentence(item: Mapping[str, Any]) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "missing":
        return _("This field is required.")
    if kind == "extra_forbidden":
        return unknown()
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        return _bound(kind, context)
    if kind in ("int_type", "int_parsing", "int_from_float", "int_parsing_size"):
        return _("Give a whole number.")
    if kind.startswith("float") or kind == "finite_number":
        return _("Give a number.")
    if kind in ("string_type", "string_unicode", "string_sub_type"):
        return _("Give a text.")
    if kind.startswith("bool"):
        return _("Give true or false.")
    if kind in ("literal_error", "enum"):
        return _("Give one of: %(values)s.", values=context.get("expected", ""))
    text = context.get("field_type") == "Value"  # of a list it is 'List'
    if kind == "string_too_short" or (kind == "too_short" and text):
        return _("Write something here.")
    if kind == "string_too_long" or (kind == "too_long" and text):
        return _("Write at most %(maximum)s letters.", maximum=context["max_length"])
    if kind == "too_long":
        return _("At most %(maximum)s are allowed.", maximum=context.get("max_length"))
    if kind == "too_short":
        return _("At least %(minimum)s are needed.", minimum=context.get("min_length"))
    if kind == "list_type":
        return _("Give a list.")
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return _("Give an object.")
    if kind == "value_error":
        return str(context.get("error", item["msg"]))
    return str(item["msg"])


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    if kind == "greater_than":
        return _("Give more than %(bound)s.", bound=context["gt"])
    if kind == "greater_than_equal":
        return _("Give at least %(bound)s.", bound=context["ge"])
    if kind == "less_than":
        return _("Give less than %(bound)s.", bound=context["lt"])
    return _("Give at most %(bound)s.", bound=context["le"])
