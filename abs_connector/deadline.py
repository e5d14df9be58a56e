"""How long a request of the API may wait for what others hold.

A row that another transaction has locked keeps a request, and the worker that serves
it, for as long as that transaction likes: PostgreSQL waits without an end, and Odoo
repeats what failed. So each request has one deadline. Until then its statements wait
and its conflicts are tried again, Odoo's retry included; afterwards a lock that is not
to be had is final: 409 ``try_again``, and nothing was changed.

Only waiting is bounded. Long work goes on beyond the deadline, and still gets locks
that are free. The web client and scheduled actions have no deadline.
"""

import time
from typing import Any

from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

from .scope import Cursor

#: seconds from the beginning of a request in which it may wait; an answer within ten is
#: promised, and what had been done is to be taken back in the rest
WAITING = 7
#: seconds that one statement may wait later: a lock that others hold for a moment only
MOMENT = 0.5
#: seconds after which a transaction is told anew how long it may still wait
STEP = 0.2


class Deadline:
    """The end of the waiting of one request."""

    def __init__(self) -> None:
        self._end = time.monotonic() + WAITING
        #: whether the last statement that met a conflict had waited before
        self._waited = False

    @property
    def left(self) -> float:
        """Seconds of waiting that are left; negative when it is over."""
        return self._end - time.monotonic()

    @property
    def is_final(self) -> bool:
        """Whether the conflict that was just met is the last one.

        Past the deadline, who had to wait gives up; who had not may try again at once.
        """
        return self.left <= 0 and self._waited

    def bound(self, cr: Cursor) -> None:
        """Have the statements of ``cr`` wait until the deadline at most.

        ``lock_timeout`` travels with a statement that is sent anyway, and ends with its
        transaction: the connection goes back to a pool that others share.
        """
        if "execute" in vars(cr):  # bound already, by the match of its path
            return
        send, told = cr.execute, 0.0

        def execute(query: Any, params: Any = None, log_exceptions: bool = True) -> Any:
            nonlocal told
            begun = time.monotonic()
            status = cr.connection.get_transaction_status()
            if status == TRANSACTION_STATUS_IDLE or (
                status == TRANSACTION_STATUS_INTRANS and begun - told > STEP
            ):
                told, query = begun, self._with_timeout(query)
            elif isinstance(query, str) and query.startswith("ROLLBACK TO"):
                told = 0.0  # what was told since the savepoint is forgotten
            try:
                return send(query, params, log_exceptions)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self._waited = time.monotonic() - begun > STEP
                raise

        cr.execute = execute

    def _with_timeout(self, query: Any) -> Any:
        milliseconds = int(max(self.left, MOMENT) * 1000)
        setting = f"SET LOCAL lock_timeout = {milliseconds}; "
        if isinstance(query, SQL):
            return SQL("%s%s", SQL(setting), query)
        if isinstance(query, bytes):
            return setting.encode() + query
        if isinstance(query, str):
            return setting + query
        return query  # composed by psycopg2: the next one carries it


def bounded(cr: Cursor) -> Cursor:
    """Return ``cr``, a cursor opened beside that of a request, with its deadline."""
    deadline = getattr(request, "abs_deadline", None) if request else None
    if deadline is not None:
        deadline.bound(cr)
    return cr
