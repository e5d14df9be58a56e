"""``./scripts/abs bench``: the API's times, beside Odoo's own RPC, in one run.

Each row of the table is one question asked in two ways, in turn, so that a slow moment of
the machine meets both: over ``/api`` (JWT, scope, typed answer) and over Odoo's
``/jsonrpc`` (admin, no scope). Times are milliseconds of whole HTTP requests on a
kept-alive connection: median and 95th percentile. Figures are of the machine that ran
them: compare columns, not runs.

Environment: ABS_URL, ABS_DB, ABS_ADMIN_PASSWORD, ABS_SERIES, ABS_WORKERS.
"""

import argparse
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests

URL = os.environ["ABS_URL"].rstrip("/")
DATABASE = os.environ["ABS_DB"]
PASSWORD = os.environ.get("ABS_ADMIN_PASSWORD", "demo-Pass-2026")
DEMO_PASSWORD = "demo-Pass-2026"
SIZES = {True: (200, 10), False: (2000, 40)}  # orders, repetitions


class Api:
    """One employee of the demo."""

    def __init__(self, email):
        self.session = requests.Session()
        answer = self.session.post(
            f"{URL}/api/auth/login", json={"email": email, "password": DEMO_PASSWORD}
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = (
            f"Bearer {answer.json()['access_token']}"
        )

    def __call__(self, method, path, body=None):
        answer = self.session.request(method, URL + path, json=body, timeout=300)
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()


class Rpc:
    """Odoo's own JSON-RPC as admin."""

    def __init__(self):
        self.session = requests.Session()
        self.uid = self._call("common", "login", DATABASE, "admin", PASSWORD)

    def _call(self, service, method, *arguments):
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"service": service, "method": method, "args": arguments},
        }
        answer = self.session.post(f"{URL}/jsonrpc", json=body, timeout=300).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def __call__(self, model, method, *arguments, **keywords):
        return self._call(
            "object",
            "execute_kw",
            DATABASE,
            self.uid,
            PASSWORD,
            model,
            method,
            list(arguments),
            keywords,
        )


def prepare(api, rpc, number):
    """Make ``number`` quotations of two lines in TG-LOM, in batches; return what they
    are made of."""
    products = {
        row["default_code"]: row["id"]
        for row in api("GET", "/api/products?limit=100")["items"]
    }
    (customer,) = api("GET", "/api/contacts?limit=1")["items"]
    me = api("GET", "/api/auth/me")
    account = me["memberships"][0]["account"]["id"]
    (account_row,) = rpc("ov.serviced_account", "read", [account], ["company_id"])
    line = {"product_id": products["CABLE"], "product_uom_qty": 1, "price_unit": 25}
    vals = {
        "partner_id": customer["id"],
        "company_id": account_row["company_id"][0],
        "x_sa_id": account,
        "order_line": [[0, 0, line], [0, 0, {**line, "product_id": products["INST"]}]],
    }
    for start in range(0, number, 100):
        rpc("sale.order", "create", [vals] * min(100, number - start))
    return products, customer, account


def measure(ways, times):
    """Time each way ``times`` times, in turn; return ``{name: [milliseconds]}``."""
    spent = {name: [] for name in ways}
    for turn in range(times + 2):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if turn >= 2:  # two to warm up
                spent[name].append((time.perf_counter() - start) * 1000)
    return spent


def lists(api, rpc):
    """Yield ``(question, ways)`` of reading."""
    mine = [["x_sa_id", "!=", False]]
    order_fields = {
        "name": {},
        "state": {},
        "date_order": {},
        "amount_total": {},
        "partner_id": {"fields": {"display_name": {}}},
        "currency_id": {"fields": {"display_name": {}}},
        "x_sa_id": {"fields": {"display_name": {}}},
        "order_line": {
            "fields": {
                "product_id": {"fields": {"display_name": {}}},
                "product_uom_qty": {},
                "price_unit": {},
                "price_subtotal": {},
            }
        },
    }
    yield (
        "orders, 20 rows with lines and total",
        {
            "api": lambda: api("GET", "/api/orders?limit=20"),
            "rpc": lambda: rpc(
                "sale.order",
                "web_search_read",
                domain=mine,
                specification=order_fields,
                limit=20,
            ),
        },
    )
    yield (
        "products, 20 rows with stock",
        {
            "api": lambda: api("GET", "/api/products?limit=20"),
            "rpc": lambda: rpc(
                "product.product",
                "web_search_read",
                domain=[["sale_ok", "=", True]],
                specification={
                    "display_name": {},
                    "list_price": {},
                    "qty_available": {},
                    "virtual_available": {},
                    "taxes_id": {"fields": {"display_name": {}}},
                },
                limit=20,
            ),
        },
    )
    yield (
        "stock levels, 50 rows",
        {
            "api": lambda: api("GET", "/api/stock/levels?limit=50"),
            "rpc": lambda: rpc(
                "stock.quant",
                "read_group",
                [["location_id.usage", "=", "internal"]],
                ["quantity:sum", "reserved_quantity:sum"],
                ["product_id", "location_id"],
                lazy=False,
            ),
        },
    )
    yield (
        "who am I (the floor of a request)",
        {
            "api": lambda: api("GET", "/api/auth/me"),
            "rpc": lambda: rpc("res.users", "read", [rpc.uid], ["name"]),
        },
    )


def writes(api, rpc, products, customer, account):
    """Yield ``(question, ways)`` of acting: the same thing done in both ways."""
    (row,) = rpc("ov.serviced_account", "read", [account], ["company_id"])
    company = row["company_id"][0]

    def api_quotation():
        body = {
            "customer_id": customer["id"],
            "products": [{"product_id": products["INST"], "quantity": 1}],
        }
        return api("POST", "/api/quotations", body)["order"]["id"]

    def rpc_quotation():
        line = {"product_id": products["INST"], "product_uom_qty": 1}
        vals = {"partner_id": customer["id"], "company_id": company}
        order = {**vals, "x_sa_id": account, "order_line": [[0, 0, line]]}
        return rpc("sale.order", "create", order)

    yield "quotation of one line", {"api": api_quotation, "rpc": rpc_quotation}
    yield (
        "quotation, then confirm it",
        {
            "api": lambda: api("POST", f"/api/orders/{api_quotation()}/confirm"),
            "rpc": lambda: rpc("sale.order", "action_confirm", [rpc_quotation()]),
        },
    )


def presses(api, products, customer, number):
    """Confirm one order with ``number`` phones at once; return the slowest answer."""
    body = {
        "customer_id": customer["id"],
        "products": [{"product_id": products["INST"], "quantity": 1}],
    }
    order = api("POST", "/api/quotations", body)["order"]["id"]
    token = api.session.headers["Authorization"]

    def press(_number):
        start = time.perf_counter()
        answer = requests.post(
            f"{URL}/api/orders/{order}/confirm",
            json={},
            headers={"Authorization": token},
            timeout=300,
        )
        return answer.status_code, (time.perf_counter() - start) * 1000

    with ThreadPoolExecutor(number) as pool:
        answers = list(pool.map(press, range(number)))
    codes = sorted(code for code, _spent in answers)
    if codes[0] != 200 or codes[1:].count(200) or codes[-1] >= 500:
        raise RuntimeError(f"{number} presses were answered {codes}")
    return max(spent for _code, spent in answers)


def figures(values):
    """Return ``{"p50", "p95", "n"}`` of milliseconds."""
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "n": len(ordered),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    number, times = SIZES[options.quick]
    api, rpc = Api("ama@abs.demo"), Rpc()
    products, customer, account = prepare(api, rpc, number)
    report = {
        "series": os.environ.get("ABS_SERIES"),
        "workers": os.environ.get("ABS_WORKERS"),
        "orders": number,
        "rows": {},
    }
    print(f"{number} orders, {times} repetitions; milliseconds, p50 (p95)")
    print(f"{'':42}{'/api':>18}{'Odoo RPC':>18}{'ratio':>8}")
    questions = [
        *lists(api, rpc),
        *writes(api, rpc, products, customer, account),
    ]
    for question, ways in questions:
        spent = {name: figures(v) for name, v in measure(ways, times).items()}
        report["rows"][question] = spent
        ratio = spent["api"]["p50"] / spent["rpc"]["p50"]
        cells = "".join(
            f"{spent[name]['p50']:>10.1f} ({spent[name]['p95']:.0f})".rjust(18)
            for name in ("api", "rpc")
        )
        print(f"{question:42}{cells}{ratio:>8.2f}", flush=True)
    for number in (2, 8):
        slowest = [presses(api, products, customer, number) for _ in range(5)]
        question = f"{number} phones confirm one order, the slowest"
        report["rows"][question] = {"api": figures(slowest)}
        print(f"{question:42}{statistics.median(slowest):>18.1f}", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
