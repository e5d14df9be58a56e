"""Python under Debian's faketime: it sleeps by ``select``.

Since 3.11 ``time.sleep`` asks the kernel for a time of the monotonic clock, which
faketime 0.9.10 leaves alone as told and takes its own offset off nevertheless: the time
becomes negative and the call fails (libfaketime issue 426).
"""

import select
import time


def _sleep(seconds):
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    select.select((), (), (), seconds)


time.sleep = _sleep
