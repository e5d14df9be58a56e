"""Machine codes have a home: whatever is raised stands in ``codes.py``, and is raised."""

import ast
from pathlib import Path

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from .. import exceptions
from ..api import errors, idempotency
from ..codes import AREAS, CODES

ADDON = Path(__file__).resolve().parents[1]
#: what a name in the source stands for: the refusals, by the name of their class
REFUSALS = {
    cls.__name__: cls
    for module in (exceptions, errors, idempotency)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, exceptions.BusinessError)
}


def words(node):
    """Yield the texts of an expression; none for one that is put together."""
    if isinstance(node, ast.JoinedStr | ast.Compare):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from words(child)


def raised():
    """Yield ``(place, refusal class, code)`` of each refusal in the source."""
    for path in sorted(ADDON.rglob("*.py")):
        inside = path.relative_to(ADDON)
        if inside.parts[0] in ("tests", "migrations"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            name = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1]
            if name in REFUSALS:
                for keyword in node.keywords:
                    if keyword.arg == "code":
                        for word in words(keyword.value):
                            yield f"{inside}:{node.lineno}", REFUSALS[name], word


@tagged("post_install", "-at_install")
class TestCodes(BaseCase):
    def test_every_code_is_listed_with_its_status(self):
        known = 0
        for place, refusal, word in raised():
            with self.subTest(place=place, code=word):
                known += 1
                self.assertTrue(word in CODES, word)
                self.assertIn(refusal.status, CODES[word].statuses)
        self.assertGreater(known, 250)

    def test_the_table_of_exceptions_is_listed(self):
        for status, word in errors.TABLE.values():
            self.assertIn(status, CODES[word].statuses, word)
        for refusal in REFUSALS.values():
            if refusal.code in CODES:  # else a class of its own kind always names one
                self.assertIn(refusal.status, CODES[refusal.code].statuses, refusal)

    def test_no_code_is_dead(self):
        """A listed word stands somewhere in the source."""
        source = "".join(
            path.read_text()
            for path in ADDON.rglob("*.py")
            if "tests" not in path.parts and path.name != "codes.py"
        )
        together = ("_done", "_cancelled", "_exists", "already_")  # made from words
        for word, code in CODES.items():
            self.assertTrue(set(code.areas) <= set(AREAS), word)
            if not word.startswith(together[3]) and not word.endswith(together[:3]):
                self.assertIn(f'"{word}"', source, word)
