"""What a log-in may call over RPC: Odoo lets it call any public method of any model.

The verbs (``_api_*``) are refused at the door, on every one of them. What buttons and
wizards call is tried as people who have no business with the record.
"""

import inspect
import json
import xmlrpc.client

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..compat import USER_GROUPS
from ..exceptions import Forbidden
from .common import PASSWORD
from .company_rows import CompanyRows
from .http_common import AbsHttpCase
from .test_company_leaks import OFFICE

ADDON = "odoo.addons.abs_connector."


def own_methods(env, prefix=None):
    """Yield ``(model, name)`` of every method that the addon defines.

    :param str prefix: which ones; the public ones without
    """
    for model in sorted(env.registry):
        names = {
            name
            for cls in type(env[model]).mro()
            if cls.__module__.startswith(ADDON)
            for name, member in vars(cls).items()
            if inspect.isfunction(getattr(member, "__func__", member))
        }
        for name in sorted(names):
            if name.startswith(prefix) if prefix else name[0] != "_":
                yield model, name


@tagged("post_install", "-at_install")
class TestRpcVerbs(AbsHttpCase):
    def test_no_door_opens_to_a_verb(self):
        """Refused before any right is asked: the caller here has all of them."""
        user = self.make_user("rpc", "base.group_system", *OFFICE)
        user.password = PASSWORD
        self.authenticate("rpc", PASSWORD)
        verbs = {}
        for model, name in own_methods(self.env, "_api_"):
            verbs.setdefault(getattr(type(self.env[model]), name), (model, name))
        self.assertGreater(len(verbs), 100)
        for model, name in verbs.values():
            with self.subTest(model=model, method=name):
                said = self.web(model, name, [[]])["error"]["data"]
                self.assertEqual(said["name"], "odoo.exceptions.AccessError", said)
                self.assertIn("cannot be called remotely", said["message"])
                with self.assertRaises(xmlrpc.client.Fault) as refused:
                    self.xml(user, model, name, [[]])
                self.assertIn(
                    "cannot be called remotely", refused.exception.faultString
                )
        # the doors are open to everything else
        order = self.quotation(self.marie, [(self.cable, 1)])
        for answer in (
            self.web("sale.order", "action_assignments", [order.ids])["result"],
            self.xml(user, "sale.order", "action_assignments", [order.ids]),
        ):
            self.assertEqual(answer["res_model"], "ov.sa_sale_order_assignment")

    def web(self, model, name, args):
        params = {"model": model, "method": name, "args": args, "kwargs": {}}
        self.env.flush_all()
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{name}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    def xml(self, user, *call):
        return self.xmlrpc_object.execute_kw(
            self.env.cr.dbname, user.id, PASSWORD, *call
        )


#: Odoo's own, with Odoo's rights: test_companies.py holds who may write what.
ODOO = {"create", "default_get", "init", "unlink", "write"}
#: asks a service on the internet
ODOO_ELSEWHERE = {"iap_enrich_auto"}
#: changes a record as somebody who is no staff of its SA, on purpose
MAY = {
    # ABS users of the company write these models (test_companies.WRITERS)
    ("outsider", "abs.subscription", "action_activate"),
    ("outsider", "payment.request", "action_cancel"),
}
WORDS = ("zawadi", "rpc-ke", "rpc-tg", "marie")


class TestRpcButtons(CompanyRows):
    """Each method as four people; nothing changes, nothing foreign is told.

    ``plain``: an internal user without any right; ``portal``: a customer; ``abroad``:
    an administrator of Togo with all rights of the office, at records of Kenya;
    ``outsider``: a user of the addon who is staff of Kara, at records of Lomé.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known[cls.kenya].update(cls.trade(cls.zawadi, "RPC-KE"))
        cls.known[cls.togo].update(cls.trade(cls.marie, "RPC-TG"))
        portal = cls.make_user("portal")
        customer = [Command.set(cls.env.ref("base.group_portal").ids)]
        portal.write({USER_GROUPS: customer})
        outsider = cls.make_user("outsider", "abs_connector.group_user")
        cls.yao.user_id = outsider
        cls.people = {
            "plain": (cls.make_user("plain"), cls.togo),
            "portal": (portal, cls.togo),
            "abroad": (cls.make_user("abroad", *OFFICE), cls.kenya),
            "outsider": (outsider, cls.togo),
        }

    def test_nobody_acts_on_what_is_not_theirs(self):
        before = self.written()
        self.marie.comment = "counted"
        self.assertGreater(self.written(), before, "the server counts what is written")
        tried = 0
        for model, name in own_methods(self.env):
            target = self.env[model]
            if name in ODOO | ODOO_ELSEWHERE:
                continue
            if target._abstract and self.env.registry[model]._inherit_children:
                continue  # tried on each model that inherits it
            if name == "action_assignments" and not target._sa_assignment_model:
                continue  # no history to open
            for who, (user, company) in self.people.items():
                with self.subTest(who=who, model=model, method=name):
                    tried += 1
                    said, changed = self.attempt(user, company, target, name)
                    told = [word for word in WORDS if word in said.lower()]
                    if who in ("portal", "abroad"):
                        self.assertFalse(told, said)
                    if (who, model, name) not in MAY:
                        self.assertFalse(changed, said)
        self.assertGreater(tried, 300)

    def attempt(self, user, company, target, name):
        """Return what the method answers or refuses with, and how many rows it wrote.

        A refusal has to be one of rights: a state or an argument that does not fit
        proves nothing. Whoever works in the company may well meet one of these.
        """
        context = {"allowed_company_ids": self.togo.ids}
        records = self.subject(target, company)
        model = target.with_user(user).with_context(**context)
        working = user in (self.people["outsider"][0],)
        refusals = (AccessError, Forbidden, *((UserError, ValueError) * working))
        said, changed = "", 0
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint(flush=False) as savepoint:
                if target._transient:
                    mine = self.wizard(model, company)
                else:
                    mine = model.browse(records.ids)
                before = self.written()
                said = repr(getattr(mine, name)())
                changed = self.written() - before
                savepoint.rollback()
        except refusals as refusal:
            said = str(refusal)
        self.env.clear()
        return said, changed

    def subject(self, target, company):
        """Return the record, made before the savepoint, as are those of a wizard."""
        if target._abstract or target._transient:
            for field in self.needed(target):
                if field.type == "many2one":
                    self.row(field.comodel_name, company)
            return target
        return self.row(target._name, company)

    def needed(self, target):
        fields = target._fields.values()
        return [f for f in fields if f.store and f.required and not f.compute]

    def wizard(self, model, company):
        order = self.row("sale.order", company)
        known = {"active_model": order._name, "active_ids": order.ids}
        wizards = model.with_context(active_id=order.id, **known)
        values = wizards.default_get(list(wizards._fields))
        for field in self.needed(model):
            if field.type == "many2one":
                values[field.name] = self.row(field.comodel_name, company).id
            elif not values.get(field.name):
                values[field.name] = self.filler(model, field, company)
        return wizards.create(values)

    def written(self):
        """Return the rows written so far in this transaction, wizards' apart."""
        self.env.flush_all()
        transient = [
            model._table for model in self.env.registry.values() if model._transient
        ]
        self.env.cr.execute(
            "SELECT COALESCE(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)"
            "  FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [transient],
        )
        return self.env.cr.fetchone()[0]
