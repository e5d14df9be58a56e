"""Choose a package, its properties and substitutes; adds the component lines."""

from odoo import api, fields, models
from odoo.fields import Command

from ..exceptions import BusinessError


class AddPackage(models.TransientModel):
    _name = "abs.add.package"
    _description = "Add package"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id")
    sheet_id = fields.Many2one(
        "ov.bop.sheet",
        "Package",
        required=True,
        ondelete="cascade",
        domain="[('company_id', 'in', [company_id, False])]",
    )
    quantity = fields.Float(default=1.0, required=True)
    choice_ids = fields.One2many(
        "abs.add.package.choice",
        "wizard_id",
        "Properties",
        compute="_compute_rows",
        store=True,
        readonly=False,
    )
    line_ids = fields.One2many(
        "abs.add.package.line",
        "wizard_id",
        "Components",
        compute="_compute_rows",
        store=True,
        readonly=False,
    )

    @api.depends("sheet_id")
    def _compute_rows(self):
        for wizard in self:
            sheet = wizard.sheet_id
            wizard.choice_ids = [Command.clear()] + [
                Command.create({"property_id": prop.id}) for prop in sheet.property_ids
            ]
            wizard.line_ids = [Command.clear()] + [
                Command.create({"bop_line_id": line.id}) for line in sheet.line_ids
            ]

    def action_add(self):
        """Add the component lines to the quotation."""
        self.ensure_one()
        if self.quantity <= 0:
            raise BusinessError(self.env._("The quantity must be above 0."))
        chosen = self.choice_ids.filtered("option_id")
        swapped = self.line_ids.filtered("substitute_id")
        self.order_id._api_add_lines(
            [
                {
                    "bop_id": self.sheet_id.id,
                    "quantity": self.quantity,
                    "properties": {
                        str(row.property_id.id): row.option_id.id for row in chosen
                    },
                    "substitutions": {
                        str(row.bop_line_id.id): row.substitute_id.id for row in swapped
                    },
                }
            ]
        )
        return {"type": "ir.actions.act_window_close"}


class AddPackageChoice(models.TransientModel):
    _name = "abs.add.package.choice"
    _description = "Property chosen for a package"

    wizard_id = fields.Many2one("abs.add.package", required=True, ondelete="cascade")
    property_id = fields.Many2one("ov.bop.property", required=True, ondelete="cascade")
    required = fields.Boolean(related="property_id.required")
    option_id = fields.Many2one(
        "ov.bop.property.option",
        "Choice",
        ondelete="cascade",
        domain="[('property_id', '=', property_id)]",
    )


class AddPackageLine(models.TransientModel):
    _name = "abs.add.package.line"
    _description = "Component of a package to add"

    wizard_id = fields.Many2one("abs.add.package", required=True, ondelete="cascade")
    bop_line_id = fields.Many2one("ov.bop.line", required=True, ondelete="cascade")
    product_id = fields.Many2one(related="bop_line_id.product_id")
    quantity = fields.Float(related="bop_line_id.quantity")
    substitutable = fields.Boolean(related="bop_line_id.substitutable")
    allowed_ids = fields.Many2many("product.product", compute="_compute_allowed_ids")
    substitute_id = fields.Many2one(
        "product.product",
        "Instead",
        ondelete="cascade",
        domain="[('id', 'in', allowed_ids)]",
    )

    @api.depends("bop_line_id")
    def _compute_allowed_ids(self):
        for row in self:
            row.allowed_ids = row.bop_line_id._allowed_substitutes()
