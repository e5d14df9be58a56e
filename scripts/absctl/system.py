"""Programs of the machine, and Debian packages for those that are missing."""

import ctypes.util
import os
import shutil
from pathlib import Path

from absctl.console import Problem, run_logged, say
from absctl.paths import LOGS, locked

_APT = ["apt-get", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=600"]


def is_root():
    """Tell whether this process may install packages."""
    return os.geteuid() == 0


def postgres_program(name):
    """Return the newest server program ``name`` (such as ``initdb``), or None."""
    homes = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    found = str(homes[-1]) if homes else shutil.which(name)
    return found or None


def has_venv():
    """Tell whether ``python -m venv`` can put pip into an environment."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


def install(packages, why):
    """Install Debian ``packages`` (a list of names), or say in one sentence how to."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Problem(
            f"{why}: install what Debian calls '{names}' with this system's package "
            "manager, then start again."
        )
    if not is_root():
        raise Problem(
            f"{why}: run 'sudo apt-get install -y --no-install-recommends {names}', "
            "then start again."
        )
    say(f"{why}: installing Debian's {names}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    problem = f"{why}, and apt-get could not install {names}"
    with locked("apt"):
        log = LOGS / "apt.log"
        try:
            run_logged(
                ["apt-get", "-o", "Acquire::Retries=3", "update"], log, problem, env=env
            )
        except Problem as error:
            # Stale lists may still do; the install says so if they don't.
            say(f"the package lists could not be refreshed: {error}")
        run_logged(
            [*_APT, "-o", "Acquire::Retries=3", "install", *packages],
            log,
            problem,
            progress=r"^(Setting up \S+|Get:\d+ .* \S+ (?:amd64|arm64|all) \S+)",
            env=env,
        )


def need_base(*, postgres):
    """Make sure of the programs that every instance needs.

    :param bool postgres: whether the private cluster, so a PostgreSQL server, is needed
    """
    missing = []
    if not has_venv():
        missing.append("python3-venv")
    if postgres and not postgres_program("initdb"):
        missing.append("postgresql")
    if missing:
        install(missing, "Python environments or PostgreSQL are missing")
    need_pdf()


def need_pdf():
    """Get wkhtmltopdf and Cairo; without them all but PDF files and barcodes works."""
    missing = []
    if not shutil.which("wkhtmltopdf"):
        missing += ["wkhtmltopdf", "fonts-dejavu-core"]
    if not ctypes.util.find_library("cairo"):
        missing.append("libcairo2")
    if missing:
        try:
            install(missing, "wkhtmltopdf (PDFs) or Cairo (barcodes) is missing")
        except Problem as error:
            say(f"PDF files or barcodes will not work. {error}")


def need_faketime():
    """Get Debian's faketime, for runs at another time."""
    if not shutil.which("faketime"):
        install(["faketime"], "faketime is missing (tests at another time)")


def need_browser():
    """Get Chromium for the browser tests; without it those tests are skipped."""
    if shutil.which("chromium") or shutil.which("google-chrome"):
        return
    try:
        install(["chromium"], "Chromium is missing (browser tests)")
    except Problem as error:
        say(f"The browser tests will be skipped. {error}")
