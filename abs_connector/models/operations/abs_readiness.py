"""The verification checklist of the setup guide (section 12), item by item.

Facts of all companies are read at once, grouped by company: the number of queries does
not grow with products, customers or stock. The check is for people: each item that is
not ok says what to do.
"""

from odoo import api, models
from odoo.exceptions import AccessError

from ...card import ref

MAX_NAMES = 5


class Readiness(models.AbstractModel):
    _name = "abs.readiness"
    _description = "Readiness checklist"

    @api.model
    def _api_readiness(self, company_ids=()):
        """Return the checklist.

        :param company_ids: the caller's companies; empty = all
        :return dict: ``ready`` and ``companies``: first the system as a whole
            (company None), then each company, with ``items`` of ``section, code,
            name, ok, detail, fix``
        """
        companies = self.env["res.company"].sudo()
        if company_ids:
            companies = companies.browse(list(company_ids))
        else:
            companies = companies.search([])
        if not self.env.su:
            if not self.env.user.has_group("abs_connector.group_manager"):
                raise AccessError(self.env._("The checklist is for managers."))
            companies &= self.env.user.sudo().company_ids
        reports = [(None, self.sudo()._check_system())]
        reports += self.sudo()._check_companies(companies)
        rows = [
            {
                "company": ref(company),
                "ok": all(item["ok"] for item in items),
                "items": items,
            }
            for company, items in reports
        ]
        return {"ready": all(row["ok"] for row in rows), "companies": rows}

    @api.model
    def _item(self, section, code, name, ok, detail, fix):
        """Return one line of the checklist."""
        return {
            "section": section,
            "code": code,
            "name": name,
            "ok": bool(ok),
            "detail": detail,
            "fix": None if ok else fix,
        }

    @api.model
    def _names(self, records, limit=MAX_NAMES):
        """Return the first names, and how many more there are."""
        names = ", ".join(records[:limit].mapped("display_name"))
        more = len(records) - limit
        return f"{names}, … (+{more})" if more > 0 else names

    @api.model
    def _all(self, section, code, name, wrong, fix, some=True):
        """Return an item that holds when no record is wrong (and there are some)."""
        _ = self.env._
        if not some:
            detail, fix = _("there are no products yet"), _("Create the products.")
        else:
            detail = self._names(wrong) if wrong else _("all")
        return self._item(section, code, name, some and not wrong, detail, fix)

    # -- each company ----------------------------------------------------------------

    @api.model
    def _check_companies(self, companies):
        facts = self._facts(companies)
        goods = self._goods(companies)
        return [
            (
                company,
                self._check_holding(company, facts)
                if company.x_holding
                else [
                    *self._check_stock(company, facts),
                    *self._check_products(company, goods),
                    *self._check_customers(company, facts),
                    *self._check_accounting(company, facts),
                    *self._check_governance(company, facts),
                    *self._check_sales(company),
                ],
            )
            for company in companies
        ]
