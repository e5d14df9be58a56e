"""PostgreSQL goes away, and comes back: what a phone is told meanwhile."""

import contextlib
import os
import re
import signal
import threading
from pathlib import Path

import pytest
import requests
from second_server import SecondServer, connect

FRENCH = {"Accept-Language": "fr-TG,fr;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module")
def second(base_url, tmp_path_factory):
    """A second server, whose way to PostgreSQL is open."""
    server = SecondServer(base_url, tmp_path_factory.mktemp("second"))
    server.proxy.listen()
    try:
        server.start()
        server.healthy()
        yield server
    finally:
        server.stop()


@pytest.fixture
def away(second):
    """The second server without its PostgreSQL; afterwards it has it again."""
    second.proxy.cut()
    yield second
    second.proxy.listen()
    second.healthy()


def is_unavailable(answer, where=""):
    """Assert that ``answer`` is the one 503 that is documented."""
    assert answer.status_code == 503, f"{where}: {answer.status_code} {answer.text}"
    assert int(answer.headers["Retry-After"]) > 0, where
    assert answer.headers["Access-Control-Allow-Origin"] == "*", where
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"], where
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8", where
    assert "Set-Cookie" not in answer.headers, where
    if answer.request.method == "HEAD":
        return {}
    body = answer.json()
    assert set(body) == {"success", "error", "code", "details", "request_id"}, where
    assert (body["success"], body["code"], body["details"]) == (
        False,
        "unavailable",
        [],
    ), where
    assert body["request_id"] == answer.headers["X-Request-ID"], where
    return body


def test_every_address_says_503(away, anonymous):
    paths = anonymous.get("/api/openapi.json", status=200).json()["paths"]
    asked = 0
    with requests.Session() as session:
        for path, verbs in paths.items():
            url = away.url + re.sub(r"{\w+}", "1", path)
            for verb in [*verbs, "head", "options"]:
                is_unavailable(session.request(verb, url, timeout=30), (verb, path))
                asked += 1
        for path in ("/api/nothing", "/api/orders/7?limit=1", "/api/payments/callback"):
            is_unavailable(session.get(away.url + path, timeout=30), path)
    assert asked > 300


def test_says_it_in_the_callers_language_and_number(away):
    url = away.url + "/api/payments/callback/mpesa/none"
    headers = {**FRENCH, "X-Request-ID": "trial-1"}
    body = is_unavailable(requests.post(url, json={}, headers=headers, timeout=30))
    assert "base de données" in body["error"]
    assert body["request_id"] == "trial-1"
    body = is_unavailable(requests.post(url, json={}, timeout=30))
    assert "database" in body["error"]


def test_a_browser_gets_to_read_it(away):
    """It asks first; refused that, it would not tell the page what was said."""
    headers = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    answer = requests.options(away.url + "/api/orders", headers=headers, timeout=30)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Max-Age"] == "0"


def test_web_pages_stay_odoos(away):
    answer = requests.get(away.url + "/web/login", timeout=30, allow_redirects=False)
    assert "application/json" not in answer.headers["Content-Type"]


def test_comes_back_by_itself(second):
    second.proxy.cut()
    is_unavailable(requests.get(second.url + "/api/system/health", timeout=30))
    second.proxy.listen()
    assert second.healthy().json()["success"] is True


def test_its_processes_are_replaced_meanwhile(away):
    """A worker ends after so many requests, or when it is out of memory."""
    master = away.process.pid
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended by itself
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == master:
                os.kill(int(path.parent.name), signal.SIGKILL)
    answer = away.wait(
        lambda: requests.get(away.url + "/api/system/health", timeout=30)
    )
    is_unavailable(answer)


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("53300", "sorry, too many clients already"),
        ("57P03", "the database system is starting up"),
        ("57P03", "the database system is shutting down"),
        ("28P01", "password authentication failed"),
        ("3D000", "database does not exist"),
    ],
)
def test_a_server_that_takes_no_connection(away, state, text):
    away.proxy.listen((state, text))
    for path in ("/api/system/health", "/api/orders", "/api/auth/login"):
        is_unavailable(requests.get(away.url + path, timeout=30), (state, path))


def test_a_server_that_starts_before_its_database(base_url, tmp_path):
    """Nothing of the addon is loaded yet: the part of the whole server answers.

    Odoo itself refuses to start without the one database that ``db_name`` names.
    """
    server = SecondServer(base_url, tmp_path)
    try:
        server.start(db_name=False, dbfilter=f"^{server.database}$")
        for path in ("/api/system/health", "/api/orders"):
            body = is_unavailable(
                requests.get(server.url + path, headers=FRENCH, timeout=60), path
            )
            assert "base de données" in body["error"]
        server.proxy.listen()
        server.healthy()
    finally:
        server.stop()


def test_requests_open_no_connection(base_url, tmp_path):
    """The database is known by its name: nobody asks PostgreSQL for a list of them."""
    server = SecondServer(base_url, tmp_path)
    server.proxy.listen()
    try:
        server.start(workers=0, max_cron_threads=0)
        paths = ["/api/system/health", "/api/orders", "/api/nowhere"]
        for path in paths:
            requests.get(server.url + path, timeout=60)
        before = server.proxy.passed
        for path in paths * 3:
            requests.get(server.url + path, timeout=60)
        assert server.proxy.passed == before
    finally:
        server.stop()


@contextlib.contextmanager
def held(url, order):
    """Hold an order in another transaction; yield a connection that may look."""
    holder, looker = connect(url), connect(url)
    try:
        holder.autocommit = False
        holder.cursor().execute(
            "SELECT 1 FROM sale_order WHERE id = %s FOR UPDATE", [order]
        )
        yield looker
    finally:
        holder.close()
        looker.close()


def waiting(looker):
    """Return the pid of the backend that waits for the order, once there is one."""
    for _turn in range(300):
        with looker.cursor() as cr:
            cr.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND wait_event_type = 'Lock' AND query LIKE '%sale_order%'"
            )
            if row := cr.fetchone():
                return row[0]
        threading.Event().wait(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("end", ["terminate", "cancel", "cut"])
def test_a_connection_that_ends_in_the_middle(second, base_url, login, unique, end):
    ama = login("ama@abs.demo")
    rows = ama.get("/api/contacts?limit=1", status=200).json()["items"]
    products = ama.get("/api/products?limit=100", status=200).json()["items"]
    cable = next(row["id"] for row in products if row["default_code"] == "CABLE")
    lines = [{"product_id": cable, "quantity": 1}]
    body = {"customer_id": rows[0]["id"], "products": lines}
    order = ama.post("/api/quotations", body, status=201).json()["order"]
    path, headers = f"/api/orders/{order['id']}/confirm", dict(ama.session.headers)
    headers["Idempotency-Key"] = unique("away-")
    answers = []

    def confirm():
        answers.append(
            requests.post(second.url + path, json={}, headers=headers, timeout=60)
        )

    with held(base_url, order["id"]) as looker:
        thread = threading.Thread(target=confirm)
        thread.start()
        pid = waiting(looker)
        if end == "cut":
            second.proxy.cut()
        else:
            name = {"terminate": "pg_terminate_backend", "cancel": "pg_cancel_backend"}
            looker.cursor().execute(f"SELECT {name[end]}(%s)", [pid])
        thread.join()
    is_unavailable(answers[0], end)
    if end == "cut":
        second.proxy.listen()
    second.healthy()
    state = ama.get(f"/api/orders/{order['id']}", status=200).json()["order"]["state"]
    assert state == "draft"
    again = requests.post(second.url + path, json={}, headers=headers, timeout=60)
    assert again.status_code == 200, again.text


@pytest.mark.parametrize(
    "state", ["53100", "53200", "53300", "57014", "57P01", "58030"]
)
def test_a_statement_that_fails_for_want_of_something(base_url, login, unique, state):
    """PostgreSQL itself raises the code, in the middle of a write."""
    jean, name = login("jean@abs.demo"), unique("Full disk ")
    with contextlib.closing(connect(base_url)) as connection:
        cr = connection.cursor()
        cr.execute(
            "CREATE OR REPLACE FUNCTION abs_trial() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = "
            f"'{state}'; END $$"
        )
        cr.execute(
            "CREATE TRIGGER abs_trial BEFORE INSERT ON res_partner FOR EACH ROW "
            "WHEN (NEW.name LIKE 'Full disk %') EXECUTE FUNCTION abs_trial()"
        )
        try:
            body = is_unavailable(jean.post("/api/contacts", {"name": name}), state)
        finally:
            cr.execute("DROP FUNCTION abs_trial CASCADE")
    assert "device" not in body["error"]
    assert jean.get(f"/api/contacts?q={name}", status=200).json()["total"] == 0
    jean.post("/api/contacts", {"name": name}, status=201)
