"""Two customers with one phone number in an SA: the same person, or a family?

Whoever makes the second one is asked, and is not told who the first one is: it may be
another agent's customer.
"""

from odoo import api, models

from ...exceptions import Conflict
from ..base.phone import phone_spellings


class Partner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _abs_twins(self, account, phone, country):
        """Return the other contacts (sudo) of an SA with this phone number.

        Compared by the number in whatever spelling: as the contact's country writes it,
        and as the SA's does. Those of one family (a company, its people and addresses)
        are no twins of each other.
        """
        contacts = self.sudo()
        codes = {country.code, account.company_id.country_id.code}
        digits = set().union(*(phone_spellings(phone, code) for code in codes))
        if not account or not digits:
            return contacts.browse()
        found = contacts.search(
            [("x_sa_id", "=", account.id), ("x_phone_digits", "in", sorted(digits))]
        )
        if not self:
            return found
        family = self.commercial_partner_id | self.parent_id
        return found.filtered(
            lambda c: (
                c not in self._origin | self and c.commercial_partner_id not in family
            )
        )

    def _abs_twin_warnings(self, account, phone, country, allowed=False):
        """Ask for twins of a contact that is about to have this phone number.

        :param bool allowed: the caller knows that numbers are shared
        :return list: what the answer's ``warnings`` say
        :raises Conflict: ``duplicate_contact``
        """
        if not self._abs_twins(account, phone, country):
            return []
        if not allowed:
            raise Conflict(
                self.env._(
                    "A customer of this Service Account has this phone number already. "
                    "Send allow_duplicate if they share it."
                ),
                code="duplicate_contact",
                details=[{"field": "phone"}],
            )
        return [{"code": "duplicate_contact", "message": self._abs_twin_text()}]

    def _abs_twin_text(self):
        return self.env._(
            "Another customer of this Service Account has this phone number as well."
        )

    def _abs_changes_phone(self, vals):
        """Tell whether ``vals`` give this contact another number, not a new spelling."""
        if not vals.get("phone"):
            return False
        codes = {self.country_id.code, self.x_sa_id.company_id.country_id.code}
        same = set().union(*(phone_spellings(vals["phone"], code) for code in codes))
        return self.x_phone_digits not in same

    @api.onchange("phone", "country_id")
    def _onchange_x_twins(self):
        """Warn in the web client, where nothing is refused: families share phones."""
        account = self.sudo().x_sa_id
        if not account:
            account = self.env["ov.membership"]._caller_stamp(self)[0]
        if self.phone and self._abs_twins(account, self.phone, self.country_id):
            title = self.env._("The same phone number")
            return {"warning": {"title": title, "message": self._abs_twin_text()}}
        return None
