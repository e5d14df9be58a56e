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


class Cluster:
    """One private cluster of this cache.

    :param str name: its name; "cluster" is the one that everything but ``abs test --at``
        works on
    :param dict env: more environment variables for the server
    """

    def __init__(self, name="cluster", env=None):
        self.name = name
        self._env = env or {}
        self._state = CACHE / "state" / f"{name}.json"
        #: Who uses the cluster holds this; it is stopped when nobody does.
        self._users = f"{name}-users"

    @property
    def home(self):
        """The folder of the cluster.

        The account ``postgres`` can't enter root's cache, hence the folder in /var/lib.
        """
        suffix = "" if self.name == "cluster" else f"-{self.name}"
        if not is_root():
            return CACHE / f"postgres{suffix}"
        mark = hashlib.sha256(str(CACHE).encode()).hexdigest()[:8]
        return Path("/var/lib/postgresql") / f"abs_connector-{mark}{suffix}"

    def _pg_ctl(self, *arguments, check=True):
        """Run ``pg_ctl`` on the cluster; return whether it succeeded."""
        done = subprocess.run(
            [postgres_program("pg_ctl"), "-D", self.home / "data", *arguments],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8", **self._env},
            **_owner(),
        )
        if check and done.returncode:
            log = self.home / "log"
            tail = []
            if log.exists():
                tail = log.read_text(errors="replace").splitlines()[-5:]
            raise Problem(
                f"The private PostgreSQL did not obey '{arguments[0]}': read {log}. "
                + " | ".join(tail)
            )
        return not done.returncode

    def _make(self):
        """Make the cluster anew, with a random password for its only role."""
        home, owner = self.home, _owner()
        if (home / "data").exists():
            say(f"removing the cluster that an earlier cache left in {home}")
            self._pg_ctl("stop", "-m", "immediate", check=False)
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
        write_json(self._state, {"home": str(home)})

    def running(self):
        """Tell whether the private cluster is up."""
        return bool(
            read_json(self._state)
            and postgres_program("pg_ctl")
            and self._pg_ctl("status", check=False)
        )

    def start(self):
        """Start the cluster, making it at first; return ``(port, hold)``.

        ``hold`` is a file descriptor: while it is open, here or in a child, the cluster
        is not stopped by :meth:`stop_if_unused`.
        """
        descriptor = hold(self._users)
        with locked(self.name):
            state = read_json(self._state, {})
            home = self.home
            if state.get("home") != str(home) or not (home / "data").exists():
                self._make()
                state = read_json(self._state)
            if not state.get("port") or not self._pg_ctl("status", check=False):
                state["port"] = free_port()
                self._pg_ctl(
                    *("start", "-w", "-t", "60", "-l", home / "log"),
                    *("-o", f"-p {state['port']}"),
                )
                write_json(self._state, state)
        return state["port"], descriptor

    def stop_if_unused(self):
        """Stop the cluster when nobody holds it; return whether it is down now."""
        with locked(self.name), nobody_holds(self._users) as unused:
            if not unused:
                return False
            self.stop()
            return True

    def stop(self):
        """Stop the cluster, whoever uses it."""
        if self.running():
            self._pg_ctl("stop", "-m", "fast", "-w", "-t", "60")

    @contextlib.contextmanager
    def used(self):
        """Yield ``(port, hold)`` of the cluster; stop it if nobody else uses it then."""
        port, descriptor = self.start()
        try:
            yield port, descriptor
        finally:
            os.close(descriptor)
            self.stop_if_unused()
