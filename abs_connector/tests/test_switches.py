"""No switch by a word that a caller can send: any log-in sets any context over RPC."""

import ast
import xmlrpc.client
from pathlib import Path

from odoo.tests import tagged

from .. import scope
from .common import PASSWORD, AbsCommon
from .http_common import AbsHttpCase

ADDON = Path(__file__).resolve().parents[1]
#: the only readers: they ask for the class of the value
READERS = {"scope.py", "models/base/caller.py"}


def is_context(node):
    """Tell whether an expression is a context, such as ``self.env.context``."""
    name = getattr(node, "attr", getattr(node, "id", ""))
    return name in ("context", "_context")


def words_read(tree):
    """Yield each key that a module reads from a context: ``.get("x")``, ``["x"]``, in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("get", "pop") and is_context(node.func.value):
                yield from node.args[:1]
        elif isinstance(node, ast.Subscript) and is_context(node.value):
            yield node.slice
        elif isinstance(node, ast.Compare) and any(map(is_context, node.comparators)):
            yield node.left


class TestSwitches(AbsCommon):
    def test_context_keys_are_read_in_one_place(self):
        """A word of ours, or one that is put together, is read by nobody else."""
        for path in ADDON.rglob("*.py"):
            inside = str(path.relative_to(ADDON))
            if inside.startswith("tests/") or inside in READERS:
                continue
            for key in words_read(ast.parse(path.read_text())):
                with self.subTest(file=inside, line=key.lineno):
                    self.assertIsInstance(key, ast.Constant, ast.unparse(key))
                    word = key.value
                    self.assertFalse(word.startswith(("abs_", "x_", "ov_")), word)

    def test_a_value_that_can_be_sent_switches_nothing(self):
        switch = scope.Switch("tried")
        partners = self.env["res.partner"]
        for value in (True, 1, "x", [True], {"value": True}):
            env = partners.with_context(abs_tried=value).env
            self.assertIsNone(switch.of(env))
        self.assertEqual(switch.of(switch.on(partners, "so").env), "so")
        # equal values share one environment, and so one cache
        self.assertIs(switch.on(partners, 7).env, switch.on(partners, 7).env)


@tagged("post_install", "-at_install")
class TestSwitchesOverRpc(AbsHttpCase):
    """Each key that ever switched a rule, sent over XML-RPC, as each access group."""

    #: words of the switches, with values that would have worked when they were words
    SENT = {
        "abs_hand_over": True,
        "abs_asset_from_move": True,
        "abs_stamp_from_invoice": True,
        "abs_from_register": True,
        "abs_one_payment": True,
        "abs_invented": True,
        "abs_asset_step": "transferred",
        "abs_errand": ["transferred", "note", 0, 0],
        "abs_policy_group": "order",
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = [
            cls.make_user(name, f"abs_connector.group_{name}", "base.group_user")
            for name in ("user", "manager", "administrator")
        ]
        for user in cls.users:
            user.password = PASSWORD

    def send(self, user, model, method, *args, **keywords):
        """Return what the call answers; the fault's text when it is refused."""
        self.env.flush_all()
        context = {
            "allowed_company_ids": self.togo.ids,
            **self.SENT,
            "abs_actor": self.yao.partner_id.id,
            "abs_employee": self.ama.id,
            "abs_sa": self.sa_kar.id,
            "abs_call": [self.yao.partner_id.id, self.ama.id, self.sa_kar.id],
            "abs_scope": ["admin", [], [], 0],
        }
        try:
            answer = self.xmlrpc_object.execute_kw(
                *(self.env.cr.dbname, user.id, PASSWORD),
                *(model, method, list(args), {**keywords, "context": context}),
            )
        except xmlrpc.client.Fault as fault:
            answer = fault.faultString
        self.env.invalidate_all()
        return answer

    def test_the_sa_manager_stays(self):
        for user in self.users:
            with self.subTest(user=user.login):
                values = {"manager_member_id": self.m_kofi.id}
                said = self.send(user, "ov.membership", "write", self.m_ama.ids, values)
                self.assertIsInstance(said, str)
                self.assertTrue(self.m_ama.is_manager)
                self.assertEqual(self.sa_lom.sa_manager, self.m_ama)

    def test_a_serial_in_stock_is_no_active_asset(self):
        for number, user in enumerate(self.users):
            lot = self.receive(self.kit, [f"SWITCH-{number}"]).move_ids.lot_ids
            with self.subTest(user=user.login):
                values = {"lot_id": lot.id, "partner_id": self.marie.id}
                said = self.send(user, "ov.asset", "create", [values])
                if isinstance(said, str):
                    continue
                asset = self.env["ov.asset"].browse(said)
                self.assertEqual(asset.state, "inactive")
                self.assertTrue(asset.equipment_id)
                events = asset.event_ids
                self.assertIn("registered", events.mapped("kind"))
                self.assertNotIn(self.yao.partner_id, events.actor_id)

    def test_nobody_acts_in_another_name(self):
        for user in self.users:
            with self.subTest(user=user.login):
                said = self.send(
                    user, "res.partner", "message_post", self.marie.ids, body="switch"
                )
                self.assertNotIn(
                    self.yao.partner_id, self.marie.message_ids.author_id, said
                )
