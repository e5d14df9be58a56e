"""Databases that ``abs test --keep`` leaves for its next run, upgraded when they must be."""

import ast
import hashlib

from absctl.console import say
from absctl.instance import addon_digest
from absctl.paths import ADDON, CACHE, ROOT, locked, read_json, write_json
from absctl.stack import copy_database, drop_database, fresh, settle, template


def _declarations(tree):
    """Yield what a module declares, without the bodies of its functions.

    A changed body takes effect when the process starts; a changed field, constraint or
    default has to be brought into the database.
    """
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node.name
            yield from _declarations(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # Odoo calls these two while it brings a table up to date.
            if node.name in ("init", "_auto_init"):
                yield ast.dump(node)
        elif not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            yield ast.dump(node)


def schema_digest():
    """Return a digest of what only an upgrade of the addon brings into a database."""
    digest = hashlib.sha256()
    for path in sorted(ADDON.rglob("*")):
        inside = path.relative_to(ADDON)
        if not path.is_file() or inside.parts[0] in ("tests", "static", "controllers"):
            continue
        if path.suffix == ".pyc":
            continue
        digest.update(str(inside).encode())
        if path.suffix != ".py" or inside.parts[0] == "migrations":
            digest.update(path.read_bytes())
        elif inside.parts[0] in ("models", "wizards") or len(inside.parts) == 1:
            for part in _declarations(ast.parse(path.read_bytes())):
                digest.update(part.encode())
    return digest.hexdigest()[:16]


class Kept:
    """The kept databases of this checkout on one series.

    :param stack: the :class:`absctl.stack.Stack` that they live on
    """

    def __init__(self, stack):
        self.stack = stack
        place = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
        series = stack.source.series.partition(".")[0]
        kind = "at" if stack.where.clock else "keep"
        self.base = f"abs_{kind}_{series}_{place}"
        self.demo = f"{self.base}_demo"
        self.live = f"{self.base}_live"
        self._file = CACHE / "state" / f"{self.base}.json"

    def rules(self):
        """Return the name of an up-to-date database for the rule tests."""
        with locked(self.base):
            state, now = read_json(self._file, {}), schema_digest()
            exists = self.stack.databases.ask("exists", self.base)
            origin = template(self.stack)
            if not exists or state.get("template") != origin:
                state = self._donated(origin) or self._fresh()
            if state.get("schema") != now:
                say(f"upgrading the kept database {self.base}")
                # Half upgraded by a killed run, it is upgraded again.
                write_json(self._file, {**state, "schema": None})
                self.stack.instance(self.base).modules("-u", "abs_connector")
            write_json(self._file, {**state, "template": origin, "schema": now})
        return self.base

    def _fresh(self):
        fresh(self.stack, self.base)
        return {"schema": schema_digest()}

    def _donated(self, origin):
        """Copy the database of another checkout; return its state, or None."""
        for path in sorted(self._file.parent.glob(f"{self.base[:-7]}_*.json")):
            state = read_json(path, {})
            useful = state.get("template") == origin and state.get("schema")
            if useful and self.stack.databases.ask("exists", path.stem):
                drop_database(self.stack, self.base)
                copy_database(self.stack, path.stem, self.base)
                return {"schema": state["schema"]}
        return None

    def served(self):
        """Return the name of a database with the demo company, untouched by any test."""
        base = self.rules()
        with locked(self.base):
            state = read_json(self._file, {})
            digest = addon_digest()
            exists = self.stack.databases.ask("exists", self.demo)
            if not exists or state.get("demo") != digest:
                drop_database(self.stack, self.demo)
                copy_database(self.stack, base, self.demo)
                settle(self.stack.instance(self.demo), demo=True)
                write_json(self._file, {**state, "demo": digest})
            drop_database(self.stack, self.live)
            copy_database(self.stack, self.demo, self.live)
        return self.live
