"""A second server on the database of the run, which may lose its PostgreSQL.

It stands behind a proxy of ours, so that the cluster, which other runs use, stays up.
"""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg2
import pytest
import requests

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from absctl.cluster import free_port  # noqa: E402
from absctl.paths import CACHE  # noqa: E402

_SSL_REQUEST = 80877103


class Proxy:
    """A TCP proxy to PostgreSQL that can be cut, or refuse like a server in trouble."""

    def __init__(self, host, port):
        self._target = (host, int(port))
        self.port = free_port()
        self._refusal = None
        self._open, self._lock = set(), threading.Lock()
        #: connections that were let through so far
        self.passed = 0
        self._listener = None

    def listen(self, refusal=None):
        """Let connections through; with ``refusal``, a pair of SQLSTATE and text, tell
        each that instead."""
        self.cut()
        self._refusal = refusal
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(
            target=self._accept, args=[self._listener], daemon=True
        ).start()

    def cut(self):
        """End all connections; new ones are refused by the operating system."""
        if self._listener:
            # close() alone leaves accept() waiting, and with it the port open
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def _accept(self, listener):
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            refusal = self._refusal
            serve = self._refuse if refusal else self._connect
            call = [client, *(refusal or ())]
            threading.Thread(target=serve, args=call, daemon=True).start()

    def _connect(self, client):
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        with self._lock:
            self._open |= {client, server}
            self.passed += 1
        threading.Thread(target=self._pump, args=[client, server], daemon=True).start()
        self._pump(server, client)

    @staticmethod
    def _pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _refuse(self, client, state, text):
        with client, contextlib.suppress(OSError, struct.error):
            while True:
                (length,) = struct.unpack("!i", client.recv(4, socket.MSG_WAITALL))
                body = client.recv(length - 4, socket.MSG_WAITALL)
                if struct.unpack("!i", body[:4])[0] != _SSL_REQUEST:
                    break
                client.sendall(b"N")
            words = f"SFATAL\0VFATAL\0C{state}\0M{text}\0\0".encode()
            client.sendall(b"E" + struct.pack("!i", len(words) + 4) + words)


class SecondServer:
    """An Odoo server beside that of the run; ``proxy`` is its way to PostgreSQL.

    :param str url: the address of the server of the run, which was started here
    :param Path folder: for its configuration and log
    """

    def __init__(self, url, folder):
        port = url.rpartition(":")[2]
        record = CACHE / "run" / f"server-{port}.json"
        if not record.exists():
            pytest.skip("the server of this run was not started by scripts/abs here")
        self.record = json.loads(record.read_text())
        lines = Path(self.record["conf"]).read_text().splitlines()
        self._options = dict(line.split(" = ", 1) for line in lines[1:])
        self.database = self._options["db_name"]
        self.proxy = Proxy(self._options["db_host"], self._options["db_port"])
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.conf, self.log = folder / "second.conf", folder / "second.log"
        self.process = None

    def start(self, **options):
        """Start it, and wait until it takes requests.

        :param options: for its configuration file, instead of the first server's
        """
        options = {
            **self._options,
            "workers": 2,
            "max_cron_threads": 1,
            **options,
            "db_host": "127.0.0.1",
            "db_port": self.proxy.port,
            "http_port": self.port,
            "gevent_port": free_port(),
        }
        text = "".join(f"{key} = {value}\n" for key, value in options.items())
        self.conf.touch(0o600)
        self.conf.write_text("[options]\n" + text)
        master = Path(f"/proc/{self.record['pid']}/environ").read_bytes().split(b"\0")
        env = dict(item.decode().split("=", 1) for item in master if item)
        # Odoo 19 takes them before its configuration file.
        env |= {"PGHOST": "127.0.0.1", "PGPORT": str(self.proxy.port)}
        with open(self.log, "a", encoding="utf-8") as sink:
            self.process = subprocess.Popen(
                [
                    self.record["python"],
                    ROOT / "scripts/absctl/odoo_launcher.py",
                    "-c",
                    self.conf,
                ],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                env=env,
                start_new_session=True,
            )
        self.wait(lambda: requests.get(self.url + "/api/system/health", timeout=60))

    def wait(self, ask, seconds=120):
        """Return the first answer of ``ask`` that no lost connection ends."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            with contextlib.suppress(requests.ConnectionError):
                answer = ask()
                if answer is not None:
                    return answer
            threading.Event().wait(0.1)
        raise AssertionError(f"nothing came: {self.log.read_text()[-4000:]}")

    def healthy(self):
        """Return the answer of the health check once it is good."""

        def ask():
            answer = requests.get(self.url + "/api/system/health", timeout=60)
            return answer if answer.status_code == 200 else None

        return self.wait(ask)

    def stop(self):
        """End it and all that it started."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.proxy.cut()


def connect(url):
    """Return a connection of our own to the database of the run, past all servers.

    It commits each statement unless told otherwise.
    """
    port = url.rpartition(":")[2]
    record = CACHE / "run" / f"server-{port}.json"
    if not record.exists():
        pytest.skip("the server of this run was not started by scripts/abs here")
    lines = Path(json.loads(record.read_text())["conf"]).read_text().splitlines()
    options = dict(line.split(" = ", 1) for line in lines[1:])
    names = {"host": "db_host", "port": "db_port", "user": "db_user"}
    names |= {"password": "db_password", "dbname": "db_name"}
    given = {key: options[name] for key, name in names.items()}
    connection = psycopg2.connect(
        **{key: value for key, value in given.items() if value != "False"}
    )
    connection.autocommit = True
    return connection
