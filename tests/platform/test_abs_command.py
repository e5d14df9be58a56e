"""``scripts/abs`` where it can be tried without a server: choices, refusals, sorting."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from absctl import clock, odoo_source, paths  # noqa: E402
from absctl.console import Problem  # noqa: E402
from absctl.odoo_source import open_tree  # noqa: E402
from absctl.testing import _CLOSING, split_arguments  # noqa: E402


@pytest.fixture
def abs_command(tmp_path):
    """A function that runs ``scripts/abs`` with an empty cache and no Odoo given."""

    def run(*arguments, **environment):
        env = {**os.environ, "ABS_CACHE": str(tmp_path / "cache"), **environment}
        for name in ("ODOO_HOME", "ABS_DB_URL", "PGHOST"):
            if name not in environment:
                env.pop(name, None)
        return subprocess.run(
            [ROOT / "scripts" / "abs", *arguments],
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def make_tree(path, version, *, debian=False):
    """Make what of an Odoo tree is looked at: ``release.py`` and an addon."""
    base = path / "usr/lib/python3/dist-packages" if debian else path
    package = base / "odoo"
    package.mkdir(parents=True)
    (package / "release.py").write_text(f"version_info = ({version}, FINAL, 0, '')\n")
    (base / ("odoo/addons" if debian else "addons") / "sale").mkdir(parents=True)
    return path


def test_finds_a_source_tree(abs_command, tmp_path):
    tree = make_tree(tmp_path / "odoo", "18, 0, 0")
    found = abs_command("find", "--odoo", str(tree))
    assert (found.returncode, found.stdout.strip()) == (0, str(tree))


def test_odoo_home_goes_before_the_cache(abs_command, tmp_path):
    make_tree(tmp_path / "cache" / "odoo-18.0", "18, 0, 0")
    home = make_tree(tmp_path / "home", "18, 0, 0")
    assert abs_command("find").stdout.strip() == str(tmp_path / "cache" / "odoo-18.0")
    assert abs_command("find", ODOO_HOME=str(home)).stdout.strip() == str(home)


def test_reads_the_unpacked_debian_package(tmp_path):
    source = open_tree(make_tree(tmp_path / "root", "19, 0, 0", debian=True), "here")
    assert source.series == "19.0"
    assert source.addons == source.pythonpath / "odoo" / "addons"
    assert source.requirements is None


@pytest.mark.parametrize("version", ["17, 0, 0", "20, 0, 0"])
def test_refuses_another_series(tmp_path, version):
    with pytest.raises(Problem, match=r"abs_connector runs on 18\.0 and 19\.0"):
        open_tree(make_tree(tmp_path / "odoo", version), "here")


def test_refuses_a_folder_without_odoo(abs_command, tmp_path):
    done = abs_command("up", "--odoo", str(tmp_path), "--port", "1")
    assert done.returncode == 1
    assert "holds no Odoo" in done.stderr
    assert "Traceback" not in done.stderr


def test_refuses_a_database_address_that_is_none(abs_command, tmp_path):
    tree = make_tree(tmp_path / "odoo", "18, 0, 0")
    done = abs_command("up", "--odoo", str(tree), ABS_DB_URL="mysql://x")
    assert done.returncode == 1
    assert "ABS_DB_URL is not a database address" in done.stderr


def test_down_with_nothing_up(abs_command):
    done = abs_command("down")
    assert done.returncode == 0
    assert "nothing was running" in done.stderr


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache for functions that are called in this process."""
    for module in (odoo_source, paths):
        monkeypatch.setattr(module, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(odoo_source, "LOGS", tmp_path / "log")
    monkeypatch.delenv("ODOO_HOME", raising=False)
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def official(tmp_path, monkeypatch):
    """A git repository with a branch 18.0, in the place of the official one."""
    repository = make_tree(tmp_path / "official", "18, 0, 0")
    (repository / "addons" / "sale" / "__init__.py").touch()
    git = ["git", "-C", str(repository), "-c", "user.name=x", "-c", "user.email=x@x"]
    for command in (["init", "-q", "-b", "18.0"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    monkeypatch.setenv("ABS_ODOO_GIT", f"file://{repository}")
    return repository


def test_fetches_the_official_source_once(cache, official, monkeypatch):
    source = odoo_source.resolve()
    assert (source.series, source.pythonpath) == ("18.0", cache / "odoo-18.0")
    monkeypatch.setenv("ABS_ODOO_GIT", "file:///nowhere")
    assert odoo_source.resolve().pythonpath == cache / "odoo-18.0"


def test_a_broken_clone_starts_again(cache, official):
    (cache / "odoo-18.0.part" / "odoo").mkdir(parents=True)
    assert odoo_source.resolve("18.0").series == "18.0"
    assert not (cache / "odoo-18.0.part").exists()


def test_falls_back_to_debian_and_stays_there(cache, monkeypatch, official):
    make_tree(cache / "odoo-19.0", "19, 0, 0", debian=True)
    reachable = os.environ["ABS_ODOO_GIT"]
    monkeypatch.setenv("ABS_ODOO_GIT", "file:///nowhere")
    assert odoo_source.resolve().series == "19.0"
    with pytest.raises(Problem, match="can't be fetched here"):
        odoo_source.resolve("18.0")
    assert odoo_source.resolve().series == "19.0"
    monkeypatch.setenv("ABS_ODOO_GIT", reachable)
    assert odoo_source.resolve("18.0").series == "18.0"


def test_paths_of_pytest_go_where_they_lie():
    rules, black_box = split_arguments(["-k", "pay", "-x"])
    assert rules == ["-k", "pay", "-x", "abs_connector/tests"]
    assert black_box == ["-k", "pay", "-x", "tests"]
    rules, black_box = split_arguments(["tests/platform", "-q"])
    assert (rules, black_box) == (None, ["-q", "tests/platform"])
    rules, black_box = split_arguments(["abs_connector/tests/__init__.py::TestX"])
    assert (rules, black_box) == (["abs_connector/tests/__init__.py::TestX"], None)


@pytest.mark.parametrize(
    "line",
    [
        "=== 3 failed, 312 passed, 2 skipped in 210.31s (0:03:30) ===",
        "312 passed in 2.1s",
        "9 passed, 3114 subtests passed in 30.04s",
        "==== 1 passed, 1 warning in 0.01s ====",
    ],
)
def test_closing_lines_are_recognised(line):
    assert "passed" in _CLOSING.match(line)[1]


def test_state_is_read_whole_or_not_at_all(tmp_path):
    path = tmp_path / "state.json"
    paths.write_json(path, {"a": 1})
    assert json.loads(path.read_text()) == {"a": 1}
    assert path.stat().st_mode & 0o077 == 0
    path.write_text('{"a":')
    assert paths.read_json(path, {}) == {}


def test_a_hold_keeps_others_from_stopping(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    descriptor = paths.hold("thing")
    with paths.nobody_holds("thing") as unused:
        assert not unused
    os.close(descriptor)
    with paths.nobody_holds("thing") as unused:
        assert unused


@pytest.mark.parametrize("text", ["tomorrow", "2027-02-29 12:00", "2027-02-28"])
def test_a_time_that_is_none(abs_command, text):
    done = abs_command("test", "--at", "2028-02-29 12:00", "--at", text)
    assert done.returncode == 1
    assert f"'{text}' is no time" in done.stderr


def test_another_time_has_its_own_postgresql(abs_command):
    done = abs_command("test", "--at", "2028-02-29 12:00", PGHOST="127.0.0.1")
    assert done.returncode == 1
    assert "leave out ABS_DB_URL and PGHOST" in done.stderr


@pytest.mark.parametrize("minutes", ["0", "-1", "61", "nan"])
def test_a_soak_is_bounded(abs_command, minutes):
    done = abs_command("soak", f"--minutes={minutes}")
    assert done.returncode == 1
    assert "--minutes is between 0 and 60" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--minutes", "long"], ["--seed", "x"], ["--worker", "3"]]
)
def test_what_a_soak_does_not_take(abs_command, arguments):
    done = abs_command("soak", *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


@pytest.mark.skipif(
    not shutil.which("faketime") or "FAKETIME" in os.environ,
    reason="faketime is not installed, or around us already",
)
def test_processes_of_another_time():
    """They agree on the time, which moves, and still sleep and wait in real seconds."""
    script = (
        "import datetime, threading, time\n"
        "start = time.monotonic()\n"
        "time.sleep(0.2)\n"
        "threading.Event().wait(0.2)\n"
        "print(datetime.datetime.now(datetime.timezone.utc).isoformat(), "
        "time.monotonic() - start)\n"
    )
    wanted = clock.parse("2028-02-29 23:30")
    begun = time.monotonic()
    own = clock.clock_at("2028-02-29 23:30")
    env = {**os.environ, **own.env, "PYTHONPATH": str(own.python_path)}
    command = [sys.executable, "-c", script]
    for _turn in range(2):
        told = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=30, check=True
        )
        now, slept = told.stdout.split()
        late = dt.datetime.fromisoformat(now) - wanted
        assert -1 <= late.total_seconds() <= time.monotonic() - begun + 1
        assert 0.4 <= float(slept) < 10
