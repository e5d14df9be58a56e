"""What a person sees: progress lines with seconds, and one sentence when it fails."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time

_START = time.monotonic()
#: Seconds between two progress lines of one long command.
_PROGRESS_EVERY = 10


class Problem(Exception):
    """Something a person has to act on; its text is the whole message."""


def elapsed():
    """Return the seconds since the command started, as a float."""
    return time.monotonic() - _START


def say(text):
    """Print one progress line, prefixed with the seconds since the start."""
    print(f"[{elapsed():6.1f}s] {text}", file=sys.stderr, flush=True)


def die_with_parent():
    """Have the kernel end this child when its parent is killed (Linux only).

    For ``preexec_fn``: a killed run leaves nothing behind that works on its files.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _tail(path, lines=25):
    """Return the last ``lines`` lines of the text file ``path``."""
    with open(path, encoding="utf-8", errors="replace") as stream:
        return "".join(stream.readlines()[-lines:])


def run_logged(command, log, problem, *, progress=None, env=None, stdin=None, **popen):
    """Run ``command`` with all its output in the file ``log``.

    :param command: list of arguments
    :param log: path of the log file; it is appended to
    :param str problem: the sentence of the :class:`Problem` when it exits non-zero
    :param progress: optional regular expression; the groups of the newest matching line
        are shown every few seconds, so that a long step is seen to move
    :param str stdin: text for its standard input; else it has none
    """
    pattern = re.compile(progress) if progress else None
    shown = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "a", encoding="utf-8") as sink:
        sink.write(f"\n$ {' '.join(map(str, command))}\n")
        sink.flush()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(env or {})},
            preexec_fn=die_with_parent,
            **popen,
        )
        try:
            if stdin is not None:
                process.stdin.write(stdin)
                process.stdin.close()
            for line in process.stdout:
                sink.write(line)
                found = pattern and pattern.search(line)
                if found and time.monotonic() - shown > _PROGRESS_EVERY:
                    shown = time.monotonic()
                    say("  … " + " ".join(filter(None, found.groups())))
            code = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code:
        sys.stderr.write(_tail(log))
        raise Problem(f"{problem} (exit status {code}; the whole log is {log})")
