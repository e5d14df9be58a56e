"""Debian's own Odoo package, unpacked into the cache without touching the system."""

import os
import shutil
import subprocess
from pathlib import Path

from absctl.console import Problem, run_logged, say
from absctl.paths import CACHE, LOGS

#: The folder with the package ``odoo`` inside the unpacked root.
PYTHONPATH = Path("usr/lib/python3/dist-packages")
_SUITE = "sid"
_ODOO = "odoo-19"
#: What links inside the package point to; without these web pages answer 500.
_LINKED = [
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
]
#: Odoo draws its icons with Font Awesome 4, which the stable release still has.
_ICONS = "fonts-font-awesome"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_ELSEWHERE = "give an Odoo 18.0 or 19.0 tree with --odoo PATH instead"


def fetch(home):
    """Download and unpack the package and what it links to, then name it ``home``.

    A broken download is taken up where it stopped; ``home`` appears when all is there.
    """
    for program in ("apt-get", "dpkg-deb"):
        if not shutil.which(program):
            raise Problem(
                f"Odoo 19.0 comes as a Debian package, and this system has no {program}: "
                f"{_ELSEWHERE}."
            )
    work = CACHE / "debian"
    debs = work / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    say("fetching Odoo 19.0 from Debian (127 MB)")
    apt = _private_apt(work)
    log = LOGS / "odoo-19.0.log"
    names = [*_LINKED, _icons(apt), _ODOO]
    run_logged(
        [*apt, "-o", "Acquire::Retries=5", "download", *names],
        log,
        f"Odoo 19.0 could not be downloaded whole; start again to go on, or {_ELSEWHERE}",
        progress=r"^Get:\d+ .* (\S+) \S+ \[(.*)\]",
        cwd=debs,
    )
    part = home.with_name(home.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    packages = sorted(debs.glob("*.deb"))
    say(f"unpacking {len(packages)} packages")
    for package in packages:
        run_logged(
            ["dpkg-deb", "-x", package, part],
            log,
            f"{package} is damaged: delete it and start again",
        )
    _mend_links(part)
    part.rename(home)
    shutil.rmtree(work, ignore_errors=True)


def _mirrors():
    """Return the addresses of the Debian archives that this machine already uses."""
    answer = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(REPO_URI)"],
        capture_output=True,
        text=True,
        check=False,
    )
    sites = [site for line in answer.stdout.splitlines() for site in line.split()]
    archives = [
        site.rstrip("/") for site in sites if site.rstrip("/").endswith("/debian")
    ]
    return list(dict.fromkeys(archives))


def _codename():
    """Return the codename of this Debian release, such as "bookworm", or None."""
    for line in Path("/etc/os-release").read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "VERSION_CODENAME":
            return value.strip('"')
    return None


def _private_apt(work):
    """Return an apt-get command with lists of its own that know the suite, refreshed."""
    mirrors = _mirrors()
    if not mirrors:
        raise Problem(
            "Odoo 19.0 comes from Debian, and this machine's apt sources name no Debian "
            f"archive: add one to /etc/apt/sources.list.d, or {_ELSEWHERE}."
        )
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": work / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": work / "cache",
        # A mirror may be a snapshot, whose lists have run out.
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
    }
    apt = ["apt-get"]
    for name, value in options.items():
        apt += ["-o", f"{name}={value}"]
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    for number, mirror in enumerate(mirrors, 1):
        lines = [f"deb {signed}{mirror} {_SUITE} main\n"]
        if _codename() and _codename() != _SUITE:
            lines.append(f"deb {signed}{mirror} {_codename()} main\n")
        (work / "sources.list").write_text("".join(lines))
        try:
            run_logged(
                [*apt, "update", "-o", "APT::Update::Error-Mode=any"],
                LOGS / "odoo-19.0.log",
                f"The Debian archive {mirror} can't be read: check the network, "
                f"or {_ELSEWHERE}",
            )
            return apt
        except Problem:
            if number == len(mirrors):
                raise
    raise AssertionError("unreachable")


def _icons(apt):
    """Return the name, with its suite, of the package with Font Awesome 4."""
    suite = _codename()
    known = subprocess.run(
        [apt[0].replace("-get", "-cache"), *apt[1:], "madison", _ICONS],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return f"{_ICONS}/{suite}" if f" {suite}/" in known else _ICONS


def _mend_links(root):
    """Make the absolute links below ``root`` point inside ``root``."""
    for folder, directories, files in os.walk(root):
        for name in directories + files:
            link = Path(folder, name)
            if not link.is_symlink():
                continue
            target = os.readlink(link)
            if target.startswith("/"):
                inside = Path(str(root) + target)
                link.unlink()
                link.symlink_to(os.path.relpath(inside, link.parent))
