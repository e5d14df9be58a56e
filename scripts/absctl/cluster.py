"""The private PostgreSQL cluster: made, started and stopped by nobody else."""

import contextlib
import hashlib
import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path

from absctl.console import Problem, say
from absctl.paths import (
    CACHE,
    hold,
    locked,
    nobody_holds,
    read_json,
    secret,
    write_json,
)
from absctl.system import is_root, postgres_program

#: The role that owns everything in the cluster; Odoo refuses ``postgres``.
ROLE = "odoo"
_STATE = CACHE / "state" / "cluster.json"
#: Who uses the cluster holds this; it is stopped when nobody does.
_USERS = "cluster-users"
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
max_wal_size = 2GB
# A crash of the machine may lose the last moments, never the consistency.
synchronous_commit = off
random_page_cost = 1.1
jit = off
"""


def free_port():
    """Return a TCP port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _owner():
    """Return the account that runs the server, as keywords of :mod:`subprocess`.

    PostgreSQL refuses to run as root, so that root runs it as ``postgres``.
    """
    if not is_root():
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        raise Problem(
            "PostgreSQL does not run as root and the account 'postgres' is missing: "
            "run 'useradd --system postgres', or give a database with PGHOST and PGUSER."
        ) from None
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _home():
    """Return the folder of the cluster.

    The account ``postgres`` can't enter root's cache, hence the folder in /var/lib.
    """
    if not is_root():
        return CACHE / "postgres"
    mark = hashlib.sha256(str(CACHE).encode()).hexdigest()[:8]
    return Path("/var/lib/postgresql") / f"abs_connector-{mark}"


def _pg_ctl(*arguments, check=True):
    """Run ``pg_ctl`` on the cluster; return whether it succeeded."""
    home = _home()
    done = subprocess.run(
        [postgres_program("pg_ctl"), "-D", home / "data", *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        **_owner(),
    )
    if check and done.returncode:
        log = home / "log"
        tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
        raise Problem(
            f"The private PostgreSQL did not obey '{arguments[0]}': read {log}. "
            + " | ".join(tail)
        )
    return not done.returncode


def _make():
    """Make the cluster anew, with a random password for its only role."""
    home, owner = _home(), _owner()
    if (home / "data").exists():
        say(f"removing the cluster that an earlier cache left in {home}")
        _pg_ctl("stop", "-m", "immediate", check=False)
    shutil.rmtree(home, ignore_errors=True)
    say("making a private PostgreSQL cluster")
    home.mkdir(parents=True)
    if owner:
        os.chown(home, owner["user"], owner["group"])
    password_file = home / "password"
    password_file.write_text(secret("database"))
    if owner:
        os.chown(password_file, owner["user"], owner["group"])
    password_file.chmod(0o600)
    done = subprocess.run(
        [postgres_program("initdb"), "-D", home / "data", "-U", ROLE, "-E", "UTF8"]
        + ["--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={password_file}"],
        cwd="/",
        capture_output=True,
        text=True,
        **owner,
    )
    password_file.unlink()
    if done.returncode:
        raise Problem(
            f"The PostgreSQL cluster could not be made: {done.stderr.strip()}"
        )
    with open(home / "data" / "postgresql.conf", "a", encoding="utf-8") as conf:
        conf.write(_SETTINGS)
    write_json(_STATE, {"home": str(home)})


def running():
    """Tell whether the private cluster is up."""
    return bool(
        read_json(_STATE)
        and postgres_program("pg_ctl")
        and _pg_ctl("status", check=False)
    )


def start():
    """Start the cluster, making it at first; return ``(port, hold)``.

    ``hold`` is a file descriptor: while it is open, here or in a child, the cluster
    is not stopped by :func:`stop_if_unused`.
    """
    descriptor = hold(_USERS)
    with locked("cluster"):
        state = read_json(_STATE, {})
        if state.get("home") != str(_home()) or not (_home() / "data").exists():
            _make()
            state = read_json(_STATE)
        if not state.get("port") or not _pg_ctl("status", check=False):
            state["port"] = free_port()
            _pg_ctl(
                *("start", "-w", "-t", "60", "-l", _home() / "log"),
                *("-o", f"-p {state['port']}"),
            )
            write_json(_STATE, state)
    return state["port"], descriptor


def stop_if_unused():
    """Stop the cluster when nobody holds it; return whether it is down now."""
    with locked("cluster"), nobody_holds(_USERS) as unused:
        if not unused:
            return False
        if running():
            _pg_ctl("stop", "-m", "fast", "-w", "-t", "60")
        return True


@contextlib.contextmanager
def released(descriptor):
    """Close ``descriptor`` at the end and stop the cluster if nobody else uses it."""
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)
            stop_if_unused()
