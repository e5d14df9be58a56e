#!/usr/bin/env python3
"""A lease-to-own bike over HTTP, from order to ownership (map, flows 2B, 3, 5 and 6).

``./scripts/abs demo --lifecycle`` runs it against a server with the demo data. Time is
moved by billing ahead (``POST /api/subscriptions/<id>/bill {until}``), not by sleeping.
Each run receives its own serials and leases to its own customer.

Needs only Python.
"""

import datetime as dt
import time

from client import Client, Surprise, Walk, run

MONTHS = 3
FEE = 15000.0
VALUE, RATE = 90000.0, 60.0
TAX = 0.18
MONTHLY = round(FEE * (1 + TAX))


def _by(rows, name, value):
    for row in rows:
        if row[name] == value:
            return row
    raise Surprise(f"no row has {name} = {value!r}")


def _money(amount):
    return f"{amount:,.0f} XOF"


def _months_from(day, number):
    """Return the last day of the month that is ``number`` months after ``day``'s."""
    month = day.month + number
    return dt.date(day.year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


class Lifecycle:
    """The walk; each method is a few steps and leaves what the next one needs."""

    def __init__(self):
        self.run = time.strftime("%m%d-%H%M%S")
        self.bike_serial = f"BIKE-{self.run}"
        self.loaner_serial = f"LOAN-{self.run}"
        self.walk = Walk("The life of a leased e-bike through the API")

    def __call__(self):
        self.log_in()
        self.receive()
        self.meet_customer()
        self.order()
        self.deliver()
        self.first_month()
        self.more_months()
        self.break_down()
        self.repair()
        self.customer_looks()
        self.transfer()
        self.history()

    # -- before ------------------------------------------------------------------------
    def log_in(self):
        self.walk.step("Log in: Jean (agent), Kofi (staff), Ama (SA manager)")
        self.jean = Client.login("jean@abs.demo")
        self.kofi = Client.login("kofi@abs.demo")
        self.ama = Client.login("ama@abs.demo")
        rows = self.jean.get("/api/products?limit=100")["items"]
        self.bike = _by(rows, "default_code", "SYNC-BIKE")
        self.fee = _by(rows, "default_code", "SYNC-M")
        plans = self.jean.get("/api/subscription-plans")["items"]
        self.plan = _by(plans, "code", "MONTHLY")
        self.walk.tell(f"{self.bike['name']}, billed by {self.fee['name']}, monthly")

    def receive(self):
        self.walk.step("Kofi receives a bike to lease, and one for the loaner pool")
        rows = self.kofi.get("/api/warehouses")["warehouses"]
        warehouse = next(w for w in rows if w["company"]["name"] == "Oves Togo")
        self.places = warehouse["locations"]
        lines = [
            {"product_id": self.bike["id"], "qty": 1, "lot_name": name}
            for name in (self.bike_serial, self.loaner_serial)
        ]
        body = {"warehouse_id": warehouse["id"], "validate": True, "lines": lines}
        picking = self.kofi.post("/api/stock/receive", body)["picking"]
        self.walk.check("receipt", picking["state"], "done")
        body = {
            "from_location_id": self._place(self.loaner_serial)["id"],
            "to_location_id": self.places["loaner_pool"]["id"],
            "lines": [
                {
                    "product_id": self.bike["id"],
                    "lot_name": self.loaner_serial,
                    "qty": 1,
                }
            ],
        }
        self.kofi.post("/api/stock/transfer", body)
        self.walk.check("loaner", *self._is_in(self.loaner_serial, "loaner_pool"))
        self.walk.tell(f"{self.loaner_serial} waits in the loaner pool")

    def _place(self, serial):
        return self.kofi.get(f"/api/relationships/serials/{serial}")["location"]

    def _is_in(self, serial, place):
        return self._place(serial)["id"], self.places[place]["id"]

    def meet_customer(self):
        self.walk.step("Jean creates a customer, Kofi opens the customer's access")
        self.email = f"bike-{self.run}@abs.demo"
        contact = {"name": f"Demo Rider {self.run}", "email": self.email}
        self.customer = self.jean.post("/api/contacts", contact)["contact"]
        path = f"/api/contacts/{self.customer['id']}/portal-access"
        answer = self.kofi.post(path)
        self.password = _find(answer, "password")
        self.walk.tell(
            f"{self.customer['name']}, actor {self.customer['actor']['name']}"
        )

    # -- the contract ------------------------------------------------------------------
    def order(self):
        self.walk.step(f"Jean quotes SYNC: {MONTHS} months at {_money(FEE)}, bike at 0")
        order = self.jean.post(
            "/api/quotations",
            {
                "partner_id": self.customer["id"],
                "plan_id": self.plan["id"],
                "x_equipment_value": VALUE,
                "x_equity_rate": RATE,
                "x_contract_months": MONTHS,
                "lines": [
                    {"product_id": self.fee["id"], "quantity": 1, "price_unit": FEE},
                    {"product_id": self.bike["id"], "quantity": 1},
                ],
            },
        )["order"]
        bike = _by(order["lines"], "price_unit", 0.0)
        self.walk.check("leased line", bike["product"]["id"], self.bike["id"])
        self.path = f"/api/orders/{order['id']}"
        if order["approval_state"] == "required":
            self.walk.step("E-mobility always needs an approval: Ama gives it")
            self.jean.refused(
                400, "approval_required", "POST", f"{self.path}/confirm", {}
            )
            self.jean.post(f"{self.path}/request-approval")
            self.ama.post(f"{self.path}/approve", {"note": "good customer"})
        order = self.jean.post(f"{self.path}/confirm")["order"]
        self.walk.check("order", order["state"], "sale")
        rows = self.jean.get(f"/api/subscriptions?order_id={order['id']}")["items"]
        self.sub = _by(rows, "kind", "sync")
        self.walk.check("subscription", self.sub["state"], "active")
        self.walk.check("periods billed by the order", self.sub["billed_periods"], 1)
        self.walk.tell(
            f"{order['name']} confirmed: {self.sub['code']}, "
            f"{self.sub['start_date']} to {self.sub['end_date']}"
        )
        self.picking = order["pickings"][0]["id"]
        self.order_id = order["id"]

    def deliver(self):
        self.walk.step("Jean hands over the bike")
        path = f"/api/stock/deliveries/{self.picking}"
        delivery = self.jean.get(path)["delivery"]
        line = delivery["lines"][0]
        body = {
            "lines": [
                {"move_id": line["id"], "lot_name": self.bike_serial, "qty_done": 1}
            ]
        }
        done = self.jean.post(f"{path}/validate", body)["delivery"]
        self.walk.check("delivery", done["state"], "done")
        self.walk.check("bike", *self._is_in(self.bike_serial, "sync_deployed"))
        rows = self.jean.get(f"/api/assets?partner_id={self.customer['id']}")["items"]
        self.asset = _by(rows, "asset_code", self.bike_serial)
        self.walk.check("asset", self.asset["state"], "active")
        self.walk.check(
            "its contract", self.asset["subscription"]["id"], self.sub["id"]
        )
        self.walk.tell(
            f"{self.bike_serial} in SYNC Deployed: {self.asset['name']}, "
            f"equipment {self.asset['equipment']['name']}"
        )

    # -- the months --------------------------------------------------------------------
    def first_month(self):
        self.walk.step("Month 1: the order's own invoice is posted and paid in cash")
        rows = self.jean.get(f"{self.path}/invoices")["items"]
        self.walk.check("invoices", [row["state"] for row in rows], ["draft"])
        self.jean.post(f"{self.path}/invoices/{rows[0]['id']}/confirm")
        self._pay()
        self._equity(1)

    def more_months(self):
        start = dt.date.fromisoformat(self.sub["start_date"])
        for month in range(2, MONTHS + 1):
            self.walk.step(f"Month {month}: Kofi lets time pass, the billing runs")
            until = _months_from(start, month - 1)
            sub = self.kofi.post(self._sub("bill"), {"until": str(until)})
            sub = sub["subscription"]
            self.walk.check("periods billed", sub["billed_periods"], month)
            self.walk.check("periods paid", sub["paid_periods"], month - 1)
            self._pay()
            self._equity(month)

    def _sub(self, verb=""):
        return f"/api/subscriptions/{self.sub['id']}" + (f"/{verb}" if verb else "")

    def _pay(self):
        body = {"amount": MONTHLY, "payment_source": "cash"}
        payment = self.jean.post(f"{self.path}/register-payment", body)["payment"]
        self.walk.tell(f"{payment['name']}: {_money(payment['amount'])} received")

    def _equity(self, months):
        figures = self.jean.get(self._sub("equity"))
        self.walk.check("months paid", figures["paid_periods"], months)
        self.walk.check("paid", figures["paid_amount"], months * MONTHLY)
        wanted = min(VALUE, round(months * MONTHLY * RATE / 100))
        self.walk.check("equity", figures["equity"], wanted)
        self.walk.tell(
            f"equity {_money(figures['equity'])} of {_money(VALUE)}, "
            f"transfer due: {'yes' if figures['transfer_due'] else 'no'}"
        )

    # -- a breakdown -------------------------------------------------------------------
    def break_down(self):
        self.walk.step("The brake fails: a ticket, and a loaner for the customer")
        self.ticket = self.jean.post(
            "/api/tickets",
            {
                "subject": "Brake fails",
                "description": "The rear brake does not hold.",
                "partner_id": self.customer["id"],
                "asset_id": self.asset["id"],
            },
        )["ticket"]
        self.kofi.post(
            f"/api/assets/{self.asset['id']}/swap",
            {
                "loaner_serial": self.loaner_serial,
                "reason": "brake",
                "ticket_id": self.ticket["id"],
            },
        )
        self.walk.check("loaner", *self._is_in(self.loaner_serial, "sync_deployed"))
        self.walk.check("bike", *self._is_in(self.bike_serial, "service_repair"))
        self.walk.tell(f"ticket {self.ticket['number']}: the loaner is out")
        body = {"path": "own", "reason": "now"}
        refusal = self.kofi.refused(
            400, "swap_open", "POST", self._sub("ownership-transfer"), body
        )
        self.walk.tell(f"no transfer meanwhile: {refusal}")

    def repair(self):
        self.walk.step("The bike is repaired, the loaner comes back")
        repairs = self.kofi.get(f"/api/repairs?lot_id={self.asset['lot']['id']}")[
            "items"
        ]
        self.kofi.post(
            f"/api/repairs/{repairs[0]['id']}/complete", {"note": "new brake pads"}
        )
        self.kofi.post(f"/api/assets/{self.asset['id']}/swap/return")
        self.walk.check("bike", *self._is_in(self.bike_serial, "sync_deployed"))
        self.walk.check("loaner", *self._is_in(self.loaner_serial, "loaner_pool"))
        body = {"resolution": "Brake pads replaced."}
        path = f"/api/tickets/{self.ticket['id']}/close"
        self.walk.check("ticket", self.jean.post(path, body)["ticket"]["closed"], True)

    def customer_looks(self):
        self.walk.step("The customer looks at the own contract and invoices")
        client = Client("customer")
        body = {"email": self.email, "password": self.password}
        answer = client.post("/api/customer/auth/login", body)
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        rows = client.get("/api/customer/subscriptions")["items"]
        self.walk.check("contracts", [row["id"] for row in rows], [self.sub["id"]])
        rows = client.get("/api/customer/invoices")["items"]
        self.walk.check("invoices", len(rows), MONTHS)
        paid = [row["payment_state"] for row in rows]
        self.walk.check("all paid", paid, ["paid"] * MONTHS)

    # -- the end -----------------------------------------------------------------------
    def transfer(self):
        self.walk.step("The last month is paid: the bike becomes the customer's")
        done = self.kofi.post(self._sub("ownership-transfer"), {"path": "own"})
        self.walk.check("contract", done["subscription"]["state"], "expired")
        asset = self.kofi.get(f"/api/assets/{self.asset['id']}")["asset"]
        self.walk.check("asset", asset["state"], "transferred")
        self.walk.check("owner", asset["partner"]["id"], self.customer["id"])
        self.kofi.refused(
            409,
            "already_transferred",
            "POST",
            self._sub("ownership-transfer"),
            {"path": "own"},
        )
        place = self._place(self.bike_serial)["name"]
        self.walk.tell(f"{self.bike_serial} is in {place}, owned by the customer")

    def history(self):
        self.walk.step("The serial's history, as the relationship map tells it")
        story = self.kofi.get(f"/api/relationships/serials/{self.bike_serial}")
        kinds = [event["kind"] for event in story["history"]]
        self.walk.check(
            "first and last", [kinds[0], kinds[-1]], ["received", "transferred"]
        )
        for event in story["history"]:
            place = event["location_to"]
            words = [event["date"], event["kind"], place and place["name"]]
            self.walk.tell("  ".join(word for word in words if word))


def _find(answer, name):
    """Return the first value of that name anywhere in an answer."""
    if isinstance(answer, dict):
        if name in answer:
            return answer[name]
        answer = list(answer.values())
    if isinstance(answer, list):
        for part in answer:
            found = _find(part, name)
            if found is not None:
                return found
    return None


if __name__ == "__main__":
    run(Lifecycle())
