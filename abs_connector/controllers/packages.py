"""``/api/products/<path:ref>/bom``: what a package contains and offers to choose."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, Rec, delete, get, post, put
from ..schemas.packages import (
    NO_BOM,
    BomLineIn,
    BomLineUpdate,
    BomOptionIn,
    BomOptionUpdate,
    BomOut,
    BomPropertyIn,
    BomPropertyUpdate,
)

READERS = EMPLOYEE | API_KEY
STAFF = {"audience": READERS, "role": "staff"}
BOM = ("/api/products/<path:ref>/bom", "/api/products/<path:ref>/bop")


def _below(tail):
    return tuple(f"{path}/{tail}" for path in BOM)


LINE = _below("<int:line>")
PROPERTIES = _below("properties")
PROPERTY = _below("properties/<int:prop>")
OPTIONS = _below("properties/<int:prop>/options")
OPTION = _below("properties/<int:prop>/options/<int:option>")


class Packages(Api, http.Controller):
    @get(BOM, audience=READERS)
    def get_bom(self, ref: str) -> BomOut:
        """Show what a package contains."""
        return self._product(ref)._api_bom() or NO_BOM

    @post(BOM, status=201, **STAFF)
    def add_bom_line(self, ref: str, body: BomLineIn) -> BomOut:
        """Add a component; the product becomes a package by its first one."""
        return self._product(ref, change=True)._api_add_component(body.to_vals())

    @put(LINE, **STAFF)
    def change_bom_line(
        self, ref: str, line: Rec["ov.bop.line"], body: BomLineUpdate
    ) -> BomOut:
        """Change quantity or substitutes of a component."""
        return self._product(ref, change=True)._api_change_component(
            line, body.to_vals()
        )

    @delete(LINE, **STAFF)
    def remove_bom_line(self, ref: str, line: Rec["ov.bop.line"]) -> BomOut:
        """Take a component out of the package."""
        return self._product(ref, change=True)._api_remove_component(line)

    @delete(BOM, **STAFF)
    def archive_bom(self, ref: str) -> BomOut:
        """Archive the package; the product is sold as it is."""
        return self._product(ref, change=True)._api_archive_package()

    @post(_below("restore"), **STAFF)
    def restore_bom(self, ref: str) -> BomOut:
        """Bring back the package that was archived last."""
        return self._product(ref, change=True)._api_restore_package()

    @post(PROPERTIES, status=201, **STAFF)
    def add_bom_property(self, ref: str, body: BomPropertyIn) -> BomOut:
        """Add a property (colour, size) with its options."""
        return self._product(ref, change=True)._api_add_property(body.to_vals())

    @put(PROPERTY, **STAFF)
    def change_bom_property(
        self, ref: str, prop: Rec["ov.bop.property"], body: BomPropertyUpdate
    ) -> BomOut:
        """Rename a property, or make its choice required or not."""
        return self._product(ref, change=True)._api_change_property(
            prop, body.to_vals()
        )

    @delete(PROPERTY, **STAFF)
    def remove_bom_property(self, ref: str, prop: Rec["ov.bop.property"]) -> BomOut:
        """Take a property with its options out of the package."""
        return self._product(ref, change=True)._api_remove_property(prop)

    @post(OPTIONS, status=201, **STAFF)
    def add_bom_option(
        self, ref: str, prop: Rec["ov.bop.property"], body: BomOptionIn
    ) -> BomOut:
        """Add an option of a property."""
        return self._product(ref, change=True)._api_add_option(prop, body.to_vals())

    @put(OPTION, **STAFF)
    def change_bom_option(
        self,
        ref: str,
        prop: Rec["ov.bop.property"],
        option: Rec["ov.bop.property.option"],
        body: BomOptionUpdate,
    ) -> BomOut:
        """Rename an option, or change what it replaces."""
        return self._product(ref, change=True)._api_change_option(
            prop, option, body.to_vals()
        )

    @delete(OPTION, **STAFF)
    def remove_bom_option(
        self,
        ref: str,
        prop: Rec["ov.bop.property"],
        option: Rec["ov.bop.property.option"],
    ) -> BomOut:
        """Take an option out of a property."""
        return self._product(ref, change=True)._api_remove_option(prop, option)

    def _product(self, ref, change=False):
        domain = self.env["product.product"]._api_ref_domain(ref, change)
        return self.fetch("product.product", domain)
