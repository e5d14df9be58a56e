"""One virtual environment per Odoo series, and one for the linters."""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from absctl.console import Problem, run_logged, say
from absctl.paths import CACHE, LOGS, ROOT, locked, read_json, write_json

_HERE = Path(__file__).resolve().parent
#: What a tree of 18.0 lists and ours replaces: PyPDF2 is given up in favour of pypdf, the
#: others need a compiler or another system.
_REPLACED = {"psycopg2", "pypdf2", "pypiwin32", "python-ldap", "rl-renderpm"}
#: Installed without what they depend on, which needs a compiler and is replaced.
_WITHOUT_DEPENDENCIES = ["rlPyCairo>=0.4"]
#: Of every environment; an older one is brought up to them.
_TOOLS = ("pip>=26.0", "setuptools>=78.1.1")
#: The newest Python that a series runs on.
_NEWEST_PYTHON = {"18.0": (3, 12)}


def _python_for(series):
    """Return the interpreter for ``series``: this one, or another in the PATH."""
    newest = _NEWEST_PYTHON.get(series)
    if not newest or sys.version_info[:2] <= newest:
        return sys.executable
    for minor in range(newest[1], 9, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise Problem(
        f"Odoo {series} needs Python 3.10 to 3.{newest[1]} and only "
        f"{sys.version_info[0]}.{sys.version_info[1]} is here: install python3."
        f"{newest[1]}, or use --odoo 19.0."
    )


def _name_of(line):
    """Return the name of the package that a requirement line is about, or None."""
    found = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else None


def _odoo_requirements(source):
    """Return the lines that pip gets for the tree's own needs.

    They are ours, and behind them what a newer tree lists and ours does not know.
    """
    chosen = [
        line
        for name in ("odoo.txt", f"odoo_{source.series.partition('.')[0]}.txt")
        for line in (_HERE / name).read_text().splitlines()
    ]
    if not source.requirements:
        return chosen
    known = _REPLACED.union(map(_name_of, chosen))
    listed = source.requirements.read_text().splitlines()
    return chosen + [
        line for line in listed if _name_of(line) and _name_of(line) not in known
    ]


def _digest(*parts):
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]


class PythonEnv:
    """The virtual environment ``name`` in the cache.

    :param str name: folder name, such as ``venv-18.0``
    :param base: the interpreter to make it with; without one it is that which runs
        now, and an environment that another one made is kept
    """

    def __init__(self, name, base=None):
        self.home = CACHE / name
        self.base = base
        self.python = self.home / "bin" / "python"

    def ensure(self, layer, requirements, *, no_deps=()):
        """Install ``requirements`` unless the stamp of ``layer`` says they are there.

        :param str layer: what this set is called, one stamp each
        :param list requirements: lines as in a requirements file
        :param no_deps: requirements installed without what they depend on
        """
        digest = _digest(self.base or "", *_TOOLS, *requirements, *no_deps)
        with locked(self.home.name):
            stamps = self.home / "stamps.json"
            if read_json(stamps, {}).get(layer) == digest and self.python.exists():
                return
            made_with = read_json(stamps, {}).get("base")
            other = self.base and made_with != str(self.base)
            if not self.python.exists() or not made_with or other:
                # New, made with another Python, or left half made by a killed run.
                shutil.rmtree(self.home, ignore_errors=True)
                say(f"making the Python environment {self.home.name}")
                run_logged(
                    [self.base or sys.executable, "-m", "venv", self.home],
                    LOGS / f"{self.home.name}.log",
                    "The Python environment could not be made",
                )
                write_json(stamps, {"base": str(self.base or sys.executable)})
            say(f"installing Python packages ({layer}) into {self.home.name}")
            # What venv brings along is as old as Python itself.
            self._pip("--upgrade", *_TOOLS)
            listing = self.home / f"{layer}.txt"
            listing.write_text("\n".join(requirements) + "\n")
            self._pip("-r", listing)
            for requirement in no_deps:
                self._pip("--no-deps", requirement)
                self._addons_of(requirement)
            write_json(stamps, {**read_json(stamps, {}), layer: digest})

    def _pip(self, *arguments):
        run_logged(
            [self.python, "-m", "pip", "install", "--disable-pip-version-check"]
            + ["--retries=5", *arguments],
            LOGS / f"{self.home.name}.log",
            "Python packages could not be installed; check the network and start again",
            progress=r"^(Collecting \S+|Building wheel.*|Installing collected)",
        )

    def _addons_of(self, requirement):
        """Install the OCA addons that the OCA addon ``requirement`` depends on."""
        name = re.match(r"[A-Za-z0-9._-]+", requirement)[0]
        code = (
            "import importlib.metadata as m, sys\n"
            "for r in m.requires(sys.argv[1]) or []:\n"
            "    if r.lower().startswith(('odoo-addon', 'odoo_addon')): print(r)"
        )
        needed = subprocess.run(
            [self.python, "-c", code, name], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for other in needed:
            self._pip("--no-deps", other)
            self._addons_of(other)

    @property
    def oca_addons(self):
        """The folder of the OCA addons that pip installed."""
        return next(self.home.glob("lib/python3*/site-packages/odoo/addons"))


def _lines(name):
    """Return the requirement lines of the repository's file ``name``."""
    return (ROOT / name).read_text().splitlines()


def for_odoo(source):
    """Return the environment in which ``source`` runs the addon.

    Another list makes another environment: a server that runs keeps its files, and
    nothing stays of what the list no longer names.
    """
    base = _python_for(source.series)
    requirements = _odoo_requirements(source) + _lines("requirements.txt")
    addons = [f"odoo-addon-helpdesk_mgmt=={source.series}.*"]
    no_deps = [*addons, *_WITHOUT_DEPENDENCIES]
    env = PythonEnv(
        f"venv-{source.series}-{_digest(base, *requirements, *no_deps)[:8]}", base
    )
    env.ensure("odoo", requirements, no_deps=no_deps)
    return env


def with_tests(env):
    """Add what the tests and the walks need to ``env``."""
    env.ensure("tests", _lines("requirements-test.txt"))


def for_lint():
    """Return the environment of the linters."""
    env = PythonEnv("venv-lint")
    env.ensure("lint", _lines("requirements-lint.txt"))
    return env
