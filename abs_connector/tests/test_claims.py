"""Whose contact it is: who takes it to an SA, and who changes it (docs/contract.md 1.9)."""

from odoo.tests import tagged

from ..exceptions import Forbidden
from .people_common import EVIL, People


@tagged("post_install", "-at_install")
class TestClaims(People):
    def claim(self, partner, account):
        return ("POST", self.path(partner, "/assign")), {
            "actor_id": None,
            "sa_id": account.id,
        }

    def refuse_claim(self, partner, account, who, code="contact_shared"):
        call, body = self.claim(partner, account)
        status = 400 if code == "contact_protected" else 403
        said = self.refused(status, code, *call, body, who=who)["error"]
        for name in ("Nairobi", "Kara", "Kenya", self.wanjiru.name):
            self.assertNotIn(name, said)
        self.assertFalse(partner.x_sa_id)

    def test_what_another_account_has_is_not_claimed(self):
        """Orders, invoices, tickets, assets, requests, purchases: any kind of paper."""
        makers = {
            "draft order": lambda p: self.quotation(
                p, [(self.cable, 1)], self.sa_nbo, self.env["res.partner"]
            ),
            "cancelled order": lambda p: self.quotation(
                p, [(self.cable, 1)], self.sa_nbo, self.env["res.partner"]
            ).action_cancel(),
            "invoiced order": lambda p: self.sale(p, self.sa_nbo),
            "order of the same company": lambda p: self.sale(p, self.sa_kar),
            "purchase": lambda p: self.purchase(p, self.kenya),
            "ticket": lambda p: self.env["helpdesk.ticket"].create(
                {
                    "name": "Broken",
                    "description": "x",
                    "partner_id": p.id,
                    "company_id": self.kenya.id,
                    "x_sa_id": self.sa_nbo.id,
                }
            ),
            "asset": lambda p: self.env["ov.asset"].create(
                {
                    "name": "Unit",
                    "partner_id": p.id,
                    "company_id": self.kenya.id,
                    "x_sa_id": self.sa_nbo.id,
                }
            ),
            "request": lambda p: self.env["payment.request"].create(
                {
                    "partner_id": p.id,
                    "amount": 5,
                    "company_id": self.kenya.id,
                    "currency_id": self.kenya.currency_id.id,
                    "x_sa_id": self.sa_nbo.id,
                }
            ),
            "bill": lambda p: (
                self.env["account.move"]
                .with_company(self.kenya)
                .create({"move_type": "in_invoice", "partner_id": p.id})
            ),
            "delivery address": lambda p: self.quotation(
                self.zawadi, [(self.cable, 1)], partner_shipping_id=p.id
            ),
        }
        for name, make in makers.items():
            with self.subTest(name):
                partner = self.make_customer(f"Shared by a {name}")
                make(partner)
                self.refuse_claim(partner, self.sa_lom, self.ama)

    def test_the_address_of_a_shared_contact_counts(self):
        address = self.env["res.partner"].create(
            {"name": "Depot", "type": "delivery", "parent_id": self.plain.id}
        )
        self.quotation(self.zawadi, [(self.cable, 1)], partner_shipping_id=address.id)
        self.refuse_claim(self.plain, self.sa_lom, self.ama)

    def test_staff_of_all_who_deal_claim(self):
        self.sale(self.plain, self.sa_kar)
        self.refuse_claim(self.plain, self.sa_lom, self.ama)
        self.enroll(self.sa_kar, self.ama, "agent")
        self.refuse_claim(self.plain, self.sa_lom, self.ama)
        self.env["ov.membership"]._effective(self.ama, self.sa_kar).role_code = "staff"
        call, body = self.claim(self.plain, self.sa_lom)
        self.ok(*call, body, who=self.ama)
        self.assertEqual(self.plain.x_sa_id, self.sa_lom)

    def test_nobody_deals_with_it_or_the_own_company_does(self):
        loose = self.make_customer("Loose")
        call, body = self.claim(loose, self.sa_lom)
        self.ok(*call, body, who=self.ama)
        self.purchase(self.plain, self.togo)
        self.sale(self.plain, self.sa_lom)
        call, body = self.claim(self.plain, self.sa_lom)
        self.ok(*call, body, who=self.ama)

    def test_suppliers_and_the_office_are_not_claimed(self):
        self.refuse_claim(self.vendor, self.sa_lom, self.ama, "contact_protected")
        self.jean.partner_id.customer_rank = 1
        self.refuse_claim(
            self.jean.partner_id, self.sa_lom, self.ama, "contact_protected"
        )

    def test_no_claim_in_the_web_client(self):
        self.sale(self.plain, self.sa_nbo)
        user = self.web(
            self.ama, "base.group_partner_manager", "abs_connector.group_manager"
        )
        mine = self.by(self.plain, user)
        wizard = self.by(self.env["abs.reassign.wizard"], user)
        wizard = wizard.with_context(active_model="res.partner", active_ids=mine.ids)
        wizard = wizard.create({"account_id": self.sa_lom.id})
        with self.assertRaises(Forbidden):
            wizard.action_assign()
        with self.assertRaises(Forbidden):
            mine.write({"parent_id": self.marie.id})
        self.assertFalse(self.plain.x_sa_id)

    def test_audit_finds_a_claimed_supplier(self):
        audit = self.env["abs.audit"]
        self.purchase(self.vendor, self.kenya)
        self.assertFalse(list(audit._check_shared_contact()))
        self.vendor._sa_assign(self.sa_lom, self.env["res.partner"])
        self.env.flush_all()
        self.assertEqual(
            [row[1] for row in audit._check_shared_contact()], self.vendor.ids
        )


@tagged("post_install", "-at_install")
class TestChanges(People):
    def change(self, partner, code=None, **who):
        call = ("PUT", self.path(partner), {"email": EVIL})
        if code:
            status = 400 if code == "contact_protected" else 403
            self.refused(status, code, *call, **who)
        else:
            self.ok(*call, **who)
            partner.email = "back@test.abs"

    def test_nobody_deals_with_it_yet(self):
        for agent in (self.jean, self.otieno):
            self.change(self.plain, "role_required", who=agent)
        for person in (self.ama, self.wanjiru, self.admin):
            self.change(self.plain, who=person)
        self.change(self.plain, key=self.api_key(can_write=True))

    def test_it_deals_with_a_company(self):
        self.purchase(self.plain, self.kenya)
        for person in (self.jean, self.ama, self.yao, self.otieno):
            self.change(self.plain, "role_required", who=person)
        key = self.api_key(can_write=True, company_id=self.togo.id)
        self.change(self.plain, "role_required", key=key)
        self.change(self.plain, who=self.wanjiru)
        self.sale(self.plain, self.sa_kar)
        self.change(self.plain, who=self.ama)

    def test_suppliers_and_the_office(self):
        key = self.api_key(can_write=True)
        self.jean.partner_id.customer_rank = 1
        for partner in (self.vendor, self.jean.partner_id):
            for person in (self.jean, self.ama, self.admin):
                self.change(partner, "contact_protected", who=person)
            self.change(partner, "contact_protected", key=key)
        path = self.path(self.vendor, "/portal-access")
        self.refused(400, "contact_protected", "POST", path, {}, who=self.ama)

    def test_employees_in_the_web_client(self):
        self.sale(self.plain, self.sa_nbo)
        agent = self.web(self.jean, "base.group_partner_manager")
        staff = self.web(self.ama, "base.group_partner_manager")
        for user in (agent, staff):
            with self.assertRaises(Forbidden):
                self.by(self.plain, user).write({"email": EVIL})
        self.sale(self.plain, self.sa_lom)
        self.by(self.plain, staff).write({"street": "1 Main Street"})
        with self.assertRaises(Forbidden):
            self.by(self.plain, agent).write({"street": "2 Main Street"})
