"""Payments that customers make by themselves (M-Pesa C2B), reported in parallel.

Daraja sends a confirmation once and asks nobody twice: none may be turned away.
"""

import importlib.util
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

GATEWAY = Path(__file__).parents[2] / "scripts" / "demo" / "sandbox_gateway.py"
SHORTCODE = "600123"


@pytest.fixture(scope="module")
def c2b_body():
    """A function that writes a notification as Daraja does."""
    spec = importlib.util.spec_from_file_location("sandbox_gateway", GATEWAY)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.Gateway("unused") as gateway:
        yield lambda *values: gateway.c2b_body(SHORTCODE, *values)


@pytest.fixture(scope="module")
def paybill(odoo, base_url):
    """The address of Oves Kenya's confirmations; its provider ends with the tests."""
    (company,) = odoo(
        "res.company",
        "search_read",
        [("name", "=", "Oves Kenya")],
        fields=["currency_id"],
    )
    journals = odoo(
        "account.journal",
        "search",
        [("company_id", "=", company["id"]), ("name", "=", "Mobile Money")],
    )
    values = {
        "name": "Paybill",
        "code": "mpesa",
        "company_id": company["id"],
        "journal_id": journals[0],
        "currency_id": company["currency_id"][0],
        "api_key": "consumer",
        "api_secret": "secret",
        "shortcode": SHORTCODE,
        "passkey": "pass",
        "callback_base_url": base_url,
        "state": "test",
    }
    provider = odoo("abs.payment.provider", "create", values)
    (row,) = odoo("abs.payment.provider", "read", [provider], fields=["callback_url"])
    yield row["callback_url"] + "/confirmation"
    odoo("abs.payment.provider", "write", [provider], {"active": False})


@pytest.fixture
def order(login, unique, odoo):
    """A confirmed order of an installation in Nairobi."""
    staff = login("wanjiru@abs.demo")
    rows = staff.get("/api/products?limit=100", status=200).json()["items"]
    service = next(row["id"] for row in rows if row["default_code"] == "INST")
    account = staff.answer["memberships"][0]["account"]["id"]
    customer = {"name": unique("Payer "), "customer_rank": 1, "x_sa_id": account}
    body = {
        "customer_id": odoo("res.partner", "create", customer),
        "products": [{"product_id": service, "quantity": 1}],
    }
    made = staff.post("/api/quotations", body, status=201).json()["order"]["id"]
    staff.post(f"/api/orders/{made}/confirm", status=200)
    return staff.get(f"/api/orders/{made}", status=200).json()["order"]


def tell(url, bodies):
    """Send all at once; return the answers, which must all be 200."""

    def send(body):
        headers = {"Content-Type": "application/json"}
        return requests.post(url, data=body, headers=headers, timeout=120)

    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = list(pool.map(send, bodies))
    told = [(answer.status_code, answer.text[:300]) for answer in answers]
    assert {status for status, _ in told} == {200}, told
    return [answer.json() for answer in answers]


def payments_of(odoo, order):
    return odoo(
        "account.payment",
        "search_read",
        [("partner_id", "=", order["partner"]["id"])],
        fields=["amount", "state"],
    )


def test_one_notification_ten_times_credits_once(
    paybill, c2b_body, order, unique, odoo, login
):
    body = c2b_body(order["name"], order["amount_total"], unique("TX"))
    answers = tell(paybill, [body] * 10)
    verdicts = sorted(answer["verdict"] for answer in answers)
    assert verdicts == ["credited"] + ["duplicate"] * 9
    assert {answer["ResultCode"] for answer in answers} == {"0"}
    (payment,) = payments_of(odoo, order)
    assert payment["amount"] == order["amount_total"]
    path = f"/api/orders/{order['id']}"
    shown = login("wanjiru@abs.demo").get(path, status=200).json()["order"]
    assert shown["payment_state"] == "paid"


def test_different_notifications_of_one_customer_all_credit(
    paybill, c2b_body, order, unique, odoo
):
    """Parts of one order, and more than it costs: the rest becomes a credit."""
    part = round(order["amount_total"] / 4, 2)
    bodies = [c2b_body(order["name"], part, unique("TX")) for _ in range(8)]
    answers = tell(paybill, bodies)
    assert [answer["verdict"] for answer in answers] == ["credited"] * 8, answers
    payments = payments_of(odoo, order)
    assert [payment["amount"] for payment in payments] == [part] * 8
