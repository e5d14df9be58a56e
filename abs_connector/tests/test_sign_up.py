"""Strangers make no accounts in the web client: closed at install, asked ever after."""

from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from .. import hooks

KEY = "auth_signup.invitation_scope"


@tagged("post_install", "-at_install")
class TestSignUp(TransactionCase):
    def setUp(self):
        super().setUp()
        self.parameters = self.env["ir.config_parameter"].sudo()

    def item(self):
        """Return the line of the checklist."""
        report = self.env["abs.readiness"].sudo()._api_readiness()
        (item,) = [
            item
            for row in report["companies"]
            for item in row["items"]
            if item["code"] == "sign_up"
        ]
        return item

    def chosen_by(self, user, value):
        """Let ``user`` be the last who set it, the way the settings do."""
        self.parameters.set_param(KEY, False)
        self.env["ir.config_parameter"].with_user(user).sudo().set_param(KEY, value)

    def test_the_install_closes_it(self):
        self.chosen_by(self.env.ref("base.user_root"), "b2c")
        with patch.object(hooks, "speak_french"):  # takes its time
            hooks.post_init_hook(self.env)
        self.assertEqual(self.parameters.get_param(KEY), "b2b")
        self.assertIs(self.item()["ok"], True)
        self.assertIsNone(self.item()["fix"])

    def test_odoos_default_is_closed(self):
        self.chosen_by(self.env.ref("base.user_root"), "b2c")
        self.assertIs(self.item()["ok"], False)
        self.assertTrue(self.item()["fix"])
        self.assertIs(hooks.close_sign_up(self.env), True)
        self.assertEqual(self.parameters.get_param(KEY), "b2b")
        self.assertIs(hooks.close_sign_up(self.env), False)

    def test_what_a_person_chose_stays(self):
        self.chosen_by(self.env.ref("base.user_admin"), "b2c")
        self.assertIs(hooks.close_sign_up(self.env), False)
        self.assertEqual(self.parameters.get_param(KEY), "b2c")
        self.assertIs(self.item()["ok"], False)
