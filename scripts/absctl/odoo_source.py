"""Which Odoo to run: given, cached, official 18.0, else Debian's package of 19.0."""

import os
import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from absctl import debian_odoo
from absctl.console import Problem, run_logged, say
from absctl.paths import CACHE, LOGS, locked, read_json, write_json
from absctl.system import install, is_root

#: The official repository of Odoo; ABS_ODOO_GIT names a mirror of it.
OFFICIAL_GIT = "https://github.com/odoo/odoo.git"
#: Seconds that asking for the official source may take.
_ASK_TIMEOUT = 10
SERIES = ("18.0", "19.0")


@dataclass(frozen=True)
class OdooSource:
    """One Odoo tree.

    ``pythonpath`` is the folder with the package ``odoo``, ``addons`` the folder of its
    application addons, ``requirements`` its own list of Python packages or None.
    """

    series: str
    pythonpath: Path
    addons: Path
    requirements: Path | None
    origin: str

    @property
    def where(self):
        """The sentence for the progress line."""
        return f"Odoo {self.series} from {self.origin}"


def open_tree(path, origin):
    """Return the :class:`OdooSource` in the folder ``path``.

    Understood are a source tree (with ``odoo-bin``), a folder that holds an installed
    ``odoo`` package, and the root of an unpacked Debian package.
    """
    path = Path(path).expanduser().absolute()
    for base in (path, path / debian_odoo.PYTHONPATH):
        release = base / "odoo" / "release.py"
        if not release.is_file():
            continue
        found = re.search(
            r"^version_info\s*=\s*\((\d+),\s*(\d+)", release.read_text(), re.M
        )
        series = f"{found[1]}.{found[2]}" if found else "unknown"
        if series not in SERIES:
            raise Problem(
                f"{path} holds Odoo {series}, and abs_connector runs on "
                f"{' and '.join(SERIES)}: give a tree of one of these with --odoo PATH."
            )
        addons = next(
            (
                a
                for a in (base / "addons", base / "odoo" / "addons")
                if (a / "sale").is_dir()
            ),
            None,
        )
        if not addons:
            raise Problem(
                f"{path} has no addon 'sale', so it is not a whole Odoo tree: give the "
                "folder that holds odoo-bin, odoo/ and addons/ with --odoo PATH."
            )
        requirements = base / "requirements.txt"
        return OdooSource(
            series,
            base,
            addons,
            requirements if requirements.is_file() else None,
            origin,
        )
    raise Problem(
        f"{path} holds no Odoo: give the folder with odoo-bin, odoo/ and addons/ with "
        "--odoo PATH (or ODOO_HOME), or leave it out."
    )


def cached(series):
    """Return the tree of ``series`` that needs no download, or None."""
    home = os.environ.get("ODOO_HOME")
    if home:
        tree = open_tree(home, f"ODOO_HOME ({home})")
        if tree.series == series:
            return tree
    path = CACHE / f"odoo-{series}"
    return open_tree(path, f"the cache ({path})") if path.is_dir() else None


def resolve(wanted=None):
    """Return the tree to run, downloading it when that is what it takes.

    :param wanted: "18.0", "19.0", the path of a tree, or None for the first of
        ODOO_HOME, a cached 18.0, the official 18.0, Debian's 19.0
    """
    if wanted and wanted not in SERIES:
        if re.fullmatch(r"\d+(\.\d+)?", wanted) and not Path(wanted).exists():
            wanted = {"18": "18.0", "19": "19.0"}.get(wanted, wanted)
            if wanted not in SERIES:
                raise Problem(
                    f"Odoo {wanted} is not supported: --odoo takes 18.0, 19.0 or a path."
                )
        else:
            return open_tree(wanted, wanted)
    if not wanted and os.environ.get("ODOO_HOME"):
        home = os.environ["ODOO_HOME"]
        return open_tree(home, f"ODOO_HOME ({home})")
    if wanted != "19.0":
        tree = cached("18.0") or _official_18(must=wanted == "18.0")
        if tree:
            return tree
    return cached("19.0") or _debian_19()


def _official_18(*, must):
    """Return the official 18.0 source, cloned when it can be reached, else None.

    Where it could not be reached before and 19.0 was set up instead, 19.0 stays: the
    next start is quick and finds its databases.

    :param bool must: ask all the same, and raise instead of returning None
    """
    url = os.environ.get("ABS_ODOO_GIT") or OFFICIAL_GIT
    with locked("odoo-18.0"):
        tree = cached("18.0")
        if tree:
            return tree
        asked = CACHE / "state" / "official-18.0.json"
        settled = url in read_json(asked, {}) and (CACHE / "odoo-19.0").is_dir()
        if must or not settled:
            say(f"asking {url} for Odoo 18.0 (at most {_ASK_TIMEOUT} s)")
            refusal = _unreachable(url)
            if not refusal:
                return _clone_18(url)
            write_json(asked, {**read_json(asked, {}), url: refusal})
        else:
            refusal = "it could not be reached before; --odoo 18.0 asks again"
    if must:
        raise Problem(
            f"The official Odoo 18.0 source can't be fetched here ({refusal}): give a "
            "tree with --odoo PATH, or use --odoo 19.0, Debian's own package."
        )
    say(f"the official Odoo 18.0 source can't be fetched ({refusal}): using 19.0")
    return None


def _unreachable(url):
    """Return why the branch 18.0 of ``url`` can't be had, or an empty string."""
    if url.startswith("http"):
        try:
            question = f"{url}/info/refs?service=git-upload-pack"
            urllib.request.urlopen(question, timeout=_ASK_TIMEOUT).close()
        except OSError as error:
            return f"it can't be reached: {getattr(error, 'reason', error)}"
    if not shutil.which("git"):
        if not is_root():
            return "git is not installed"
        install(["git"], "git is missing (Odoo's source)")
    try:
        answer = subprocess.run(
            ["git", "ls-remote", "--exit-code", url, "refs/heads/18.0"],
            timeout=_ASK_TIMEOUT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {_ASK_TIMEOUT} s"
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["no branch 18.0"])[-1]
        return last.removeprefix("fatal: ")
    return ""


def _clone_18(url):
    """Clone the branch 18.0 of ``url`` into the cache; a broken clone starts again."""
    part, home = CACHE / "odoo-18.0.part", CACHE / "odoo-18.0"
    shutil.rmtree(part, ignore_errors=True)
    say("fetching the official Odoo 18.0 source (several hundred MB)")
    # A transfer below 1 kB/s for a minute is given up, so that nothing ever hangs.
    slow = ["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60"]
    run_logged(
        [*("git", *slow, "clone", "--progress", "--depth=1", "--single-branch")]
        + ["--branch=18.0", url, part],
        LOGS / "odoo-18.0.log",
        "The official Odoo 18.0 source broke off; start again to go on, or use "
        "--odoo 19.0 or --odoo PATH",
        progress=r"(Receiving objects: +\d+%)",
        env={"GIT_TERMINAL_PROMPT": "0"},
    )
    part.rename(home)
    return open_tree(home, f"the official source ({url})")


def _debian_19():
    """Return Debian's Odoo 19.0, unpacked into the cache."""
    home = CACHE / "odoo-19.0"
    with locked("odoo-19.0"):
        if not home.is_dir():
            debian_odoo.fetch(home)
    return open_tree(home, f"Debian's package ({home})")
