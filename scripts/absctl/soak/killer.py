"""The trouble: workers, the server and database connections end without a word."""

import contextlib
import os
import random
import re
import shutil
import signal
import threading
from collections import Counter

from absctl.instance import addon_digest
from absctl.server import processes

#: what is killed: how many of 12
_KINDS = {"worker": 6, "connections": 5, "server": 1}
#: Lines of a log that begin a record of Odoo's.
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ")
#: What a process says that lost its database, or whose start was cut short.
_LOST = re.compile(
    r"terminating connection|server closed the connection|connection already closed"
    r"|cursor already closed|SSL connection has been closed|AdminShutdown"
    r"|connection pointer is NULL|could not receive data"
)


class Killer:
    """Kills at random until it is told to stop; all of it in one thread.

    Only processes of this server, and connections to its database, are touched.

    :param Server serving: the server; it is running
    :param folder: where the logs of all its lives go
    """

    def __init__(self, serving, seed, folder):
        self.serving, self.folder = serving, folder
        self.rng = random.Random(f"{seed}-killer")
        self.kills, self.problem = Counter(), None
        self._lives = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begin(self):
        self._thread.start()

    def alive(self):
        """Tell whether it still kills; not after something that it did not expect."""
        return self._thread.is_alive()

    def end(self):
        """Stop killing; the server is up then, or ``problem`` says why not."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self):
        try:
            while not self._over.wait(self._pause()):
                kind = self.rng.choices(list(_KINDS), _KINDS.values())[0]
                getattr(self, f"_{kind}")()
        except Exception as error:  # told at the end, by who waits for this thread
            self.problem = error

    def _pause(self):
        """Seconds to the next one: few, or enough for the crons to have a turn.

        A cron process of Odoo's begins a minute after its start.
        """
        return 80 if self.rng.random() < 0.02 else self.rng.uniform(0.5, 5)

    def _worker(self):
        master = self.serving.process.pid
        others = [p for p in processes(self.serving.record) if p != master]
        if others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.rng.choice(sorted(others)), signal.SIGKILL)
                self.kills["worker"] += 1

    def _connections(self):
        number = self.rng.choice((1, 1, 2, 99))
        instance = self.serving.instance
        ended = instance.stack.databases.ask("disconnect", instance.name, str(number))
        self.kills["database connection"] += ended

    def _server(self):
        if self.rng.random() < 0.5:
            self.kills["server, asked to end"] += 1
            self.serving.stop()
        else:
            # nginx stays and answers meanwhile.
            self.kills["server, kill -9"] += 1
            for pid in processes(self.serving.record):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.serving.process.wait()
            self._over.wait(self.rng.uniform(0, 3))
        self.keep_log()
        self.serving.start(detach=True, addon=addon_digest(), demo=True)

    def keep_log(self):
        """Copy the log away, which the next start empties."""
        self._lives += 1
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.serving.log, self.folder / f"server-{self._lives}.log")

    def tracebacks(self):
        """Return the tracebacks of all logs that no lost connection explains.

        :return Counter: by the last line of the traceback
        """
        found = Counter()
        for path in self.folder.glob("server-*.log"):
            record = []
            for line in [*path.open(errors="replace"), "9999-12-31 00:00:00,000 "]:
                if not _RECORD.match(line):
                    record.append(line.rstrip())
                    continue
                text = "\n".join(record)
                if "Traceback (most recent call last)" in text:
                    last = next((x for x in reversed(record) if x.strip()), "")
                    if not _LOST.search(text):
                        found[last[:200]] += 1
                record = [line.rstrip()]
        return found
