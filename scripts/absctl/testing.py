"""``abs test``: the rules inside Odoo, then the black box against a live server."""

import contextlib
import os
import re
import subprocess
import sys

from absctl import clock, system
from absctl.cluster import free_port
from absctl.console import Problem, die_with_parent, elapsed, say
from absctl.database import given
from absctl.instance import addon_digest
from absctl.kept import Kept
from absctl.paths import ROOT
from absctl.server import Server
from absctl.stack import (
    DEMO_API_KEY,
    DEMO_PASSWORD,
    copy_database,
    drop_database,
    fresh,
    open_stack,
    settle,
)

RULES = "abs_connector/tests"
BLACK_BOX = "tests"
#: pytest's exit status when a selection matched nothing.
_NOTHING = 5
_CLOSING = re.compile(
    r"(?:=+ )?((?:\d+ [a-z]+(?: [a-z]+)?, )*\d+ [a-z]+(?: [a-z]+)? in [\d.]+s.*?)"
    r"(?: =+)?$"
)


def split_arguments(arguments):
    """Sort pytest arguments into those of the rules and those of the black box.

    Paths go where they lie; options go to both. A part of the suite is left out when
    paths were given and none of them lies in it.

    :return: ``(rules, black_box)``, each a list of arguments or None
    """
    rules, black_box, options = [], [], []
    for argument in arguments:
        path = argument.partition("::")[0]
        here = (ROOT / path).resolve() if path and not path.startswith("-") else None
        if not here or not here.exists() or ROOT not in [here, *here.parents]:
            options.append(argument)
        elif ROOT / RULES in [here, *here.parents]:
            rules.append(argument)
        elif ROOT / BLACK_BOX in [here, *here.parents]:
            black_box.append(argument)
        else:
            options.append(argument)
    if not rules and not black_box:
        rules, black_box = [RULES], [BLACK_BOX]
    return (
        [*options, *rules] if rules else None,
        [*options, *black_box] if black_box else None,
    )


def _pytest(stack, arguments, env):
    """Run pytest; show its output as it comes; return ``(status, closing line)``."""
    process = subprocess.Popen(
        [stack.env.python, "-m", "pytest", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **env},
        preexec_fn=die_with_parent,
    )
    tail = b""
    try:
        while chunk := os.read(process.stdout.fileno(), 65536):
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
            tail = (tail + chunk)[-4096:]
    except BaseException:
        process.terminate()
        process.wait()
        raise
    status = process.wait()
    closing = f"no summary, exit status {status}"
    for line in re.sub(
        r"\x1b\[[\d;]*m", "", tail.decode(errors="replace")
    ).splitlines():
        if found := _CLOSING.match(line.strip()):
            closing = found[1]
    return status, closing


def _rules(stack, database, arguments):
    """Run the rule tests on ``database``."""
    instance = stack.instance(database)
    conf = instance.write_conf(http_port=free_port())
    env = {**instance.env, "ODOO_RC": str(conf)}
    # Without --odoo-http the plugin skips every test that makes a request.
    return _pytest(stack, ["--odoo-http", *arguments], env)


def _black_box(stack, database, arguments):
    """Run the black-box tests against a server on ``database``, which has the demo."""
    instance = stack.instance(database)
    port = free_port()
    # Races are run against as many workers as a small company has.
    serving = Server(instance, port, workers=8, crons=0)
    serving.start(detach=True, addon=addon_digest(), demo=True)
    env = {
        "ABS_URL": f"http://127.0.0.1:{port}",
        "ABS_DB": database,
        "ABS_SERIES": stack.source.series,
        "ABS_ADMIN_PASSWORD": DEMO_PASSWORD,
        "ABS_PASSWORD": DEMO_PASSWORD,
        "ABS_API_KEY": DEMO_API_KEY,
        **stack.where.env,
    }
    if stack.where.clock:
        env["PYTHONPATH"] = str(stack.where.clock.python_path)
    try:
        # The plugin imports Odoo, which the black box never needs.
        return _pytest(stack, ["-p", "no:odoo", *arguments], env)
    finally:
        serving.stop()


def test(*, odoo, arguments, keep=False, times=None):
    """Run the suite; return the exit status.

    :param bool keep: on databases that stay for the next run, instead of fresh ones
    :param times: texts of other times than now; the later ones go on with the fresh
        databases of the first, as a company does
    """
    rules, black_box = split_arguments(arguments)
    for time in times or ():
        clock.parse(time)  # before the first of them runs
    if times and given():
        raise Problem(
            "A run at another time needs a PostgreSQL with that clock: leave out "
            "ABS_DB_URL and PGHOST, and it starts its own."
        )
    if black_box:
        system.need_browser()
    times = times or [None]
    statuses = []
    for number, time in enumerate(times):
        with open_stack(odoo, tests=True, at=time) as stack:
            first, last = number == 0, number == len(times) - 1
            names = (
                _kept(stack) if keep else _fresh(stack, first, last, bool(black_box))
            )
            with names as (base, live):
                results = []
                if rules:
                    say(f"rule tests on Odoo {stack.source.series}")
                    results.append(("rules", *_rules(stack, base(), rules)))
                if black_box:
                    say(f"black-box tests on Odoo {stack.source.series}")
                    results.append(_try_black_box(stack, live, black_box))
        statuses.append(_verdict(stack.source.series, results, time))
    return max(statuses)


def _try_black_box(stack, live, arguments):
    try:
        return ("black box", *_black_box(stack, live(), arguments))
    except Problem as problem:
        return ("black box", 1, str(problem))


@contextlib.contextmanager
def _kept(stack):
    """Yield two functions that bring the kept databases up to date; they stay."""
    kept = Kept(stack)
    yield kept.rules, kept.served


@contextlib.contextmanager
def _fresh(stack, first, last, black_box):
    """Yield two functions that return the databases of this run.

    :param bool first: whether they are to be made
    :param bool last: whether they are to be dropped afterwards
    :param bool black_box: whether the second, with the demo, is needed as well
    """
    series = stack.source.series.partition(".")[0]
    base = f"abs_test_{series}_{os.getpid()}"
    live = f"{base}_live"
    if stack.where.hold is not None:
        _sweep(stack)
    done = False
    try:
        if first:
            fresh(stack, base)
            if black_box:  # before the rule tests leave their companies there
                copy_database(stack, base, live)

        def served():
            if first:
                settle(stack.instance(live), demo=True)
            return live

        yield lambda: base, served
        done = True
    finally:
        if last or not done:
            for name in (base, live):
                drop_database(stack, name)


def _sweep(stack):
    """Drop the test databases of runs that were killed: their name ends in the pid."""
    for name in stack.databases.ask("names", "abs_test_"):
        # also the copy of test_schemathesis.py
        pid = name.removesuffix("_fuzz").removesuffix("_live").rpartition("_")[2]
        if pid.isdigit() and not os.path.exists(f"/proc/{pid}"):
            drop_database(stack, name)


def _verdict(series, results, time=None):
    """Print one closing line for each part; return the exit status."""
    where = f"Odoo {series} at {time}" if time else f"Odoo {series}"
    statuses = [status for _part, status, _closing in results]
    nothing_ran = all(status == _NOTHING for status in statuses)
    good = not nothing_ran and all(status in (0, _NOTHING) for status in statuses)
    for part, _status, closing in results:
        print(f"=== {where}, {part}: {closing} ===")
    word = "passed" if good else "FAILED"
    print(f"=== {where}: {word} in {elapsed():.0f}s ===", flush=True)
    return 0 if good else 1
