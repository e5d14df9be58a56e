"""Leased units for the black-box tests: through the API, as a shop makes them."""

from types import SimpleNamespace

FEE, TAX = 15000, 0.18


class Shop:
    """Makes leases in TG-LOM; each call has serials and a customer of its own.

    :param staff: :class:`conftest.Client` of the SA's manager, who may approve
    :param unique: the fixture of that name
    """

    def __init__(self, staff, unique):
        self.staff, self.unique = staff, unique
        rows = staff.get("/api/products?limit=100", status=200).json()["items"]
        self.products = {row["default_code"]: row["id"] for row in rows}
        plans = staff.get("/api/subscription-plans", status=200).json()["items"]
        self.plan = next(row["id"] for row in plans if row["code"] == "MONTHLY")
        rows = staff.get("/api/warehouses", status=200).json()["warehouses"]
        self.warehouse = next(r for r in rows if r["company"]["name"] == "Oves Togo")

    def receive(self, number):
        """Receive bikes; return their serials."""
        names = [self.unique("LEASE-") for _ in range(number)]
        body = {
            "warehouse_id": self.warehouse["id"],
            "validate": True,
            "lines": [
                {"product_id": self.products["SYNC-BIKE"], "qty": number, "lots": names}
            ],
        }
        self.staff.post("/api/stock/receive", body, status=201)
        return names

    def pool(self, number):
        """Receive bikes into the loaner pool; return their serials."""
        names = self.receive(number)
        for name in names:
            place = self.serial(name)["location"]["id"]
            line = {"product_id": self.products["SYNC-BIKE"], "lot_name": name}
            body = {
                "from_location_id": place,
                "to_location_id": self.warehouse["locations"]["loaner_pool"]["id"],
                "lines": [{**line, "qty": 1}],
            }
            answer = self.staff.post("/api/stock/transfer", body)
            assert answer.status_code < 300, answer.text
        return names

    def serial(self, name):
        """Return the relationship map of a serial."""
        path = f"/api/relationships/serials/{name}"
        return self.staff.get(path, status=200).json()

    def customer(self):
        """Return the id of a new customer."""
        name = self.unique("Rider ")
        body = {"name": name, "email": f"{self.unique('r')}@abs.demo"}
        return self.staff.post("/api/contacts", body, status=201).json()["contact"][
            "id"
        ]

    def order(self, months=12):
        """Confirm a lease; return ``customer, order (path), delivery (path, body),
        serial``."""
        (serial,) = self.receive(1)
        customer = self.customer()
        body = {
            "partner_id": customer,
            "plan_id": self.plan,
            "x_equipment_value": 90000,
            "x_equity_rate": 60,
            "x_contract_months": months,
            "lines": [
                {"product_id": self.products["SYNC-M"], "price_unit": FEE},
                {"product_id": self.products["SYNC-BIKE"]},
            ],
        }
        order = self.staff.post("/api/quotations", body, status=201).json()["order"]
        path = f"/api/orders/{order['id']}"
        if order["approval_state"] == "required":
            self.staff.post(f"{path}/request-approval", status=200)
            self.staff.post(f"{path}/approve", status=200)
        order = self.staff.post(f"{path}/confirm", status=200).json()["order"]
        delivery = f"/api/stock/deliveries/{order['pickings'][0]['id']}"
        (line,) = self.staff.get(delivery, status=200).json()["delivery"]["lines"]
        lines = [{"move_id": line["id"], "lot_name": serial, "qty_done": 1}]
        return SimpleNamespace(
            customer=customer,
            id=order["id"],
            order=path,
            delivery=f"{delivery}/validate",
            handover={"lines": lines},
            serial=serial,
        )

    def lease(self, months=12):
        """Return a delivered lease: as :meth:`order`, with ``asset``, ``subscription``
        (ids) and ``asset_path``, ``path``."""
        made = self.order(months)
        self.staff.post(made.delivery, made.handover, status=200)
        story = self.serial(made.serial)
        made.asset = story["asset"]["id"]
        made.subscription = story["subscription"]["id"]
        made.asset_path = f"/api/assets/{made.asset}"
        made.path = f"/api/subscriptions/{made.subscription}"
        return made
