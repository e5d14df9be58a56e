"""Contacts: made by agents, staff and integrations (docs/contract.md 5)."""

from odoo import api, fields, models

from ...exceptions import BusinessError
from ..base.phone import phone_key
from ..base.text import html_of

#: by staff only, see ``_abs_write_terms``
TERMS = {"payment_term_id", "pricelist_id"}


class Partner(models.Model):
    _inherit = "res.partner"

    x_phone_digits = fields.Char(
        "Phone Digits",
        compute="_compute_x_phone_digits",
        store=True,
        index="btree_not_null",
        help="The phone number as digits with the country's prefix, to be found by "
        "however somebody writes it.",
    )

    @api.depends("phone", "country_id.code")
    def _compute_x_phone_digits(self):
        for partner in self:
            key = phone_key(partner.phone, partner.country_id.code)
            partner.x_phone_digits = key and key.lstrip("+")

    @api.model
    def _api_create_contact(self, vals):
        """Create a contact and return ``{"contact", "warnings"}``.

        An employee's contact belongs to the SA of the request (level 2) and, made by an
        agent, to that agent (level 3); one made with an API key is plain (level 1).

        :param dict vals: fields of ``ContactIn``; ``actor_id`` names the agent (staff)
        :raises Conflict: ``duplicate_contact``
        """
        vals = {**vals}
        actor_id = vals.pop("actor_id", None)
        allowed = vals.pop("allow_duplicate", False)
        terms, vals = vals, self._abs_contact_vals(vals)
        members = self.env["ov.membership"]
        account = members._caller_account()
        actor = members._caller_actor(account, self.browse(), waits=True)
        stamp = {"x_sa_id": account.id, "x_actor_id": actor.id}
        country = account.company_id.country_id.id
        vals = {
            "customer_rank": 1,
            **({"country_id": country} if country else {}),
            **vals,
            **(stamp if account else {}),
        }
        warnings = []
        if account and vals.get("phone"):
            # Two at once would both find nobody: one after the other.
            account._abs_lock()
            home = self.env["res.country"].sudo().browse(vals.get("country_id") or ())
            warnings = self._abs_twin_warnings(account, vals["phone"], home, allowed)
        contact = self.create(vals)
        contact._abs_write_terms(terms, account)
        if actor_id and actor_id != contact.x_actor_id.id:
            person = self.env["res.partner"].sudo().browse(actor_id)
            contact._sa_check_assign(account, person)
            contact._sa_assign(account, person, cascade=False)
        return {"contact": contact, "warnings": warnings}

    def _api_update_contact(self, vals):
        """Change the data of a contact; its governance is changed by ``assign``.

        :return dict: ``contact``, ``warnings``
        :raises Conflict: ``duplicate_contact``
        """
        self.ensure_one()
        vals = {**vals}
        allowed = vals.pop("allow_duplicate", False)
        if vals.get("phone"):
            self.sudo().x_sa_id._abs_lock()
        self._abs_lock()
        self._abs_refuse_protected()
        self._abs_require_changer()
        changes, warnings, contact = self._abs_contact_vals(vals), [], self.sudo()
        if contact._abs_changes_phone(vals):
            home = contact.country_id
            if "country_id" in changes:
                home = home.browse(changes["country_id"] or ())
            warnings = contact._abs_twin_warnings(
                contact.x_sa_id, vals["phone"], home, allowed
            )
        self.write(changes)
        if TERMS & vals.keys():
            members = self.env["ov.membership"]
            self._abs_write_terms(vals, self.x_sa_id or members._caller_account())
        return {"contact": self, "warnings": warnings}

    def _abs_write_terms(self, vals, account):
        """Phase: staff said on which terms this contact buys."""

    def _abs_refuse_office(self):
        """Keep users, employees and the companies themselves out of callers' hands."""
        person = self.sudo().with_context(active_test=False)
        env = person.env
        domain = [("partner_id", "in", person.ids)]
        if (
            person.user_ids.filtered(lambda user: not user.share)
            or env["abs.employee"].search_count(domain, limit=1)
            or env["res.company"].search_count(domain, limit=1)
        ):
            raise BusinessError(
                self.env._("This contact is a person of the office, not a customer."),
                code="contact_protected",
            )

    @api.model
    def _abs_contact_vals(self, vals):
        """Translate a country code into the field of Odoo."""
        vals = {name: value for name, value in vals.items() if name not in TERMS}
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

    def _api_assign_told(self, vals):
        """Give the contact to a member (staff only), in this SA or another one.

        Its open records go along, see ``_sa_goes_along``.
        """
        self.ensure_one()
        self._abs_refuse_protected()
        if not vals.get("sa_id") and not self.x_sa_id:
            account = self.env["ov.membership"]._caller_account()
            vals = {**vals, "sa_id": account.id}
        contact, warnings = self.sudo(), []
        account = contact.x_sa_id.browse(vals.get("sa_id") or ()) - contact.x_sa_id
        told = super()._api_assign_told(vals)
        if account and contact.phone:
            warnings = contact._abs_twin_warnings(
                account, contact.phone, contact.country_id, allowed=True
            )
        return {**told, "warnings": warnings}

    def _api_open_access(self, password=None, invite=False):
        """Open or renew the customer's log-in, or invite the customer to do so.

        Staff who see all that the log-in shows set a password. Other staff in charge,
        and an agent of the own customers, invite only (docs/contract.md 1.29).

        :param bool invite: invite, also where a password may be set
        :return dict: ``contact``, ``login`` (e-mail or phone), ``password`` when it was
            made here: the only time that it is told; ``invitation``: ``sent_to``,
            ``expires_at``, else None
        """
        self.ensure_one()
        if not self.env.su:
            self.check_access("write")
        self._abs_lock()
        self._abs_refuse_protected()
        keeper = self._abs_caller_is_keeper()
        if not keeper and not self._abs_caller_is_its_agent():
            self._abs_refuse_keeper()
        holds = keeper and not self._abs_hides_from_caller()
        accesses = self.env["abs.customer.access"]
        if invite or not (holds or password):
            return self._abs_invited(accesses._invite(self.sudo(), renew=holds))
        self._abs_require_holder()
        access, secret = accesses._open(self.sudo(), password)
        return {
            "contact": self,
            "login": access.email or access.phone_key,
            "password": None if password else secret,
            "invitation": None,
        }

    def _abs_caller_is_its_agent(self):
        """Tell whether the caller is the person in charge of this contact."""
        employee = self.env["abs.employee"]._caller()
        members = self.env["ov.membership"]
        is_actor = (
            employee and self.x_actor_id and self.x_actor_id == employee.partner_id
        )
        return bool(is_actor and members._caller_reaches(self.x_sa_id))

    def _abs_invited(self, invitation):
        """Return the answer for who invited; an address that the contact does not show
        is told in part only."""
        address = invitation.address
        local, at, domain = address.rpartition("@")
        shown = address == (self.email or "").strip().lower()
        sent_to = address if shown else f"{local[:1]}***{at}{domain}"
        return {
            "contact": self,
            "login": address if shown else None,
            "password": None,
            "invitation": {
                "sent_to": sent_to,
                "expires_at": invitation.expires_at,
            },
        }

    def _abs_governance_level(self):
        """Return 1 (plain), 2 (SA) or 3 (SA and agent) of one contact."""
        self.ensure_one()
        return 1 if not self.x_sa_id else 3 if self.x_actor_id else 2

    def _abs_company_of(self):
        """Return the company whose ledger holds what this contact owes."""
        self.ensure_one()
        company = self.company_id or self.x_sa_id.company_id
        return company or self.env.company
