"""What lost against another transaction runs again: only a new snapshot helps it."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .scope import Env

T = TypeVar("T")


def again(
    env: Env,
    work: Callable[[], T],
    turns: int,
    judge: Callable[[BaseException, int], None] | None = None,
    pause: float = 0.02,
) -> T:
    """Return the result of ``work()``, run anew where another transaction was first.

    :param work: does all of the transaction that is to be kept, up to flush or commit
    :param int turns: how often it runs; then the conflict is the caller's
    :param judge: called with a conflict and the turns left; raises what is final
    :param float pause: seconds that the next turn waits at most
    """
    for left in reversed(range(turns)):
        try:
            return work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as conflict:
            if judge:
                judge(conflict, left)
            if not left:
                raise
        env.cr.rollback()
        env.transaction.reset()
        env.registry.reset_changes()
        time.sleep(random.uniform(0, pause))
    raise ValueError(turns)
