"""Who may have a password checked now: counts that all processes of a server share.

A check costs a tenth of a second of a core, and anybody may ask for one. Three limits
stand before it, and none writes a row: the counts are cells of one small file beside the
attachments, whose size never grows, and the names of strangers are nowhere in it.

* Five wrong passwords in fifteen minutes lock an identity, whether it exists or not.
* A source (an IPv4 address, the /64 of an IPv6 one) has thirty wrong ones at once, and
  one more every second. Right ones cost nothing: a whole town may share an address.
* One worker and one core always stay free of checks. When all others are at it, the
  next waits for a moment, unless somebody has just been wrong: then it is refused at
  once.

Where the file can't be had (a disk that is full, a network drive without locks) each
process counts for itself.
"""

import contextlib
import fcntl
import hashlib
import ipaddress
import logging
import os
import secrets
import socket
import struct
import threading
import time
import zlib
from pathlib import Path

from odoo.tools import config

_logger = logging.getLogger(__name__)
ALLOWED = 5
WINDOW = 15 * 60
#: wrong passwords that a source has at once, and the seconds that bring one back
BURST, INTERVAL = 30, 1.0
#: seconds after which a check that never ended (its process died) counts no more
_LOST = 60
#: seconds that a check waits for its place, at most, in calm times
_PATIENCE = 1.0
#: seconds without a wrong password that make calm times
_CALM = 5.0
#: places where a process serves with threads
_THREADS = 4
_SALT = 16
_IDENTITY = struct.Struct("<5d")
_TIME = struct.Struct("<d")
_IDENTITIES, _SOURCES = 2**16, 2**14
_LAST_WRONG_AT = _SALT
_SOURCES_AT = _LAST_WRONG_AT + _TIME.size
_IDENTITIES_AT = _SOURCES_AT + _SOURCES * _TIME.size
#: the lock over the cells; places are locks far behind the last of them
_CELLS_LOCK = 0
_PLACES_LOCK = 2**40


class Locked(Exception):
    """The identity has had its guesses; ``wait`` seconds to go."""

    def __init__(self, wait):
        super().__init__(wait)
        self.wait = int(wait) + 1


class Busy(Exception):
    """Too many checks of this source, or at this moment; ``wait`` seconds to go."""

    def __init__(self, wait=1):
        super().__init__(wait)
        self.wait = int(wait) + 1


def source_of(address):
    """Return what counts as one source: who has an IPv6 address has its /64."""
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _places():
    """Return how many checks may run at once on this server."""
    if not config["workers"]:
        return _THREADS
    return max(1, min(config["workers"], len(os.sched_getaffinity(0))) - 1)


class Gate:
    """The counts of one database.

    :param path: the file; None keeps the counts in this process
    """

    def __init__(self, path=None):
        self._path = path
        self._descriptor = None
        self._memory = {}
        self._salt = secrets.token_bytes(_SALT)
        self._mutex = threading.RLock()
        self._taken = set()

    @contextlib.contextmanager
    def check(self, identity, source):
        """Let one password be checked inside; the block calls what it gets when right.

        :param str identity: what is guessed at, known or not
        :param str source: see :func:`source_of`
        :raises Locked: five guesses were wrong
        :raises Busy: the source, or the moment, has no check to give
        """
        reasons = []
        begun = self._begin(identity, source)
        try:
            with self._place():
                yield lambda: reasons.append(True)
        except BaseException:
            self._end(identity, source, begun, None)
            raise
        self._end(identity, source, begun, bool(reasons))

    # What is counted

    def _begin(self, identity, source):
        """Take one guess of the identity and one of the source, before they are known
        to be wrong: those at the same time see it."""
        now = time.time()
        with self._locked():
            cell, at = self._identity(identity)
            wrong = [t for t in cell if 0 <= now - t < WINDOW]
            if len(wrong) >= ALLOWED:
                raise Locked(min(wrong) + WINDOW - now)
            running = [t for t in cell if t < 0 and 0 <= now + t < _LOST]
            if len(wrong) + len(running) >= ALLOWED:
                raise Busy()
            due, due_at = self._due(source, now)
            if due - now > (BURST - 1) * INTERVAL:
                raise Busy(due - now - (BURST - 1) * INTERVAL)
            self._write(due_at, _TIME.pack(due + INTERVAL))
            self._keep(at, [*wrong, *running, -now])
        return now

    def _end(self, identity, source, begun, right):
        """Count what came of the guess: wrong, right, or (None) never checked."""
        now = time.time()
        with self._locked():
            cell, at = self._identity(identity)
            cell = [t for t in cell if t]
            if -begun in cell:
                cell.remove(-begun)
            if right is False:
                cell.append(begun)
                self._write(_LAST_WRONG_AT, _TIME.pack(now))
            else:
                due, due_at = self._due(source, now)
                self._write(due_at, _TIME.pack(due - INTERVAL))
            if right:
                cell = [t for t in cell if t < 0]
            self._keep(at, cell)

    def _identity(self, identity):
        at = _IDENTITIES_AT + self._index(identity, _IDENTITIES) * _IDENTITY.size
        return _IDENTITY.unpack(self._read(at, _IDENTITY.size)), at

    def _keep(self, at, times):
        times = sorted(times, key=abs)[-ALLOWED:]
        self._write(at, _IDENTITY.pack(*times, *[0.0] * (ALLOWED - len(times))))

    def _due(self, source, now):
        """Return when the source has all its guesses again, and the place of it."""
        at = _SOURCES_AT + self._index(source, _SOURCES) * _TIME.size
        (due,) = _TIME.unpack(self._read(at, _TIME.size))
        return min(max(due, now), now + BURST * INTERVAL), at

    def _index(self, text, cells):
        """Return the cell of a name: salted, so that nobody aims at another's cell."""
        digest = hashlib.blake2b(text.encode(), key=self._salt, digest_size=8).digest()
        return int.from_bytes(digest, "big") % cells

    # Places: locks that the kernel takes back from a process that dies

    @contextlib.contextmanager
    def _place(self):
        """Hold one of the places for checks; wait for it in calm times only."""
        place = self._take()
        deadline = time.monotonic() + _PATIENCE
        while place is None and self._calm() and time.monotonic() < deadline:
            time.sleep(0.02)
            place = self._take()
        if place is None:
            raise Busy()
        try:
            yield
        finally:
            self._give_back(place)

    def _calm(self):
        with self._locked():
            (last,) = _TIME.unpack(self._read(_LAST_WRONG_AT, _TIME.size))
        return not 0 <= time.time() - last < _CALM

    def _take(self):
        for place in range(_places()):
            with self._mutex:
                if place in self._taken or not self._lock(self._offset(place), False):
                    continue
                self._taken.add(place)
                return place
        return None

    def _give_back(self, place):
        with self._mutex:
            self._taken.discard(place)
            self._unlock(self._offset(place))

    @staticmethod
    def _offset(place):
        """Each server has places of its own, also where several share the file."""
        server = os.getppid() if config["workers"] else os.getpid()
        name = f"{socket.gethostname()}:{server}"
        return _PLACES_LOCK + (zlib.crc32(name.encode()) << 8) + place

    # The file

    @contextlib.contextmanager
    def _locked(self):
        with self._mutex:
            self._open()
            locked = self._lock(_CELLS_LOCK, True)
            try:
                yield
            finally:
                if locked:
                    self._unlock(_CELLS_LOCK)

    def _open(self):
        if self._path is None or self._descriptor is not None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Kept open for good: closing any descriptor of it would drop all locks.
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, 1, _CELLS_LOCK)
            salt = os.pread(self._descriptor, _SALT, 0)
            if len(salt) < _SALT:
                salt = self._salt
                os.pwrite(self._descriptor, salt, 0)
            self._salt = salt
        except OSError as error:
            self._alone(error)

    def _alone(self, error):
        _logger.warning("Log-ins are counted per process: %s", error)
        self._path = self._descriptor = None

    def _lock(self, offset, wait):
        """Lock one byte of the file; return whether it is ours now."""
        if self._descriptor is None:
            return True
        how = fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.lockf(self._descriptor, how, 1, offset)
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            self._alone(error)
        return True

    def _unlock(self, offset):
        if self._descriptor is not None:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, offset)

    def _read(self, offset, size):
        if self._descriptor is None:
            return self._memory.get(offset, bytes(size))
        return os.pread(self._descriptor, size, offset).ljust(size, b"\0")

    def _write(self, offset, data):
        if self._descriptor is not None:
            try:
                os.pwrite(self._descriptor, data, offset)
                return
            except OSError as error:
                self._alone(error)
        self._memory[offset] = data


#: ``{database: gate}``
GATES = {}


def gate(dbname):
    """Return the gate of a database."""
    if dbname not in GATES:
        GATES[dbname] = Gate(Path(config.filestore(dbname), "abs_login_gate"))
    return GATES[dbname]
