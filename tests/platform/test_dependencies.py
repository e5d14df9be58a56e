"""What the environments may hold: known advisories, our lists, the bill of materials."""

import importlib.metadata
import site
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from absctl import advisories, python_env, sbom  # noqa: E402
from absctl.odoo_source import OdooSource  # noqa: E402

KNOWN = advisories.read()
#: What Odoo 18.0 itself asks for on Debian 12, and is not to be installed.
OF_ODOO = {
    "cryptography": "3.4.8",
    "gevent": "22.10.2",
    "idna": "2.10",
    "Jinja2": "3.1.2",
    "lxml": "4.9.3",
    "Pillow": "9.4.0",
    "PyPDF2": "2.12.1",
    "reportlab": "3.6.12",
    "requests": "2.31.0",
    "urllib3": "1.26.5",
    "Werkzeug": "2.2.2",
}


@pytest.fixture
def install(tmp_path):
    """A function that makes a folder look as if a package were installed in it."""

    def made(name, version):
        home = tmp_path / f"{name}-{version}.dist-info"
        home.mkdir()
        (home / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        return tmp_path

    return made


def test_nothing_installed_here_has_a_known_advisory():
    assert list(advisories.of_installed(site.getsitepackages(), KNOWN)) == []


def test_no_list_admits_a_version_with_a_known_advisory():
    assert [
        finding
        for path in advisories.LISTS
        for finding in advisories.of_list(path, KNOWN)
    ] == []


@pytest.mark.parametrize(("name", "version"), OF_ODOO.items())
def test_what_odoo_pins_is_found(install, name, version):
    [first, *_] = advisories.of_installed([install(name, version)], KNOWN)
    assert first.startswith(f"{name} {version} is installed: ")


def test_an_advisory_for_another_system_is_none_here(install):
    assert list(advisories.of_installed([install("werkzeug", "3.0.6")], KNOWN)) == []


@pytest.mark.parametrize(
    ("line", "admitted"),
    [
        ("werkzeug", True),
        ("werkzeug<3", True),
        ("werkzeug>=3.0.0,<3.1", True),
        ("werkzeug==3.0.5 ; python_version > '3'  # why", True),
        ("werkzeug>=3.0.6,<3.1", False),
        ("unheard-of", False),
        ("cryptography>=43.0.1,<44", True),
        ("# werkzeug", False),
    ],
)
def test_a_line_that_admits_an_affected_version_is_found(tmp_path, line, admitted):
    path = tmp_path / "list.txt"
    path.write_text(line + "\n")
    assert bool(list(advisories.of_list(path, KNOWN))) == admitted


def test_our_list_goes_before_that_of_the_tree(tmp_path):
    listing = tmp_path / "requirements.txt"
    listing.write_text(
        "Werkzeug==2.2.2 ; python_version < '3.12'  # why\n"
        "PyPDF2==2.12.1\n"
        "psycopg2==2.9.5\n"
        "python_ldap==3.4.0\n"
        "# Pillow==9.4.0\n"
        "new-need==1.0  # of a later 18.0\n"
    )
    source = OdooSource("18.0", tmp_path, tmp_path, listing, "here")
    lines = python_env._odoo_requirements(source)
    assert lines[-1] == "new-need==1.0  # of a later 18.0"
    names = [python_env._name_of(line) for line in lines]
    assert names.count("werkzeug") == names.count("pillow") == 1
    assert not {"psycopg2", "pypdf2", "python-ldap"} & set(names)


def test_each_upper_bound_has_its_reason():
    for path in advisories.LISTS:
        if not path.name.startswith("odoo"):
            continue
        above = ""
        for line in path.read_text().splitlines():
            text, _, reason = line.partition("#")
            if text.strip() and "<" in str(Requirement(text.strip()).specifier):
                assert reason or above.startswith("#"), f"{path.name}: {line}"
            above = line


def test_the_bill_of_materials_names_what_is_installed():
    bill = sbom.bill_of(sys.executable, "18.0")
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "abs-connector"
    listed = {(part["name"], part["version"]) for part in bill["components"]}
    here = importlib.metadata.distributions(path=site.getsitepackages())
    there = {(found.metadata["Name"], found.version) for found in here}
    assert listed == there | {("odoo", "18.0")}
