"""Choices of a package (colour, size), which may swap a component."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from ...scope import Switch

#: on while the options of a property are replaced, some by others
REPLACING = Switch("options_replaced")


def stays_in(records, name, vals):
    """Refuse to move parts into another package: what hangs on them is of the first.

    :raises BusinessError: ``readonly_field``
    """
    if name in vals and any(record[name].id != vals[name] for record in records):
        raise BusinessError(
            records.env._(
                "A part stays in its package: remove it here and add it there."
            ),
            code="readonly_field",
            details=[{"field": name}],
        )


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

    @api.constrains("sheet_id", "name")
    def _check_name(self):
        for prop in self:
            prop.sheet_id._abs_check_name(prop.sheet_id.property_ids - prop, prop.name)

    def write(self, vals):
        stays_in(self, "sheet_id", vals)
        result = super(BopProperty, REPLACING.on(self)).write(vals)
        if "option_ids" in vals:
            self._require_options()
        return result

    def _require_options(self):
        for prop in self:
            if not prop.option_ids:
                prop._refuse_empty()

    def _refuse_empty(self):
        """Refuse a choice of nothing, of which buyers could take none."""
        raise BusinessError(
            self.env._(
                "%(property)s keeps at least one option: remove the property instead.",
                property=self.name,
            ),
            code="last_option",
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

    _abs_lines = ("name",)
