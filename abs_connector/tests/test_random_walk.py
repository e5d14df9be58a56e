"""Stock, ledgers and API agree after a random walk of 200 operations.

After each step the hand-kept book is compared with Odoo's own reports (stock on hand by
place, its valuation, invoice analysis, partner ledger, cash and bank) and with what the
API says. The walk is the same each time (seeded); every operation goes through HTTP, as
the SA manager.
"""

import random

from odoo.tests import tagged

from .http_common import AbsHttpCase

STEPS = 200
CABLE_COST, KIT_COST = 10, 200


@tagged("post_install", "-at_install")
class TestRandomWalk(AbsHttpCase):
    def setUp(self):
        super().setUp()
        self.random = random.Random(20260614)
        self.stock = self.wh_togo.lot_stock_id
        self.shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.stock.id, "company_id": self.togo.id}
        )
        self.cables = {self.stock.id: 0.0, self.shelf.id: 0.0, "customer": 0.0}
        self.kits = {}  # serial -> location id, "customer" or "scrapped"
        self.serials = 0
        self.orders = []  # {"id", "deliveries": open ids, "done": [...]}
        self.invoiced = self.credited = self.paid = 0.0
        self.untaxed = 0.0  # of what was invoiced and not credited
        self.did = {}
        self.costs = {self.cable: CABLE_COST, self.kit: KIT_COST}
        for product, cost in self.costs.items():
            product.with_company(self.togo).standard_price = cost

    def post(self, path, body, status=None):
        return self.ok("POST", path, body, who=self.ama, status=status)

    # -- operations; each returns False when it cannot be done now ----------------

    def receive_cables(self):
        number = self.random.randint(5, 20)
        line = {"product_id": self.cable.id, "qty": number}
        self.post("/api/stock/receive", self.goods([line]), 201)
        self.cables[self.stock.id] += number

    def receive_kits(self):
        names = [f"WALK-{self.serials + n}" for n in range(self.random.randint(1, 4))]
        self.serials += len(names)
        line = {"product_id": self.kit.id, "lots": names}
        self.post("/api/stock/receive", self.goods([line]), 201)
        self.kits.update(dict.fromkeys(names, self.stock.id))

    def goods(self, lines):
        return {"warehouse_id": self.wh_togo.id, "validate": True, "lines": lines}

    def sell(self):
        cables, kits = self.random.randint(1, 4), self.random.randint(0, 2)
        products = [{"product_id": self.cable.id, "quantity": cables}]
        if kits:
            products.append({"product_id": self.kit.id, "quantity": kits})
        products.append({"product_id": self.installation.id, "quantity": 1})
        body = {"customer_id": self.marie.id, "products": products}
        order = self.post("/api/quotations", body, 201)["order"]["id"]
        confirmed = self.post(f"/api/orders/{order}/confirm", {})["order"]
        self.orders.append(
            {"id": order, "open": [p["id"] for p in confirmed["pickings"]], "done": []}
        )

    def deliver(self):
        """Deliver an open picking, often only a part of it."""
        waiting = [order for order in self.orders if order["open"]]
        if not waiting:
            return False
        order = self.random.choice(waiting)
        delivery = order["open"][0]
        path = f"/api/stock/deliveries/{delivery}"
        detail = self.ok("GET", path, who=self.ama)["delivery"]
        lines, sent = [], {"cables": 0, "kits": []}
        here = [name for name, place in self.kits.items() if place == self.stock.id]
        for line in detail["lines"]:
            wanted = int(line["qty_ordered"])
            if line["product"]["id"] == self.kit.id:
                names = here[: self.random.randint(0, min(wanted, len(here)))]
                if names:
                    lines.append({"move_id": line["id"], "lots": names})
                sent["kits"] = names
            else:
                most = min(wanted, int(self.cables[self.stock.id]))
                number = self.random.randint(0, most)
                if number:
                    lines.append({"move_id": line["id"], "qty_done": number})
                sent["cables"] = number
        if not lines:
            return False
        body = {"force_backorder": True, "lines": lines}
        answer = self.call("POST", f"{path}/validate", body, who=self.ama)
        if answer.status == 400:  # the rest is reserved for other orders
            self.assertEqual(answer.body["code"], "insufficient_stock", answer.text)
            return False
        self.assertEqual(answer.status, 200, answer.text)
        for line in answer.body["delivery"]["lines"]:
            if line["product"]["id"] == self.cable.id:
                for taken in line["move_lines"]:  # from the shelf as well
                    self.cables[taken["location"]["id"]] -= taken["quantity"]
        self.cables["customer"] += sent["cables"]
        self.kits.update(dict.fromkeys(sent["kits"], "customer"))
        order["done"].append({"id": delivery, **sent})
        after = self.ok("GET", f"/api/orders/{order['id']}", who=self.ama)["order"]
        order["open"] = [
            p["id"] for p in after["pickings"] if p["state"] not in ("done", "cancel")
        ]

    def take_back(self):
        """Return what one delivery brought, in part."""
        brought = [
            (order, done)
            for order in self.orders
            for done in order["done"]
            if done["cables"] or done["kits"]
        ]
        if not brought:
            return False
        _order, done = self.random.choice(brought)
        path = f"/api/stock/deliveries/{done['id']}"
        detail = self.ok("GET", path, who=self.ama)["delivery"]
        by_product = {line["product"]["id"]: line["id"] for line in detail["lines"]}
        lines = []
        if done["kits"]:
            name = done["kits"].pop()
            lines.append({"move_id": by_product[self.kit.id], "lots": [name]})
            self.kits[name] = self.stock.id
        else:
            number = self.random.randint(1, done["cables"])
            lines.append({"move_id": by_product[self.cable.id], "qty_done": number})
            done["cables"] -= number
            self.cables["customer"] -= number
            self.cables[self.stock.id] += number
        self.post(f"{path}/return", {"reason": "walk", "lines": lines}, 201)

    def count_cables(self):
        """Count a little more or less than there is."""
        counted = max(0, self.cables[self.stock.id] + self.random.randint(-2, 2))
        line = {
            "product_id": self.cable.id,
            "location_id": self.stock.id,
            "quantity_counted": counted,
        }
        body = {"warehouse_id": self.wh_togo.id, "reason": "walk", "lines": [line]}
        self.post("/api/stock/adjustment", body)
        self.cables[self.stock.id] = counted

    def transfer(self):
        ways = [(self.stock.id, self.shelf.id), (self.shelf.id, self.stock.id)]
        ways = [(source, target) for source, target in ways if self.cables[source] >= 1]
        if not ways:
            return False
        source, target = self.random.choice(ways)
        most = int(self.cables[source])
        number = self.random.randint(1, most)
        answer = self.call(
            "POST",
            "/api/stock/transfer",
            {
                "from_location_id": source,
                "to_location_id": target,
                "validate": True,
                "lines": [{"product_id": self.cable.id, "qty": number}],
            },
            who=self.ama,
        )
        if answer.status == 400:  # reserved for orders
            self.assertEqual(answer.body["code"], "insufficient_stock", answer.text)
            return False
        self.assertEqual(answer.status, 201, answer.text)
        self.cables[source] -= number
        self.cables[target] += number

    def scrap(self):
        here = [name for name, place in self.kits.items() if place == self.stock.id]
        if not here:
            return False
        name = self.random.choice(here)
        body = {"product_id": self.kit.id, "lot_name": name, "reason": "walk"}
        self.post("/api/stock/scrap", body, 201)
        self.kits[name] = "scrapped"

    def bill(self):
        """Post the drafts of an order."""
        order = self.random.choice(self.orders) if self.orders else None
        if not order:
            return False
        path = f"/api/orders/{order['id']}/invoices"
        drafts = [row for row in self.invoices(path) if row["state"] == "draft"]
        for draft in drafts:
            posted = self.post(f"{path}/{draft['id']}/confirm", {})["invoice"]
            self.assertEqual(posted["amount_total"], draft["amount_total"])
            self.invoiced += posted["amount_total"]
            self.untaxed += posted["amount_untaxed"]
        return None if drafts else False

    def invoices(self, path):
        return self.invoices_at(f"{path}?limit=100")

    def open_invoices(self):
        """Yield ``(order, invoice)`` of what is posted and owed, newest first."""
        path = f"/api/invoices?partner_id={self.marie.id}&state=posted&limit=100"
        for row in self.invoices_at(path):
            if row["amount_residual"] > 0:
                yield row["order"], row

    def invoices_at(self, path):
        rows = self.ok("GET", path, who=self.ama)["items"]
        return [row for row in rows if row["move_type"] == "out_invoice"]

    def pay_in_part(self):
        debts = list(self.open_invoices())
        if not debts:
            return False
        order, invoice = self.random.choice(debts)
        amount = self.random.randint(1, int(invoice["amount_residual"]))
        self.post(
            f"/api/orders/{order['id']}/register-payment",
            {
                "amount": amount,
                "invoice_id": invoice["id"],
                "payment_source": self.random.choice(["cash", "bank", "mobile_money"]),
            },
        )
        self.paid += amount

    def credit(self):
        """Take a whole, unpaid invoice back."""
        debts = [
            (order, row)
            for order, row in self.open_invoices()
            if row["amount_residual"] == row["amount_total"]
        ]
        if not debts:
            return False
        order, invoice = self.random.choice(debts)
        self.post(
            f"/api/orders/{order['id']}/credit-note",
            {"invoice_id": invoice["id"], "reason": "walk"},
            201,
        )
        self.credited += invoice["amount_total"]
        self.untaxed -= invoice["amount_untaxed"]

    # -- the judges ----------------------------------------------------------------

    def compare(self, step):
        self.compare_stock(step)
        self.compare_valuation(step)
        self.compare_money(step)

    def book(self):
        """Return ``{(product id, location id): quantity}``, the hand-kept one."""
        places = (self.stock.id, self.shelf.id)
        book = {(self.cable.id, place): self.cables[place] for place in places}
        here = [n for n, place in self.kits.items() if place == self.stock.id]
        book[self.kit.id, self.stock.id] = float(len(here))
        return {key: held for key, held in book.items() if held}

    def compare_stock(self, step):
        book = self.book()
        groups = self.env["stock.quant"]._read_group(
            [
                ("product_id", "in", (self.cable + self.kit).ids),
                ("location_id", "child_of", self.wh_togo.view_location_id.id),
            ],
            ["product_id", "location_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        held = {(p.id, place.id): total for p, place, total, _r in groups if total}
        self.assertEqual(held, book, step)
        path = f"/api/stock/levels?warehouse_id={self.wh_togo.id}&limit=200"
        rows = self.ok("GET", path, who=self.ama)["levels"]
        told = {
            (row["product"]["id"], row["location"]["id"]): (
                row["qty_on_hand"],
                row["qty_reserved"],
            )
            for row in rows
        }
        known = {(p.id, place.id): (q, r) for p, place, q, r in groups if q or r}
        self.assertEqual(told, known, step)
        away = self.env["stock.quant"]._read_group(
            [
                ("product_id", "=", self.kit.id),
                ("location_id.usage", "=", "customer"),
                ("quantity", ">", 0),
            ],
            ["lot_id"],
        )
        names = {lot.name for (lot,) in away}
        out = {name for name, place in self.kits.items() if place == "customer"}
        self.assertEqual(names, out, step)
        assets = self.env["ov.asset"].search(
            [("product_id", "=", self.kit.id), ("state", "=", "active")]
        )
        self.assertEqual(set(assets.lot_id.mapped("name")), out, step)

    def compare_valuation(self, step):
        """Odoo's stock valuation: what is on hand, at cost."""
        for product, cost in self.costs.items():
            held = sum(
                q for (pid, _place), q in self.book().items() if pid == product.id
            )
            own = product.with_company(self.togo).with_context(
                allowed_company_ids=self.togo.ids
            )
            self.assertEqual(own.qty_available, held, step)
            value = own.value_svl if "value_svl" in own._fields else own.total_value
            self.assertAlmostEqual(value, held * cost, msg=f"{step} {product.name}")

    def compare_forecast(self, step):
        for product in self.costs:
            path = f"/api/stock/levels/{product.id}?warehouse_id={self.wh_togo.id}"
            totals = self.ok("GET", path, who=self.ama)["totals"]
            own = product.with_context(warehouse_id=self.wh_togo.id)
            self.assertEqual(totals["qty_on_hand"], own.qty_available, step)
            self.assertEqual(totals["qty_forecasted"], own.virtual_available, step)

    def compare_money(self, step):
        owed = self.invoiced - self.credited - self.paid
        marie = self.marie.with_company(self.togo)
        self.assertAlmostEqual(marie.credit, owed, msg=step)  # the partner ledger
        ((receivable,),) = self.env["account.move.line"]._read_group(
            [
                ("partner_id", "=", self.marie.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ],
            aggregates=["balance:sum"],
        )
        self.assertAlmostEqual(receivable or 0, owed, msg=step)
        ((analysed,),) = self.env["account.invoice.report"]._read_group(
            [("partner_id", "=", self.marie.id), ("state", "=", "posted")],
            aggregates=["price_subtotal:sum"],
        )
        self.assertAlmostEqual(analysed or 0, self.untaxed, msg=step)
        ((paid,),) = self.env["account.payment"]._read_group(
            [
                ("partner_id", "=", self.marie.id),
                ("state", "in", ("in_process", "paid")),
            ],
            aggregates=["amount:sum"],
        )
        self.assertAlmostEqual(paid or 0, self.paid, msg=step)
        dashboard = self.ok(
            "GET", f"/api/customers/{self.marie.id}/dashboard", who=self.ama
        )
        told = dashboard["invoices"]["outstanding"]
        self.assertAlmostEqual(sum(told.values()), owed, msg=f"{step}: {told}")

    def test_two_hundred_steps(self):
        operations = [
            (self.receive_cables, 3),
            (self.receive_kits, 2),
            (self.sell, 5),
            (self.deliver, 6),
            (self.take_back, 2),
            (self.count_cables, 2),
            (self.transfer, 2),
            (self.scrap, 1),
            (self.bill, 4),
            (self.pay_in_part, 4),
            (self.credit, 1),
        ]
        names = [operation for operation, weight in operations for _ in range(weight)]
        # What is rare comes once for certain, whatever the walk does later.
        first = [self.receive_cables, self.receive_kits, self.transfer, self.scrap]
        first += [self.sell, self.bill, self.credit]
        steps = 0
        while steps < STEPS:
            operation = first.pop(0) if first else self.random.choice(names)
            if operation() is False:
                continue
            steps += 1
            name = operation.__name__
            self.did[name] = self.did.get(name, 0) + 1
            self.compare(f"step {steps}, {name}")
            if steps % 10 == 0:
                self.compare_forecast(f"step {steps}, {name}")
            if steps in (20, 60, 120):
                self.analyze_tables()
        missing = {operation.__name__ for operation, _weight in operations} - set(
            self.did
        )
        self.assertFalse(missing, "every operation was done")
        rows = self.env["abs.audit"].run()
        mine = [row for row in rows if row["check"] != "demo"]
        self.assertFalse(mine, mine)
