"""``abs soak`` where it can be tried without a server: what it takes for a fault."""

import random
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from absctl.soak import books, phone  # noqa: E402
from absctl.soak.killer import Killer  # noqa: E402

SALE_BODY = b'{"success": true, "order": {"id": 7}}'


def refusal(code):
    return f'{{"success": false, "error": "No.", "code": "{code}"}}'.encode()


@contextmanager
def server(*answers):
    """Serve ``(status, body)`` in turn; yield the address and the keys that came."""
    turns, keys = iter(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            keys.append(self.headers["Idempotency-Key"])
            status, body = next(turns)
            if status is None:
                return  # the connection ends without an answer
            self.send_response(status)
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}", keys
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


class Patient(random.Random):
    """Never loses an answer, never presses twice."""

    def random(self):
        return 1.0


def client(url):
    ledger = phone.Ledger(url, time.monotonic() + 30)
    own = phone.Phone(ledger, Patient(), "ama@abs.demo")
    own.token = "t"
    return own, ledger


def test_reads_the_documented_answers():
    pairs = phone.documented()
    assert {
        (409, "try_again"),
        (503, "unavailable"),
        (429, "too_many_requests"),
    } < pairs
    assert {(400, "identity_taken"), (409, "identity_taken")} < pairs
    assert {(409, "already_active"), (409, "already_paused")} < pairs
    assert not any(status in (200, 500, 502) for status, _code in pairs)


def test_repeats_with_the_same_key_until_it_knows(capsys):
    with server(
        (None, b""),
        (503, refusal("unavailable")),
        (409, refusal("idempotency_in_progress")),
        (200, SALE_BODY),
    ) as (url, keys):
        own, ledger = client(url)
        assert own.post("/api/orders/7/confirm", key="k")["order"] == {"id": 7}
    assert keys == ["k"] * 4
    assert (ledger.counts["repeats"], ledger.counts["lost answers"]) == (3, 1)
    assert ledger.faults == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, refusal("server_error")),
        (502, b"<html>Bad Gateway</html>"),
        (409, refusal("never_heard_of")),
        (200, b"<html>"),
    ],
)
def test_undocumented_answers_are_faults(status, body, capsys):
    with server((status, body), (200, SALE_BODY)) as (url, _keys):
        own, ledger = client(url)
        try:
            own.post("/api/orders/7/confirm", key="k")
        except phone.Unexpected:
            assert status in (200, 409)
    (fault,) = ledger.faults
    assert f"undocumented answer {status}" in fault


def test_a_final_refusal_ends_the_sale():
    with server((400, refusal("insufficient_stock"))) as (url, _keys):
        own, ledger = client(url)
        with pytest.raises(phone.Unexpected, match="insufficient_stock"):
            own.post("/api/orders/7/confirm", key="k")
    assert ledger.faults == []  # it is documented: who walks the sale tells


# -- the books -------------------------------------------------------------------------


class Sold:
    """A cash sale, told and done."""

    ref, serial, kind, parts = "SOAK-1-0-1", "SOAK-1-0-1-K", "cash", 2
    order, paid, credited, done = 7, 600.0, None, True


def moved(kind, **values):
    lines = [["SK-200W", Sold.serial, 1.0], ["CC-30", "", 2.0]]
    return {"state": "done", "kind": kind, "back": False, "lines": lines, **values}


def bill(total):
    return {"kind": "out_invoice", "state": "posted", "total": total, "left": 0.0}


def held():
    """What Odoo has to hold of the sale."""
    return {
        "orders": [
            {
                "id": 7,
                "ref": Sold.ref,
                "state": "sale",
                "finalized": True,
                "total": 600.0,
                "pickings": [moved("outgoing")],
                "invoices": [bill(60.0), bill(540.0)],
                "subscriptions": ["active"],
            }
        ],
        "customers": [Sold.ref],
        "receipts": [moved("incoming", origin=Sold.ref)],
        "payments": [[Sold.ref, 60.0, "paid"], [Sold.ref, 540.0, "paid"]],
        "attempts": [],
        "serials": [[Sold.serial, "customer", 1.0]],
        "assets": [[Sold.serial, "active"]],
        "stock": {"SK-200W": 50.0, "CC-30": 0.0},
        "reserved": 0.0,
    }


BEFORE = {"stock": {"SK-200W": 50.0, "CC-30": 0.0}, "reserved": 0.0}


def test_books_that_agree():
    assert books.compare([Sold()], BEFORE, held()) == []


@pytest.mark.parametrize(
    "twice", ["orders", "customers", "receipts", "payments", "serials", "assets"]
)
def test_an_effect_twice_or_lost(twice):
    more, less = held(), held()
    more[twice].append(more[twice][0])
    del less[twice][0]
    for rows in (more, less):
        assert books.compare([Sold()], BEFORE, rows)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("state", "draft"),
        ("finalized", False),
        ("pickings", []),
        ("pickings", [moved("outgoing", state="assigned")]),
        ("invoices", [bill(600.0)]),
        ("invoices", [bill(60.0), {**bill(540.0), "left": 540.0}]),
        ("invoices", [bill(60.0), {**bill(540.0), "state": "draft"}]),
        ("subscriptions", []),
    ],
)
def test_half_an_order(key, value):
    rows = held()
    rows["orders"][0][key] = value
    assert books.compare([Sold()], BEFORE, rows)


def test_goods_that_are_not_there():
    for key, value in (("stock", {"SK-200W": 49.0, "CC-30": 0.0}), ("reserved", 1.0)):
        assert books.compare([Sold()], BEFORE, {**held(), key: value})


# -- logs ------------------------------------------------------------------------------


def test_tracebacks_that_nobody_killed(tmp_path):
    head = "2026-11-29 01:02:03,004 17 ERROR db odoo.http: Exception during request\n"
    trace = 'Traceback (most recent call last):\n  File "x.py", line 1, in x\n'
    lost = "psycopg2.errors.AdminShutdown: terminating connection due to command\n"
    own = "KeyError: 'partner'\n"
    (tmp_path / "server-1.log").write_text(head + trace + lost + head + trace + own)
    assert Killer(None, 1, tmp_path).tracebacks() == Counter({own.strip(): 1})
