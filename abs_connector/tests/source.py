"""The addon's own source, read as syntax: classes, models, packages (no Odoo needed)."""

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ADDON = Path(__file__).resolve().parents[1]
MODELS = ADDON / "models"


@dataclass(frozen=True)
class ModelClass:
    """One class of ``models/`` or ``wizards/`` that defines or extends a model."""

    model: str
    owns: bool  # it defines the model
    path: Path
    node: ast.ClassDef

    @property
    def package(self):
        return self.path.relative_to(ADDON).parts[-2]

    @property
    def methods(self):
        return [n.name for n in self.node.body if isinstance(n, ast.FunctionDef)]


def files(*folders):
    """Yield ``(path, tree)`` of the addon's files below ``folders`` (or all but tests)."""
    for folder in folders or ("",):
        for path in sorted((ADDON / folder).rglob("*.py")):
            if folder or path.relative_to(ADDON).parts[0] not in (
                "tests",
                "migrations",
            ):
                yield path, parsed(path)


@lru_cache(None)
def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@lru_cache(None)
def model_classes():
    """Return every :class:`ModelClass`, in the order of the files."""
    found = []
    for path, tree in files("models", "wizards"):
        for node in tree.body:
            if not isinstance(node, ast.ClassDef):
                continue
            said = {}
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(
                    line.targets[0], ast.Name
                ):
                    if line.targets[0].id in ("_name", "_inherit"):
                        said[line.targets[0].id] = ast.literal_eval(line.value)
            inherit = said.get("_inherit", [])
            inherit = [inherit] if isinstance(inherit, str) else inherit
            name = said.get("_name") or (inherit[0] if inherit else None)
            if name:
                found.append(ModelClass(name, name not in inherit, path, node))
    return tuple(found)
