"""Packages: a product that is sold as its components (workflow 1e).

A sheet (Bill of Products) belongs to one package product. A component may be a package
itself; a circle of packages is refused when it is written and again when it is expanded.
"""

from odoo import api, fields, models
from odoo.tools.float_utils import float_round

from ...compat import Constraint
from ...exceptions import BusinessError
from ...scope import Grant, Scope
from ..base.domain import FALSE_DOMAIN
from .ov_bop_sheet_choice import PackageChoice

#: Enough for any package a person draws; a guard against a circle that two writers
#: made at the same time.
MAX_DEPTH = 10


class BopSheet(models.Model):
    _name = "ov.bop.sheet"
    _description = "Package"
    _inherit = ["abs.stamp.mixin"]
    _order = "name, id"
    _check_company_auto = True
    _sa_assignment_model = None
    _sa_source_fields = ("product_tmpl_id",)
    _sa_cascade_fields = ("product_tmpl_id",)
    _sa_customer_field = None
    # A package follows its product; without a stamp there it is everybody's.
    _sa_default_at_create = False

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        translate=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Package Product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        help="The product that an agent picks; the quotation gets its components.",
    )
    product_tmpl_id = fields.Many2one(
        related="product_id.product_tmpl_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    active = fields.Boolean(default=True)
    line_ids = fields.One2many(
        "ov.bop.line", "sheet_id", string="Components", copy=True
    )
    property_ids = fields.One2many(
        "ov.bop.property", "sheet_id", string="Properties", copy=True
    )
    component_count = fields.Integer(compute="_compute_component_count")

    _one_active = Constraint(
        "EXCLUDE (product_id WITH =) WHERE (active)",
        "This product already has an active package. Edit or archive that one.",
    )

    @api.depends("product_id")
    def _compute_name(self):
        for sheet in self:
            sheet.name = sheet.name or sheet.product_id.name

    @api.depends("product_id")
    def _compute_company_id(self):
        for sheet in self:
            sheet.company_id = sheet.product_id.company_id or sheet.company_id

    @api.depends("line_ids")
    def _compute_component_count(self):
        for sheet in self:
            sheet.component_count = len(sheet.line_ids)

    @api.model_create_multi
    def create(self, vals_list):
        # An INSERT comes at once, an archiving of the old sheet waits: keep their order.
        self.flush_model(["active", "product_id"])
        return super().create(vals_list)

    @api.constrains("product_id", "active")
    def _check_no_circle(self):
        """Refuse a package that contains itself, at whatever depth.

        Walks level by level from each sheet's product through components, substitutes
        and the replacements that options name: one query a level.
        """
        for sheet in self.filtered("active"):
            start = sheet.product_id
            seen = level = start
            while level:
                sheets = self.sudo().search([("product_id", "in", level.ids)])
                below = sheets._contained_products()
                if start in below:
                    raise BusinessError(
                        self.env._(
                            "%(package)s would contain itself. Remove the component "
                            "that leads back to it.",
                            package=start.display_name,
                        ),
                        code="package_circle",
                    )
                level = below - seen
                seen |= below

    def _contained_products(self):
        lines = self.line_ids
        options = self.property_ids.option_ids
        return lines.product_id | lines.substitute_ids | options.product_id

    @api.model
    def _of_product(self, product):
        """Return the active sheet of ``product`` (may be empty)."""
        return self.search([("product_id", "=", product.id)], limit=1)

    @api.model
    def _component_tree(self, products):
        """Return ``{package product: its sheet}`` for all packages below ``products``.

        One query a level, for any number of products.
        """
        tree, level = {}, products.sudo()
        while level:
            sheets = self.search([("product_id", "in", level.ids)])
            sheets = sheets.filtered(lambda s: s.product_id not in tree)
            for sheet in sheets:
                tree[sheet.product_id] = sheet
            below = sheets.line_ids.product_id
            level = below.filtered(lambda p: p not in tree)
        return tree

    @api.model
    def _leaf_quantities(self, product, tree, amount=1.0, path=()):
        """Return ``{component: quantity}`` of one product, packages resolved."""
        product = product.sudo()
        if product not in tree or product in path:
            return {product: amount}
        result = {}
        for line in tree[product].line_ids:
            below = self._leaf_quantities(
                line.product_id, tree, amount * line.quantity, (*path, product)
            )
            for part, quantity in below.items():
                result[part] = result.get(part, 0.0) + quantity
        return result

    # ----- expansion --------------------------------------------------------------

    def _api_expand(self, quantity=1.0, properties=None, substitutions=None):
        """Turn a package into the lines of a quotation.

        :param float quantity: how many packages, above 0
        :param dict properties: ``{property name or id: option name or id}``
        :param dict substitutions: ``{component: substitute}``; the component is the id
            of its line, or the id or default code of its product; the substitute is the
            id or default code of a product that the line allows
        :return: ``[{"product_id", "quantity", "bop_id", "bop_line_id", "properties"}]``
            in the order of the sheet; ``bop_id`` is this sheet also for the lines of
            nested packages; ``properties`` tells the chosen options or is ""
        :raises BusinessError: ``package_empty``, ``package_archived``,
            ``package_circle``, ``component_archived``, ``property_unknown``,
            ``property_required``, ``substitution_not_allowed``
        """
        self.ensure_one()
        if not quantity or quantity <= 0:
            raise BusinessError(
                self.env._("The quantity of a package must be above 0."),
                details=[{"field": "quantity"}],
            )
        choice = PackageChoice(self.env, properties, substitutions)
        rows = self._expand_level(quantity, choice, self.product_id)
        choice.check_all_used()
        for row in rows:
            row["bop_id"] = self.id
        return rows

    def _expand_level(self, quantity, choice, path):
        """Rows of one sheet; nested packages are expanded in place."""
        self.ensure_one()
        if not self.active:
            raise BusinessError(
                self.env._("The package %(package)s is archived.", package=self.name),
                code="package_archived",
            )
        if not self.line_ids:
            raise BusinessError(
                self.env._(
                    "The package %(package)s has no components yet.", package=self.name
                ),
                code="package_empty",
            )
        replaced, texts = choice.options_of(self)
        rows = []
        for line in self.line_ids:
            product = (
                choice.substitute_of(line) or replaced.get(line) or line.product_id
            )
            if not product.active:
                raise BusinessError(
                    self.env._(
                        "%(product)s in the package %(package)s is archived. Ask for a "
                        "substitute or a new package.",
                        product=product.display_name,
                        package=self.name,
                    ),
                    code="component_archived",
                )
            # Cleans the noise of floats only; the unit's own rounding is Odoo's affair.
            amount = float_round(quantity * line.quantity, precision_digits=6)
            sheet = self._of_product(product)
            if not sheet:
                rows.append(
                    {
                        "product_id": product.id,
                        "quantity": amount,
                        "bop_line_id": line.id,
                        "properties": texts.get(line, ""),
                    }
                )
                continue
            if product in path or len(path) >= MAX_DEPTH:
                raise BusinessError(
                    self.env._(
                        "The package %(package)s contains itself and cannot be sold.",
                        package=sheet.name,
                    ),
                    code="package_circle",
                )
            below = sheet._expand_level(amount, choice, path | product)
            texts_ = [
                text for text in (texts.get(line), below[0]["properties"]) if text
            ]
            below[0]["properties"] = ", ".join(texts_)
            rows += below
        return rows

    # ----- visibility -------------------------------------------------------------

    @api.model
    def _abs_scope_domain(self, scope, prefix=""):
        """A package is seen by whoever sees its product, unless stamped for others.

        :param str prefix: path from the asking model to the sheet, with its dot
        """
        if scope.kind == "customer":
            return list(FALSE_DOMAIN)
        products = self.env["product.template"]._abs_scope_domain(scope)
        domain = _prefixed(products, f"{prefix}product_tmpl_id.")
        if scope.kind == "employee":
            accounts = {i for grant in scope.grants for i in grant.account_ids}
            above = self.env["ov.serviced_account"].sudo().browse(accounts)._above_ids()
            domain.append((f"{prefix}x_sa_id", "in", [*sorted(above), False]))
        if scope.company_ids:
            domain.append((f"{prefix}company_id", "in", [*scope.company_ids, False]))
        return domain

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        grant = Grant("sa_wide", (account_id,), 0)
        return self._abs_scope_domain(Scope("employee", (grant,), tuple(company_ids)))

    _abs_lines = ("name",)


def _prefixed(domain, prefix):
    """Return a domain of the template as one of a model that leads to it.

    Operators and the constant leaves ``(0, "=", 1)`` name no field.
    """
    return [
        (f"{prefix}{term[0]}", *term[1:])
        if not isinstance(term, str) and isinstance(term[0], str)
        else term
        for term in domain
    ]
