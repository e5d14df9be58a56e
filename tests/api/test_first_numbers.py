"""Sixteen phones at the start of a journal, and of a year: everything gets its number.

Odoo 18 numbers the first draft of a journal's year at once, so drafts that are made at
the same time all get the same number, and one of them can be posted. The server that
``abs test`` starts has two workers; ``ABS_WORKERS=8`` gives more.
"""

import datetime
import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_callbacks import PHONE, gateway  # noqa: F401  (a fixture)

AT_ONCE = 16
TODAY = datetime.datetime.now(datetime.UTC).date()


def patient(call):
    """Call again where a busy machine let the request wait too long, as clients do."""
    for _time in range(5):
        answer = call()
        if getattr(answer, "status_code", None) != 409:
            break  # also what RPC and the gateway tell
        if answer.json()["code"] != "try_again":
            break
    return answer


def at_once(calls):
    """Make all calls in threads of their own; return what they answer."""
    calls = list(calls)
    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(patient, calls))


def succeeded(answers):
    """Assert that every request went through; return the bodies."""
    told = [(answer.status_code, answer.text[:300]) for answer in answers]
    assert all(answer.status_code < 300 for answer in answers), told
    return [answer.json() for answer in answers]


@pytest.fixture(scope="module")
def staff(login):
    return login("ama@abs.demo")


@pytest.fixture(scope="module")
def togo(odoo):
    """The id of the company; the web client of ``admin`` works in it."""
    (company,) = odoo("res.company", "search", [("name", "=", "Oves Togo")])
    return company


@pytest.fixture(scope="module")
def customer(staff, unique):
    body = {"name": unique("First ")}
    return staff.post("/api/contacts", body, status=201).json()["contact"]["id"]


@pytest.fixture(scope="module")
def services(staff):
    rows = staff.get("/api/products?limit=100", status=200).json()["items"]
    return {row["default_code"]: row["id"] for row in rows if row["default_code"]}


@pytest.fixture
def journal(odoo, togo):
    """A function that opens a journal, before the company's others of its type.

    :return: its code; with ``last_year=True`` it has an entry of last year's end
    """
    opened = []

    def make(kind, *, last_year=False):
        code = uuid.uuid4().hex[:4].upper() + "X"
        values = {
            "name": f"Start {code}",
            "code": code,
            "type": kind,
            "company_id": togo,
            "sequence": -1,
        }
        made = odoo("account.journal", "create", values)
        opened.append(made)
        if last_year:
            old = entries(odoo, togo, made, 1, day=f"{TODAY.year - 1}-12-31")
            odoo("account.move", "action_post", old)
        return made, code

    yield make
    odoo("account.journal", "write", opened, {"sequence": 1000})


def entries(odoo, togo, journal, number, day=None):
    """Draft entries over RPC, all at the same time; return their ids."""
    (account,) = odoo(
        "account.account",
        "search",
        [("company_ids", "in", [togo]), ("account_type", "=", "income")],
        limit=1,
    )

    def draft():
        line = {"account_id": account, "name": "x"}
        values = {
            "move_type": "entry",
            "journal_id": journal,
            "date": day or TODAY.isoformat(),
            "line_ids": [(0, 0, {**line, "debit": 5}), (0, 0, {**line, "credit": 5})],
        }
        return odoo("account.move", "create", values)

    return at_once([draft] * number)


def numbers(odoo, journal, kind=None):
    """Return the numbers of the journal's posted entries of today, in their order."""
    domain = [
        ("journal_id", "=", journal),
        ("state", "=", "posted"),
        ("date", "=", TODAY.isoformat()),
    ]
    if kind:
        domain.append(("move_type", "=", kind))
    rows = odoo("account.move", "search_read", domain, fields=["name"])
    return sorted(row["name"] for row in rows)


def wanted(code, count=AT_ONCE):
    """Return the first numbers of this year, without a gap."""
    return [f"{code}/{TODAY.year}/{n:05d}" for n in range(1, count + 1)]


@pytest.fixture
def orders(staff, customer, services):
    """A function that confirms quotations at the same time; returns the order ids."""

    def sell(number=AT_ONCE):
        body = {
            "customer_id": customer,
            "products": [{"product_id": services["INST"], "quantity": 1}],
        }
        made = [
            staff.post("/api/quotations", body, status=201).json()["order"]["id"]
            for _order in range(number)
        ]
        succeeded(
            at_once(
                lambda order=order: staff.post(f"/api/orders/{order}/confirm")
                for order in made
            )
        )
        return made

    return sell


def drafts_of(staff, order):
    rows = staff.get(f"/api/orders/{order}/invoices", status=200).json()["items"]
    return [row["id"] for row in rows if row["state"] == "draft"]


@pytest.mark.parametrize("last_year", [False, True], ids=["new journal", "new year"])
def test_orders_confirmed_posted_credited(staff, orders, journal, odoo, last_year):
    sales, code = journal("sale", last_year=last_year)
    sold = orders()
    invoices = {order: drafts_of(staff, order)[0] for order in sold}
    shown = odoo("account.move", "read", list(invoices.values()), ["name"])
    assert {row["name"] for row in shown} <= {False, "/"}
    bodies = succeeded(
        at_once(
            lambda path=f"/api/orders/{order}/invoices/{move}/confirm": staff.post(path)
            for order, move in invoices.items()
        )
    )
    assert sorted(body["invoice"]["name"] for body in bodies) == wanted(code)
    assert numbers(odoo, sales) == wanted(code)
    bodies = succeeded(
        at_once(
            lambda order=order, move=move: staff.post(
                f"/api/orders/{order}/credit-note",
                {"invoice_id": move, "reason": "at once"},
            )
            for order, move in invoices.items()
        )
    )
    assert numbers(odoo, sales, "out_refund") == wanted(f"R{code}")
    domain = [("journal_id", "=", sales), ("state", "=", "draft")]
    assert not odoo("account.move", "search_count", domain)


@pytest.mark.parametrize("last_year", [False, True], ids=["new journal", "new year"])
def test_register_payment_as_first_step(staff, orders, journal, odoo, last_year):
    """It posts the drafts and pays them: two journals begin in one request."""
    sales, code = journal("sale", last_year=last_year)
    cash, cash_code = journal("cash", last_year=last_year)
    body = {"amount": 10, "journal_id": cash}
    succeeded(
        at_once(
            lambda path=f"/api/orders/{order}/register-payment": staff.post(path, body)
            for order in orders()
        )
    )
    assert numbers(odoo, sales) == wanted(code)
    assert numbers(odoo, cash) == wanted(f"P{cash_code}")
    payments = odoo(
        "account.payment", "search_read", [("journal_id", "=", cash)], fields=["name"]
    )
    assert sorted(row["name"] for row in payments) == wanted(f"P{cash_code}")


@pytest.mark.parametrize("last_year", [False, True], ids=["new journal", "new year"])
def test_entries_of_persons(journal, odoo, togo, last_year):
    """Drafts of the web client keep Odoo's number; each can be posted, in any order."""
    books, code = journal("general", last_year=last_year)
    drafts = entries(odoo, togo, books, AT_ONCE)
    first = f"{code}/{TODAY.year}/{TODAY.month:02d}/"
    named = {r["name"] for r in odoo("account.move", "read", drafts, ["name"])}
    assert named <= {False, "/", f"{first}0001", f"{first}0002"}
    at_once(
        lambda move=move: odoo("account.move", "action_post", [move]) for move in drafts
    )
    assert numbers(odoo, books) == [f"{first}{n:04d}" for n in range(1, AT_ONCE + 1)]


def test_invoices_of_persons(customer, journal, odoo, togo):
    """As the web client makes them: the form has a number before it is saved."""
    sales, code = journal("sale")
    values = {
        "move_type": "out_invoice",
        "partner_id": customer,
        "journal_id": sales,
        "invoice_date": TODAY.isoformat(),
        "invoice_line_ids": [(0, 0, {"name": "x", "quantity": 1, "price_unit": 10})],
    }
    if os.environ.get("ABS_SERIES", "18.0") == "18.0":
        values["name"] = wanted(code)[0]
    drafts = at_once([lambda: odoo("account.move", "create", values)] * AT_ONCE)
    at_once(
        lambda move=move: odoo("account.move", "action_post", [move]) for move in drafts
    )
    assert numbers(odoo, sales) == wanted(code)


def test_payments_of_persons(customer, journal, odoo, togo):
    """Payments of the web client, which make and post their entry at once."""
    cash, code = journal("cash")
    values = {
        "payment_type": "inbound",
        "partner_type": "customer",
        "partner_id": customer,
        "amount": 10,
        "journal_id": cash,
        "company_id": togo,
    }
    made = at_once([lambda: odoo("account.payment", "create", values)] * AT_ONCE)

    def post(payment):
        try:
            odoo("account.payment", "action_post", [payment])
        except KeyError:  # the method returns nothing, and JSON-RPC tells nothing
            pass

    at_once(lambda payment=payment: post(payment) for payment in made)
    assert numbers(odoo, cash) == wanted(f"P{code}")
    rows = odoo("account.payment", "read", made, ["name"])
    assert sorted(row["name"] for row in rows) == wanted(f"P{code}")


def test_callbacks(gateway, staff, orders, journal, odoo):  # noqa: F811
    """Money of different customers arrives as the first of the provider's journal."""
    bank, code = journal("bank")
    (provider,) = odoo(
        "abs.payment.provider",
        "search_read",
        [("code", "=", "sandbox"), ("company_id.name", "=", "Oves Togo")],
        fields=["journal_id"],
        limit=1,
    )
    odoo("abs.payment.provider", "write", [provider["id"]], {"journal_id": bank})
    try:
        pushes = []
        for order in orders(8):
            body = {"order_id": order, "amount": 10, "phone": PHONE}
            body["provider"] = "sandbox"
            answer = staff.post("/api/payments/attempts", body, status=201).json()
            reference = answer["attempt"]["reference"]
            pushes += [p for p in gateway.pushes if p["reference"] == reference]
        assert len(pushes) == 8
        answers = at_once(lambda push=push: gateway.send(push) for push in pushes)
    finally:
        back = {"journal_id": provider["journal_id"][0]}
        odoo("abs.payment.provider", "write", [provider["id"]], back)
    told = [(status, body and body.get("verdict")) for status, body in answers]
    assert told == [(200, "credited")] * 8, answers
    assert numbers(odoo, bank) == wanted(f"P{code}", 8)
