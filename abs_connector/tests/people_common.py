"""Contacts that nobody has, those of others, and the mails that leave."""

from odoo.fields import Command

from .http_common import AbsHttpCase

EVIL = "evil@example.com"


class People(AbsHttpCase):
    """Builders of what the tests of contacts and of log-ins share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.make_customer("Plain Person", email="plain@test.abs")
        cls.vendor = cls.env["res.partner"].create(
            {"name": "Vendor", "email": "vendor@test.abs", "supplier_rank": 1}
        )

    def sale(self, partner, account, actor=None):
        """Return a confirmed order of the SA with its posted invoice."""
        actor = actor or self.env["res.partner"]
        order = self.quotation(partner, [(self.installation, 1)], account, actor)
        order.action_confirm()
        order.invoice_ids.action_post()
        return order

    def purchase(self, partner, company):
        return self.env["purchase.order"].create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "order_line": [
                    Command.create({"product_id": self.cable.id, "product_qty": 1})
                ],
            }
        )

    def move(self, partner, account, employee=None):
        """Give a customer to another SA, as an admin does; what is done stays."""
        actor = employee.partner_id if employee else self.env["res.partner"]
        partner._sa_assign(account, actor, cascade=False)

    def mails(self):
        """Return the invitations that wait to leave, the newest first."""
        return (
            self.env["mail.mail"].sudo().search([("subject", "ilike", "Your access")])
        )

    def code(self, address):
        """Return the code in the newest mail, which went to this address."""
        mail = self.mails()[:1]
        self.assertEqual(mail.email_to, address)
        return mail.body_html.split("<p>")[4].split("</p>")[0]

    def web(self, employee, *groups):
        """Return the web user of an employee, or of nobody's with these groups."""
        name = employee.name if employee else "nobody"
        user = self.make_user(f"web-{name}", *groups)
        if employee:
            employee.user_id = user
        return user

    def path(self, partner, verb=""):
        return f"/api/contacts/{partner.id}{verb}"

    def by(self, records, user):
        """Return the records as the user has them in the web client."""
        own = user.company_ids.ids
        return records.with_user(user).with_context(allowed_company_ids=own)
