"""``/api/products``: catalogue, categories and packages."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, One, Page, Rec, delete, get, post, put
from ..api.dump import rows
from ..schemas.products import (
    NO_BOM,
    BomLineIn,
    BomLineUpdate,
    BomOut,
    CatalogueOut,
    CategoryQuery,
    ProductIn,
    ProductOut,
    ProductQuery,
    ProductUpdate,
)

READERS = EMPLOYEE | API_KEY
BOM = ("/api/products/<ref>/bom", "/api/products/<ref>/bop")
BOM_LINE = tuple(f"{path}/<int:line>" for path in BOM)


class Products(Api, http.Controller):
    @get("/api/products", audience=READERS)
    def products(self, query: ProductQuery) -> Page[ProductOut]:
        """List the caller's catalogue."""
        return self.page("product.product", query)

    @post("/api/products", audience=READERS, role="staff", status=201)
    def create_product(self, body: ProductIn) -> One[ProductOut]:
        """Create a product of the caller's SA; admins and API keys may share it."""
        return self.model("product.product").abs_create_product(body.to_vals())

    @get("/api/products/categories", audience=READERS)
    def categories(self, query: CategoryQuery) -> CatalogueOut:
        """Show the category tree, or with ``view=products`` the products of one."""
        if query.view == "products":
            page = self.page("product.product", query)
            items, total, limit = rows(ProductOut, page.rows), page.total, query.size
        else:
            tree = self.env["product.category"]
            items = tree.abs_tree(
                query.category_id, query.to_domain(), flat=query.view == "flat"
            )
            total, limit = len(items), None
        return {
            "view": query.view,
            "total": total,
            "page": query.page,
            "limit": limit,
            "items": items,
        }

    @get("/api/products/<ref>", audience=READERS)
    def product(self, ref: str) -> One[ProductOut]:
        """Show one product by id or default code."""
        return self._product(ref)

    @put("/api/products/<ref>", audience=READERS, role="staff")
    def update_product(self, ref: str, body: ProductUpdate) -> One[ProductOut]:
        """Change a product; ``list_price`` is in the company's currency."""
        return self._product(ref).abs_update_product(body.to_vals())

    @delete("/api/products/<ref>", audience=READERS, role="staff")
    def archive_product(self, ref: str) -> One[ProductOut]:
        """Archive a product; orders and invoices keep it."""
        return self._product(ref).abs_archive_product()

    @get(BOM, audience=READERS)
    def bom(self, ref: str) -> BomOut:
        """Show what a package contains."""
        return self._product(ref).abs_bom() or NO_BOM

    @post(BOM, audience=READERS, role="staff", status=201)
    def add_bom_line(self, ref: str, body: BomLineIn) -> BomOut:
        """Add a component; the product becomes a package by its first one."""
        return self._product(ref).abs_add_component(body.to_vals())

    @put(BOM_LINE, audience=READERS, role="staff")
    def change_bom_line(
        self, ref: str, line: Rec["ov.bop.line"], body: BomLineUpdate
    ) -> BomOut:
        """Change quantity or substitutes of a component."""
        return self._product(ref).abs_change_component(line, body.to_vals())

    @delete(BOM_LINE, audience=READERS, role="staff")
    def remove_bom_line(self, ref: str, line: Rec["ov.bop.line"]) -> BomOut:
        """Take a component out of the package."""
        return self._product(ref).abs_remove_component(line)

    def _product(self, ref):
        domain = self.env["product.product"].abs_ref_domain(ref)
        return self.fetch("product.product", domain)
