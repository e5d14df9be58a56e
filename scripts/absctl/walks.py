"""``abs demo``, ``abs bench`` and ``abs audit``: work on a running or a started server."""

import os
import subprocess
from pathlib import Path

from absctl import server
from absctl.cluster import free_port
from absctl.console import Problem, say
from absctl.instance import addon_digest
from absctl.paths import ROOT
from absctl.server import Server
from absctl.stack import (
    DEMO_API_KEY,
    DEMO_PASSWORD,
    drop_database,
    ensure,
    fresh,
    open_stack,
    settle,
    tree_of,
)
from absctl.up import default_database

#: Reports the violations of a database, see ``Instance.run_script``.
AUDIT = """
report([
    {"check": str(row["check"]), "model": str(row["model"]),
     "res_id": row["res_id"], "detail": str(row["detail"])}
    for row in env["abs.audit"].run()
])
env.cr.rollback()
"""


def _environment(url, **more):
    """Return the environment of a client of the server at ``url``."""
    return {
        **os.environ,
        "ABS_URL": url,
        "ABS_PASSWORD": DEMO_PASSWORD,
        "ABS_API_KEY": DEMO_API_KEY,
        **more,
    }


def _script(path):
    script = ROOT / path
    if not script.exists():
        raise Problem(f"{script} is missing: run this from a whole clone.")
    return script


def demo(*, port, lifecycle, odoo, arguments):
    """Walk one sale (or the life cycle) over HTTP; return the exit status.

    The server on ``port`` is used when one answers there, else one is started for the
    walk on the database that ``abs up`` serves.
    """
    script = _script(f"scripts/demo/{'lifecycle' if lifecycle else 'sale'}.py")
    url = f"http://127.0.0.1:{port}"
    record = server.recorded(port)
    if record:
        return _walk(record["python"], script, url, arguments)
    answers = server.port_taken(port) and not server.healthy(url)
    with open_stack(odoo, tests=True) as stack:
        if answers:
            say(f"using the server that answers on port {port}")
            return _walk(stack.env.python, script, url, arguments)
        instance, _demo = ensure(stack, default_database(stack.source), demo=True)
        serving = Server(instance, port)
        serving.start(detach=True, addon=addon_digest(), demo=True)
        try:
            return _walk(stack.env.python, script, url, arguments)
        finally:
            serving.stop()


def _walk(python, script, url, arguments):
    """Run the client ``script`` against ``url``; return its exit status."""
    return subprocess.run(
        [python, script, *arguments], cwd=ROOT, env=_environment(url)
    ).returncode


def bench(*, odoo, quick, json_file, arguments):
    """Run the measurements on a fresh demo database; return the exit status."""
    script = _script("tests/bench/run.py")
    options = [*(["--quick"] if quick else []), *arguments]
    if json_file:
        options += ["--json", str(Path(json_file).absolute())]
    with open_stack(odoo, tests=True) as stack:
        name = f"abs_bench_{stack.source.series.partition('.')[0]}_{os.getpid()}"
        try:
            instance = fresh(stack, name)
            settle(instance, demo=True)
            serving = Server(instance, free_port(), crons=0)
            serving.start(detach=True, addon=addon_digest(), demo=True)
            try:
                env = _environment(
                    serving.url,
                    ABS_DB=name,
                    ABS_SERIES=stack.source.series,
                    ABS_ADMIN_PASSWORD=DEMO_PASSWORD,
                    ABS_WORKERS=str(serving.workers),
                    **stack.where.env,
                )
                command = [stack.env.python, script, *options]
                return subprocess.run(command, cwd=ROOT, env=env).returncode
            finally:
                serving.stop()
        finally:
            drop_database(stack, name)


def audit(*, odoo, database):
    """Print each violated invariant of a database; return 0 only without any."""
    with open_stack(odoo or (database and tree_of(database))) as stack:
        name = database or default_database(stack.source)
        if not stack.databases.ask("exists", name):
            raise Problem(
                f"There is no database {name} to audit: name one with --db, or make the "
                "demo database with './scripts/abs up'."
            )
        rows = stack.instance(name).run_script(
            AUDIT, f"The audit of {name} could not run"
        )
    if rows is None:
        raise Problem(f"The audit of {name} reported nothing.")
    for row in rows:
        print(f"{row['check']}: {row['model']}({row['res_id']}): {row['detail']}")
    count = f"{len(rows)} violation{'' if len(rows) == 1 else 's'}"
    print(f"{name}: {count if rows else 'no violation'}")
    return 1 if rows else 0
