"""What the addon says of itself: manifest, licence, package, page of the Apps list."""

import ast
import hashlib
import re
import sys
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "abs_connector"
MANIFESTS = [
    ast.literal_eval(path.read_text())
    for path in sorted(ROOT.glob("*/__manifest__.py"))
]
MANIFEST = MANIFESTS[0]
PROJECT = (ROOT / "pyproject.toml").read_text()
#: Of the text that the Free Software Foundation publishes.
AGPL_3 = "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
#: What Odoo brings along, and itself.
OF_ODOO = {
    *("babel", "cryptography", "dateutil", "lxml", "markupsafe", "odoo", "psycopg2"),
    *("pytz", "werkzeug", "xlsxwriter"),
}
#: Packages whose module is called otherwise.
MODULES = {"PyJWT": "jwt"}


def imports(path):
    """Yield the names of the packages that a source file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_one_licence_everywhere():
    text = (ROOT / "LICENSE").read_bytes()
    assert hashlib.sha256(text).hexdigest() == AGPL_3
    assert [manifest["license"] for manifest in MANIFESTS] == ["AGPL-3"] * 2
    assert 'license = "AGPL-3.0-or-later"' in PROJECT
    assert "AGPL-3" in (ROOT / "README.md").read_text()


def test_package_and_manifests_have_one_version():
    for manifest in MANIFESTS:
        assert f'version = "{manifest["version"]}"' in PROJECT


def test_what_the_addon_imports_is_declared():
    files = [p for p in ADDON.rglob("*.py") if "tests" not in p.parts]
    imported = {name for path in files for name in imports(path)}
    declared = MANIFEST["external_dependencies"]["python"]
    needed = imported - set(sys.stdlib_module_names) - OF_ODOO
    assert needed == {MODULES.get(name, name) for name in declared}
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    listed = [Requirement(line).name for line in lines if not line.startswith("#")]
    assert sorted(listed, key=str.lower) == sorted(declared, key=str.lower)


def test_the_page_of_the_apps_list_has_its_pictures():
    home = ADDON / "static" / "description"
    names = re.findall(r'src="([^"]+)"', (home / "index.html").read_text())
    assert len(names) > 2
    for name in names:
        # Odoo serves only what lies in the addon; the documentation shows the same.
        original = ROOT / "docs" / "images" / name
        assert (home / name).read_bytes() == original.read_bytes(), name
