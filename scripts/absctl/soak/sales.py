"""The load: whole sales, each with a reference of its own and what it has to leave."""

import random
import threading
import time

from absctl.soak.phone import LOST, GaveUp, Phone, Unexpected, post

KIT, PARTS, SERVICE, WARRANTY = "SK-200W", "CC-30", "INST", "WAR-24"
#: kind of sale: how many of 20
KINDS = {"cash": 7, "mobile": 5, "approved": 2, "returned": 3, "cancelled": 3}
#: Seconds until a push that never came counts as one that never will.
_PUSH_TIMEOUT = 150


class Shop:
    """What all sales of one soak have in common.

    :param Ledger ledger: what the clients see
    :param gateway: the mobile-money gateway, see ``scripts/demo/sandbox_gateway.py``
    :param sign: how it signs
    :param int seed: of all that is random
    :param float closing: when (monotonic) the last sale may begin
    """

    def __init__(self, ledger, gateway, sign, seed, closing):
        self.ledger, self.gateway, self.sign = ledger, gateway, sign
        self.seed, self.closing = seed, closing
        self.prefix = f"SOAK-{seed}-"
        self.sold, self._threads = [], []

    def look(self):
        """Learn the products and the warehouse, before there is any trouble."""
        kofi = Phone(self.ledger, random.Random(self.seed), "kofi@abs.demo")
        rows = kofi.get("/api/products?limit=100")["items"]
        self.products = {row["default_code"]: row["id"] for row in rows}
        rows = kofi.get("/api/warehouses")["warehouses"]
        self.warehouse = next(
            row["id"] for row in rows if row["company"]["name"] == "Oves Togo"
        )

    def open(self, clients):
        """Let ``clients`` threads sell, and one more whose payers tell us nothing."""
        jobs = [(number, None) for number in range(clients)] + [(clients, "silent")]
        for number, kind in jobs:
            thread = threading.Thread(
                target=self._sell, args=[number, kind], daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def close(self):
        """Wait until the last sale is done or has been given up."""
        for thread in self._threads:
            thread.join()

    def _sell(self, number, kind):
        rng = random.Random(f"{self.seed}-{number}")
        agent, staff = (
            Phone(self.ledger, rng, email)
            for email in ("jean@abs.demo", "kofi@abs.demo")
        )
        turn = 0
        while time.monotonic() < self.closing:
            turn += 1
            chosen = rng.choices(list(KINDS), KINDS.values())[0]
            ref = f"{self.prefix}{number}-{turn}"
            sale = Sale(self, ref, kind or chosen, rng, agent, staff)
            self.sold.append(sale)
            try:
                sale.run()
                sale.done = True
            except GaveUp:
                self.ledger.fault(f"{ref} ({sale.kind}): not done in time")
            except Unexpected as error:
                self.ledger.fault(f"{ref} ({sale.kind}): {error}")
            except Exception as error:
                self.ledger.fault(f"{ref} ({sale.kind}): {error!r}")


class Sale:
    """One sale; ``run`` walks it, its attributes say what it has to leave behind."""

    def __init__(self, shop, ref, kind, rng, agent, staff):
        self.shop, self.ref, self.kind, self.rng = shop, ref, kind, rng
        self.agent, self.staff = agent, staff
        self.serial, self.parts = f"{ref}-K", rng.randint(1, 5)
        if kind == "approved":  # over the threshold of the Service Account
            self.parts = 60
        self.done, self.step = False, 0
        self.order = self.paid = self.credited = None

    def _key(self):
        self.step += 1
        return f"{self.ref}-{self.step}"

    def _press(self, path, body=None, *, who=None, again=False):
        who = who or self.agent
        return who.post(path, body, key=self._key(), again=again)

    def run(self):
        self.receive()
        self.quote()
        if self.kind == "approved":
            self._press(f"{self.path}/request-approval")
            self._press(f"{self.path}/approve", {"note": "soak"}, who=self.staff)
        self._press(f"{self.path}/confirm", again=True)
        if self.kind == "cancelled":
            self._press(f"{self.path}/cancel", again=True)
            return
        self.deliver()
        self.collect()
        if self.kind == "returned":
            self.take_back()
        else:
            self._press(f"{self.path}/finalize", again=True)

    def receive(self):
        products = self.shop.products
        body = {
            "warehouse_id": self.shop.warehouse,
            "origin": self.ref,
            "validate": True,
            "lines": [
                {"product_id": products[KIT], "qty": 1, "lots": [self.serial]},
                {"product_id": products[PARTS], "qty": self.parts},
            ],
        }
        self._press("/api/stock/receive", body, who=self.staff)

    def quote(self):
        contact = {"name": self.ref, "email": f"{self.ref.lower()}@abs.demo"}
        customer = self._press("/api/contacts", contact)["contact"]["id"]
        wanted = ((KIT, 1), (PARTS, self.parts), (SERVICE, 1), (WARRANTY, 1))
        body = {
            "customer_id": customer,
            "client_order_ref": self.ref,
            "products": [
                {"product_id": self.shop.products[code], "quantity": quantity}
                for code, quantity in wanted
            ],
        }
        self.order = self._press("/api/quotations", body)["order"]["id"]
        self.path = f"/api/orders/{self.order}"

    def deliver(self):
        rows = self.agent.get(f"/api/stock/deliveries?sale_order_id={self.order}")
        (row,) = rows["deliveries"]
        self.delivery = f"/api/stock/deliveries/{row['id']}"
        lines = self.agent.get(self.delivery)["delivery"]["lines"]
        done = []
        for line in lines:
            if line["product"]["id"] == self.shop.products[KIT]:
                done.append({"move_id": line["id"], "lots": [self.serial]})
            else:
                done.append({"move_id": line["id"], "qty_done": self.parts})
        self._press(f"{self.delivery}/validate", {"lines": done}, again=True)

    def collect(self):
        """Post each invoice and have it paid, in cash or by mobile money."""
        self.paid = 0.0
        drafts = self.agent.get(f"{self.path}/invoices")["items"]
        drafts.sort(key=lambda row: row["id"])
        self.invoices = []
        for row in drafts:
            path = f"{self.path}/invoices/{row['id']}/confirm"
            invoice = self._press(path, again=True)["invoice"]
            self.invoices.append(invoice)
            mobile = self.kind in ("mobile", "silent") and row is drafts[-1]
            if not (mobile and self.ask(invoice)):
                self.pay(invoice)
            self.paid += invoice["amount_total"]

    def pay(self, invoice):
        body = {
            "invoice_id": invoice["id"],
            "amount": invoice["amount_total"],
            "payment_source": "cash",
            "memo": self.ref,
        }
        self._press(f"{self.path}/register-payment", body, again=True)

    def take_back(self):
        """The goods come back, and the invoice that bills them is credited."""
        self._press(f"{self.delivery}/return", {"reason": "soak"}, again=True)
        goods = self.invoices[-1]
        body = {"invoice_id": goods["id"], "reason": "soak"}
        note = self._press(f"{self.path}/credit-note", body, again=True)["invoice"]
        self.credited = note["amount_total"]

    # -- mobile money ----------------------------------------------------------------

    def ask(self, invoice):
        """Ask for the money and have the gateway report it; False: pay in cash instead.

        A push that a killed process left is sent later, one that was being sent then is
        never repeated: its attempt is cancelled, as a seller would do.
        """
        body = {
            "invoice_id": invoice["id"],
            "amount": invoice["amount_total"],
            "phone": "+22890123456",
            "provider": "sandbox",
        }
        attempt = self._press("/api/payments/attempts", body, again=True)["attempt"]
        path = f"/api/payments/attempts/{attempt['id']}"
        push = self._push(attempt["reference"])
        if push is None:
            self.shop.ledger.count("pushes that never came")
            self._press(f"{path}/cancel")
            return False
        self.shop.gateway.outcomes[push["reference"]] = self.shop.gateway.body(push)
        if self.kind == "mobile":
            self._report(push)
        while True:
            found = self.agent.get(path)["attempt"]
            if found["state"] == "succeeded":
                return True
            if found["state"] != "pending" or self.kind == "mobile":
                raise Unexpected(f"attempt {found['reference']} is {found['state']}")
            self.agent._wait(5)  # our own question finds it out

    def _push(self, reference):
        end = time.monotonic() + _PUSH_TIMEOUT
        while time.monotonic() < end:
            found = [p for p in self.shop.gateway.pushes if p["reference"] == reference]
            if len(found) > 1:
                raise Unexpected(
                    f"the payer of {reference} was asked {len(found)} times"
                )
            if found:
                return found[0]
            self.agent._wait(0.2)
        return None

    def _report(self, push):
        """Send the success one to three times at once, each until it is taken."""
        senders = [
            threading.Thread(target=self._report_once, args=[push])
            for _ in range(self.rng.choice((1, 1, 2, 3)))
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def _report_once(self, push):
        ledger, body = self.shop.ledger, self.shop.gateway.body(push)
        headers = {
            "Content-Type": "application/json",
            "X-Signature": self.shop.sign(self.shop.gateway.secret, body),
        }
        while time.monotonic() < ledger.deadline:
            ledger.count("callbacks")
            try:
                status, _headers, answer = post(push["callback_url"], body, headers)
            except LOST:
                time.sleep(0.5)
                continue
            ledger.judge("callback", status, answer)
            if status == 200:
                return
            time.sleep(1)
        ledger.fault(f"{self.ref}: its callback was never taken")
