"""Where PostgreSQL is, and what is done to whole databases."""

import contextlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from absctl.clock import Clock, clock_at
from absctl.cluster import ROLE, Cluster
from absctl.console import Problem, say
from absctl.paths import locked, secret

_TOOL = Path(__file__).with_name("pgtool.py")


@dataclass(frozen=True)
class Address:
    """How to reach a PostgreSQL server; ``hold`` is set for private clusters only.

    ``clock`` is the time that it goes by, for all that works on it as well.
    """

    host: str
    port: str
    user: str
    password: str
    hold: int | None = None
    clock: Clock | None = None

    @property
    def env(self):
        """The environment variables that libpq, Odoo's tests and pgtool read."""
        wanted = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        time = self.clock.env if self.clock else {}
        return {**{name: value for name, value in wanted.items() if value}, **time}


def given():
    """Return the :class:`Address` that the environment names, or None.

    ABS_DB_URL (``postgresql://user:password@host:port``) goes before PGHOST & co.
    """
    url = os.environ.get("ABS_DB_URL")
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("postgresql", "postgres") or not parts.hostname:
            raise Problem(
                "ABS_DB_URL is not a database address: it has to look like "
                "postgresql://user:password@host:5432."
            )
        return Address(
            parts.hostname,
            str(parts.port or 5432),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )
    if os.environ.get("PGHOST"):
        return Address(
            os.environ["PGHOST"],
            os.environ.get("PGPORT", "5432"),
            os.environ.get("PGUSER", ""),
            os.environ.get("PGPASSWORD", ""),
        )
    return None


@contextlib.contextmanager
def address(at=None):
    """Yield the :class:`Address` to use; start the private cluster if none is given.

    Afterwards the private cluster is stopped, unless a server or another run uses it.

    :param str at: another time, see :mod:`absctl.clock`; it has a cluster of its own
    """
    outside = given()
    if outside:
        say(f"using the PostgreSQL at {outside.host}:{outside.port}")
        yield outside
        return
    with contextlib.ExitStack() as stack:
        cluster, clock = Cluster(), None
        if at:
            # One run at a time: this PostgreSQL has one clock.
            stack.enter_context(locked("clock-run"))
            say(f"for this run it is {at} UTC")
            clock = clock_at(at)
            cluster = Cluster("clock", clock.env)
            cluster.stop()  # a run that was killed may have left it, with another time
        port, descriptor = stack.enter_context(cluster.used())
        yield Address(
            "127.0.0.1", str(port), ROLE, secret("database"), descriptor, clock
        )


class Databases:
    """The databases of one server, asked through the environment ``env``."""

    def __init__(self, where, env):
        self.where = where
        self.python = env.python

    def ask(self, *command):
        """Run one command of ``pgtool`` and return its answer."""
        done = subprocess.run(
            [self.python, _TOOL, *command],
            capture_output=True,
            text=True,
            env={**os.environ, **self.where.env},
        )
        if done.returncode:
            raise Problem(
                f"PostgreSQL at {self.where.host}:{self.where.port} refused "
                f"'{' '.join(command)}': {done.stderr.strip()}"
            )
        return json.loads(done.stdout)

    def check(self):
        """Refuse, in one sentence, a server on which Odoo could not work."""
        answer = self.ask("check")
        if answer["role"] == "postgres":
            raise Problem(
                "Odoo refuses the PostgreSQL role 'postgres': make another one with "
                "'createuser --createdb odoo' and name it in PGUSER."
            )
        if not answer["may_create"]:
            raise Problem(
                f"The PostgreSQL role '{answer['role']}' may not create databases: run "
                f"'ALTER ROLE \"{answer['role']}\" CREATEDB' as the administrator."
            )
