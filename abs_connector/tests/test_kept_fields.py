"""Fields that rules of ours hang on are written by nobody over RPC.

Driven by the registry: every stored field that the addon alone defines and calls
readonly, on its own models and on Odoo's, is tried by people with every right of the
office; what the law leaves out on purpose is named in this file.
"""

import json

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..exceptions import BusinessError
from .common import PASSWORD
from .company_rows import CompanyRows
from .http_common import AbsHttpCase
from .test_companies import EVERYTHING

OFFICE = ("purchase.group_purchase_manager", "maintenance.group_equipment_manager")
ROLES = {
    "user": ("abs_connector.group_user", "sales_team.group_sale_salesman"),
    "manager": ("abs_connector.group_manager", "sales_team.group_sale_manager"),
    "accountant": ("account.group_account_manager",),
    "storekeeper": ("stock.group_stock_manager",),
    "all": (*EVERYTHING, *OFFICE),
}
#: set by the server at every create, whatever the values say
OVERWRITTEN = {("sale.order", "x_maker_id"), ("sale.order", "x_channel")}
#: the sentences with which older rules say the same of some fields
CODES = (
    *("readonly_field", "governed_field", "not_finalizable", "forbidden"),
    "invitation_only",
)
#: models that refuse the test's record before they look at the field
EARLIER = {
    "abs.customer.access": "invitation_only",
    "ov.asset.event": "invalid",
    "ov.membership": "already_member",
}
STAMP = {"x_sa_id", "x_actor_id"}  # a create takes them and asks for membership


class TestKeptFields(CompanyRows):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known[cls.togo].update(cls.trade(cls.marie, "KEPT-TG"))
        cls.people = {
            role: cls.make_user(f"kept-{role}", *groups)
            for role, groups in ROLES.items()
        }

    def kept(self):
        """Yield ``(model, field)`` of every field that the addon keeps."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or model._transient or not model._auto:
                continue
            for field in sorted(model._abs_kept_fields()):
                yield model, model._fields[field]

    def value(self, field):
        """Return a value that the field would take."""
        if field.type == "many2one":
            return self.env[field.comodel_name].sudo().search([], limit=1).id
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        return {
            "boolean": True,
            "integer": 7,
            "float": 7,
            "monetary": 7,
            "date": fields.Date.today(),
            "datetime": fields.Datetime.now(),
            "json": {},
        }.get(field.type, "forged")

    def test_the_fields_that_rules_hang_on_are_kept(self):
        kept = {(model._name, field.name) for model, field in self.kept()}
        for row in (
            ("stock.lot", "x_company_id"),
            ("sale.order", "x_finalized"),
            ("account.move", "x_subscription_id"),
            ("account.move.line", "x_billed_again"),
            ("account.payment", "x_order_id"),
            ("abs.payment.attempt", "state"),
            ("abs.subscription", "state"),
            ("payment.request", "state"),
            ("abs.employee", "token_version"),
            ("abs.api.key", "last_used"),
            ("ov.asset", "location_id"),
            ("ov.membership", "is_manager"),
        ):
            self.assertIn(row, kept)
        self.assertGreater(len(kept), 80)
        self.assertFalse({name for _model, name in kept} & {"write_date", "id"})

    def keeps(self, record, name, value):
        """Write to a computed field: what comes of it is what was there, or a refusal."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            before = record.sudo()[name]
            record.write({name: value})
            self.env.flush_all()
            record.invalidate_recordset()
            self.assertEqual(record.sudo()[name], before)
        except (AccessError, BusinessError):
            return
        finally:
            savepoint.close(rollback=True)
            self.env.clear()

    def test_nobody_writes_them(self):
        tried = 0
        for model, field in self.kept():
            record = self.row(model._name, self.togo)
            value = self.value(field)
            for role, user in self.people.items():
                mine = record.with_user(user).with_context(
                    allowed_company_ids=self.togo.ids
                )
                with self.subTest(model=model._name, field=field.name, role=role):
                    tried += 1
                    if field.compute:
                        self.keeps(mine, field.name, value)
                    else:
                        self.refuses(mine.write, {field.name: value})
        self.assertGreater(tried, 300)

    def test_nobody_creates_with_them(self):
        """Neither by value, nor by the context, nor by a default of one's own."""
        user = self.people["all"]
        for model, field in self.kept():
            mine = model.with_user(user).with_context(allowed_company_ids=self.togo.ids)
            value = self.value(field)
            with self.subTest(model=model._name, field=field.name):
                forged = {f"default_{field.name}": value}
                got = mine.with_context(**forged).default_get([field.name])
                if not field.default:
                    self.assertNotIn(field.name, got)
                elif field.type == "char":  # each time another one
                    self.assertNotEqual(got[field.name], value)
                given = (*STAMP, *model._abs_given_at_create)
                if field.name in given or (model._name, field.name) in OVERWRITTEN:
                    continue
                if field.compute or not (value and mine.has_access("create")):
                    continue
                self.refuses(mine.create, {**self.required(model), field.name: value})

    def refuses(self, method, vals):
        """Call what must be refused for want of a right or by one of our rules."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            method(vals)
            self.env.flush_all()
        except AccessError:
            return
        except BusinessError as refusal:
            earlier = EARLIER.get(method.__self__._name)
            self.assertIn(refusal.code, (*CODES, earlier))
            return
        finally:
            savepoint.close(rollback=True)
            self.env.clear()
        self.fail(f"{vals} was taken")

    def required(self, model):
        """Return what a create needs at least."""
        values = {}
        for name, field in model._fields.items():
            if not (field.store and field.required) or field.compute or field.default:
                continue
            if model._name == "abs.employee" and name == "partner_id":
                # Each person is one employee, and no customer who logs in.
                values[name] = self.env["res.partner"].create({"name": "Kept"}).id
            elif field.type == "many2one":
                values[name] = self.row(field.comodel_name, self.togo).id
            else:
                values[name] = self.filler(model, field, self.togo)
        return values

    def test_our_own_default_is_not_a_users(self):
        orders = (
            self.env["sale.order"]
            .with_user(self.people["all"])
            .with_context(allowed_company_ids=self.togo.ids)
        )
        defaults = orders.env["ir.default"].sudo()
        defaults.set("sale.order", "x_finalized", True, user_id=orders.env.uid)
        self.assertNotIn("x_finalized", orders.default_get(["x_finalized"]))


@tagged("post_install", "-at_install")
class TestKeptOverRpc(AbsHttpCase):
    def test_through_the_door(self):
        self.receive(self.kit, ["KEPT-1"])
        lot = self.env["stock.lot"].search([("name", "=", "KEPT-1")])
        order = self.quotation(self.marie, [(self.kit, 1)])
        user = self.make_user("kept", *EVERYTHING)
        user.password = PASSWORD
        self.authenticate("kept", PASSWORD)
        nested = {"order_line": [[1, order.order_line.id, {"x_bop_id": False}]]}
        for model, record, method, vals in (
            ("stock.lot", lot, "write", {"x_company_id": self.kenya.id}),
            ("stock.lot", lot, "web_save", {"x_company_id": False}),
            ("sale.order", order, "write", {"x_finalized": True}),
            ("sale.order", order, "write", nested),
            ("sale.order", order, "copy", {"x_finalized": True}),
        ):
            with self.subTest(model=model, method=method, vals=vals):
                args = [record.ids, vals]
                kwargs = {"specification": {}} if method == "web_save" else {}
                said = self.web(model, method, args, kwargs)
                self.assertRegex(
                    said["error"]["data"]["message"],
                    "kept by the system|can't be finalized",
                )
        self.assertEqual(lot.x_company_id, self.togo)
        self.assertFalse(order.x_finalized)
        # a copy without such words is one
        copied = self.web("sale.order", "copy", [order.ids], {})
        self.assertNotIn("error", copied)

    def web(self, model, name, args, kwargs):
        params = {"model": model, "method": name, "args": args, "kwargs": kwargs}
        self.env.flush_all()
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{name}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        self.env.invalidate_all()
        return answer.json()
