"""The package of a product: the verbs of ``/api/products/<ref>/bom``.

Sources: workflow 1e and 1g, docs/contract.md 5.
"""

from odoo import models

from ...exceptions import BusinessError, Conflict, NotFound


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _abs_package(self):
        """Return the active package of the product (sudo; may be empty)."""
        self.ensure_one()
        return self.env["ov.bop.sheet"].sudo()._of_product(self)

    def _api_bom(self):
        """Return the package of the product that the caller may see (may be empty)."""
        self.ensure_one()
        sheets = self.env["ov.bop.sheet"].sudo(False)
        return sheets.search([("product_id", "=", self.id)], limit=1).sudo()

    def _api_add_component(self, vals):
        """Add a component to the product's package, which is made when missing.

        :param dict vals: ``product_id, quantity, substitutable, substitute_ids``
        :return: the ``ov.bop.sheet``
        :raises Conflict: ``component_exists``
        """
        self._abs_lock_for_edit()
        sheet = self._abs_package()
        sheet = sheet or sheet.create({"product_id": self.id})
        sheet._abs_add_line(vals)
        return sheet

    def _api_change_component(self, line, vals):
        """Change one component; returns the sheet. See :meth:`_api_add_component`."""
        sheet = self._abs_sheet_of(line.sheet_id)
        sheet._abs_change_line(line, vals)
        return sheet

    def _api_remove_component(self, line):
        """Take one component out of the package; returns the sheet."""
        sheet = self._abs_sheet_of(line.sheet_id)
        line.unlink()
        return sheet

    # ----- properties and options -------------------------------------------------

    def _api_add_property(self, vals):
        """Add a property with its options; returns the sheet.

        :param dict vals: ``name, required, options: [{name, line_id, product_id}]``
        :raises BusinessError: ``package_missing``; Conflict ``property_exists``,
            ``option_exists``
        """
        self._abs_lock_for_edit()
        sheet = self._abs_package()
        if not sheet:
            raise BusinessError(
                self.env._(
                    "%(product)s is no package yet: add a component first.",
                    product=self.display_name,
                ),
                code="package_missing",
            )
        sheet._abs_add_property(vals)
        return sheet

    def _api_change_property(self, prop, vals):
        """Rename a property, or make its choice required or not; returns the sheet."""
        sheet = self._abs_sheet_of(prop.sheet_id)
        sheet._abs_change_property(prop, vals)
        return sheet

    def _api_remove_property(self, prop):
        """Take a property with its options out of the package; returns the sheet."""
        sheet = self._abs_sheet_of(prop.sheet_id)
        prop.unlink()
        return sheet

    def _api_add_option(self, prop, vals):
        """Add an option: ``name``, and what it replaces by what; returns the sheet."""
        sheet = self._abs_sheet_of(prop.sheet_id)
        sheet._abs_add_option(prop, vals)
        return sheet

    def _api_change_option(self, prop, option, vals):
        """Change one option; returns the sheet. See :meth:`_api_add_option`."""
        sheet = self._abs_sheet_of(prop.sheet_id, option.property_id == prop)
        sheet._abs_change_option(option, vals)
        return sheet

    def _api_remove_option(self, prop, option):
        """Take out one option, but not the last one; returns the sheet."""
        sheet = self._abs_sheet_of(prop.sheet_id, option.property_id == prop)
        sheet._abs_remove_option(option)
        return sheet

    # ----- archive ----------------------------------------------------------------

    def _api_archive_package(self):
        """Archive the package: the product is sold as it is; returns the sheet.

        :raises NotFound: the product is no package
        """
        self._abs_lock_for_edit()
        sheet = self._abs_package()
        if not sheet:
            raise self._abs_no_such_part()
        sheet.action_archive()
        return sheet

    def _api_restore_package(self):
        """Bring back the package that was archived last; returns the sheet.

        :raises Conflict: ``not_archived``: the product has an active package
        :raises NotFound: there is none
        """
        self._abs_lock_for_edit()
        if self._abs_package():
            raise Conflict(
                self.env._(
                    "The package of %(product)s is not archived.",
                    product=self.display_name,
                ),
                code="not_archived",
            )
        sheets = self.env["ov.bop.sheet"].sudo()
        domain = [("product_id", "=", self.id), ("active", "=", False)]
        sheet = sheets.search(domain, order="write_date desc, id desc", limit=1)
        if not sheet:
            raise self._abs_no_such_part()
        sheet._abs_lock_below(self.browse())
        sheet.action_unarchive()
        return sheet

    def _abs_lock_for_edit(self):
        self.ensure_one()
        self._abs_lock()
        self._abs_require_editor()

    def _abs_sheet_of(self, sheet, belongs=True):
        """Return the sheet if it is this product's active one, locked for a change.

        :raises NotFound: it is not, or the part does not belong to the path's parent
        """
        self._abs_lock_for_edit()
        if sheet.product_id != self or not sheet.active or not belongs:
            raise self._abs_no_such_part()
        return sheet

    def _abs_no_such_part(self):
        return NotFound(
            self.env._(
                "The package of %(product)s has no such part.",
                product=self.display_name,
            )
        )
