"""Sellable products: prices per company, and the verbs of ``/api/products``.

Sources: SPEC 1 rows 5-7, SPEC 5 'Products'; ODOO_COOKBOOK 1 (prices and currencies).
"""

from odoo import api, models
from odoo.fields import Command

from ...exceptions import BusinessError, Conflict, Forbidden, NotFound
from ..governance.callers import api_context, api_scope

#: The documents' words for Odoo's type (SPEC 1, row 5).
PRODUCT_TYPES = {
    "product": {"type": "consu", "is_storable": True},
    "consu": {"type": "consu", "is_storable": False},
    "service": {"type": "service", "is_storable": False},
}


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _abs_product_type(self):
        """Return the documents' word for the type: product, consu, service (combo)."""
        self.ensure_one()
        return "product" if self.is_storable else self.type

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
        pricelist = self._abs_pricelist(company)
        leaves = leaves.with_company(company)
        computed = pricelist.with_company(company)._compute_price_rule(
            leaves, 1.0, currency=company.currency_id
        )
        own = {pid: price for pid, (price, *_rule) in computed.items()}
        prices = {}
        for product in self:
            parts = Sheet._leaf_quantities(product, tree)
            price = sum(own[part.id] * amount for part, amount in parts.items())
            prices[product.id] = company.currency_id.round(price)
        return prices

    def _abs_set_price(self, company, amount):
        """Make ``amount`` the price of one product for the company's customers.

        The list price of a shared product is money of the main company (cookbook 1,
        trap 6): for another company the price is fixed on its own pricelist.
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
        elif template.company_id or template.currency_id == company.currency_id:
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
                    "%(company)s has no pricelist in %(currency)s. Create one, then set "
                    "the price again.",
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
        named = {s.product_id.id: {"id": s.id, "name": s.name} for s in sheets}
        return {product.id: named.get(product.id) for product in self}

    # ----- verbs ------------------------------------------------------------------

    @api.model
    def abs_create_product(self, vals):
        """Create a product for the caller's SA, or a shared one for admins and keys.

        :param dict vals: fields of ``product.template`` plus ``product_type`` (product,
            consu, service) and ``list_price`` in the currency of the product's company
        :return: the ``product.product``
        :raise BusinessError: ``sa_required``, ``pu_rule``; Conflict
            ``default_code_taken``
        """
        vals = dict(vals)
        members = self.env["ov.membership"]
        account = (
            self.env["ov.serviced_account"]
            .sudo()
            .browse(api_context(self.env, "abs_sa") or ())
        )
        if account:
            members._caller_require_staff(account)
            vals["x_sa_id"] = account.id
        elif not members._caller_is_administrator():
            raise BusinessError(
                self.env._("Name the Service Account of the product in X-SA-ID."),
                code="sa_required",
            )
        companies = api_scope(self.env).company_ids
        if api_scope(self.env).kind == "system" and len(companies) == 1:
            vals.setdefault("company_id", companies[0])
        if account.company_id:
            if vals.get("company_id", account.company_id.id) != account.company_id.id:
                raise BusinessError(
                    self.env._(
                        "%(account)s belongs to %(company)s: leave company_id out.",
                        account=account.name,
                        company=account.company_id.name,
                    ),
                    code="company_mismatch",
                )
            vals["company_id"] = account.company_id.id
        company = self.env["res.company"].sudo().browse(vals.get("company_id") or ())
        self._abs_check_code(vals.get("default_code"), company)
        vals.update(self._abs_type_vals(vals))
        vals.pop("product_type", None)
        template = self.env["product.template"].sudo()
        if company:
            template = template.with_company(company)
        product = template.create(vals).product_variant_id
        return product

    def abs_update_product(self, vals):
        """Change a product; ``list_price`` is in the caller's company currency.

        :return: self
        :raise Forbidden: the product is another SA's, or shared and the caller no admin
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()
        vals = dict(vals)
        template = self.product_tmpl_id
        price = vals.pop("list_price", None)
        if "default_code" in vals:
            self._abs_check_code(vals["default_code"], template.company_id)
        own = {k: vals.pop(k) for k in ("default_code", "barcode") if k in vals}
        word = vals.pop("product_type", None)
        if word and word != self._abs_product_type():
            vals.update(self._abs_type_vals({**vals, "product_type": word}))
        elif vals.get("tracking", "none") != "none":
            self._abs_check_tracking(vals["tracking"], self._abs_product_type())
        if own:
            self.write(own)
        if vals:
            template.write(vals)
        if price is not None:
            self._abs_set_price(self.env.company, price)
        return self

    def abs_archive_product(self):
        """Take a product out of the catalogue; what was sold keeps it. Returns self."""
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()
        self.action_archive()
        return self

    def _abs_require_editor(self):
        """Raise Forbidden unless the caller is staff of the product's SA.

        What all SAs share (unstamped) is changed by admins, API keys and the system.
        """
        members = self.env["ov.membership"]
        for product in self.sudo():
            account = product.product_tmpl_id.x_sa_id
            if account:
                members._caller_require_staff(account)
            elif not members._caller_is_administrator():
                raise Forbidden(
                    self.env._(
                        "%(product)s is shared by all Service Accounts: only an admin "
                        "may change it.",
                        product=product.display_name,
                    )
                )

    @api.model
    def _abs_type_vals(self, vals):
        """Return Odoo's type, tracking and invoice policy for the documents' words.

        Without ``product_type`` the PU category says it; without ``invoice_policy``
        goods in stock are invoiced on delivery, all else on order (setup guide 4c).
        """
        word = vals.get("product_type")
        if not word:
            category = vals.get("x_pu_category")
            word = "product" if category == "physical" else "service"
            word = word if category else "consu"
        result = dict(PRODUCT_TYPES[word])
        if "invoice_policy" not in vals:
            result["invoice_policy"] = "delivery" if word == "product" else "order"
        self._abs_check_tracking(vals.get("tracking"), word)
        return result

    @api.model
    def _abs_check_tracking(self, tracking, word):
        """Refuse serials or lots on what is not kept in stock; Odoo drops them."""
        if tracking in (None, False, "none") or word == "product":
            return
        sentence = self.env._(
            "Only a storable product (product_type 'product') can be tracked by serial "
            "number or lot."
        )
        raise BusinessError(
            sentence,
            code="pu_rule",
            details=[{"field": "tracking", "message": sentence}],
        )

    def _abs_check_code(self, code, company):
        """Refuse a code that would make ``/api/products/<ref>`` ambiguous."""
        if not code:
            return
        taken = self.sudo().search(
            [
                ("default_code", "=", code),
                ("id", "not in", self.ids),
                ("company_id", "in", [False, company.id] if company else [False]),
            ],
            limit=1,
        )
        if taken:
            raise Conflict(
                self.env._(
                    "The code %(code)s belongs to %(product)s already.",
                    code=code,
                    product=taken.name,
                ),
                code="default_code_taken",
            )

    # ----- packages ---------------------------------------------------------------

    def _abs_package(self):
        """Return the active package of the product (sudo; may be empty)."""
        self.ensure_one()
        return self.env["ov.bop.sheet"].sudo()._of_product(self)

    def abs_bom(self):
        """Return the package of the product that the caller may see (may be empty)."""
        self.ensure_one()
        sheets = self.env["ov.bop.sheet"].sudo(False)
        return sheets.search([("product_id", "=", self.id)], limit=1).sudo()

    def abs_add_component(self, vals):
        """Add a component to the product's package, which is made when missing.

        :param dict vals: ``product_id, quantity, substitutable, substitute_ids``
        :return: the ``ov.bop.sheet``
        :raise Conflict: ``component_exists``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()
        sheet = self._abs_package()
        sheet = sheet or sheet.create({"product_id": self.id})
        sheet._abs_add_line(vals)
        return sheet

    def abs_change_component(self, line, vals):
        """Change one component; returns the sheet. See :meth:`abs_add_component`."""
        sheet = self._abs_sheet_of(line)
        sheet._abs_change_line(line, vals)
        return sheet

    def abs_remove_component(self, line):
        """Take one component out of the package; returns the sheet."""
        sheet = self._abs_sheet_of(line)
        line.unlink()
        return sheet

    def _abs_sheet_of(self, line):
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()
        sheet = line.sheet_id
        if sheet.product_id != self or not sheet.active:
            raise NotFound(
                self.env._(
                    "%(product)s has no such component.", product=self.display_name
                )
            )
        return sheet

    # ----- visibility -------------------------------------------------------------

    @api.model
    def abs_ref_domain(self, ref):
        """Return the domain of ``<ref>``: an id, else a default code (SPEC 1, row 7).

        Runs with the caller's own rights: a code that only others use is none here.

        :raise BusinessError: ``ambiguous_reference`` when several products of the
            caller have the code
        """
        if ref.isascii() and ref.isdigit() and len(ref) < 10:
            if self.search_count([("id", "=", int(ref))], limit=1):
                return [("id", "=", int(ref))]
        found = self.search([("default_code", "=", ref)]).sudo()
        if len(found) > 1:
            own = found.filtered(lambda p: p.company_id == self.env.company)
            found = own if len(own) == 1 else found
        if len(found) > 1:
            raise BusinessError(
                self.env._(
                    "Several products have the code %(code)s: use an id, one of "
                    "%(ids)s.",
                    code=ref,
                    ids=", ".join(str(i) for i in sorted(found.ids)),
                ),
                code="ambiguous_reference",
            )
        return [("id", "=", found.id)]

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        return self.env["product.template"]._abs_narrow_domain(account_id, company_ids)
