"""Somebody else's transaction holds a row, and does not let go.

Whoever wants it is told so within ten seconds, nothing is changed, and the worker is
free for others. Work that takes long without waiting is not stopped.
"""

import contextlib
import os
import threading
import time

import pytest
from second_server import connect

#: seconds in which an answer is promised
PROMISED = 10

# While PostgreSQL waits, faketime shows it the real time: no time-out of it ever ends.
pytestmark = pytest.mark.skipif(
    "FAKETIME" in os.environ, reason="PostgreSQL's time-outs need the real clock"
)


@pytest.fixture(scope="module")
def staff(login):
    return login("ama@abs.demo")


@pytest.fixture(scope="module")
def products(staff):
    rows = staff.get("/api/products?limit=100", status=200).json()["items"]
    return {row["default_code"]: row["id"] for row in rows if row["default_code"]}


@pytest.fixture
def customer(staff, unique):
    body = {"name": unique("Held "), "email": f"{unique('held')}@abs.demo"}
    return staff.post("/api/contacts", body, status=201).json()["contact"]["id"]


@pytest.fixture
def order(staff, customer, products):
    """The id of a quotation of a service and a cable."""
    lines = [
        {"product_id": products[code], "quantity": 1} for code in ("INST", "CABLE")
    ]
    body = {"customer_id": customer, "products": lines}
    return staff.post("/api/quotations", body, status=201).json()["order"]["id"]


@pytest.fixture
def confirmed(staff, order, products):
    """What a confirmed order holds, in ``order["pickings"]`` and ``order["invoices"]``."""
    warehouse = staff.get("/api/warehouses", status=200).json()["warehouses"][0]["id"]
    line = {"product_id": products["CABLE"], "qty": 1}
    body = {"warehouse_id": warehouse, "validate": True, "lines": [line]}
    staff.post("/api/stock/receive", body, status=201)
    return staff.post(f"/api/orders/{order}/confirm", status=200).json()["order"]


@pytest.fixture
def hold(base_url):
    """A function ``hold(table, id)`` that locks a row until the test ends.

    ``strength`` is PostgreSQL's; its answer is the connection, to let go earlier.
    """
    with contextlib.ExitStack() as stack:

        def lock(table, number, strength="UPDATE"):
            connection = stack.enter_context(contextlib.closing(connect(base_url)))
            connection.autocommit = False
            connection.cursor().execute(
                f"SELECT 1 FROM {table} WHERE id = %s FOR {strength}", [number]
            )
            return connection

        yield lock


def refused_in_time(send):
    """Assert that ``send()`` is told to try again, in time."""
    begun = time.monotonic()
    answer = send()
    seconds = time.monotonic() - begun
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == "try_again", answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert seconds < PROMISED, f"{seconds:.1f} s"


def test_order(staff, order, hold):
    held, path = hold("sale_order", order), f"/api/orders/{order}/confirm"
    refused_in_time(lambda: staff.post(path))
    body = staff.get(f"/api/orders/{order}", status=200).json()["order"]
    assert (body["state"], body["pickings"], body["invoices"]) == ("draft", [], [])
    held.rollback()
    staff.post(path, status=200)


@pytest.mark.parametrize("strength", ["UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"])
def test_no_strength_of_a_lock_holds_an_order_longer(staff, order, hold, strength):
    """The weaker ones are those of a foreign key: some let the request through."""
    hold("sale_order", order, strength)
    begun = time.monotonic()
    answer = staff.post(f"/api/orders/{order}/confirm")
    assert answer.status_code in (200, 409), answer.text
    assert time.monotonic() - begun < PROMISED


def test_invoice(staff, customer, products, hold):
    lines = [{"product_id": products["INST"], "quantity": 1}]
    body = {"customer_id": customer, "products": lines}
    order = staff.post("/api/quotations", body, status=201).json()["order"]["id"]
    order = staff.post(f"/api/orders/{order}/confirm", status=200).json()["order"]
    (invoice,) = order["invoices"]
    held = hold("account_move", invoice["id"])
    body = {"amount": order["amount_total"], "payment_source": "cash"}
    path = f"/api/orders/{order['id']}"
    refused_in_time(lambda: staff.post(f"{path}/register-payment", body))
    (row,) = staff.get(f"{path}/invoices", status=200).json()["items"]
    assert (row["state"], row["payment_state"]) == ("draft", "not_paid")
    held.rollback()
    staff.post(f"{path}/register-payment", body, status=201)


def test_delivery(staff, confirmed, hold):
    (delivery,) = confirmed["pickings"]
    path = f"/api/stock/deliveries/{delivery['id']}"
    (line,) = staff.get(path, status=200).json()["delivery"]["lines"]
    body = {"lines": [{"move_id": line["id"], "qty_done": 1}]}
    held = hold("stock_picking", delivery["id"])
    refused_in_time(lambda: staff.post(f"{path}/validate", body))
    assert staff.get(path, status=200).json()["delivery"]["state"] != "done"
    held.rollback()
    held = hold("stock_move", line["id"])
    refused_in_time(lambda: staff.post(f"{path}/validate", body))
    held.rollback()
    staff.post(f"{path}/validate", body, status=200)


def test_contact(staff, customer, products, hold):
    hold("res_partner", customer)
    path, body = f"/api/contacts/{customer}", {"name": "Renamed"}
    refused_in_time(lambda: staff.put(path, body))
    lines = [{"product_id": products["INST"], "quantity": 1}]
    body = {"customer_id": customer, "products": lines}
    refused_in_time(lambda: staff.post("/api/quotations", body))  # its foreign key
    assert staff.get(path, status=200).json()["contact"]["name"] != "Renamed"
    orders = staff.get(f"/api/orders?partner_id={customer}", status=200).json()
    assert orders["total"] == 0


def test_a_log_in(base_url, anonymous, hold):
    """Nobody is known yet, and still there is a deadline."""
    with contextlib.closing(connect(base_url)) as connection:
        cr = connection.cursor()
        cr.execute("SELECT id FROM res_partner WHERE email = 'marie@abs.demo'")
        (marie,) = cr.fetchone()
    hold("res_partner", marie)
    body = {"email": "marie@abs.demo", "password": "demo-Pass-2026"}
    refused_in_time(lambda: anonymous.post("/api/customer/auth/login", body))


def test_many_holders_one_deadline(base_url, staff, confirmed, hold):
    """Each lets go in time, one after another: their sum counts."""
    (delivery,) = confirmed["pickings"]
    path = f"/api/stock/deliveries/{delivery['id']}"
    (line,) = staff.get(path, status=200).json()["delivery"]["lines"]
    rows = [("stock_picking", delivery["id"]), ("stock_move", line["id"])]
    holders = [hold(*row) for row in rows]
    quants = connect(base_url)
    quants.autocommit = False
    cr = quants.cursor()
    cr.execute("SELECT 1 FROM stock_quant FOR UPDATE")
    timers = [
        threading.Timer(seconds, holder.rollback)
        for seconds, holder in zip((4, 8), holders, strict=True)
    ]
    for timer in timers:
        timer.start()
    try:
        body = {"lines": [{"move_id": line["id"], "qty_done": 1}]}
        refused_in_time(lambda: staff.post(f"{path}/validate", body))
    finally:
        for timer in timers:
            timer.join()
        quants.close()


def test_who_is_let_go_in_time_goes_on(staff, order, hold):
    held = hold("sale_order", order)
    timer = threading.Timer(3, held.rollback)
    timer.start()
    staff.post(f"/api/orders/{order}/confirm", status=200)
    timer.join()


def test_the_connection_goes_back_without_a_deadline(base_url, staff, order, odoo):
    """Web client and scheduled actions share the pool; theirs is Odoo's own patience."""
    staff.post(f"/api/orders/{order}/confirm", status=200)
    with contextlib.closing(connect(base_url)) as connection:
        cr = connection.cursor()
        cr.execute(
            "CREATE OR REPLACE FUNCTION abs_trial() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN NEW.comment = current_setting('lock_timeout'); RETURN NEW; END $$"
        )
        cr.execute(
            "CREATE TRIGGER abs_trial BEFORE INSERT ON res_partner FOR EACH ROW "
            "WHEN (NEW.name LIKE 'Timeout %') EXECUTE FUNCTION abs_trial()"
        )
        try:
            made = [
                odoo("res.partner", "create", {"name": f"Timeout {turn}"})
                for turn in range(6)
            ]
            body = {"name": "Timeout API", "email": "timeout@abs.demo"}
            contact = staff.post("/api/contacts", body, status=201).json()["contact"]
            cr.execute("SELECT comment FROM res_partner WHERE id = ANY(%s)", [made])
            assert {comment for (comment,) in cr.fetchall()} == {"0"}
            cr.execute("SELECT comment FROM res_partner WHERE id = %s", [contact["id"]])
            assert cr.fetchone()[0] != "0"
        finally:
            cr.execute("DROP FUNCTION abs_trial CASCADE")


def test_long_work_is_not_stopped(base_url, staff, unique):
    """A statement that works for longer than anybody may wait."""
    with contextlib.closing(connect(base_url)) as connection:
        cr = connection.cursor()
        cr.execute(
            "CREATE OR REPLACE FUNCTION abs_trial() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_sleep(11); RETURN NEW; END $$"
        )
        cr.execute(
            "CREATE TRIGGER abs_trial BEFORE INSERT ON res_partner FOR EACH ROW "
            "WHEN (NEW.name LIKE 'Long %') EXECUTE FUNCTION abs_trial()"
        )
        try:
            body = {"name": unique("Long "), "email": f"{unique('long')}@abs.demo"}
            staff.post("/api/contacts", body, status=201)
        finally:
            cr.execute("DROP FUNCTION abs_trial CASCADE")
