"""People of one company see nothing of another one: every model of the addon is asked.

Driven by the registry: a record of Kenya in each model (``company_rows.py``). A model
that tells no company has to be named in ``NO_COMPANY``.
"""

import re

from odoo.exceptions import AccessError

from .company_rows import CompanyRows

#: models without a company on purpose
NO_COMPANY = {
    "abs.idempotency.record",  # the system's own; readable by base.group_system only
    "abs.signing.key",  # the same
    "abs.subscription.plan",  # catalogue of all companies
}
EVERYTHING = (
    "abs_connector.group_administrator",
    "sales_team.group_sale_manager",
    "account.group_account_manager",
    "stock.group_stock_manager",
    "helpdesk_mgmt.group_helpdesk_manager",
)
#: who may change records of the addon; the rest only as listed in WRITERS
CHIEFS = {
    "abs_connector.group_manager",
    "abs_connector.group_administrator",
    "base.group_system",
}
WRITERS = {
    "payment.request": {"abs_connector.group_user"},
    "abs.subscription": {"abs_connector.group_user"},
    "ov.bop.sheet": {"sales_team.group_sale_manager"},
    "ov.bop.line": {"sales_team.group_sale_manager"},
    "ov.bop.property": {"sales_team.group_sale_manager"},
    "ov.bop.property.option": {"sales_team.group_sale_manager"},
}
SECRET = re.compile(r"(hash|digest|secret|passkey|api_key|_token|^answer)$")


class TestCompanies(CompanyRows):
    def seen(self, model, user, domain):
        """Return what the user finds, as the web client of Togo asks."""
        context = {"allowed_company_ids": self.togo.ids, "active_test": False}
        model = model.with_user(user).with_context(**context)
        return model.search(domain)

    def test_nothing_of_another_company(self):
        users = [
            self.make_user("one-user", "abs_connector.group_user"),
            self.make_user("one-manager", "abs_connector.group_manager"),
            self.make_user("one-of-all", *EVERYTHING),
        ]
        for model in self.own_models():
            path = self.company_path(model)
            if not path:
                self.assertIn(model._name, NO_COMPANY, "it tells no company")
                continue
            theirs = [(path, "=", self.kenya.id)]
            if model._auto:
                row = self.row(model._name, self.kenya)
                home = self.row(model._name, self.togo)
            else:
                row, home = model.search(theirs, limit=1), None
            self.assertTrue(model.search_count(theirs), model._name)
            for user in users:
                with self.subTest(model=model._name, user=user.login):
                    self._blind(model, user, row, path)
            readers = self.seen_home(model, users[-1], home) if home else True
            system = model._name == "abs.refresh.token"  # base.group_system only
            self.assertTrue(readers or system, f"{model._name}: own company")

    def seen_home(self, model, user, home):
        try:
            return self.seen(model, user, [("id", "=", home.id)])
        except AccessError:
            return None

    def _blind(self, model, user, row, path):
        try:
            every = self.seen(model, user, [])
        except AccessError:
            return  # no right to the model at all
        self.assertFalse(every.sudo().filtered_domain([(path, "=", self.kenya.id)]))
        asked = every.browse(row.id)
        for name in ("display_name", "write_date"):
            if name in model._fields and model._auto:
                asked.invalidate_recordset()
                with self.assertRaises(AccessError):
                    asked.read([name])
        own = [("id", "=", row.id)]
        self.assertFalse(every._read_group(own, [], ["__count"])[0][0])
        found = [key for key, _name in every.browse().name_search("", limit=None)]
        self.assertNotIn(row.id, found)

    def test_who_may_change_what(self):
        for model in self.own_models():
            for line in self.env["ir.model.access"].search(
                [("model_id.model", "=", model._name)]
            ):
                with self.subTest(line=line.name):
                    group = line.group_id
                    self.assertTrue(group, "everybody, also without a log-in")
                    name = group.get_external_id()[group.id]
                    self.assertNotIn(name, ("base.group_public", "base.group_portal"))
                    if line.perm_write or line.perm_create or line.perm_unlink:
                        allowed = CHIEFS | WRITERS.get(model._name, set())
                        self.assertIn(name, allowed)

    def test_secrets_are_read_and_guessed_by_no_manager(self):
        groups = ("abs_connector.group_manager", "base.group_allow_export")
        user = self.make_user("one-manager", *groups)
        checked = 0
        for model in self.own_models():
            for name, field in model._fields.items():
                if not SECRET.search(name) or field.type not in ("char", "text"):
                    continue
                checked += 1
                mine = model.with_user(user)
                with self.subTest(model=model._name, field=name):
                    row = self.row(model._name, self.togo).with_user(user)
                    row.invalidate_recordset()
                    with self.assertRaises(AccessError):
                        row.read([name])
                    with self.assertRaises(AccessError):
                        mine.search([(name, "=like", "a%")])
                    with self.assertRaises(AccessError):
                        mine._read_group([], [name], ["__count"])
                    with self.assertRaises(AccessError):
                        row.export_data([name])
        self.assertGreater(checked, 8)

    def test_only_managers_stop_an_attempt(self):
        attempt = self.row("abs.payment.attempt", self.togo)
        for login, groups in (("plain", ()), ("abs", ("abs_connector.group_user",))):
            user = self.make_user(f"one-{login}", *groups)
            with self.assertRaises(AccessError):
                attempt.with_user(user).action_cancel()
            with self.assertRaises(AccessError):
                attempt.provider_id.with_user(user).action_register_c2b()

    def test_the_system_rotates_keys_in_the_web_client(self):
        user = self.make_user("one-system", "base.group_system")
        keys = self.env["abs.signing.key"]
        before = keys.search([("kind", "=", "employee"), ("state", "=", "signing")])
        before.with_user(user).action_rotate()
        after = keys.search([("kind", "=", "employee"), ("state", "=", "signing")])
        self.assertEqual(before.state, "verifying")
        self.assertNotEqual(after, before)
