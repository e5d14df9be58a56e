"""Changing a package: components, properties and options."""

from odoo import api, models
from odoo.fields import Command

from ...exceptions import BusinessError, Conflict


class BopSheet(models.Model):
    _inherit = "ov.bop.sheet"

    # ----- components -------------------------------------------------------------

    def _abs_add_line(self, vals):
        """Add a component; refuses one that is there already."""
        self.ensure_one()
        component = self.env["product.product"].browse(vals["product_id"])
        present = self.line_ids.filtered(lambda line: line.product_id == component)
        if present:
            raise Conflict(
                self.env._(
                    "%(product)s is already in the package %(package)s: change its "
                    "quantity instead.",
                    product=component.display_name,
                    package=self.name,
                ),
                code="component_exists",
            )
        self._abs_lock_below(component)
        self.line_ids = [Command.create(self._line_vals(vals))]

    def _abs_change_line(self, line, vals):
        self.ensure_one()
        changed = [vals.get("product_id"), *(vals.get("substitute_ids") or ())]
        products = self.env["product.product"].browse(filter(None, changed))
        self._abs_lock_below(products)
        line.write(self._line_vals(vals))

    @api.model
    def _line_vals(self, vals):
        """Return values of a line in which list and flag of substitutes agree."""
        vals = dict(vals)
        substitutes = vals.get("substitute_ids")
        if substitutes is not None:
            vals["substitute_ids"] = [Command.set(substitutes)]
            if substitutes:
                vals.setdefault("substitutable", True)
        elif vals.get("substitutable") is False:
            vals["substitute_ids"] = [Command.clear()]
        return vals

    def _abs_lock_below(self, added):
        """Queue writers whose new components could close a circle together."""
        tree = self.sudo()._component_tree(self.product_id | added)
        sheets = self.browse().union(self, *tree.values())
        sheets._abs_lock()

    # ----- properties and options -------------------------------------------------

    def _abs_add_property(self, vals):
        self.ensure_one()
        options = vals["options"]
        self._abs_check_name(self.property_ids, vals["name"])
        for index, option in enumerate(options):
            self._abs_check_option(option)
            names = [other["name"].casefold() for other in options[:index]]
            if option["name"].casefold() in names:
                raise self._abs_name_taken(option["name"], "option_exists")
        products = self.env["product.product"].browse(
            option["product_id"] for option in options if option.get("product_id")
        )
        self._abs_lock_below(products)
        self.property_ids = [
            Command.create(
                {
                    "name": vals["name"],
                    "required": vals.get("required") or False,
                    "option_ids": [Command.create(option) for option in options],
                }
            )
        ]

    def _abs_change_property(self, prop, vals):
        if vals.get("name"):
            self._abs_check_name(self.property_ids - prop, vals["name"])
        prop.write(vals)

    def _abs_add_option(self, prop, vals):
        self._abs_check_name(prop.option_ids, vals["name"], "option_exists")
        self._abs_check_option(vals)
        self._abs_lock_below(
            self.env["product.product"].browse(vals.get("product_id") or ())
        )
        prop.option_ids = [Command.create(vals)]

    def _abs_change_option(self, option, vals):
        if vals.get("name"):
            others = option.property_id.option_ids - option
            self._abs_check_name(others, vals["name"], "option_exists")
        self._abs_check_option(vals)
        self._abs_lock_below(
            self.env["product.product"].browse(vals.get("product_id") or ())
        )
        option.write(vals)

    def _abs_remove_option(self, option):
        if len(option.property_id.option_ids) == 1:
            raise BusinessError(
                self.env._(
                    "%(option)s is the last option of %(property)s: remove the property "
                    "instead.",
                    option=option.name,
                    property=option.property_id.name,
                ),
                code="last_option",
            )
        option.unlink()

    def _abs_check_option(self, vals):
        """Refuse a component of another package."""
        line = vals.get("line_id")
        if line and line not in self.line_ids.ids:
            raise BusinessError(
                self.env._(
                    "%(package)s has no component %(line)s: line_id is the id of one of "
                    "its lines.",
                    package=self.name,
                    line=line,
                ),
                code="component_unknown",
                details=[{"field": "line_id", "message": str(line)}],
            )

    def _abs_check_name(self, others, name, code="property_exists"):
        """Buyers name properties and options in upper or lower case alike."""
        if name.casefold() in (other.name.casefold() for other in others):
            raise self._abs_name_taken(name, code)

    def _abs_name_taken(self, name, code):
        return Conflict(
            self.env._(
                "%(package)s has %(name)s already: change that one.",
                package=self.name,
                name=name,
            ),
            code=code,
        )
