"""A customer's log-in, opened by staff (SPEC 3, 5: portal-access)."""

import secrets

from odoo import api, fields, models

from ...exceptions import BusinessError
from .phones import phone_key


class CustomerAccess(models.Model):
    """One per customer; the log-in names are those the contact had when opened."""

    _name = "abs.customer.access"
    _description = "Customer access"
    _inherit = "abs.credential.mixin"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )

    @api.constrains("partner_id")
    def _check_one(self):
        for access in self:
            domain = [("partner_id", "=", access.partner_id.id)]
            if self.with_context(active_test=False).search_count(domain) > 1:
                raise BusinessError(
                    self.env._(
                        "%(name)s has an access already.", name=access.partner_id.name
                    )
                )

    @api.model
    def _open(self, partner, password=None):
        """Open or renew the access of a contact.

        :param str password: None = a random one is made
        :return: (access, password) — the only time that the password is known
        :raises BusinessError: ``no_identity``, ``identity_taken``, ``weak_password``
        """
        email = (partner.email or "").strip().lower() or False
        country = partner.country_id or partner.x_sa_id.company_id.country_id
        phone = phone_key(partner.phone, country.code)
        if not email and not phone:
            raise BusinessError(
                self.env._(
                    "%(name)s has neither e-mail nor phone: add one to log in with.",
                    name=partner.name,
                ),
                code="no_identity",
            )
        every = self.sudo().with_context(active_test=False)
        others = [("partner_id", "!=", partner.id)]
        if email and every.search_count([("email", "=", email), *others]):
            email = self._taken(partner, "email")
        if phone and every.search_count([("phone_key", "=", phone), *others]):
            # A phone may be shared in a family: the e-mail is enough then.
            phone = False if email else self._taken(partner, "phone")
        password = password or secrets.token_urlsafe(9)
        vals = {"email": email, "phone_key": phone, "active": True}
        access = every.search([("partner_id", "=", partner.id)])
        if access:
            access.write(vals)
        else:
            access = every.create({"partner_id": partner.id, **vals})
        access._set_password(password)
        return access, password

    def _taken(self, partner, field):
        raise BusinessError(
            self.env._(
                "Another customer logs in with the %(field)s of %(name)s. Give this "
                "contact its own.",
                field=field,
                name=partner.name,
            ),
            code="identity_taken",
            details=[{"field": field}],
        )
