"""Choices of a package (colour, size), which may swap a component."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError


class BopProperty(models.Model):
    _name = "ov.bop.property"
    _description = "Package Property"
    _order = "sheet_id, sequence, id"

    sheet_id = fields.Many2one(
        "ov.bop.sheet", string="Package", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    required = fields.Boolean(help="The package cannot be sold without a choice.")
    option_ids = fields.One2many(
        "ov.bop.property.option", "property_id", string="Options", copy=True
    )

    _once = Constraint(
        "UNIQUE (sheet_id, name)", "The package already has a property of this name."
    )

    def _is_named(self, key):
        self.ensure_one()
        return key == str(self.id) or key.casefold() == self.name.casefold()

    def _option_named(self, value):
        """Return the option that ``value`` (name or id) names, or raise."""
        self.ensure_one()
        key = str(value).strip()
        for option in self.option_ids:
            if key == str(option.id) or key.casefold() == option.name.casefold():
                return option
        raise BusinessError(
            self.env._(
                "%(value)s is no option of %(property)s. Choose one of: %(options)s.",
                value=value,
                property=self.name,
                options=", ".join(self.option_ids.mapped("name")),
            ),
            code="property_unknown",
            details=[{"field": "properties", "message": self.name}],
        )

    @api.model
    def _abs_scope_domain(self, scope):
        return self.env["ov.bop.sheet"]._abs_scope_domain(scope, "sheet_id.")


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

    @api.constrains("line_id", "product_id")
    def _check_replacement(self):
        for option in self:
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
