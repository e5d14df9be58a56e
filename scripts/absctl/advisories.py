"""Known advisories against what is installed, and against what our lists would install.

Runs in an environment of ours, which has ``packaging``; the system's Python may not.
"""

import csv
import importlib.metadata
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

_ROOT = Path(__file__).resolve().parents[2]
_DATA = Path(__file__).with_name("advisories.csv")
#: Every list that ``pip install -r`` gets.
LISTS = [
    *sorted(_ROOT.glob("requirements*.txt")),
    *sorted(_DATA.parent.glob("odoo*.txt")),
]


@dataclass(frozen=True)
class Advisory:
    """One row of ``advisories.csv``."""

    package: str
    affected: SpecifierSet
    fixed: str
    advisory: str
    only: str

    def concerns(self, version):
        """Tell whether ``version`` of the package is affected on this system."""
        here = self.only in ("", platform.system().lower())
        return here and self.affected.contains(version, prereleases=True)

    def admitted_by(self, requirement):
        """Tell whether pip may install an affected version for ``requirement``.

        Two ranges have a version in common only where one of their lower ends lies in
        both.
        """
        ends = [
            part.version
            for part in (*self.affected, *requirement.specifier)
            if part.operator in (">=", "==", "~=")
        ]
        return any(
            self.concerns(Version(end))
            and requirement.specifier.contains(end, prereleases=True)
            for end in ["0", *ends]
        )

    def __str__(self):
        cure = f"fixed in {self.fixed}" if self.fixed else "never fixed: replace it"
        return f"{self.advisory}, {cure}"


def read(path=_DATA):
    """Return the :class:`Advisory` rows of ``path``, listed by package."""
    known = {}
    with open(path, encoding="utf-8", newline="") as stream:
        rows = (line for line in stream if not line.startswith("#"))
        for row in csv.DictReader(rows):
            row["affected"] = SpecifierSet(row["affected"])
            known.setdefault(canonicalize_name(row["package"]), []).append(
                Advisory(**row)
            )
    return known


def of_installed(folders, known):
    """Yield a sentence for each advisory against a distribution in ``folders``."""
    for found in importlib.metadata.distributions(path=[str(path) for path in folders]):
        name, version = found.metadata["Name"], found.version
        for advisory in known.get(canonicalize_name(name), ()):
            if advisory.concerns(Version(version)):
                yield f"{name} {version} is installed: {advisory}"


def of_list(path, known):
    """Yield a sentence for each advisory that a line of the list ``path`` lets in."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if not text:
            continue
        requirement = Requirement(text)
        for advisory in known.get(canonicalize_name(requirement.name), ()):
            if advisory.admitted_by(requirement):
                yield f"{Path(path).name} admits '{text}': {advisory}"


def main():
    """Check our lists and the environment that runs this; return the exit status."""
    known = read()
    folders = [path for path in sys.path if path.endswith("site-packages")]
    findings = list(of_installed(folders, known))
    for path in LISTS:
        findings += of_list(path, known)
    print(*findings, sep="\n", end="\n" if findings else "")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
