"""A customer of another company shows nowhere in the web client.

Driven by the registry: one customer of Kenya with all that customers have, and a user
of Togo with every right of the office who reads every field of every model, the addon's
and Odoo's own. The first walk found followers, procurement groups, the report of serials
and the addon's own dashboard.
"""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..compat import USER_GROUPS
from ..scope import Scope
from .company_rows import CompanyRows
from .test_companies import EVERYTHING

OFFICE = (
    *EVERYTHING,
    "base.group_partner_manager",
    "maintenance.group_equipment_manager",
    "project.group_project_manager",
    "purchase.group_purchase_manager",
)
#: what names the customer; numbers, dates and pictures do not
WORDS = ("zawadi", "254700123456", "moi avenue", "ke-vat-9911")
MUTE = {"binary", "boolean", "date", "datetime", "float", "integer", "monetary"}
#: computed fields of more records than that cost more than they tell
MANY = 50


class TestCompanyLeaks(CompanyRows):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zawadi.write(
            {"phone": "+254700123456", "street": "77 Moi Avenue", "vat": "KE-VAT-9911"}
        )
        cls.farm = cls.env["res.partner"].create(
            {
                "name": "Zawadi Farm",
                "type": "delivery",
                "parent_id": cls.zawadi.id,
                "street": "78 Moi Avenue",
            }
        )
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": "KE00ZAWADI1", "partner_id": cls.zawadi.id}
        )
        cls.portal = cls.portal_user(cls.zawadi, cls.kenya)
        cls.ticket = cls.trade(cls.zawadi, "LEAK-1", shipping=cls.farm)[
            "helpdesk.ticket"
        ]
        cls.talk()
        cls.user = cls.make_user("of-togo", *OFFICE)
        cls.env.flush_all()

    @classmethod
    def portal_user(cls, partner, company):
        """Return the log-in of a customer to Odoo's portal."""
        users = cls.env["res.users"].with_context(no_reset_password=True)
        return users.create(
            {
                "login": partner.email,
                "partner_id": partner.id,
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                USER_GROUPS: [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )

    @classmethod
    def talk(cls):
        """Leave the customer's traces in the chatter and in the papers."""
        loud = cls.zawadi.with_context(tracking_disable=False)
        loud.message_post(body="Zawadi asked for a call", author_id=cls.zawadi.id)
        loud.message_subscribe(partner_ids=cls.zawadi.ids)
        loud.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call Zawadi", user_id=cls.env.uid
        )
        cls.env["ir.attachment"].create(
            {
                "name": "zawadi.txt",
                "raw": b"identity card",
                "res_model": "res.partner",
                "res_id": cls.zawadi.id,
            }
        )

    def as_user(self, user, companies):
        """Return the environment of a user with these companies switched on."""
        context = {"allowed_company_ids": companies.ids, "active_test": False}
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env(user=user.id, su=False, context=context)

    # -- every model -----------------------------------------------------------------

    def test_no_field_of_any_model_names_the_customer(self):
        home = self.as_user(self.user, self.togo)
        shown, told = self.naming(home)
        self.assertFalse(shown)
        self.assertGreater(told, 2000)
        # the same walk by the same user in Kenya finds them, or it would prove nothing
        self.user.company_ids += self.kenya
        shown, _told = self.naming(self.as_user(self.user, self.kenya))
        found = {name for name, _field in shown}
        traces = {
            "abs.sa.report",
            "account.move",
            "account.payment",
            "helpdesk.ticket",
            "ir.attachment",
            "mail.followers",
            "mail.message",
            "ov.asset",
            "project.task",
            "repair.order",
            "res.partner",
            "res.partner.bank",
            "res.users",
            "sale.order",
            "stock.picking",
        }
        self.assertFalse(traces - found)

    def naming(self, env):
        """Return the ``(model, field)`` that show WORDS, and how many fields spoke."""
        shown, told = set(), 0
        for name in sorted(env.registry):
            model = env[name]
            if model._abstract or model._transient or not model.has_access("read"):
                continue
            try:
                records = model.search([])
            except (NotImplementedError, UserError):
                continue  # account.root and the like are no lists
            known = model.fields_get(attributes=["type"])
            names = [
                key
                for key, about in known.items()
                if key in model._fields
                and about["type"] not in MUTE
                and (model._fields[key].store or len(records) <= MANY)
            ]
            for row in self.rows(records, names) if records else ():
                told += len(row) - 1
                for key, value in row.items():
                    text = repr(value).lower()
                    if any(word in text for word in WORDS):
                        shown.add((name, key))
        return shown, told

    def rows(self, records, names):
        """Return what can be read; a field that refuses leaves the others readable."""
        try:
            with self.env.cr.savepoint(flush=False):
                return records.read(names)
        except (AccessError, UserError, ValueError):
            if len(names) == 1:
                return []
        half = len(names) // 2
        parts = self.rows(records, names[:half]) + self.rows(records, names[half:])
        merged = {}
        for row in parts:
            merged.setdefault(row["id"], {}).update(row)
        return list(merged.values())

    # -- contacts --------------------------------------------------------------------

    def partners(self, user, companies):
        return self.as_user(user, companies)["res.partner"]

    def test_contacts_of_another_company_do_not_exist(self):
        theirs = self.zawadi + self.farm
        for groups in ((), ("abs_connector.group_user",), OFFICE):
            user = self.make_user(f"g{len(groups)}", *groups)
            contacts = self.partners(user, self.togo)
            own = [("id", "in", theirs.ids)]
            self.assertFalse(contacts.search(own))
            self.assertFalse(contacts.search_count(own))
            found = contacts.web_search_read(own, {"display_name": {}})
            self.assertEqual(found["length"], 0)
            self.assertFalse(contacts.name_search("Zawadi"))
            self.assertFalse(contacts.name_search("zawadi@test.abs"))
            self.assertEqual(contacts._read_group(own, [], ["__count"]), [(0,)])
            for partner in theirs:
                with self.assertRaises(AccessError):
                    contacts.browse(partner.id).read(["name"])
                with self.assertRaises(AccessError):
                    contacts.browse(partner.id).write({"comment": "mine"})
            self.assertIn(self.marie, contacts.search([]))
            self.assertTrue(contacts.name_search("Marie"))

    def test_what_stays_visible(self):
        plain = self.make_customer("Plain Person")
        vendor = self.env["res.partner"].create({"name": "Vendor", "supplier_rank": 1})
        rooted = self.make_customer("Of The Root", self.sa_global)
        colleague = self.make_user("of-kenya")
        colleague.write(
            {
                "company_ids": [Command.set(self.kenya.ids)],
                "company_id": self.kenya.id,
            }
        )
        colleague.partner_id._sa_assign(self.sa_nbo, self.env["res.partner"])
        people = plain + vendor + rooted + colleague.partner_id + self.kenya.partner_id
        people += self.wanjiru.partner_id
        contacts = self.partners(self.user, self.togo)
        self.assertEqual(len(contacts.search([("id", "in", people.ids)])), len(people))

    def test_companies_that_are_switched_on_decide(self):
        self.user.company_ids += self.kenya
        both = self.marie + self.zawadi
        for companies, seen in (
            (self.togo, self.marie),
            (self.kenya, self.zawadi),
            (self.togo + self.kenya, both),
        ):
            contacts = self.partners(self.user, companies)
            self.assertEqual(contacts.search([("id", "in", both.ids)]).sudo(), seen)

    def test_portal_users_see_themselves_whatever_their_company(self):
        for company in (self.kenya, self.togo):
            self.portal.write(
                {
                    "company_ids": [Command.set(company.ids)],
                    "company_id": company.id,
                }
            )
            contacts = self.partners(self.portal, company)
            self.assertEqual(contacts.search([]).sudo(), self.zawadi + self.farm)
            self.assertEqual(contacts.browse(self.zawadi.id).name, self.zawadi.name)

    def test_records_of_a_foreign_customer_open(self):
        """A document of Togo for Kenya's customer shows a name, and does not break."""
        ticket = self.ticket.copy({"company_id": self.togo.id, "x_asset_id": False})
        ticket.message_subscribe(partner_ids=self.zawadi.ids)
        ticket.message_post(body="Still dark", author_id=self.zawadi.id)
        order = self.quotation(self.zawadi, [(self.cable, 1)], account=self.sa_lom)
        for record in (ticket, order):
            env = self.as_user(self.user, self.togo)
            mine = env[record._name].browse(record.id)
            arch = mine.get_view(view_type="form")["models"][mine._name]
            fields = {name: {} for name in arch if name in mine._fields}
            fields["partner_id"] = {"fields": {"display_name": {}}}
            (shown,) = mine.web_read(fields)
            self.assertEqual(shown["partner_id"]["id"], self.zawadi.id)
            self.assertFalse(env["mail.followers"].search([("partner_id", "=", 0)]))
            self.assertNotIn(self.zawadi, mine.message_partner_ids.sudo())

    # -- who makes and who asks ------------------------------------------------------

    def test_a_new_contact_is_seen_by_its_maker(self):
        user = self.make_user("both", "abs_connector.group_user", *OFFICE)
        user.company_ids += self.kenya
        self.ama.user_id = user
        nobody = self.env["ov.serviced_account"]
        for company, account in ((self.togo, self.sa_lom), (self.kenya, nobody)):
            contacts = self.partners(user, company)
            made = contacts.create({"name": "New", "customer_rank": 1})
            self.assertEqual(made.name, "New")
            self.assertEqual(made.sudo().x_sa_id, account)

    def test_a_key_of_one_company_sees_its_customers_only(self):
        both = self.marie + self.zawadi
        for companies, seen in (
            (self.togo, self.marie),
            (self.kenya, self.zawadi),
            (self.togo + self.kenya, both),
            (self.env["res.company"], both),
        ):
            scope = Scope("system", (), tuple(companies.ids))
            contacts = self.api_env(scope=scope)["res.partner"]
            self.assertEqual(contacts.search([("id", "in", both.ids)]).sudo(), seen)

    def test_the_dashboard_counts_the_companys_customers(self):
        report = self.as_user(self.user, self.togo)["abs.sa.report"]
        rows = report.search([("new_customers", ">", 0)]).partner_id.sudo()
        self.assertIn(self.marie, rows)
        self.assertNotIn(self.zawadi, rows)
