"""Tickets and what they lead to; sold services; relationship maps."""

from odoo.tests import tagged

from ..exceptions import BusinessError, Conflict
from .assets_common import LifeBuilders
from .common import AbsCommon


@tagged("post_install", "-at_install")
class TestTickets(LifeBuilders, AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["T-1", "T-2"])

    def setUp(self):
        super().setUp()
        self.sell(self.marie, ["T-1"])
        self.asset = self.asset_of("T-1")
        self.ticket = self.open_ticket()

    def open_ticket(self, **vals):
        values = {
            "subject": "No light",
            "description": "It went dark <tonight>",
            "partner_id": self.marie.id,
            "asset_id": self.asset.id,
            **vals,
        }
        return self.env["helpdesk.ticket"]._api_create_ticket(self.sa_lom, values)

    def code(self, kind, call, *args, **kw):
        with self.assertRaises(kind) as caught, self.env.cr.savepoint():
            call(*args, **kw)
        return caught.exception.code

    def test_create(self):
        ticket = self.ticket
        self.assertEqual(ticket.company_id, self.togo)
        self.assertEqual(
            (ticket.x_sa_id, ticket.x_actor_id), (self.sa_lom, self.asset.x_actor_id)
        )
        self.assertEqual(ticket.x_equipment_id, self.asset.equipment_id)
        self.assertEqual(ticket.x_order_id, self.asset.order_id)
        self.assertIn("&lt;tonight&gt;", ticket.description)
        history = self.env["ov.sa_ticket_assignment"]
        self.assertEqual(history.search_count([("ticket_id", "=", ticket.id)]), 1)

    def test_somebody_elses_unit(self):
        self.assertEqual(
            self.code(BusinessError, self.open_ticket, partner_id=self.paul.id),
            "customer_mismatch",
        )

    def test_a_ticket_of_the_web_client_inherits(self):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "By hand",
                "description": "x",
                "company_id": self.togo.id,
                "x_asset_id": self.asset.id,
            }
        )
        self.assertEqual(ticket.x_sa_id, self.asset.x_sa_id)
        self.assertEqual(ticket.x_actor_id, self.asset.x_actor_id)

    def test_close(self):
        self.ticket._api_close("Changed the fuse")
        self.assertTrue(self.ticket.closed)
        self.assertTrue(self.ticket.closed_date)
        self.assertEqual(self.ticket.x_resolution, "Changed the fuse")
        closed = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True), ("company_id", "in", (False, self.togo.id))]
        )
        self.assertEqual(self.ticket.stage_id, closed[0])
        self.assertEqual(self.code(Conflict, self.ticket._api_close), "already_closed")

    def test_no_closing_stage(self):
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)])
        stages.closed = False
        self.assertEqual(
            self.code(BusinessError, self.ticket._api_close), "no_closing_stage"
        )
        self.assertFalse(self.ticket.closed)

    def test_stages_of_the_team_only(self):
        """A closed stage that belongs to another team does not close ours."""
        Team = self.env["helpdesk.ticket.team"]
        mine = Team.create({"name": "Mine", "company_id": self.togo.id})
        other = Team.create({"name": "Other", "company_id": self.togo.id})
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", True)])
        stages.team_ids = other
        self.ticket.team_id = mine
        self.assertEqual(
            self.code(BusinessError, self.ticket._api_close), "no_closing_stage"
        )
        self.assertEqual(
            self.code(
                BusinessError, self.ticket._api_update, {"stage_id": stages[0].id}
            ),
            "wrong_stage",
        )
        stages[1].team_ids = other + mine
        self.ticket._api_close()
        self.assertEqual(self.ticket.stage_id, stages[1])

    def test_repair(self):
        repair = self.ticket._api_create_repair()
        self.assertEqual(
            (
                repair.x_ticket_id,
                repair.x_asset_id,
                repair.x_equipment_id,
                repair.lot_id,
            ),
            (self.ticket, self.asset, self.asset.equipment_id, self.asset.lot_id),
        )
        self.assertEqual(repair.x_sa_id, self.sa_lom)
        self.assertEqual(self.ticket.x_repair_ids, repair)
        self.assertEqual(self.units_at("T-1"), {self.place("service_repair"): 1})
        self.assertEqual(self.asset.state, "inactive")
        self.assertEqual(
            self.code(Conflict, self.ticket._api_create_repair), "repair_exists"
        )
        home = repair.x_home_location_id
        self.assertEqual(home.usage, "customer")
        repair._api_complete()
        self.assertEqual(self.units_at("T-1"), {home: 1}, "back with the customer")
        self.assertEqual(self.asset.state, "active")
        self.assertEqual(
            self.kinds(self.asset),
            ["received", "delivered", "repair", "repaired", "brought_back"],
        )
        self.assertEqual(len(self.asset_of("T-1")), 1)

    def test_a_repair_ended_in_the_web_client_goes_home_by_button(self):
        repair = self.ticket._api_create_repair()
        self.assertFalse(repair.x_can_go_home)
        with self.assertRaises(BusinessError):
            repair.action_bring_home()
        repair.action_repair_start()
        repair.action_repair_end()
        self.assertTrue(repair.x_can_go_home)
        repair.action_bring_home()
        self.assertEqual(self.asset.state, "active")
        with self.assertRaises(BusinessError):
            repair.action_bring_home()

    def test_repair_cost_of_a_subscription(self):
        plan = self.env["abs.subscription.plan"].create(
            {"name": "Monthly", "code": "T-MONTHLY"}
        )
        sub = self.env["abs.subscription"].create(
            {
                "partner_id": self.marie.id,
                "plan_id": plan.id,
                "company_id": self.togo.id,
                "product_id": self.warranty.id,
            }
        )
        self.asset.subscription_id = sub
        self.receive(self.cable, 5)
        self.cable.with_company(self.togo).standard_price = 10
        repair = self.ticket._api_create_repair(
            parts=[{"product_id": self.cable.id, "quantity": 2}]
        )
        self.assertEqual(repair.x_subscription_id, sub)
        self.assertEqual((sub.repair_count, sub.repair_cost), (0, 0))
        repair._api_complete()
        self.assertEqual((sub.repair_count, sub.repair_cost), (1, 20))
        self.cable.with_company(self.togo).standard_price = 99
        sub.invalidate_recordset()
        self.assertEqual(sub.repair_cost, 20, "as it was when it was used")
        found = self.env["abs.relationship"]._api_subscription(sub)
        self.assertEqual((found["repairs"], found["repair_cost"]), (repair, 20))
        self.assertEqual(found["assets"], self.asset)

    def test_repair_of_a_swapped_unit_is_the_swaps(self):
        self.pool("T-2")
        self.asset._api_swap(loaner_serial="T-2", reason="dark")
        repair = self.ticket._api_create_repair()
        self.assertEqual(repair, self.asset.open_swap_id.repair_id)
        self.assertEqual(repair.x_ticket_id, self.ticket)

    def test_repair_of_an_equipment_without_an_asset(self):
        """The web client may name an equipment that was made by hand."""
        lot = self.lot("T-2")
        equipment = self.env["maintenance.equipment"].create(
            {
                "name": "By hand",
                "x_lot_id": lot.id,
                "x_product_id": self.kit.id,
                "company_id": self.togo.id,
            }
        )
        self.ticket.write({"x_asset_id": False, "x_equipment_id": equipment.id})
        repair = self.ticket._api_create_repair()
        self.assertEqual((repair.lot_id, repair.state), (lot, "confirmed"))
        self.assertEqual(self.units_at("T-2"), {self.place("service_repair"): 1})

    def test_request_and_task(self):
        request = self.ticket._api_create_request()
        self.assertEqual(
            (request.equipment_id, request.x_ticket_id, request.maintenance_type),
            (self.asset.equipment_id, self.ticket, "corrective"),
        )
        self.assertEqual(request.company_id, self.togo)
        self.assertEqual(request.x_sa_id, self.sa_lom)
        task = self.ticket._api_create_task()
        self.assertTrue(task.project_id.x_is_field_service)
        self.assertEqual(
            (task.x_ticket_id, task.x_equipment_id, task.partner_id),
            (self.ticket, self.asset.equipment_id, self.marie),
        )
        self.assertTrue(task.stage_id)
        self.assertEqual(self.ticket.x_task_ids, task)
        self.assertEqual(self.ticket.x_request_ids, request)

    def test_no_field_project(self):
        self.env["project.project"].search(
            [("x_is_field_service", "=", True)]
        ).x_is_field_service = False
        self.assertEqual(
            self.code(BusinessError, self.ticket._api_create_task), "no_field_project"
        )

    def test_closed_tickets_lead_to_nothing(self):
        self.ticket._api_close()
        for verb in ("_api_create_repair", "_api_create_request", "_api_create_task"):
            call = getattr(self.ticket, verb)
            self.assertEqual(self.code(Conflict, call), "already_closed", verb)

    def test_ticket_without_a_unit(self):
        ticket = self.open_ticket(asset_id=None)
        self.assertEqual(
            self.code(BusinessError, ticket._api_create_repair), "asset_required"
        )


@tagged("post_install", "-at_install")
class TestServiceTask(LifeBuilders, AbsCommon):
    def test_sold_service_makes_a_task(self):
        service = self.make_product("Install", "T-TASK", 50, type="service")
        self.assertEqual(service.service_tracking, "task_global_project")
        self.assertEqual(service.invoice_policy, "order")
        order = self.quotation(self.marie, [(service, 1)])
        order.action_confirm()
        task = order.tasks_ids
        self.assertEqual(len(task), 1)
        self.assertTrue(task.project_id.x_is_field_service)
        self.assertEqual(task.sale_line_id, order.order_line)

    def test_a_missing_project_never_blocks_a_sale(self):
        self.env["project.project"].search(
            [("x_is_field_service", "=", True)]
        ).x_is_field_service = False
        service = self.make_product("Install", "T-TASK", 50, type="service")
        order = self.quotation(self.marie, [(service, 1)])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.tasks_ids)

    def test_a_monthly_fee_makes_no_task(self):
        fee = {"x_pu_category": "contract", "x_pu_metric": "duration"}
        fee |= {"x_contract_type": "asset_assignment", "recurring_invoice": True}
        service = self.make_product("Fee", "T-FEE", 5, type="service", **fee)
        self.assertEqual(service.service_tracking, "no")

    def test_own_choice_stands(self):
        service = self.make_product(
            "Advice", "T-NO", 5, type="service", service_tracking="no"
        )
        self.assertEqual(service.service_tracking, "no")


@tagged("post_install", "-at_install")
class TestRelationships(LifeBuilders, AbsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receive(cls.kit, ["M-1", "M-2", "M-3"])

    def maps(self, employee):
        return self.api_env(employee)["abs.relationship"].sudo()

    def test_customer_map(self):
        order = self.sell(self.marie, ["M-1"])
        asset = self.asset_of("M-1")
        ticket = self.env["helpdesk.ticket"]._api_create_ticket(
            self.sa_lom,
            {
                "subject": "a",
                "description": "b",
                "partner_id": self.marie.id,
                "asset_id": asset.id,
            },
        )
        repair = ticket._api_create_repair()
        task = ticket._api_create_task()
        found = self.maps(self.kofi)._api_customer(self.marie)
        self.assertEqual(found["orders"], order)
        self.assertEqual(found["assets"], asset)
        self.assertEqual(found["equipment"], asset.equipment_id)
        self.assertEqual(found["tickets"], ticket)
        self.assertEqual(found["repairs"], repair)
        self.assertIn(task, found["tasks"])
        self.assertEqual(found["deliveries"], order.picking_ids)
        self.assertEqual(found["invoices"], order.invoice_ids)

    def test_serial_map_shows_only_what_the_caller_sees(self):
        """M-2 was Marie's (Lomé), then Paul's (Kara): each SA sees its own part."""
        first = self.sell(self.marie, ["M-2"])
        self.give_back(first.picking_ids, ["M-2"])
        second = self.sell(self.paul, ["M-2"])
        lot = self.lot("M-2")
        here = self.maps(self.kofi)._api_serial(lot)
        self.assertEqual(here["assets"].partner_id, self.marie)
        self.assertFalse(here["customer"], "it is no longer with Marie")
        self.assertFalse(here["equipment"], "the equipment shows who has it now")
        self.assertEqual(here["order"], first)
        self.assertNotIn(second.picking_ids, here["moves"].picking_id)
        there = self.maps(self.edem)._api_serial(lot)
        self.assertEqual(there["assets"].partner_id, self.paul)
        self.assertEqual(there["customer"], self.paul)
        self.assertEqual(there["order"], second)
        self.assertNotIn(first.picking_ids, there["moves"].picking_id)
        nobody = self.maps(self.afi)._api_serial(lot)
        for part in (
            "asset",
            "assets",
            "customer",
            "equipment",
            "order",
            "repairs",
            "history",
        ):
            self.assertFalse(nobody[part], part)
        everything = self.maps(self.admin)._api_serial(lot)
        self.assertEqual(len(everything["assets"]), 2)
        self.assertIn(first.picking_ids[0], everything["moves"].picking_id)
