"""One component of a package and what may stand in for it."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from .ov_bop_property import stays_in


class BopLine(models.Model):
    _name = "ov.bop.line"
    _description = "Package Component"
    _order = "sheet_id, sequence, id"
    _check_company_auto = True

    sheet_id = fields.Many2one(
        "ov.bop.sheet", string="Package", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="sheet_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        string="Component",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    quantity = fields.Float(
        default=1.0, required=True, digits="Product Unit of Measure"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    substitutable = fields.Boolean(
        help="Another product may be delivered instead: one of the substitutes, or, "
        "when none are named, any of the component's own category."
    )
    substitute_ids = fields.Many2many(
        "product.product",
        "ov_bop_line_substitute_rel",
        "line_id",
        "product_id",
        string="Substitutes",
        check_company=True,
    )

    _positive = Constraint("CHECK (quantity > 0)", "The quantity must be above 0.")
    _once = Constraint(
        "UNIQUE (sheet_id, product_id)",
        "This component is already in the package: change its quantity instead.",
    )

    @api.depends("product_id", "quantity")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.quantity:g} x {line.product_id.display_name}"

    def write(self, vals):
        stays_in(self, "sheet_id", vals)
        return super().write(vals)

    @api.constrains("sheet_id", "product_id", "substitute_ids")
    def _check_no_circle(self):
        self.sheet_id._check_no_circle()

    @api.constrains("product_id", "substitutable", "substitute_ids")
    def _check_substitutes(self):
        for line in self:
            if line.substitute_ids and not line.substitutable:
                raise BusinessError(
                    self.env._(
                        "%(product)s has substitutes but is not substitutable. Allow "
                        "substitution or remove them.",
                        product=line.product_id.display_name,
                    ),
                    code="substitution_not_allowed",
                )
            if line.product_id in line.substitute_ids:
                raise BusinessError(
                    self.env._(
                        "%(product)s cannot be its own substitute.",
                        product=line.product_id.display_name,
                    ),
                    code="substitution_not_allowed",
                )

    @api.onchange("substitutable")
    def _onchange_substitutable(self):
        if not self.substitutable:
            self.substitute_ids = False

    def _is_named(self, key):
        """Whether ``key`` (text) names this line, its product or its default code."""
        self.ensure_one()
        names = {str(self.id), str(self.product_id.id)}
        return key in names or key == (self.product_id.default_code or None)

    def _allowed_substitutes(self):
        """Return what may stand in for the component.

        Without a list of substitutes any product of the component's category will do,
        if the caller may see it.
        """
        self.ensure_one()
        products = self.env["product.product"]
        if not self.substitutable:
            return products
        if self.substitute_ids:
            return self.substitute_ids
        # Not sudo: what the caller cannot see cannot be chosen.
        same = [
            ("categ_id", "=", self.product_id.categ_id.id),
            ("id", "!=", self.product_id.id),
            ("company_id", "in", [self.company_id.id, False]),
        ]
        return products.sudo(False).search(same).sudo(self.env.su)

    def _substitute_named(self, value):
        """Return the allowed substitute that ``value`` names, or None."""
        key = str(value).strip()
        found = self._allowed_substitutes().filtered(
            lambda p: key in (str(p.id), p.default_code or None)
        )
        # The id of one and the code of another name neither.
        return found if len(found) == 1 else None

    def _refuse_substitute(self, value):
        self.ensure_one()
        raise BusinessError(
            self.env._(
                "%(product)s cannot be substituted by %(substitute)s. See the "
                "substitutes of the package.",
                product=self.product_id.display_name,
                substitute=value,
            ),
            code="substitution_not_allowed",
            details=[{"field": "substitutions", "message": str(value)}],
        )

    @api.model
    def _abs_scope_domain(self, scope):
        return self.env["ov.bop.sheet"]._abs_scope_domain(scope, "sheet_id.")
