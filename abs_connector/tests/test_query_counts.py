"""No query count grows with the page size: every list at 5 rows and at 50."""

from odoo.fields import Command
from odoo.tests import tagged

from ..api import ROUTES
from ..api.contract import Page
from ..compat import move_name
from .http_common import AbsHttpCase
from .samples import Samples

ROWS = 50
#: Statements of a long page, those of the session and of the caller included. They do not
#: depend on the machine: they may fall, never rise.
CEILINGS = {
    "get_assets": 10,
    "get_contacts": 11,
    "get_contacts_by_contact_assignments": 9,
    "get_countries": 4,
    "get_currencies": 3,
    "get_customer_assets": 10,
    "get_customer_invoices": 21,
    "get_customer_orders": 23,
    "get_customer_payments": 17,
    "get_customer_tickets": 8,
    "get_customers_by_customer_invoices": 22,
    "get_customers_by_customer_invoices_pending": 22,
    "get_customers_by_customer_payments": 19,
    "get_employees": 9,
    "get_invoices": 20,
    "get_journals": 4,
    "get_locations": 6,
    "get_orders": 21,
    "get_payment_terms": 4,
    "get_payments": 17,
    "get_pricelists": 5,
    "get_products": 35,
    "get_service_accounts": 11,
    "get_service_accounts_by_account_members": 9,
    "get_stock_deliveries": 17,
    "get_stock_levels": 7,
    "get_stock_lots": 8,
    "get_stock_movements": 16,
    "get_stock_receipts": 18,
    "get_subscription_plans": 3,
    "get_taxes": 4,
    "get_ticket_stages": 3,
    "get_tickets": 8,
    "get_warehouses": 20,
}
#: of a list that has no rows here
OF_NONE = 6


@tagged("post_install", "-at_install")
class TestQueryCounts(Samples, AbsHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.build_samples()
        cls.build_many()

    @classmethod
    def build_many(cls):
        """Make 50 rows of what has long lists, in batches."""
        cls.receive(cls.kit, [f"QC-{n}" for n in range(ROWS)])
        lom, jean = cls.sa_lom.id, cls.jean.partner_id.id
        stamp = {"x_sa_id": lom, "x_actor_id": jean}
        customers = cls.env["res.partner"].create(
            [{"name": f"QC {n}", "customer_rank": 1, **stamp} for n in range(ROWS)]
        )
        orders = cls.env["sale.order"].with_company(cls.togo)
        orders = orders.create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": cls.togo.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 1})
                        for product in (cls.kit, cls.cable)
                    ],
                    **stamp,
                }
                for customer in customers
            ]
        )
        # The newest, so that a short page has deliveries and invoices as a long one has:
        # confirming may set a new date in the same second, or in the next one.
        orders[-10:].action_confirm()
        cls.env["product.product"].create(
            [{"name": f"QC {n}", "default_code": f"QC-{n}"} for n in range(ROWS)]
        )
        cls.env["account.move"].with_company(cls.togo).create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "company_id": cls.togo.id,
                    "invoice_line_ids": [
                        Command.create(
                            {"product_id": cls.installation.id, "price_unit": 10}
                        )
                    ],
                    **stamp,
                }
                for customer in customers
            ]
        )
        cls.build_pickings(stamp)
        for name in ("ov.asset", "helpdesk.ticket"):
            if name in cls.env:
                model = cls.env[name].with_company(cls.togo)
                values = [dict(cls._minimal(model)) for _n in range(ROWS)]
                for number, each in enumerate(values):
                    each.pop("order_id", None)
                    if name == "ov.asset":
                        each["asset_code"] = f"QC-A{number}"
                model.create(values)

    @classmethod
    def build_pickings(cls, stamp):
        """Make deliveries, receipts and movements; drafts read like any other."""
        house = cls.wh_togo
        far = cls.env.ref("stock.stock_location_customers")
        near = cls.env.ref("stock.stock_location_suppliers")
        rows = []
        for kind, source, dest in (
            (house.out_type_id, house.lot_stock_id, far),
            (house.in_type_id, near, house.lot_stock_id),
        ):
            route = {"location_id": source.id, "location_dest_id": dest.id}
            move = {
                **move_name(cls.cable),
                "product_id": cls.cable.id,
                "product_uom_qty": 1,
                "product_uom": cls.cable.uom_id.id,
                **route,
            }
            row = {"picking_type_id": kind.id, "partner_id": cls.marie.id, **route}
            row["move_ids"] = [Command.create(move)]
            rows += [{**row, **stamp} for _n in range(ROWS)]
        pickings = cls.env["stock.picking"].with_company(cls.togo).create(rows)
        pickings[ROWS:].move_ids.write({"state": "done"})
        pickings[ROWS:].write({"state": "draft"})

    def count(self, path, **who):
        """Return ``(queries, rows)`` of one request."""
        spent, body = self.queries(path, **who)
        rows = next(value for value in body.values() if isinstance(value, list))
        return spent, len(rows)

    def test_lists_ask_as_often_for_50_as_for_5(self):
        # A cache that other tests have filled drops what the first list has read.
        self.env.registry.clear_all_caches()
        long = 0
        for route in ROUTES:
            contract = route.contract
            if contract.kind is not Page:
                continue
            who = {"who": self.marie}
            if "employee" in route.audience:
                who = {"who": self.admin if route.role == "admin" else self.ama}
            path = self.path_of(route)
            most = min(ROWS, contract.query._max)
            with self.subTest(path):
                few, first = self.count(f"{path}?limit=5", **who)
                many, second = self.count(f"{path}?limit={most}", **who)
                told = f"{path}: {few} queries for {first} rows, {many} for {second}"
                # A full page counts the rest, a page that is not full need not.
                self.assertLessEqual(many, few, told)
                self.assertLessEqual(
                    many, CEILINGS.get(route.operation(), OF_NONE), told
                )
                long += second >= ROWS
        self.assertGreaterEqual(long, 9, "long lists were really long")
