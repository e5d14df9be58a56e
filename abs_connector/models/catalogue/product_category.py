"""Product families: what a category root sells (docs/contract.md 1.6)."""

from odoo import api, fields, models

from ...exceptions import BusinessError

PRODUCT_FAMILIES = [
    ("solar_home", "Solar home"),
    ("e_mobility", "E-mobility"),
    ("cross_grid", "Cross-grid"),
    ("off_grid", "Off-grid"),
]


class ProductCategory(models.Model):
    _inherit = "product.category"

    # Written on the category that starts a family, inherited by all below it. Odoo 18
    # keeps every category under "All", so the family's root is not always the tree's.
    x_product_family = fields.Selection(
        PRODUCT_FAMILIES,
        string="Product Family",
        compute="_compute_x_product_family",
        store=True,
        readonly=False,
        recursive=True,
        index=True,
        help="Named on the family's root category; the categories below take it over.",
    )

    @api.depends("parent_id.x_product_family")
    def _compute_x_product_family(self):
        for category in self:
            inherited = category.parent_id.x_product_family
            category.x_product_family = inherited or category.x_product_family

    @api.constrains("x_product_family", "parent_id")
    def _check_x_product_family(self):
        for category in self:
            inherited = category.parent_id.x_product_family
            if inherited and category.x_product_family != inherited:
                raise BusinessError(
                    self.env._(
                        "%(category)s lies below a category of another product family. "
                        "Set the family on the root category instead.",
                        category=category.display_name,
                    ),
                    code="product_family",
                )

    @api.model
    def _abs_scope_domain(self, scope):
        """Every caller who sells sees the whole tree: it names no customer."""
        if scope.kind in ("system", "admin", "employee"):
            return [(1, "=", 1)]
        return [(0, "=", 1)]

    @api.model
    def _api_tree(self, category_id=None, products=(), flat=False):
        """Return the categories below ``category_id`` (or all) with their products.

        :param list products: domain of the products that are counted
        Runs with the caller's own rights, so that the counts are those of its
        catalogue. Two queries, whatever the size of the tree.

        :return: ``[{"id", "name", "complete_name", "parent", "x_product_family",
            "product_count", "children": [same]}]``; with ``flat`` parents before
            children and ``children`` empty
        """
        domain = [("id", "child_of", category_id)] if category_id else []
        categories = self.search(domain, order="complete_name, id")
        counted = self.env["product.product"]._read_group(
            [("categ_id", "in", categories.ids), *products], ["categ_id"], ["__count"]
        )
        direct = {category.id: count for category, count in counted}
        rows, roots = {}, []
        for category in categories.sudo():
            parent = category.parent_id
            rows[category.id] = {
                "id": category.id,
                "name": category.name,
                "complete_name": category.complete_name,
                "parent": {"id": parent.id, "name": parent.complete_name}
                if parent
                else None,
                "x_product_family": category.x_product_family or None,
                "product_count": direct.get(category.id, 0),
                "children": [],
            }
        for category in categories.sudo():
            # parent_path "1/4/9/": everything counts for all its ancestors too.
            for ancestor in category.parent_path.split("/")[:-2]:
                if int(ancestor) in rows:
                    rows[int(ancestor)]["product_count"] += direct.get(category.id, 0)
            above = rows.get(category.parent_id.id)
            if above and not flat:
                above["children"].append(rows[category.id])
            else:
                roots.append(rows[category.id])
        return roots
