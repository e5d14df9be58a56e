"""docs/odoo_hooks.md lists each private method of Odoo that we override or call."""

import ast
import inspect
import re

from odoo.tests import TransactionCase, tagged

from ..compat import SERIES
from .source import ADDON, files, model_classes

PAGE = ADDON.parent / "docs" / "odoo_hooks.md"
OURS = "odoo.addons.abs_connector."
ROW = re.compile(r"\| `([\w.]+)` \| `(_\w+)` \| (\w+) \| `?(.*?)`? \| `?(.*?)`? \|")


def signature(function):
    """Return the parameters of a method as text, the same for equal ones."""
    known = inspect.signature(inspect.unwrap(function)).parameters.values()
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in known]
    return str(inspect.Signature(plain))


def odoos(model, name):
    """Return Odoo's own definition of a method of a model's class, or None."""
    for cls in type(model).mro():
        if not cls.__module__.startswith(OURS):
            found = vars(cls).get(name)
            function = getattr(found, "__func__", found)
            if inspect.isfunction(function) and cls.__module__.startswith("odoo."):
                return function
    return None


def hooks(env):
    """Return ``{(model, method): (use, signature)}`` of this series."""
    found, defined = {}, set()
    for cls in model_classes():
        defined.update(cls.methods)
        for name in cls.methods:
            if name.startswith("_") and cls.model in env.registry and not cls.owns:
                function = odoos(env[cls.model], name)
                if function:
                    found[cls.model, name] = ("overridden", signature(function))
    overridden = {name for _model, name in found}
    called = set()
    for _path, tree in files("models", "wizards", "api", "controllers"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                called.add(node.func.attr)
    for name in sorted(called - defined - overridden):
        if not name.startswith("_") or name.startswith("__"):
            continue
        for model in sorted(env.registry):
            function = odoos(env[model], name)
            if function:
                found[model, name] = ("called", signature(function))
                break
    return found


def written():
    """Return the page's rows: ``{(model, method): (use, on 18.0, on 19.0)}``."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {(model, name): tuple(rest) for model, name, *rest in found}


@tagged("post_install", "-at_install")
class TestOdooHooks(TransactionCase):
    def test_the_list_is_whole_and_true(self):
        column = 1 if SERIES < 19 else 2
        page = {k: v[column] for k, v in written().items() if v[column]}
        known = hooks(self.env)
        found = {key: signature for key, (_use, signature) in known.items()}
        missing = {key: known[key] for key in found if found[key] != page.get(key)}
        self.assertEqual(found, page, f"docs/odoo_hooks.md differs: {missing}")
