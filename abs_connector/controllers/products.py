"""``/api/products``: catalogue, categories, taxes; packages: ``packages.py``."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, One, Page, delete, get, post, put
from ..api.dump import rows
from ..schemas.products import (
    CatalogueOut,
    CategoryQuery,
    ProductIn,
    ProductOut,
    ProductQuery,
    ProductUpdate,
    TaxQuery,
    TaxRowOut,
)

READERS = EMPLOYEE | API_KEY


class Products(Api, http.Controller):
    @get("/api/products", audience=READERS)
    def list_products(self, query: ProductQuery) -> Page[ProductOut]:
        """List the caller's catalogue."""
        return self.page("product.product", query)

    @post("/api/products", audience=READERS, role="staff", status=201)
    def create_product(self, body: ProductIn) -> One[ProductOut]:
        """Create a product of the caller's SA; admins and API keys may share it."""
        return self.model("product.product")._api_create_product(body.to_vals())

    @get("/api/products/categories", audience=READERS)
    def list_categories(self, query: CategoryQuery) -> CatalogueOut:
        """Show the category tree, or with ``view=products`` the products of one."""
        if query.view == "products":
            page = self.page("product.product", query)
            items, total, limit = rows(ProductOut, page.rows), page.total, query.size
        else:
            tree = self.env["product.category"]
            items = tree._api_tree(
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

    @get("/api/products/<path:ref>", audience=READERS)
    def get_product(self, ref: str) -> One[ProductOut]:
        """Show one product by id or default code."""
        return self._product(ref)

    @put("/api/products/<path:ref>", audience=READERS, role="staff")
    def update_product(self, ref: str, body: ProductUpdate) -> One[ProductOut]:
        """Change a product; ``list_price`` is in the company's currency."""
        return self._product(ref, change=True)._api_update_product(body.to_vals())

    @delete("/api/products/<path:ref>", audience=READERS, role="staff")
    def archive_product(self, ref: str) -> One[ProductOut]:
        """Archive a product; orders and invoices keep it."""
        return self._product(ref, change=True)._api_archive_product()

    @post("/api/products/<path:ref>/restore", audience=READERS, role="staff")
    def restore_product(self, ref: str) -> One[ProductOut]:
        """Put an archived product back into the catalogue."""
        domain = self.env["product.product"]._api_archived_domain(ref)
        return self.fetch("product.product", domain)._api_restore_product()

    @get("/api/taxes", audience=READERS)
    def list_taxes(self, query: TaxQuery) -> Page[TaxRowOut]:
        """List the sales taxes that a product may have."""
        return self.page("account.tax", query)

    def _product(self, ref, change=False):
        domain = self.env["product.product"]._api_ref_domain(ref, change)
        return self.fetch("product.product", domain)
