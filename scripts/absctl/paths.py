"""Where everything lives outside the repository: cache, locks, secrets, state files."""

import contextlib
import fcntl
import json
import os
import secrets as random_secrets
from pathlib import Path

from absctl.console import say

#: The repository: the folder that holds ``abs_connector/``.
ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "abs_connector"


def _cache():
    if os.environ.get("ABS_CACHE"):
        return Path(os.environ["ABS_CACHE"]).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "abs_connector"


#: Downloads, environments, databases and secrets; safe to delete after ``abs down``.
CACHE = _cache()
LOGS = CACHE / "log"


def read_json(path, default=None):
    """Return the JSON value in ``path``, or ``default`` when absent or half written."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return default


def write_json(path, value):
    """Write ``value`` to ``path`` so that a reader sees the old or the new file, whole.

    The file is readable by its owner only: some of them hold secrets.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(value, stream, indent=1)
    part.replace(path)


def secret(name):
    """Return the secret ``name`` of this cache; the first call makes it at random."""
    path = CACHE / "secrets.json"
    with locked("secrets"):
        known = read_json(path, {})
        if name not in known:
            known[name] = random_secrets.token_urlsafe(24)
            write_json(path, known)
        return known[name]


def _lock_file(name):
    path = CACHE / "lock" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


@contextlib.contextmanager
def locked(name):
    """Hold the exclusive lock ``name`` of this cache; wait for another run to end."""
    descriptor = _lock_file(name)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run of abs that works on {name}")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def hold(name):
    """Take a shared hold on ``name`` and return its file descriptor.

    The hold lasts until the descriptor is closed in this process and in every child
    that it was handed to: it tells who still uses a thing.
    """
    descriptor = _lock_file(name)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


@contextlib.contextmanager
def nobody_holds(name):
    """Yield whether nobody has a :func:`hold` on ``name``; nobody can take one inside."""
    descriptor = _lock_file(name)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
