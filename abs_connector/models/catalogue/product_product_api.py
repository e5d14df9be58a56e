"""Creating, changing, archiving and restoring products: the verbs of ``/api/products``.

Sources: docs/contract.md 1.5, docs/contract.md 5; setup guide 4c.
"""

from odoo import api, models

from ...exceptions import BusinessError, Conflict, Forbidden
from ..base.caller import api_call

#: The documents' words for Odoo's type (docs/contract.md 1.5).
PRODUCT_TYPES = {
    "product": {"type": "consu", "is_storable": True},
    "consu": {"type": "consu", "is_storable": False},
    "service": {"type": "service", "is_storable": False},
}


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.model
    def _api_create_product(self, vals):
        """Create a product for the caller's SA, or a shared one for admins and keys;
        an API key of one company creates that company's.

        :param dict vals: fields of ``product.template`` plus ``product_type`` (product,
            consu, service), ``list_price`` in the currency of the product's company and
            ``tax_ids``, see :meth:`_abs_set_taxes`
        :return: the ``product.product``
        :raises BusinessError: ``sa_required``, ``pu_rule``; Conflict
            ``default_code_taken``
        """
        vals = dict(vals)
        members = self.env["ov.membership"]
        account = (
            self.env["ov.serviced_account"]
            .sudo()
            .browse(api_call(self.env).account_id or ())
        )
        if account:
            members._caller_require_staff(account)
            vals["x_sa_id"] = account.id
        elif not members._caller_is_administrator():
            raise BusinessError(
                self.env._("Name the Service Account of the product in X-SA-ID."),
                code="sa_required",
            )
        limits = members._caller_limits()
        if limits and not vals.get("company_id"):
            vals["company_id"] = limits[0]
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
        taxes = vals.pop("tax_ids", None)
        template = self.env["product.template"].sudo()
        if company:
            template = template.with_company(company)
        product = template.create(vals).product_variant_id
        if taxes is not None:
            product._abs_set_taxes(taxes)
        return product

    def _api_update_product(self, vals):
        """Change a product; ``list_price`` is in the caller's company currency.

        :return: self
        :raises Forbidden: the product is another SA's, or shared and the caller no admin;
            an API key of one company sets that company's price and taxes all the same
        """
        self.ensure_one()
        self._abs_lock()
        priced = {"list_price", "tax_ids"}.issuperset(vals)
        if not (priced and self._abs_is_shared_with_key()):
            self._abs_require_editor()
        vals = dict(vals)
        template = self.product_tmpl_id
        price = vals.pop("list_price", None)
        taxes = vals.pop("tax_ids", None)
        if "default_code" in vals:
            self._abs_check_code(vals["default_code"], template.company_id)
        variant_vals = {
            k: vals.pop(k) for k in ("default_code", "barcode") if k in vals
        }
        word = vals.pop("product_type", None)
        if word and word != self._abs_product_type():
            vals.update(self._abs_type_vals({**vals, "product_type": word}))
        elif vals.get("tracking", "none") != "none":
            self._abs_check_tracking(vals["tracking"], self._abs_product_type())
        if variant_vals:
            self.write(variant_vals)
        if vals:
            template.write(vals)
        if price is not None:
            self._abs_set_price(self.env.company, price)
        if taxes is not None:
            self._abs_set_taxes(taxes)
        return self

    def _api_archive_product(self):
        """Take a product out of the catalogue; what was sold keeps it. Returns self."""
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()
        self.action_archive()
        return self

    def _api_restore_product(self):
        """Put an archived product back into the catalogue; returns self.

        :raises Conflict: ``not_archived``, ``default_code_taken``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()
        if self.active:
            raise Conflict(
                self.env._("%(product)s is not archived.", product=self.display_name),
                code="not_archived",
            )
        self._abs_check_code(self.default_code, self.company_id)
        self.action_unarchive()
        return self

    def _abs_set_taxes(self, tax_ids):
        """Replace the sales taxes of one company; those of other companies stay.

        :param list tax_ids: taxes of the product's company; of a shared product those of
            any company, each replacing that company's; empty: none in the caller's
        :raises BusinessError: ``company_mismatch``, ``tax_not_for_sale``
        """
        self.ensure_one()
        taxes = self.env["account.tax"].sudo().browse(tax_ids)
        template = self.product_tmpl_id.sudo()
        owner = template.company_id
        for tax in taxes:
            if owner and tax.company_id != owner:
                raise BusinessError(
                    self.env._(
                        "The tax %(tax)s belongs to %(company)s, the product to "
                        "%(owner)s.",
                        tax=tax.name,
                        company=tax.company_id.name,
                        owner=owner.name,
                    ),
                    code="company_mismatch",
                    details=[{"field": "tax_ids", "message": tax.name}],
                )
            if tax.type_tax_use != "sale":
                raise BusinessError(
                    self.env._("%(tax)s is no sales tax.", tax=tax.name),
                    code="tax_not_for_sale",
                    details=[{"field": "tax_ids", "message": tax.name}],
                )
        companies = owner or taxes.company_id or self.env.company
        others = template.taxes_id.filtered(lambda t: t.company_id not in companies)
        template.taxes_id = others | taxes

    def _abs_require_editor(self):
        """Raise Forbidden unless the caller is staff of the product's SA.

        What all SAs share (unstamped) is changed by admins, API keys and the system;
        what all companies share by no API key that is limited to one of them.
        """
        members = self.env["ov.membership"]
        for product in self.sudo():
            account = product.product_tmpl_id.x_sa_id
            if account:
                members._caller_require_staff(account)
            elif product._abs_is_shared_with_key():
                raise Forbidden(
                    self.env._(
                        "%(product)s is shared by all companies: only an admin or an "
                        "API key of all companies may change it. This key may set its "
                        "own company's price and taxes.",
                        product=product.display_name,
                    )
                )
            elif not members._caller_rules(product.company_id):
                raise Forbidden(
                    self.env._(
                        "%(product)s is shared by all Service Accounts: only an admin "
                        "may change it.",
                        product=product.display_name,
                    )
                )

    def _abs_is_shared_with_key(self):
        """Tell whether the caller is an API key of one company, and this is not its own."""
        template = self.sudo().product_tmpl_id
        limits = self.env["ov.membership"]._caller_limits()
        return bool(limits) and not template.company_id and not template.x_sa_id

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
        named = [("default_code", "=", code)]
        if number := self._abs_ref_id(code):
            named = ["|", ("id", "=", number), *named]
        taken = self.sudo().search(
            [
                *named,
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
