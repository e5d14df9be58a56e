"""Serving a database: start, health, stop."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from absctl import front
from absctl.cluster import free_port
from absctl.console import Problem, say
from absctl.paths import CACHE, LOGS, read_json, write_json

_HEALTH = "/api/system/health"
#: Seconds a server may take to answer its first health check.
_START_TIMEOUT = 180
#: Seconds it may take to end its requests after SIGTERM.
_STOP_TIMEOUT = 30


def _record_file(port):
    return CACHE / "run" / f"server-{port}.json"


def _alive(record):
    """Tell whether a process of the server of ``record`` still is there."""
    return bool(record) and bool(processes(record))


def _is_master(record):
    """Tell whether the process that leads the server still is the one that it was."""
    try:
        with open(f"/proc/{record['pid']}/cmdline", "rb") as stream:
            return record["conf"].encode() in stream.read()
    except OSError:
        return False


def processes(record):
    """Return the ids of the server's processes, also when its master was killed.

    The server leads a session of its own. Workers, the websocket process and what they
    start stay in it, whatever they call themselves, and the kernel gives its number to
    no other process while one of them lives. So a leader that is another program means
    that nothing is left of the server.
    """
    leader, found = record["pid"], []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may hold anything: state, parent, group, session.
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] not in "ZX":  # a zombie is dead
            found.append(int(path.parent.name))
    return [] if leader in found and not _is_master(record) else found


def recorded(port):
    """Return the record of the server that this command started on ``port``, or None.

    Keys: pid, port, url, database, series, conf, python, addon, demo.
    """
    record = read_json(_record_file(port))
    return record if _alive(record) else None


def all_recorded():
    """Return the records of all servers that are up."""
    records = [read_json(path) for path in (CACHE / "run").glob("server-*.json")]
    return [record for record in records if _alive(record)]


def healthy(url):
    """Return None when the server at ``url`` is healthy, else what is wrong."""
    try:
        with urllib.request.urlopen(url + _HEALTH, timeout=30) as answer:
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        return f"{_HEALTH} answers {error.code}"
    except (OSError, ValueError) as error:
        return f"no answer ({error})"
    return None if body.get("success") else f"{_HEALTH} answers {body}"


def port_taken(port):
    """Tell whether something listens on the loopback port ``port``."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Server:
    """An Odoo server process on the database of ``instance``."""

    def __init__(self, instance, port, *, workers=None, crons=1):
        self.instance = instance
        self.port = port
        self.url = f"http://localhost:{port}"
        self.workers = int(os.environ.get("ABS_WORKERS", workers or 2))
        self.crons = crons
        self.process = None
        self.log = LOGS / f"server-{port}.log"

    @property
    def record(self):
        """What is known of the process that was started last, see :func:`recorded`."""
        return read_json(_record_file(self.port))

    def start(self, *, detach, addon=None, demo=False):
        """Start the server and return when it is healthy.

        :param bool detach: log into a file and live on after this command
        :param addon: the digest of the addon, for the record
        :param bool demo: whether the database has the demo data, for the record
        """
        if not recorded(self.port):
            front.stop(self.port)  # of a server that is gone
        if port_taken(self.port):
            raise Problem(
                f"Port {self.port} is in use by another program: choose another one "
                "with --port, or stop that program."
            )
        instance = self.instance
        for record in all_recorded():
            if record["conf"] == str(instance.server_conf):
                # Both would write their own address into the one database.
                raise Problem(
                    f"The database {instance.name} is served on port {record['port']} "
                    "already: use that server, stop it with './scripts/abs down', or "
                    "name another database with --db."
                )
        gevent_port = free_port()
        instance.write_conf(
            instance.server_conf,
            **front.put(self.port, gevent_port),
            gevent_port=gevent_port,
            workers=self.workers,
            max_cron_threads=self.crons,
            limit_time_real=300,
        )
        # PDFs fetch their style sheets over HTTP. The websocket process serves them:
        # it is never busy with the request that waits for the PDF.
        instance.stack.databases.ask(
            *("param", instance.name, f"web.base.url={self.url}"),
            *("web.base.url.freeze=True", f"report.url=http://127.0.0.1:{gevent_port}"),
        )
        log = self.log
        log.parent.mkdir(parents=True, exist_ok=True)
        hold = instance.stack.where.hold
        say(f"starting the server on port {self.port}")
        with open(log, "w" if detach else "a", encoding="utf-8") as sink:
            self.process = subprocess.Popen(
                instance.command("-c", instance.server_conf),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=sink if detach else None,
                stderr=subprocess.STDOUT if detach else None,
                env={**os.environ, **instance.env},
                start_new_session=True,
                # While the server lives, the private PostgreSQL stays up.
                pass_fds=[hold] if hold is not None else [],
            )
        write_json(
            _record_file(self.port),
            {
                "pid": self.process.pid,
                "port": self.port,
                "url": self.url,
                "database": instance.name,
                "series": instance.stack.source.series,
                "conf": str(instance.server_conf),
                "python": str(instance.stack.env.python),
                "addon": addon,
                "demo": demo,
            },
        )
        self._wait_healthy(log if detach else None)

    def _wait_healthy(self, log):
        deadline = time.monotonic() + _START_TIMEOUT
        wrong = "it did not start"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                wrong = f"it ended with status {self.process.returncode}"
                break
            wrong = healthy(self.url)
            if not wrong:
                return
            if wrong.endswith(" 404"):
                wrong += ": the addon is not loaded"
                break
            time.sleep(0.2)
        self.stop()
        where = f"; its log is {log}" if log else ""
        raise Problem(f"The server on port {self.port} is not healthy: {wrong}{where}.")

    def stop(self):
        """Stop the server and wait until it is gone."""
        record = read_json(_record_file(self.port)) if self.process else None
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if record and record["pid"] == self.process.pid:
            _end(record)
        front.stop(self.port)
        _record_file(self.port).unlink(missing_ok=True)


def stop(record):
    """Stop the server of ``record``, started by another run of this command."""
    if _is_master(record):
        os.kill(record["pid"], signal.SIGTERM)
        deadline = time.monotonic() + _STOP_TIMEOUT
        while _is_master(record) and time.monotonic() < deadline:
            time.sleep(0.1)
    _end(record)
    front.stop(record["port"])
    _record_file(record["port"]).unlink(missing_ok=True)


def _end(record):
    """Kill what is left of a server.

    Workers may outlive their master for a moment, or for as long as their request runs
    when it was killed, or a master that did not end in time is still there; afterwards
    nobody uses the database any more.
    """
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = processes(record)
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)
