"""Terms and price list of a customer (setup guide 5a), set by staff."""

from odoo import models

from ...card import ref
from ...exceptions import BusinessError

#: name in a body -> (field, company-dependent; model)
TERMS = {
    "payment_term_id": ("property_payment_term_id", "account.payment.term"),
    "pricelist_id": ("property_product_pricelist", "product.pricelist"),
}


class Partner(models.Model):
    _inherit = "res.partner"

    def _abs_write_terms(self, vals, account):
        """Write the terms that ``vals`` names, in the company of the contact.

        :param account: ``ov.serviced_account`` whose staff may do so
        :raises Forbidden: ``role_required``
        :raises BusinessError: ``company_mismatch``
        """
        super()._abs_write_terms(vals, account)
        named = {name: vals[name] for name in TERMS if name in vals}
        if not named:
            return
        self.env["ov.membership"]._caller_require_staff(account)
        contact = self.sudo()
        company = contact._abs_company_of()
        contact = contact.with_company(company)
        for name, value in named.items():
            field, model = TERMS[name]
            terms = self.env[model].sudo().browse(value or ())
            if terms.company_id and terms.company_id != company:
                raise BusinessError(
                    self.env._(
                        "%(name)s belongs to %(other)s, the contact to %(company)s.",
                        name=terms.display_name,
                        other=terms.company_id.name,
                        company=company.name,
                    ),
                    code="company_mismatch",
                    details=[{"field": name}],
                )
            contact[field] = terms

    def _api_terms(self, name):
        """Return ``{contact id: what holds for it in its company}``."""
        field = TERMS[name][0]
        result = {}
        for contact in self.sudo():
            contact = contact.with_company(contact._abs_company_of())
            result[contact.id] = ref(contact[field])
        return result
