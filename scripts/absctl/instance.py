"""Odoo on one database: configuration file, installation, scripts in its shell."""

import ast
import hashlib
import json
import os
import tempfile
from pathlib import Path

from absctl.console import Problem, run_logged
from absctl.paths import ADDON, CACHE, LOGS, ROOT, secret

#: Loaded before any database is known: Odoo's own of each series, and ours, which has
#: the API answer while there is none.
_SERVER_WIDE = {"18.0": "base,web", "19.0": "base,rpc,web"}
_MODULES_LOADING = r"Loading module (\S+) (\(\d+/\d+\))"
#: Odoo's own start script, the same for all series and layouts.
_LAUNCHER = Path(__file__).with_name("odoo_launcher.py")


def manifest():
    """Return the addon's manifest as a dict."""
    return ast.literal_eval((ADDON / "__manifest__.py").read_text(encoding="utf-8"))


def addon_digest():
    """Return a short digest of the addon's files, which changes when any of them does."""
    digest = hashlib.sha256()
    for path in sorted(ADDON.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and "tests" not in path.parts:
            digest.update(str(path.relative_to(ADDON)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Instance:
    """One database of a stack.

    :param stack: the :class:`absctl.stack.Stack` that it lives on
    :param str name: the database
    """

    def __init__(self, stack, name):
        self.stack = stack
        self.name = name
        #: The server has a file of its own: it reads it again when a process restarts.
        self.conf = CACHE / "run" / f"{name}.conf"
        self.server_conf = CACHE / "run" / f"{name}.server.conf"
        self.data = CACHE / f"data-{stack.source.series}"
        self.log = LOGS / f"{name}.log"

    @property
    def filestore(self):
        """The folder of the attachments of this database."""
        return self.data / "filestore" / self.name

    def write_conf(self, path=None, **options):
        """Write a configuration file with the common settings and ``options``.

        :param path: the file, else that of installations, scripts and tests
        """
        path = path or self.conf
        stack, where = self.stack, self.stack.where
        values = {
            "addons_path": ",".join(
                map(str, (stack.source.addons, stack.env.oca_addons, ROOT))
            ),
            "server_wide_modules": (
                f"{_SERVER_WIDE[stack.source.series]},abs_connector_server"
            ),
            "data_dir": self.data,
            # No dbfilter: with one, each request without a session asks PostgreSQL for
            # the names of all databases, over a connection of its own.
            "db_name": self.name,
            "db_host": where.host or False,
            "db_port": where.port or False,
            "db_user": where.user or False,
            "db_password": where.password or False,
            "db_template": "template0",
            "db_maxconn": 24,
            "admin_passwd": secret("admin_passwd"),
            "list_db": False,
            "without_demo": True,
            "http_interface": os.environ.get("ABS_BIND", "127.0.0.1"),
            "proxy_mode": False,
            "limit_time_cpu": 600,
            "limit_time_real": 1200,
            "max_cron_threads": 0,
            "workers": 0,
            **options,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{key} = {value}\n" for key, value in values.items())
        # The file holds the database password: nobody else may read it, ever.
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write("[options]\n" + text)
        return path

    @property
    def env(self):
        """The environment variables for a process that imports Odoo."""
        path = [str(self.stack.source.pythonpath)]
        if self.stack.where.clock:
            path.insert(0, str(self.stack.where.clock.python_path))
        return {
            **self.stack.where.env,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{self.stack.env.home / 'bin'}:{os.environ['PATH']}",
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
        }

    def command(self, *arguments):
        """Return the command line of Odoo with ``arguments``, as a list."""
        python = self.stack.env.python
        return [str(part) for part in (python, _LAUNCHER, *arguments)]

    def modules(self, verb, *names):
        """Install (``verb`` "-i") or upgrade ("-u") the modules ``names``."""
        self.write_conf()
        run_logged(
            self.command("-c", self.conf, verb, ",".join(names), "--stop-after-init")
            + ["--no-http"],
            self.log,
            f"Odoo could not load {', '.join(names)}",
            progress=_MODULES_LOADING,
            env=self.env,
            cwd="/",
        )
        for name in names:
            state = self.stack.databases.ask("module", self.name, name)
            if state != "installed":
                raise Problem(
                    f"Odoo left {name} '{state}' in {self.name}: read {self.log}."
                )

    def run_script(self, script, problem):
        """Run Python text with ``env`` of the superuser; return what it reports.

        The script gets ``env`` and a function ``report(value)``; ``value`` is JSON. It
        has to commit by itself.

        :param str problem: the sentence when it raises
        """
        self.write_conf()
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder, "result.json")
            prelude = (
                "import json as _json, pathlib as _pathlib\n"
                "def report(value):\n"
                f"    _pathlib.Path({str(result)!r}).write_text(_json.dumps(value))\n"
            )
            run_logged(
                self.command("shell", "-c", self.conf, "-d", self.name, "--no-http")
                + ["--workers=0"],
                self.log,
                problem,
                env=self.env,
                stdin=prelude + script,
                cwd="/",
            )
            return json.loads(result.read_text()) if result.exists() else None
