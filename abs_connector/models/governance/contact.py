"""Contacts: made by agents, staff and integrations (SPEC 5 'Contacts')."""

from odoo import api, fields, models

from ...exceptions import BusinessError
from ..platform.plain_text import html_of
from .phones import phone_key


class Partner(models.Model):
    _inherit = "res.partner"

    x_phone_digits = fields.Char(
        "Phone Digits",
        compute="_compute_x_phone_digits",
        store=True,
        help="The phone number as digits with the country's prefix, to be found by "
        "however somebody writes it.",
    )

    @api.depends("phone", "country_id.code")
    def _compute_x_phone_digits(self):
        for partner in self:
            key = phone_key(partner.phone, partner.country_id.code)
            partner.x_phone_digits = key and key.lstrip("+")

    @api.model
    def abs_create_contact(self, vals):
        """Create a contact and return it.

        An employee's contact belongs to the SA of the request (level 2) and, made by an
        agent, to that agent (level 3); one made with an API key is plain (level 1).

        :param dict vals: fields of ``ContactIn``; ``actor_id`` names the agent (staff)
        """
        vals = {**vals}
        actor_id = vals.pop("actor_id", None)
        vals = self._abs_contact_vals(vals)
        account = self.env["ov.membership"]._caller_account()
        own = {"x_sa_id": account.id, "x_actor_id": self._abs_contact_actor(account)}
        country = account.company_id.country_id.id
        contact = self.create(
            {
                "customer_rank": 1,
                **({"country_id": country} if country else {}),
                **vals,
                **(own if account else {}),
            }
        )
        if actor_id and actor_id != contact.x_actor_id.id:
            contact.abs_assign(account.id, actor_id)
        return contact

    @api.model
    def _abs_contact_actor(self, account):
        """Return the partner id of the caller if an agent in the SA, else False."""
        employee = self.env["abs.employee"]._caller()
        members = self.env["ov.membership"]._effective(employee, account)
        agent = members.filtered(lambda m: m.role_code == "agent")
        return agent[:1].person_partner_id.id

    def abs_update_contact(self, vals):
        """Change the data of a contact; its governance is changed by ``assign``."""
        self.ensure_one()
        self._abs_lock()
        self._abs_refuse_office()
        self.write(self._abs_contact_vals(vals))
        return self

    def _abs_refuse_office(self):
        """Keep users, employees and the companies themselves out of callers' hands."""
        person = self.sudo().with_context(active_test=False)
        env = person.env
        own = [("partner_id", "in", person.ids)]
        if (
            person.user_ids.filtered(lambda user: not user.share)
            or env["abs.employee"].search_count(own, limit=1)
            or env["res.company"].search_count(own, limit=1)
        ):
            raise BusinessError(
                self.env._("This contact is a person of the office, not a customer."),
                code="contact_protected",
            )

    @api.model
    def _abs_contact_vals(self, vals):
        """Translate a country code into the field of Odoo."""
        vals = {**vals}
        if "comment" in vals:
            vals["comment"] = html_of(vals["comment"])
        if "country" in vals:
            code = (vals.pop("country") or "").upper()
            country = self.env["res.country"].sudo()
            if code:
                country = country.search([("code", "=", code)], limit=1)
                if not country:
                    raise BusinessError(
                        self.env._(
                            "There is no country with the ISO code %(code)s.", code=code
                        ),
                        details=[{"field": "country"}],
                    )
            vals["country_id"] = country.id
        return vals

    def abs_assign_contact(self, actor_id, account_id=None):
        """Give the contact to a member (staff only), in this SA or another one."""
        self.ensure_one()
        if not account_id and not self.x_sa_id:
            account_id = self.env["ov.membership"]._caller_account().id
        return self.abs_assign(account_id, actor_id)

    def abs_open_access(self, password=None):
        """Open or renew the customer's log-in; staff only.

        :return dict: ``contact``, ``login`` (e-mail or phone), ``password`` when it was
            made here: the only time that it is told
        """
        self.ensure_one()
        if not self.env.su:
            self.check_access("write")
        self._abs_lock()
        self._abs_refuse_office()
        self._abs_require_opener()
        access, secret = self.env["abs.customer.access"]._open(self.sudo(), password)
        return {
            "contact": self,
            "login": access.email or access.phone_key,
            "password": None if password else secret,
        }

    def _abs_require_opener(self):
        """Let staff of the contact's SA open its log-in, and nobody else.

        Whoever has the log-in sees what the customer sees. A plain contact has no SA,
        but what it bought has: the caller must be staff of each of those.
        """
        members = self.env["ov.membership"]
        accounts = self.x_sa_id or self._abs_accounts_of_records()
        for account in accounts:
            members._caller_require_staff(account)
        if not accounts and not members._caller_is_administrator():
            staff = members._caller().filtered(lambda m: m.role_code != "agent")
            members._caller_require_staff(staff.account_id[:1])

    def _abs_accounts_of_records(self):
        """Return the SAs (sudo) of all records that one customer sees."""
        accounts = self.env["ov.serviced_account"].sudo()
        for name in self.env["abs.stamp.mixin"]._sa_governed_models():
            model = self.env[name].sudo()
            domain = model._abs_customer_domain(self.id)
            groups = model._read_group(
                ["&", ("x_sa_id", "!=", False), *domain], ["x_sa_id"]
            )
            accounts += accounts.concat(*(account for (account,) in groups))
        return accounts

    def _abs_governance_level(self):
        """Return 1 (plain), 2 (SA) or 3 (SA and agent) of one contact."""
        self.ensure_one()
        return 1 if not self.x_sa_id else 3 if self.x_actor_id else 2

    def _abs_company_of(self):
        """Return the company whose ledger holds what this contact owes."""
        self.ensure_one()
        own = self.company_id or self.x_sa_id.company_id
        return own or self.env.company

    def _abs_credits(self):
        """Return ``{partner id: what the contact owes}`` in the company's currency.

        One read of the ledger per company, however many contacts.
        """
        by_company = {}
        for partner in self:
            company = partner._abs_company_of()
            by_company.setdefault(company, []).append(partner.id)
        result = {}
        for company, ids in by_company.items():
            for partner in self.browse(ids).with_company(company):
                result[partner.id] = company.currency_id.round(partner.credit)
        return result
