"""Callback addresses hold a token: who may use it, and where it must not be written."""

import logging
import re
import time
from collections import Counter

_TOKEN = re.compile(r"(/payments/+callback/+[^/\s?\"']+/+)[^/\s?\"']+")


def hide_tokens(text):
    """Return ``text`` with the token of each callback address as ``***``."""
    return _TOKEN.sub(r"\1***", text)


class HideTokens(logging.Filter):
    """Keeps tokens out of the access log, which more people read than the database."""

    def filter(self, record):
        if "callback" in (text := record.getMessage()):
            record.msg, record.args = hide_tokens(text), ()
        return True


# Odoo's servers (threads and workers; gevent) write their access logs with these.
for _name in ("werkzeug", "longpolling"):
    logging.getLogger(_name).addFilter(HideTokens())


class Ration:
    """How many rows strangers may make in this process: some each, and all together.

    Counted in memory, since a row per refused message is what is to be avoided.

    :param int each: per sender and period
    :param int total: per period
    :param int seconds: of a period
    """

    def __init__(self, each, total, seconds):
        self.each, self.total, self.seconds = each, total, seconds
        self.clear()

    def clear(self):
        self.since, self.spent = time.monotonic(), Counter()

    def take(self, sender):
        """Tell whether another row of this sender may be made, and count it."""
        if time.monotonic() - self.since >= self.seconds:
            self.clear()
        if self.spent[sender] >= self.each or self.spent.total() >= self.total:
            return False
        self.spent[sender] += 1
        return True


#: 8 workers keep at most 4,000 refused messages an hour
STRANGERS = Ration(each=100, total=500, seconds=3600)
