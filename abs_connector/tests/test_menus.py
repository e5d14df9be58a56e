"""Every menu of the addon opens for those who see it, and every form from empty."""

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import AbsCommon

GROUPS = {
    "user": ("abs_connector.group_user",),
    "manager": ("abs_connector.group_manager",),
    "administrator": ("abs_connector.group_administrator", "base.group_system"),
    "sales": (
        "abs_connector.group_manager",
        "sales_team.group_sale_manager",
        "stock.group_stock_manager",
        "account.group_account_manager",
        "helpdesk_mgmt.group_helpdesk_manager",
        "project.group_project_manager",
    ),
}


@tagged("post_install", "-at_install")
class TestMenus(AbsCommon):
    def actions(self, user):
        """Return the windows behind the addon's menus that the user sees."""
        root = self.env.ref("abs_connector.menu_abs_root")
        seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
        below = self.env["ir.ui.menu"].search([("id", "child_of", root.id)])
        actions = {menu.action for menu in below if menu.id in seen and menu.action}
        return [a for a in actions if a._name == "ir.actions.act_window"]

    def model(self, action, user):
        """Return the window's model as the web client asks for it."""
        values = {"uid": user.id, "active_id": False, "active_ids": []}
        context = safe_eval(action.context or "{}", values)
        context.update(lang=user.lang, allowed_company_ids=self.togo.ids)
        return self.env(user=user.id, context=context)[action.res_model]

    def open_all(self, user):
        for action in self.actions(user):
            model = self.model(action, user)
            with self.subTest(f"{user.login}: {action.name}"):
                views = [[view, mode] for view, mode in action.views]
                shown = model.get_views([*views, [False, "search"]])["views"]
                form = shown.get("form")
                if not form or not model.has_access("create"):
                    continue
                if 'create="' in form["arch"].split(">")[0]:
                    continue
                view = {mode: number for number, mode in action.views}["form"]
                Form(model, view or None)

    def test_english(self):
        for name, groups in GROUPS.items():
            self.open_all(self.make_user(f"menu-{name}", *groups))

    def test_french(self):
        user = self.make_user("menu-french", *GROUPS["sales"])
        user.lang = "fr_FR"
        self.open_all(user)

    def test_administrators_find_the_settings(self):
        user = self.make_user("menu-settings", *GROUPS["administrator"])
        self.assertIn("res.config.settings", [a.res_model for a in self.actions(user)])

    def test_a_request_needs_no_team_of_the_users_own(self):
        teams = self.env["maintenance.team"]
        teams.search([]).company_id = self.env.ref("base.main_company")
        user = self.make_user("menu-request", "abs_connector.group_user")
        requests = self.env(user=user.id, context={})["maintenance.request"]
        with Form(requests) as form:
            form.name = "The panel is loose"
        self.assertEqual(form.record.sudo().maintenance_team_id.company_id, self.togo)
