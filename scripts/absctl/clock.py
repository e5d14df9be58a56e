"""Another time than now, for tests: Debian's faketime around all that they start."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from absctl.console import Problem
from absctl.system import need_faketime

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")


def parse(text):
    """Return the UTC time that ``text`` names, such as "2027-02-28 23:30"."""
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.timezone.utc)
    except ValueError:
        raise Problem(
            f"'{text}' is no time: write it as '2027-02-28 23:30' (UTC)."
        ) from None


@dataclass(frozen=True)
class Clock:
    """A clock that goes on from another time, the same for every process.

    Not faketime's own ``@time``, which each new process would begin again.

    :param int offset: seconds that it is ahead of the real one
    """

    offset: int
    library: str

    @property
    def python_path(self):
        """The folder that Python has to import from first under this clock."""
        return Path(__file__).with_name("faked")

    @property
    def env(self):
        """The environment variables of a process that goes by this clock."""
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME": f"{self.offset:+d}",
            # Time-outs and the age of files are of the real world.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


def clock_at(text):
    """Return the :class:`Clock` that shows ``text`` now."""
    time = parse(text)
    need_faketime()
    now = dt.datetime.now(dt.timezone.utc)
    return Clock(round((time - now).total_seconds()), str(_library()))


def _library():
    """Return the library for programs with threads."""
    for path in sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")):
        return path
    raise Problem("faketime is installed without its library libfaketimeMT.so.1.")
