"""Sellable products: prices and taxes per company, references, visibility.

Sources: docs/contract.md 1.5, 1.7, docs/contract.md 5 (prices and currencies).
"""

import re

from odoo import api, models
from odoo.fields import Command
from odoo.tools import float_is_zero

from ...card import ref
from ...exceptions import BusinessError


class ProductProduct(models.Model):
    """A variant is seen with its template: same columns, by delegation."""

    _inherit = "product.product"
    _abs_marks = ("default_code", "barcode")
    _abs_lines = ("name",)

    @api.model
    def _abs_scope_domain(self, scope):
        return self.env["product.template"]._abs_scope_domain(scope)

    def _abs_product_type(self):
        """Return the documents' word for the type: product, consu, service (combo)."""
        self.ensure_one()
        return "product" if self.is_storable else self.type

    def _abs_check_quantity(self, quantity, uom=None):
        """Refuse a quantity that Odoo would silently round to nothing.

        :param uom: unit of ``quantity``; without it the product's own
        :raises BusinessError: ``quantity_too_small``
        """
        self.ensure_one()
        uom = uom or self.uom_id
        if not quantity or not float_is_zero(quantity, precision_rounding=uom.rounding):
            return
        step, asked = f"{uom.rounding:g}", f"{quantity:g}"
        raise BusinessError(
            self.env._(
                "%(product)s is counted in steps of %(step)s %(uom)s: %(quantity)s is "
                "too little.",
                product=self.display_name,
                step=step,
                uom=uom.name,
                quantity=asked,
            ),
            code="quantity_too_small",
        )

    # ----- prices -----------------------------------------------------------------

    @api.model
    def _abs_pricelist(self, company):
        """Return the pricelist that a customer of ``company`` gets by default."""
        partner = company.partner_id.sudo().with_company(company)
        return partner.property_product_pricelist

    def _abs_prices(self, company):
        """Return ``{product id: price}`` in the company's currency, one unit each.

        A package costs what its components cost, since they are what is sold. The
        number of queries grows with the depth of packages, not with their number.
        """
        Sheet = self.env["ov.bop.sheet"].sudo()
        tree = Sheet._component_tree(self)
        leaves = self.sudo()
        for sheet in tree.values():
            leaves |= sheet.line_ids.product_id
        # Odoo reads most columns of a rule, one by one where a list turned that on.
        pricelist = self._abs_pricelist(company).with_context(prefetch_fields=True)
        leaves = leaves.with_company(company)
        computed = pricelist.with_company(company)._compute_price_rule(
            leaves, 1.0, currency=company.currency_id
        )
        computed_prices = {pid: price for pid, (price, *_rule) in computed.items()}
        prices = {}
        for product in self:
            parts = Sheet._leaf_quantities(product, tree)
            price = sum(
                computed_prices[part.id] * amount for part, amount in parts.items()
            )
            prices[product.id] = company.currency_id.round(price)
        return prices

    def _abs_set_price(self, company, amount):
        """Make ``amount`` the price of one product for the company's customers.

        The list price of a shared product is money of the main company (cookbook 1,
        trap 6): for another company the price is fixed on its own pricelist. So it is
        for an API key of one company, whatever the currency: a list price or pricelist
        that others share is not its to change.
        """
        self.ensure_one()
        if self._abs_package().line_ids:
            raise BusinessError(
                self.env._(
                    "%(product)s is a package: it costs what its components cost. "
                    "Change their prices.",
                    product=self.display_name,
                ),
                code="price_of_package",
            )
        template = self.product_tmpl_id
        company = template.company_id or company
        pricelist = self._abs_pricelist(company)
        alone = self._abs_is_shared_with_key()
        if alone and pricelist.company_id != company:
            pricelist = pricelist.browse()
        rule = pricelist.item_ids.filtered(
            lambda i: (
                i.applied_on == "1_product"
                and i.product_tmpl_id == template
                and i.compute_price == "fixed"
                and not i.min_quantity
                and not (i.date_start or i.date_end)
            )
        )[:1]
        if rule:
            rule.fixed_price = amount
        elif not alone and (
            template.company_id or template.currency_id == company.currency_id
        ):
            template.list_price = amount
        else:
            self._abs_fix_price(pricelist, company, amount)
        self.env.flush_all()
        self.invalidate_recordset()
        shown = self._abs_prices(company)[self.id]
        if company.currency_id.compare_amounts(shown, amount):
            raise BusinessError(
                self.env._(
                    "The pricelist %(pricelist)s sets another price for %(product)s. "
                    "Change its rules in Odoo.",
                    pricelist=pricelist.display_name,
                    product=self.display_name,
                ),
                code="price_by_rule",
            )

    def _abs_fix_price(self, pricelist, company, amount):
        """Fix the price of one product on a pricelist of the company's currency."""
        if not pricelist or pricelist.currency_id != company.currency_id:
            raise BusinessError(
                self.env._(
                    "%(company)s has no pricelist of its own in %(currency)s. Create one, "
                    "then set the price again.",
                    company=company.name,
                    currency=company.currency_id.name,
                ),
                code="pricelist_missing",
            )
        pricelist.item_ids = [
            Command.create(
                {
                    "applied_on": "1_product",
                    "product_tmpl_id": self.product_tmpl_id.id,
                    "compute_price": "fixed",
                    "fixed_price": amount,
                }
            )
        ]

    def _abs_taxes(self, company):
        """Return ``{product id: [{"id", "name", "amount"}]}`` of the company's taxes."""
        return {
            product.id: [
                {"id": tax.id, "name": tax.name, "amount": tax.amount}
                for tax in product.taxes_id
                if tax.company_id == company
            ]
            for product in self
        }

    def _abs_packages(self):
        """Return ``{product id: {"id", "name"} or None}`` of the caller's packages."""
        sheets = self.env["ov.bop.sheet"].sudo(False)
        sheets = sheets.search([("product_id", "in", self.ids)]).sudo()
        named = {sheet.product_id.id: ref(sheet) for sheet in sheets}
        return {product.id: named.get(product.id) for product in self}

    # ----- visibility -------------------------------------------------------------

    @api.model
    def _api_ref_domain(self, ref, change=False):
        """Return the domain of ``<ref>``: an id, else a default code (docs/contract.md 1.7).

        Runs with the caller's own rights: a code that only others use is none here.

        :param bool change: something is written: what is the id of one and the code of
            another is refused; read, an id comes first

        ``id:<id>`` and ``code:<code>`` say which of the two is meant.

        :raises BusinessError: ``ambiguous_reference`` when several products of the
            caller have the code, or one has it as its id
        """
        if number := self._abs_ref_id(ref):
            found = self.search(
                ["|", ("id", "=", number), ("default_code", "=", ref)]
            ).sudo()
            by_id = found.filtered(lambda p: p.id == number)
            if change and by_id and len(found) > 1:
                raise self._abs_id_or_code(ref, by_id, found - by_id)
            if by_id:
                return [("id", "=", number)]
        else:
            found = self.search([("default_code", "=", ref)]).sudo()
        prefix, _sep, rest = ref.partition(":")
        if not found and rest and prefix == "id" and self._abs_ref_id(rest):
            return [("id", "=", int(rest))]
        if not found and rest and prefix == "code":
            found = self.search([("default_code", "=", rest)]).sudo()
        if len(found) > 1:
            local = found.filtered(lambda p: p.company_id == self.env.company)
            found = local if len(local) == 1 else found
        if len(found) > 1:
            raise self._abs_ambiguous(ref, found)
        return [("id", "=", found.id)]

    @api.model
    def _abs_id_or_code(self, ref, by_id, by_code):
        return BusinessError(
            self.env._(
                "%(ref)s is the id of %(one)s and the code of %(other)s: write "
                "id:%(ref)s or code:%(ref)s.",
                ref=ref,
                one=by_id.name,
                other=by_code[:1].name,
            ),
            code="ambiguous_reference",
        )

    @api.model
    def _abs_ref_id(self, ref):
        """Return the id that ``ref`` is, else None.

        With a leading zero it is a code: an id has one spelling, or an idempotency key
        would be as many as the ways to write its address.
        """
        if re.fullmatch(r"[1-9][0-9]{0,8}", ref):
            return int(ref)
        return None

    @api.model
    def _api_archived_domain(self, ref):
        """Return the domain of ``<ref>`` among archived products, else of an active one.

        :raises BusinessError: ``ambiguous_reference``
        """
        archived = [("active", "=", False)]
        key = [("default_code", "=", ref)]
        if number := self._abs_ref_id(ref):
            key = ["|", ("id", "=", number), *key]
        found = self.search([*archived, *key])
        if len(found) > 1:
            found = found.filtered(lambda p: str(p.id) == ref) or found
        if len(found) > 1:
            raise self._abs_ambiguous(ref, found)
        return (
            [*archived, ("id", "=", found.id)] if found else self._api_ref_domain(ref)
        )

    @api.model
    def _abs_ambiguous(self, ref, found):
        return BusinessError(
            self.env._(
                "Several products have the code %(code)s: use an id, one of %(ids)s.",
                code=ref,
                ids=", ".join(str(i) for i in sorted(found.ids)),
            ),
            code="ambiguous_reference",
        )

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        return self.env["product.template"]._abs_narrow_domain(account_id, company_ids)
