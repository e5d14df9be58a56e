"""What an answer will read, fetched before it is read: one statement a model and level.

Odoo fetches a field when it is first asked for: with its prefetching off, each field of
each path is a statement of its own; with it on, every stored column comes along. A
schema says what will be read, and the fields' own dependencies say what that is made of.
Nothing is decided here: what is in memory afterwards is what would have been read.
"""

from collections.abc import Iterable
from typing import NamedTuple

from ..scope import Env, Records

#: relations below relations that a plan follows
_DEPTH = 6


class Node(NamedTuple):
    """What is read of the records of one model at one place of an answer.

    :param str model: its name
    :param set names: columns and relations
    :param set shown: how strictly its records are left out, see ``_abs_shown_fields``
    :param dict below: by relation, what is read of the records behind it
    """

    model: str
    names: set[str]
    shown: set[bool]
    below: dict[str, "Node"]

    @classmethod
    def of(cls, model: str) -> "Node":
        return cls(model, set(), set(), {})

    def add(self, env: Env, path: Iterable[str], depth: int = _DEPTH) -> "Node | None":
        """Note a path, and what its fields are computed from.

        :return: the node of the records at its end; None of a plain value
        """
        name, *rest = path
        field = env[self.model]._fields.get(name)
        if field is None or not depth:
            return None
        if field.related and not field.store:  # read where it stands
            return self.add(env, [*field.related.split("."), *rest], depth)
        if field.store:
            self.names.add(name)
            if name == "complete_name":  # of which a name is made in another language
                self._add_columns(env, field)
        else:
            # What lies further away is often found by a statement of the field's own.
            for source in env.registry.field_depends[field]:
                if source != name:
                    self.add(env, source.split(".")[:2], depth - 1)
        if not field.relational:
            return None
        node = self.below.setdefault(name, Node.of(field.comodel_name))
        return node.add(env, rest, depth - 1) if rest else node

    def _add_columns(self, env: Env, field: Records) -> None:
        fields = env[self.model]._fields
        for source in env.registry.field_depends[field]:
            name = source.partition(".")[0]
            if fields[name].store and fields[name].column_type:
                self.names.add(name)


def load(node: Node, records: Records) -> None:
    """Bring into memory what ``node`` names of ``records`` (in sudo)."""
    env = records.env
    level = [(node, records)]
    late: list[tuple[Node, Records, str]] = []
    while level or late:
        if not level:  # what these are computed from is there now
            level = [(below, found.mapped(name)) for below, found, name in late]
            late = []
        _fetch(env, level)
        behind = []
        for place, found in level:
            for name, below in place.below.items():
                if found._fields[name].store:
                    behind.append((below, found.mapped(name)))
                else:
                    late.append((below, found, name))
        level = [(below, found) for below, found in behind if found]


def _fetch(env: Env, level: Iterable[tuple[Node, Records]]) -> None:
    """Fetch what the nodes of a level name, by one statement for each model."""
    wanted: dict[str, tuple[set[int], set[str]]] = {}
    for node, found in level:
        ids, names = wanted.setdefault(node.model, (set(), set()))
        ids.update(found.ids)
        names.update(node.names)
        for strict in node.shown:
            names.update(found._abs_shown_fields(strict))
    for model, (ids, names) in wanted.items():
        fields = env[model]._fields
        known = sorted(name for name in names if name in fields and fields[name].store)
        env[model].browse(sorted(ids)).fetch(known)
