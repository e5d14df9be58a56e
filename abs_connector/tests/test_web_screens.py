"""What lists, dialogs and printed papers show: found by looking at them in a browser."""

from odoo.tests import tagged

from .common import AbsCommon

#: what people look up on a phone, where a list is cut off
POCKET = (
    "ov_asset_action",
    "ov_asset_swap_action",
    "action_abs_subscription",
    "abs_payment_attempt_action",
    "payment_request_action",
)


@tagged("post_install", "-at_install")
class TestWebScreens(AbsCommon):
    def shown(self, action, user=None, view_type="list"):
        """Return the arch of an action's view, as that user gets it."""
        action = self.env.ref(f"abs_connector.{action}")
        views = {mode: view for view, mode in action.views}
        model = self.env[action.res_model].with_user(user or self.env.user)
        return model.get_view(views[view_type], view_type)["arch"]

    def test_a_storekeeper_sees_what_is_on_hand(self):
        # Odoo's own list shows the quantity to stock managers only.
        user = self.make_user("web-stock", "stock.group_stock_user")
        for action in ("stock_level_action", "stock_deployed_action"):
            self.assertIn('name="quantity"', self.shown(action, user))

    def test_lists_of_orders_tell_who_and_why(self):
        user = self.make_user(
            "web-list",
            "sales_team.group_sale_salesman_all_leads",
            "abs_connector.group_user",
        )
        for action in ("action_orders", "action_orders_to_approve"):
            arch = self.shown(action, user)
            self.assertEqual(arch.count('name="x_sa_id"'), 1)
            self.assertEqual(arch.count('name="x_actor_id"'), 1)
        self.assertIn('name="x_approval_reason"', arch)

    def test_phones_get_cards(self):
        for name in POCKET:
            action = self.env.ref(f"abs_connector.{name}")
            self.assertIn("kanban", action.view_mode.split(","), name)
            self.assertIn('t-name="card"', self.shown(name, view_type="kanban"))

    def test_figures_are_grouped_by_what_tells_something(self):
        # Without views of their own, Odoo counts by reference.
        for name in ("abs_payment_attempt_action", "payment_request_action"):
            self.assertIn('name="state"', self.shown(name, view_type="graph"))
            pivot = self.shown(name, view_type="pivot")
            self.assertIn('name="currency_id" type="row"', pivot)

    def test_the_key_dialog_has_a_title(self):
        key = self.env["abs.api.key"].create({"name": "Export"})
        self.assertEqual(key.action_generate()["name"], "New API key")

    def test_a_credit_note_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.togo.x_sale_approval = False
        self.marie.lang = "fr_FR"
        self.receive(self.cable, 5)
        order = self.quotation(self.marie, [(self.cable, 1)])
        order.action_confirm()
        self.deliver(order.picking_ids)
        invoice = order.invoice_ids
        invoice.action_post()
        note = invoice._api_credit("Rendu")
        self.assertEqual(note.ref, f"Avoir sur {invoice.name} : Rendu")
