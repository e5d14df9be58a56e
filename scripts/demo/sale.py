#!/usr/bin/env python3
"""One sale over HTTP: goods receipt, quotation, approval, delivery, invoices, money.

``./scripts/abs demo`` runs it against a server with the demo data. Each run receives its
own serials and sells to its own customer, so it can be repeated.

Needs only Python; writes the invoice's PDF to ``ABS_DEMO_DIR`` or a temporary folder.
"""

import base64
import os
import tempfile
import time
from pathlib import Path

from client import URL, Books, Client, Surprise, Walk, run

KITS = 4  # 4 x 450 and the services are over the 2,000 of TG-LOM


def _by(rows, name, value):
    """Return the row whose field is ``value``."""
    for row in rows:
        if row[name] == value:
            return row
    raise Surprise(f"no row has {name} = {value!r}")


def _money(amount, currency="XOF"):
    return f"{amount:,.0f} {currency}"


class Sale:
    """The walk; each method is a few steps and leaves what the next one needs."""

    def __init__(self):
        self.run = time.strftime("%m%d-%H%M%S")
        self.serials = [f"DEMO-{self.run}-{n}" for n in range(1, KITS + 1)]
        self.walk = Walk("One sale through the API")

    def __call__(self):
        self.log_in()
        self.look_at_products()
        self.receive()
        self.meet_customer()
        self.quote()
        self.approve()
        self.confirm()
        self.deliver()
        self.invoice()
        self.print_invoice()
        self.collect()
        self.check_assets()
        self.close()
        self.compare_with_books()
        print(f"\nDone: {self.walk.number} steps against {URL}.")

    # -- before the sale -------------------------------------------------------------

    def log_in(self):
        self.walk.step("Is the server there?")
        health = Client("nobody").get("/api/system/health")
        self.walk.tell(f"version {health.get('version')}, database reachable")
        self.walk.step("Log in: Jean (agent), Kofi (staff), Edem (agent of another SA)")
        self.jean = Client.login("jean@abs.demo")
        self.kofi = Client.login("kofi@abs.demo")
        self.edem = Client.login("edem@abs.demo")
        for client in (self.jean, self.kofi, self.edem):
            member = client.session["memberships"][0]
            self.walk.tell(
                f"{client.name}: {member['role_code']} of {member['account']['code']}"
            )
        code = self.jean.session["memberships"][0]["account"]["code"]
        self.walk.check("Jean's Service Account", code, "TG-LOM")

    def look_at_products(self):
        self.walk.step("What is for sale?")
        rows = self.jean.get("/api/products?limit=100")["items"]
        self.kit = _by(rows, "default_code", "SK-200W")
        self.installation = _by(rows, "default_code", "INST")
        self.warranty = _by(rows, "default_code", "WAR-24")
        for row in (self.kit, self.installation, self.warranty):
            self.walk.tell(
                f"{row['default_code']:8} {row['name']:20} "
                f"{_money(row['list_price'], row['currency']['name'])}, "
                f"{row['product_type']}, invoiced on {row['invoice_policy']}"
            )
        self.walk.check("currency", self.kit["currency"]["name"], "XOF")
        bom = self.jean.get("/api/products/SHS-200/bom")
        parts = [
            f"{part['quantity']:g} x {part['product']['name']}" for part in bom["lines"]
        ]
        self.walk.tell(f"package SHS-200: {', '.join(parts)}")

    def receive(self):
        self.walk.step(f"Kofi receives {KITS} kits in Togo's warehouse")
        warehouses = self.kofi.get("/api/warehouses")["warehouses"]
        warehouse = next(w for w in warehouses if w["company"]["name"] == "Oves Togo")
        before = self._stock()
        lines = [
            {"product_id": self.kit["id"], "qty": 1, "lot_name": serial}
            for serial in self.serials
        ]
        body = {"warehouse_id": warehouse["id"], "validate": True, "lines": lines}
        picking = self.kofi.post("/api/stock/receive", body)["picking"]
        self.walk.check("receipt", picking["state"], "done")
        self.walk.tell(f"{picking['name']} done: {', '.join(self.serials)}")
        after = self._stock()
        self.walk.check(
            "kits on hand", after["qty_on_hand"], before["qty_on_hand"] + KITS
        )
        self.walk.tell(
            f"on hand {before['qty_on_hand']:g} -> {after['qty_on_hand']:g}, "
            f"available {after['qty_available']:g}"
        )
        lot = self.jean.get(f"/api/stock/lots/{self.serials[0]}")
        place = lot["locations"][0]["location"]["name"]
        self.walk.tell(f"{self.serials[0]} lies in {place}")
        self.before = after

    def _stock(self):
        return self.kofi.get(f"/api/stock/levels/{self.kit['id']}")["totals"]

    def meet_customer(self):
        self.walk.step("Jean creates a customer")
        contact = self.jean.post(
            "/api/contacts",
            {
                "name": f"Demo Customer {self.run}",
                "email": f"demo-{self.run}@abs.demo",
                "city": "Lomé",
                "country": "TG",
            },
        )["contact"]
        self.walk.check("governance level", contact["governance_level"], 3)
        self.walk.tell(
            f"{contact['name']}: {contact['sa']['name']}, actor {contact['actor']['name']}"
        )
        found = self.jean.get(f"/api/contacts?email=demo-{self.run}@abs.demo")
        self.walk.check("contacts with this e-mail", found["total"], 1)
        path = f"/api/contacts/{contact['id']}"
        self.edem.refused(404, "not_found", "GET", path)
        self.walk.tell("Edem of TG-KAR does not see this customer (404)")
        self.customer = contact

    # -- the order -------------------------------------------------------------------

    def quote(self):
        self.walk.step(f"Quotation: {KITS} kits, installation, warranty")
        body = {
            "customer_id": self.customer["id"],
            "client_order_ref": f"DEMO-{self.run}",
            "products": [
                {"product_id": self.kit["id"], "quantity": KITS},
                {"product_id": self.installation["id"], "quantity": 1},
                {"product_id": self.warranty["id"], "quantity": 1},
            ],
        }
        order = self.jean.post("/api/quotations", body)["order"]
        prices = (self.installation["list_price"], self.warranty["list_price"])
        untaxed = KITS * self.kit["list_price"] + sum(prices)
        self.walk.check("untaxed amount", order["amount_untaxed"], untaxed)
        tax = round(untaxed * 0.18)
        self.walk.check("VAT of 18 %, in whole francs", order["amount_tax"], tax)
        self.walk.check("total", order["amount_total"], untaxed + tax)
        self.walk.tell(
            f"{order['name']}: {_money(untaxed)} + VAT {_money(tax)} = "
            f"{_money(order['amount_total'])}"
        )
        self.order = order
        self.path = f"/api/orders/{order['id']}"

    def approve(self):
        self.walk.step("Over the threshold of TG-LOM (2,000): it needs an approval")
        self.walk.check("approval", self.order["approval_state"], "required")
        confirm = f"{self.path}/confirm"
        refusal = self.jean.refused(400, "approval_required", "POST", confirm, {})
        self.walk.tell(f"confirm is refused: {refusal}")
        note = {"note": "Demo"}
        self.jean.post(f"{self.path}/request-approval", note)
        approve = f"{self.path}/approve"
        self.jean.refused(403, "role_required", "POST", approve, note)
        self.walk.tell("Jean asks; he cannot approve it himself (403)")
        order = self.kofi.post(approve, note)["order"]
        self.walk.check("approval", order["approval_state"], "approved")
        self.walk.tell("Kofi approves")

    def confirm(self):
        self.walk.step("Confirm: a delivery for the goods, an invoice for the services")
        order = self.jean.post(f"{self.path}/confirm")["order"]
        self.walk.check("state", order["state"], "sale")
        self.walk.check("deliveries", len(order["pickings"]), 1)
        self.walk.check("invoices", len(order["invoices"]), 1)
        draft = self.jean.get(f"/api/invoices/{order['invoices'][0]['id']}")["invoice"]
        self.walk.check("state of the invoice", draft["state"], "draft")
        names = [line["product"]["name"] for line in draft["lines"]]
        services = [self.installation["name"], self.warranty["name"]]
        self.walk.check("its lines", sorted(names), sorted(services))
        self.walk.tell(f"delivery {order['pickings'][0]['name']} waits")
        self.walk.tell(f"draft invoice: {', '.join(names)}")

    def deliver(self):
        self.walk.step("Deliver the kits by their serials")
        rows = self.jean.get(f"/api/stock/deliveries?sale_order_id={self.order['id']}")
        self.walk.check("deliveries in the list", rows["total"], 1)
        path = f"/api/stock/deliveries/{rows['deliveries'][0]['id']}"
        detail = self.jean.get(path)["delivery"]
        line = detail["lines"][0]
        self.walk.check("kits ordered", line["qty_ordered"], KITS)
        early = {"amount": 1, "payment_source": "cash"}
        wrong = {"lines": [{"move_id": line["id"], "lots": self.serials[:1]}]}
        refusal = self.jean.refused(
            400, "serial_required", "POST", f"{path}/validate", wrong
        )
        self.walk.tell(f"one serial for {KITS} kits is refused: {refusal}")
        refusal = self.jean.refused(
            400, "delivery_pending", "POST", f"{self.path}/register-payment", early
        )
        self.walk.tell(f"paying before it is refused: {refusal}")
        body = {"lines": [{"move_id": line["id"], "lots": self.serials}]}
        done = self.jean.post(f"{path}/validate", body)["delivery"]
        self.walk.check("delivery", done["state"], "done")
        self.walk.tell(f"{done['name']} done on {done['date_done']}")
        stock = self._stock()
        left = self.before["qty_on_hand"] - KITS
        self.walk.check("kits left", stock["qty_on_hand"], left)
        self.walk.tell(f"on hand {self.before['qty_on_hand']:g} -> {left:g}")

    # -- the money -------------------------------------------------------------------

    def invoice(self):
        self.walk.step("Post the two invoices")
        invoices = self.jean.get(f"{self.path}/invoices")["items"]
        self.walk.check("invoices: one per policy", len(invoices), 2)
        self.invoices = []
        for draft in sorted(invoices, key=lambda row: row["id"]):
            path = f"{self.path}/invoices/{draft['id']}/confirm"
            posted = self.jean.post(path)["invoice"]
            self.walk.check("state", posted["state"], "posted")
            self.walk.tell(f"{posted['name']}: {_money(posted['amount_total'])}")
            self.invoices.append(posted)
        total = sum(invoice["amount_total"] for invoice in self.invoices)
        rounding = abs(total - self.order["amount_total"])
        if rounding > 1:  # each invoice rounds its own tax to whole francs
            raise Surprise(f"the invoices sum up to {total}")

    def print_invoice(self):
        self.walk.step("Download the invoice as PDF")
        invoice = self.invoices[-1]
        body = self.jean.get(f"/api/invoices/{invoice['id']}/pdf")
        content = base64.b64decode(body["content"])
        self.walk.check("first bytes", content[:4], b"%PDF")
        # Odoo's style sheets name another font; without them wkhtmltopdf takes a serif.
        if b"Serif" in content or len(content) < 5_000:
            raise Surprise(
                "the PDF is not styled: the server does not reach its own style sheets "
                "(system parameter report.url)"
            )
        folder = os.environ.get("ABS_DEMO_DIR") or tempfile.mkdtemp(prefix="abs-demo-")
        path = Path(folder) / Path(body["filename"].replace("/", "-")).name
        path.write_bytes(content)
        self.walk.tell(f"{path} ({len(content):,} bytes)")

    def collect(self):
        self.walk.step("Register the payments")
        path = f"{self.path}/register-payment"
        for invoice, source in zip(
            self.invoices, ("cash", "mobile_money"), strict=True
        ):
            body = {
                "invoice_id": invoice["id"],
                "amount": invoice["amount_total"],
                "payment_source": source,
                "memo": f"Demo {self.run}",
            }
            paid = self.jean.post(path, body)
            self.walk.check("invoice", paid["invoice"]["payment_state"], "paid")
            self.walk.check("left to pay", paid["invoice"]["amount_residual"], 0)
            self.walk.tell(
                f"{paid['payment']['name']}: {_money(paid['payment']['amount'])} by "
                f"{source}, {invoice['name']} is paid"
            )
        refusal = self.jean.refused(409, "already_paid", "POST", path, body)
        self.walk.tell(f"once more is refused: {refusal}")
        payments = self.jean.get(f"/api/payments?order_id={self.order['id']}")["items"]
        collected = sum(payment["amount"] for payment in payments)
        billed = sum(invoice["amount_total"] for invoice in self.invoices)
        self.walk.check("collected", collected, billed)
        self.walk.tell(f"billed {_money(billed)}, collected {_money(collected)}")
        customer = f"/api/customers/{self.customer['id']}"
        pending = self.jean.get(f"{customer}/invoices/pending")
        self.walk.check("pending invoices", pending["total"], 0)

    def check_assets(self):
        self.walk.step("Each kit is a governed asset now")
        assets = self.jean.get(f"/api/assets?order_id={self.order['id']}")["items"]
        lots = sorted(asset["lot"]["name"] for asset in assets)
        self.walk.check("serials of the assets", lots, sorted(self.serials))
        for asset in assets:
            self.walk.check("state", asset["state"], "active")
            self.walk.check("customer", asset["partner"]["id"], self.customer["id"])
        first = assets[0]
        self.walk.tell(
            f"{len(assets)} assets, {first['sa']['name']}, actor {first['actor']['name']}"
        )
        rows = self.edem.get(f"/api/assets?order_id={self.order['id']}")
        self.walk.check("of them seen by Edem", rows["total"], 0)

    def close(self):
        self.walk.step("Finalize the order")
        order = self.jean.post(f"{self.path}/finalize")["order"]
        self.walk.check("state", order["state"], "done")
        self.walk.check("payment", order["payment_state"], "paid")
        self.walk.tell(
            f"{order['name']} is {order['state']} and {order['payment_state']}"
        )
        self.edem.refused(404, "not_found", "GET", self.path)
        self.walk.tell("Edem of TG-KAR cannot see it (404)")
        rows = self.jean.get(f"/api/subscriptions?partner_id={self.customer['id']}")
        self.walk.check("subscriptions", rows["total"], 1)
        warranty = rows["items"][0]
        self.walk.check("state of the warranty", warranty["state"], "active")
        self.walk.check("its billed periods", warranty["billed_periods"], 1)
        self.walk.check("its paid periods", warranty["paid_periods"], 1)
        self.walk.tell(
            f"warranty {warranty['code']} is billed again on "
            f"{warranty['next_invoice_date']}"
        )
        Client("nobody").get("/api/system/health")

    def compare_with_books(self):
        """Read Odoo's own stock and journal items and hold them against the API's."""
        self.walk.step("Compare with Odoo's own stock and journal items")
        company = self.order["company"]["id"]
        try:
            books = Books(company)
        except Surprise as surprise:
            if "ABS_WEB_PASSWORD" in os.environ:
                raise
            self.walk.tell(f"skipped: {surprise}")
            return
        internal = ["location_id.usage", "=", "internal"]
        quants = books.read(
            "stock.quant",
            [
                ["product_id", "=", self.kit["id"]],
                ["company_id", "=", company],
                internal,
            ],
            ["quantity", "reserved_quantity"],
        )
        stock = self._stock()
        on_hand = sum(quant["quantity"] for quant in quants)
        reserved = sum(quant["reserved_quantity"] for quant in quants)
        self.walk.check("stock.quant: on hand", stock["qty_on_hand"], on_hand)
        self.walk.check("stock.quant: reserved", stock["qty_reserved"], reserved)
        self.walk.tell(f"stock.quant: {on_hand:g} on hand, {reserved:g} reserved")
        ids = [invoice["id"] for invoice in self.invoices]
        items = books.read(
            "account.move.line",
            [["move_id", "in", ids], ["parent_state", "=", "posted"]],
            ["balance", "tax_line_id", "account_type", "amount_residual"],
        )
        self.walk.check("the entries balance", sum(i["balance"] for i in items), 0)
        tax = -sum(i["balance"] for i in items if i["tax_line_id"])
        due = [i for i in items if i["account_type"] == "asset_receivable"]
        income = -sum(i["balance"] for i in items if i["account_type"] == "income")
        total = sum(i["balance"] for i in due)
        self.walk.check("untaxed", income, self._sum("amount_untaxed"))
        self.walk.check("VAT", tax, self._sum("amount_tax"))
        self.walk.check("billed", total, self._sum("amount_total"))
        self.walk.check("open", sum(i["amount_residual"] for i in due), 0)
        self.walk.tell(
            f"journal items: income {_money(income)}, VAT {_money(tax)}, "
            f"receivable {_money(total)}, of it open 0"
        )

    def _sum(self, field):
        return sum(invoice[field] for invoice in self.invoices)


if __name__ == "__main__":
    run(Sale())
