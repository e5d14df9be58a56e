"""The house: names of files, one door per model, and who may call whom."""

import ast
import inspect
import re
from collections import defaultdict

from odoo.tests import TransactionCase, tagged
from odoo.tests.common import BaseCase

from .source import MODELS, files, model_classes

#: what a model does as a whole: overridden once, in its main file
DOORS = {"create", "write", "unlink", "copy", "_post"}
DOORS |= {"action_confirm", "action_post", "action_cancel", "button_validate"}
#: hold plain modules, not models
PLAIN = {"base", "providers"}


def is_door(name):
    return name in DOORS or name.startswith("_action_")


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def test_a_file_is_named_after_its_model(self):
        """``<model>.py`` or ``<model>_<concern>.py``: found without a search."""
        words = defaultdict(set)  # package -> the models of its files
        for cls in model_classes():
            words[cls.package].add(cls.model.replace(".", "_"))
        by_path = defaultdict(set)
        for cls in model_classes():
            by_path[cls.path].add(cls.model.replace(".", "_"))
        for path, _tree in files("models"):
            package = path.parent.name
            if path.name == "__init__.py" or package in PLAIN:
                continue
            for word in by_path.get(path) or [None]:
                known = {word} if word else words[package]
                fits = any(f"{path.stem}_".startswith(f"{name}_") for name in known)
                self.assertTrue(fits, f"{path.relative_to(MODELS)} holds {known}")

    def test_concerns_are_listed_for_newcomers(self):
        page = (MODELS.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
        rows = [line for line in page.splitlines() if line.startswith("| `")]
        names = {cls.model.replace(".", "_"): cls.model for cls in model_classes()}
        for path, _tree in files("models"):
            known = [n for n in names if f"{path.stem}_".startswith(f"{n}_")]
            main = max(known, key=len, default="")
            if not main or path.stem == main or path.parent.name in PLAIN:
                continue
            if names[main] not in {c.model for c in model_classes() if c.path == path}:
                continue
            concern = path.stem.removeprefix(f"{main}_")
            with self.subTest(path=path.relative_to(MODELS)):
                mine = [row for row in rows if row.startswith(f"| `{names[main]}`")]
                self.assertTrue([row for row in mine if f"`{concern}`" in row])

    def test_each_door_is_overridden_once_in_the_main_file(self):
        doors = defaultdict(list)
        ours = {cls.model for cls in model_classes() if cls.owns}
        for cls in model_classes():
            if cls.package in PLAIN:
                continue  # what holds for every model
            for method in filter(is_door, cls.methods):
                if not (cls.model in ours and method.startswith("action_")):
                    doors[cls.model, method].append(cls.path)
        for (model, method), paths in sorted(doors.items()):
            with self.subTest(model=model, method=method):
                self.assertEqual(len(paths), 1, paths)
                if MODELS in paths[0].parents:
                    self.assertEqual(paths[0].stem, model.replace(".", "_"), paths)


@tagged("post_install", "-at_install")
class TestChains(TransactionCase):
    def test_no_definition_hides_another_one(self):
        """A concern is loaded after the main file, whose phase ends the chain."""
        for name in self.env.registry:
            seen = {}
            for cls in type(self.env[name]).mro():
                if not cls.__module__.startswith("odoo.addons.abs_connector."):
                    continue
                for method, member in vars(cls).items():
                    function = getattr(member, "__func__", member)
                    if not inspect.isfunction(function):
                        continue
                    place = f"{cls.__module__}.{method}"
                    # What a model does instead of a mixin is meant.
                    above = seen.get((cls._name, method))
                    with self.subTest(model=name, method=method):
                        self.assertFalse(above, f"hides {place}")
                    code = inspect.unwrap(function).__code__
                    if not {"super", "__class__"} & {*code.co_names, *code.co_freevars}:
                        seen[cls._name, method] = place


#: have methods of the same names
LIBRARIES = {"phonenumbers", "re", "json", "Command", "E"}
#: bottom to top: a package calls those before it (CONTRIBUTING.md)
LAYERS = (
    *("base", "scope", "auth", "organisation", "catalogue", "stock", "account", "sale"),
    *("mobile_money", "asset", "subscription", "ticket", "operations", "platform"),
)
#: the circles that stay, and why
UPWARD = {
    # The stamp of a record asks the memberships who its maker is, and they are governed
    # by nothing: the two were one package, and are two for whoever reads them.
    ("scope", "organisation"),
    # A session belongs to an employee, and ends with the last membership.
    ("auth", "organisation"),
}


@tagged("post_install", "-at_install")
class TestLayers(BaseCase):
    """Sales know no leases: who calls whom, read from the calls themselves.

    A call counts where its name is defined in one package only, and is none of Odoo's;
    so does the name of a model of ours in a package below the model's own.
    """

    def calls(self):
        """Return ``{(package, package): [place]}`` of all calls between packages."""
        homes, owners = defaultdict(set), {}
        for path, tree in files("models"):
            package = path.relative_to(MODELS).parts[0]
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and not is_door(node.name):
                    homes[node.name].add(package)
        for cls in model_classes():
            if cls.owns and MODELS in cls.path.parents:
                owners[cls.model] = cls.path.relative_to(MODELS).parts[0]
        found = defaultdict(list)
        for path, tree in files("models"):
            package = path.relative_to(MODELS).parts[0]
            for node in ast.walk(tree):
                home = None
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    if ast.unparse(node.func.value) in LIBRARIES:
                        continue
                    known = homes.get(node.func.attr, ())
                    home = next(iter(known)) if len(known) == 1 else None
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    home = owners.get(node.value)
                if home and home != package:
                    place = f"{path.relative_to(MODELS)}:{node.lineno}"
                    found[package, home].append(place)
        return found

    def test_nobody_calls_upwards(self):
        rank = {name: number for number, name in enumerate(LAYERS)}
        calls = self.calls()
        for name in LAYERS:
            print(
                f"{name:>14}", *(f"{len(calls.get((name, o), ())):4}" for o in LAYERS)
            )
        for (package, home), places in sorted(calls.items()):
            if package in rank and (package, home) not in UPWARD:
                with self.subTest(package=package, calls=home):
                    self.assertLess(rank[home], rank[package], places)

    def test_the_kernel_names_no_model_of_ours(self):
        """``api/`` asks ``ir.http``, and gets values; nor does it know a table."""
        ours = {cls.model for cls in model_classes() if cls.owns}
        ours |= {name.replace(".", "_") for name in ours}
        for path, tree in files("api"):
            texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)]
            words = re.findall(r"[\w.]+", " ".join(map(str, texts)))
            with self.subTest(path=path.name):
                self.assertFalse(ours & {word.strip(".") for word in words})
