"""``abs up`` and ``abs down``."""

from absctl import front, server
from absctl.cluster import Cluster
from absctl.console import Problem, say
from absctl.instance import addon_digest
from absctl.paths import CACHE, secret
from absctl.server import Server
from absctl.stack import DEMO_API_KEY, DEMO_PASSWORD, ensure, open_stack, tree_of

_DEMO_LOGINS = (
    ("admin@abs.demo", "admin of the global root"),
    ("ama@abs.demo", "SA manager of TG-LOM"),
    ("jean@abs.demo", "agent in TG-LOM"),
    ("marie@abs.demo", "customer of TG-LOM"),
)


def default_database(source):
    """Return the name of the database that ``up`` serves when --db is absent."""
    return f"abs_{source.series.partition('.')[0]}"


def banner(url, *, database, series, demo):
    """Return the lines that tell where the server is and how to log in."""
    lines = [
        "",
        f"abs_connector is ready on Odoo {series}, database {database}",
        f"  web client   {url}/web",
        f"  API          {url}/api/docs  (health: {url}/api/system/health)",
    ]
    if demo:
        lines.append(f"  web login    admin / {DEMO_PASSWORD}")
        lines += [
            f"  API login    {login} / {DEMO_PASSWORD}  ({role})"
            for login, role in _DEMO_LOGINS
        ]
        lines.append(f"  API key      X-API-KEY: {DEMO_API_KEY}")
    else:
        lines.append(f"  web login    admin / {secret('web_admin')}")
    return "\n".join([*lines, ""])


def up(*, port, odoo, database, detach, demo):
    """Set up what is missing and serve; return the exit status."""
    running = server.recorded(port)
    if running:
        return _already(running, odoo=odoo, database=database)
    with open_stack(odoo or (database and tree_of(database))) as stack:
        name = database or default_database(stack.source)
        instance, demo = ensure(stack, name, demo=demo)
        serving = Server(instance, port)
        serving.start(detach=detach, addon=addon_digest(), demo=demo)
        try:
            print(
                banner(
                    serving.url, database=name, series=stack.source.series, demo=demo
                ),
                flush=True,
            )
            if detach:
                print(f"Stop it with: ./scripts/abs down  (log: {CACHE / 'log'})")
                return 0
            print("Press Ctrl-C to stop.", flush=True)
            return _wait(serving)
        except BaseException:
            serving.stop()
            raise


def _already(record, *, odoo, database):
    """Report the server that is up, unless another one was asked for."""
    other = (database and database != record["database"]) or (
        odoo in ("18.0", "19.0") and odoo != record["series"]
    )
    if other:
        raise Problem(
            f"Port {record['port']} serves the database {record['database']} on Odoo "
            f"{record['series']}: run './scripts/abs down' first, or choose --port."
        )
    wrong = server.healthy(record["url"])
    if wrong:
        raise Problem(f"The server is up but not healthy ({wrong}): run down, then up.")
    print(
        banner(
            record["url"],
            database=record["database"],
            series=record["series"],
            demo=record.get("demo"),
        )
    )
    if record.get("addon") != addon_digest():
        print("The addon has changed since: './scripts/abs down', then up, loads it.")
    return 0


def _wait(serving):
    """Wait for the server in the foreground; stop it on Ctrl-C (or SIGTERM, alike)."""
    try:
        return serving.process.wait()
    except KeyboardInterrupt:
        say("stopping the server")
        return 0
    finally:
        serving.stop()


def down(*, port=None):
    """Stop the servers (the one on ``port``, or all) and the cluster if then unused."""
    records = server.all_recorded()
    if port:
        records = [record for record in records if record["port"] == port]
    for record in records:
        say(f"stopping the server on port {record['port']}")
        server.stop(record)
    for left in front.left_over(port):
        say(f"stopping the nginx that a server left on port {left}")
        front.stop(left)
    was_running = Cluster().running()
    stopped = Cluster().stop_if_unused()
    if was_running:
        say(
            "stopped the private PostgreSQL"
            if stopped
            else "the private PostgreSQL stays up: another server or test run uses it"
        )
    elif not records:
        say("nothing was running")
    return 0
