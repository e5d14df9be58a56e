"""A client that does what docs/reliability.md asks of one, and believes no answer."""

import http.client
import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from collections import Counter

from absctl.paths import ROOT
from absctl.stack import DEMO_PASSWORD

#: An answer that takes longer says that the server is stuck.
PATIENCE = 60
#: Refusals that end by themselves; 429 and 503 always do.
_AGAIN = {(409, "try_again"), (409, "idempotency_in_progress")}
#: What a lost connection looks like.
LOST = (OSError, http.client.HTTPException)


class GaveUp(Exception):
    """The time was over before an answer came."""


class Unexpected(Exception):
    """A final answer, but not the one that a sale goes on with."""


def documented(page=None):
    """Return the refusals that the API may give: ``{(status, code)}``.

    500 ``server_error`` stands in the page as well; nobody is promised it.
    """
    text = page or (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    pairs = set()
    for codes, statuses in re.findall(r"^\| (`[^|]+`) \| ([\d, ]+) \|", text, re.M):
        for code in re.findall(r"`(\w+)`", codes):
            pairs |= {(int(status), code) for status in statuses.split(",")}
    return {pair for pair in pairs if pair[0] != 500}


class Ledger:
    """What all clients of one soak saw; shared by their threads.

    :param str url: the server
    :param float deadline: when (monotonic) nobody asks any more
    """

    def __init__(self, url, deadline):
        self.url, self.deadline = url, deadline
        self.allowed = documented()
        self.answers, self.counts, self.faults = Counter(), Counter(), []
        self.slowest = (0.0, "")
        self._lock = threading.Lock()

    def count(self, what, number=1):
        """Add to one of the figures of the summary."""
        with self._lock:
            self.counts[what] += number

    def fault(self, text):
        """Note what must not happen."""
        with self._lock:
            self.faults.append(text)
        print(f"FAULT {text}", flush=True)

    def judge(self, where, status, body, seconds=0.0):
        """Count an answer; it is a fault unless it is documented."""
        code = body.get("code", "") if isinstance(body, dict) else "no JSON object"
        with self._lock:
            self.answers[status, code] += 1
            self.slowest = max(self.slowest, (seconds, where))
        well = status < 300 and isinstance(body, dict) and body.get("success") is True
        if not well and (status, code) not in self.allowed:
            self.fault(f"{where}: undocumented answer {status} {str(body)[:600]}")


def post(url, data, headers, method="POST", timeout=PATIENCE):
    """Send one request; return ``(status, headers, body)``, the body decoded if JSON."""
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, told, raw = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, told, raw = error.code, error.headers, error.read()
    try:
        return status, told, json.loads(raw)
    except ValueError:
        return status, told, raw.decode(errors="replace")


class Phone:
    """One employee's phone.

    :param Ledger ledger: where answers are counted
    :param random.Random rng: decides when its user is impatient
    """

    def __init__(self, ledger, rng, email):
        self.ledger, self.rng, self.email = ledger, rng, email
        self.token = None

    def get(self, path):
        return self.request("GET", path, None, None, (200,))

    def post(self, path, body=None, *, key, again=False):
        """Send an effect until it is answered; return the answer.

        :param str key: its Idempotency-Key, the same on each repeat
        :param bool again: whether somebody may press the same button once more later;
            that has to be refused
        """
        answer = self.request("POST", path, body or {}, key, (200, 201))
        if again and self.rng.random() < 0.1:
            self.ledger.count("second presses")
            self.request("POST", path, body or {}, f"{key}-again", range(400, 500))
        return answer

    def request(self, method, path, body, key, wanted):
        """Send one request until an answer is final; fail unless it is ``wanted``."""
        status, answer = self._final(method, path, body, key)
        if status not in wanted or not isinstance(answer, dict):
            raise Unexpected(
                f"{method} {path} (key {key}): {status} {str(answer)[:600]}"
            )
        return answer

    def _final(self, method, path, body, key):
        sent, renewed = 0, False
        while True:
            if not self.token and not path.endswith("/auth/login"):
                self._log_in()
            if sent:
                self.ledger.count("repeats")
            sent += 1
            got = self._once(method, path, body, key)
            if got is None:
                self._wait(0.2)
                continue
            status, headers, answer = got
            code = answer.get("code") if isinstance(answer, dict) else None
            if (status, code) in _AGAIN or status in (429, 500, 502, 503, 504):
                try:
                    pause = float(headers.get("Retry-After", ""))
                except ValueError:
                    pause = 1
                    if status != 500:
                        self.ledger.fault(f"{path}: {status} {code} lacks Retry-After")
                self._wait(pause)
            elif status == 401 and self.token and not renewed:
                self.token, renewed = None, True
            else:
                return status, answer

    def _once(self, method, path, body, key):
        """Send it once; None when nobody knows what became of it."""
        self.ledger.count("requests")
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        # Now and then a network that loses the answer while the request still runs.
        hasty = bool(key) and self.rng.random() < 0.04
        timeout = self.rng.uniform(0.02, 0.5) if hasty else PATIENCE
        begun = time.monotonic()
        try:
            got = post(self.ledger.url + path, data, headers, method, timeout)
        except LOST as error:
            late = isinstance(getattr(error, "reason", error), socket.timeout)
            if late and not hasty:
                self.ledger.fault(f"{method} {path}: no answer within {PATIENCE} s")
            self.ledger.count("answers lost by the client" if hasty else "lost answers")
            return None
        spent = time.monotonic() - begun
        if got[1].get("Idempotent-Replay"):
            self.ledger.count("effects of which the answer had been lost")
        self.ledger.judge(f"{method} {path}", got[0], got[2], spent)
        return got

    def _log_in(self):
        body = {"email": self.email, "password": DEMO_PASSWORD}
        status, answer = self._final("POST", "/api/auth/login", body, None)
        if status != 200:
            raise Unexpected(f"log-in of {self.email}: {status} {answer}")
        self.token = answer["access_token"]

    def _wait(self, seconds):
        if time.monotonic() + seconds > self.ledger.deadline:
            raise GaveUp
        time.sleep(seconds)
