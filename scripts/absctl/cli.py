"""The command line of ``./scripts/abs`` (docs/contract.md 8)."""

import argparse
import signal
import sys

from absctl.console import Problem, say

_ODOO_HELP = (
    "18.0, 19.0, or the path of an Odoo tree; without it ODOO_HOME, a cached 18.0, the "
    "official 18.0 source, else Debian's package of 19.0"
)


def _parser():
    parser = argparse.ArgumentParser(
        prog="abs",
        description="Set up, serve, test and measure abs_connector.",
        epilog=(
            "Environment: ODOO_HOME (an Odoo tree), PGHOST/PGPORT/PGUSER/PGPASSWORD or "
            "ABS_DB_URL (use this PostgreSQL), ABS_CACHE (default "
            "~/.cache/abs_connector), ABS_BIND (default 127.0.0.1), ABS_WORKERS "
            "(default 2), ABS_NGINX (put this program in front; 'no': none), "
            "ABS_ODOO_GIT (a mirror of Odoo's repository)."
        ),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, text, **options):
        sub = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False, **options
        )
        if name not in ("down", "lint"):
            sub.add_argument("--odoo", metavar="18.0|19.0|PATH", help=_ODOO_HELP)
        return sub

    up = command("up", "Set up all that is missing and serve.")
    up.add_argument("--port", type=int, default=8069)
    up.add_argument("--db", metavar="NAME", help="default abs_18 or abs_19")
    up.add_argument("--detach", action="store_true", help="return when it is ready")
    up.add_argument("--no-demo", action="store_true", help="without the demo company")

    down = command("down", "Stop what 'up' started.")
    down.add_argument("--port", type=int, help="only the server on this port")

    test = command(
        "test",
        "Run the whole suite on fresh databases; other arguments go to pytest.",
        epilog="Example: abs test --odoo 19.0 abs_connector/tests -k approval -x",
    )
    test.add_argument(
        "--keep",
        action="store_true",
        help="keep the test databases for the next run, which starts in seconds",
    )
    test.add_argument(
        "--at",
        action="append",
        metavar="TIME",
        help="run as if it were TIME (UTC), such as '2028-02-29 23:30'; several times "
        "run one after the other",
    )

    demo = command("demo", "Walk one sale over HTTP and print each step.")
    demo.add_argument("--port", type=int, default=8069)
    demo.add_argument("--lifecycle", action="store_true", help="the product life cycle")

    bench = command("bench", "Measure the API beside Odoo's own RPC.")
    bench.add_argument("--quick", action="store_true")
    bench.add_argument("--json", metavar="FILE", help="write the figures there")

    audit = command("audit", "List each violated invariant of a database.")
    audit.add_argument("--db", metavar="NAME", help="default abs_18 or abs_19")

    soak = command(
        "soak",
        "Sell while workers, server and database connections are killed at random, "
        "then compare each effect with the books.",
    )
    soak.add_argument(
        "--minutes", type=float, default=10, help="default 10, at most 60"
    )
    soak.add_argument("--seed", type=int, help="of all that is random; default: any")

    command("i18n", "Bring the translation files up to the texts of the source.")
    sbom = command("sbom", "Print what is installed, as CycloneDX (JSON).")
    sbom.add_argument("--output", metavar="FILE", help="write it there")
    command("lint", "Run the linters, format checks and the check of dependencies.")
    command("find", "Print the path of the tree that needs no download, or fail.")
    return parser


def _run(options, rest):
    """Run the chosen command; the modules are imported when needed."""
    name = options.command
    if name == "up":
        from absctl.up import up

        return up(
            port=options.port,
            odoo=options.odoo,
            database=options.db,
            detach=options.detach,
            demo=not options.no_demo,
        )
    if name == "down":
        from absctl.up import down

        return down(port=options.port)
    if name == "test":
        from absctl.testing import test

        return test(
            odoo=options.odoo, arguments=rest, keep=options.keep, times=options.at
        )
    if name == "lint":
        from absctl.lint import lint

        return lint()
    if name == "sbom":
        from absctl.sbom import sbom

        return sbom(odoo=options.odoo, output=options.output)
    if name == "i18n":
        from absctl.i18n import i18n

        return i18n(odoo=options.odoo)
    if name == "find":
        from absctl.odoo_source import cached, open_tree

        wanted = options.odoo or "18.0"
        tree = (
            cached(wanted) if wanted in ("18.0", "19.0") else open_tree(wanted, wanted)
        )
        print(tree.pythonpath if tree else f"no Odoo {wanted} without a download")
        return 0 if tree else 1
    if name == "soak":
        from absctl.soak.run import soak

        return soak(odoo=options.odoo, minutes=options.minutes, seed=options.seed)
    from absctl import walks

    if name == "demo":
        return walks.demo(
            port=options.port,
            lifecycle=options.lifecycle,
            odoo=options.odoo,
            arguments=rest,
        )
    if name == "bench":
        return walks.bench(
            odoo=options.odoo,
            quick=options.quick,
            json_file=options.json,
            arguments=rest,
        )
    return walks.audit(odoo=options.odoo, database=options.db)


def _interrupt(*_):
    raise KeyboardInterrupt


def main(arguments=None):
    """Run ``./scripts/abs`` with ``arguments``; return its exit status."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in ("test", "demo", "bench"):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    rest = [part for part in rest if part != "--"]
    # SIGTERM ends a run as Ctrl-C does: with its servers stopped and databases dropped.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _run(options, rest)
    except Problem as problem:
        print(f"abs: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("interrupted; start again to go on")
        return 130
