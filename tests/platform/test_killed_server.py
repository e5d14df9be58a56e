"""``kill -9`` of a server: ``abs down`` finds what it leaves."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from second_server import ROOT, SecondServer


def session(leader):
    """Return the ids of the living processes of a session."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.add(int(path.parent.name))
    return found


@pytest.fixture
def down(tmp_path):
    """A function that records a server in a cache of its own and runs ``abs down``."""
    folder = tmp_path / "cache" / "run"
    folder.mkdir(parents=True)

    def run(record):
        path = folder / f"server-{record['port']}.json"
        path.write_text(json.dumps(record))
        done = subprocess.run(
            [ROOT / "scripts" / "abs", "down", "--port", str(record["port"])],
            env={**os.environ, "ABS_CACHE": str(folder.parent)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stderr, path.exists()

    return run


@pytest.mark.parametrize("reaped", [False, True])
def test_nothing_is_left(base_url, tmp_path, down, reaped):
    """A master that nobody has waited for is still in the list of processes."""
    server = SecondServer(base_url, tmp_path)
    server.proxy.listen()
    try:
        server.start()
        pid = server.process.pid
        before = session(pid)
        assert len(before) > 3  # two workers, crons, websockets
        os.kill(pid, signal.SIGKILL)
        if reaped:
            server.process.wait()
        record = {**server.record, "pid": pid, "port": server.port, "url": server.url}
        said, recorded = down({**record, "conf": str(server.conf)})
        assert session(pid) == set()
    finally:
        server.stop()
    assert f"stopping the server on port {server.port}" in said
    assert not recorded


def test_another_program_with_its_number_lives_on(down):
    """The kernel gives numbers again."""
    other = subprocess.Popen(["sleep", "600"], start_new_session=True)
    try:
        record = {"pid": other.pid, "port": 1, "url": "http://x", "conf": "/none.conf"}
        said, _recorded = down(record)
        assert other.poll() is None
        assert "nothing was running" in said
    finally:
        other.kill()
        other.wait()
