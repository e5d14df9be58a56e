"""Choices of a package (colour, size), which may swap a component."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from .ov_bop_property import REPLACING, stays_in


class BopPropertyOption(models.Model):
    _name = "ov.bop.property.option"
    _description = "Package Property Option"
    _order = "property_id, sequence, id"

    property_id = fields.Many2one(
        "ov.bop.property", required=True, index=True, ondelete="cascade"
    )
    sheet_id = fields.Many2one(related="property_id.sheet_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    line_id = fields.Many2one(
        "ov.bop.line",
        string="Replaces Component",
        ondelete="cascade",
        domain="[('sheet_id', '=', sheet_id)]",
        help="Choosing this option delivers another product for this component.",
    )
    product_id = fields.Many2one("product.product", string="By", ondelete="restrict")

    _once = Constraint(
        "UNIQUE (property_id, name)", "The property already has an option of this name."
    )

    @api.constrains("property_id", "name")
    def _check_name(self):
        for option in self:
            others = option.property_id.option_ids - option
            option.sheet_id._abs_check_name(others, option.name, "option_exists")

    def write(self, vals):
        stays_in(self, "property_id", vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_not_the_last(self):
        if REPLACING.of(self.env):  # others may come; the property looks afterwards
            return
        for prop in self.property_id:
            if not prop.option_ids - self:
                prop._refuse_empty()

    @api.constrains("line_id", "product_id")
    def _check_replacement(self):
        for option in self:
            owner, company = option.product_id.company_id, option.sheet_id.company_id
            if owner and owner != company:
                raise BusinessError(
                    self.env._(
                        "%(product)s belongs to %(company)s, the package does not.",
                        product=option.product_id.display_name,
                        company=owner.name,
                    ),
                    code="company_mismatch",
                    details=[{"field": "product_id"}],
                )
            if bool(option.line_id) != bool(option.product_id):
                raise BusinessError(
                    self.env._(
                        "Option %(option)s: name both the component that it replaces "
                        "and the product that comes instead, or neither.",
                        option=option.name,
                    )
                )
            if option.line_id and option.line_id.sheet_id != option.sheet_id:
                raise BusinessError(
                    self.env._(
                        "Option %(option)s replaces a component of another package.",
                        option=option.name,
                    )
                )
        self.sheet_id._check_no_circle()

    @api.model
    def _abs_scope_domain(self, scope):
        return self.env["ov.bop.sheet"]._abs_scope_domain(
            scope, "property_id.sheet_id."
        )

    _abs_lines = ("name",)
