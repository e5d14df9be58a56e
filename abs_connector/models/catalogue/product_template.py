"""Product master: PU taxonomy and visibility per Service Account.

Sources: workflow 1a-1c (taxonomy and its rules), docs/contract.md 1.5, 1.7 and docs/contract.md 5
'Products' (who sees what).
"""

from odoo import api, fields, models

from ...exceptions import BusinessError
from ...scope import Grant, Scope
from ..base.domain import any_of

PU_CATEGORIES = [
    ("physical", "Physical"),
    ("service", "Service"),
    ("contract", "Contract"),
    ("digital", "Digital"),
]
SERVICE_TYPES = [("access", "Access"), ("gage", "Gage")]
CONTRACT_TYPES = [
    ("privilege", "Privilege"),
    ("warranty", "Warranty"),
    ("rental", "Rental"),
    ("maintenance", "Maintenance"),
    ("asset_assignment", "Asset assignment"),
    ("one_off", "One-off"),
    ("lease", "Lease"),
    ("paygo", "PAYGO"),
    ("subscription", "Subscription"),
]
PU_METRICS = [
    ("piece", "Piece"),
    ("duration", "Duration"),
    ("count", "Count"),
    ("energy", "Energy (kWh)"),
    ("distance", "Distance (km)"),
    ("watt_peak", "Watt peak"),
]
RECURRING_CATEGORIES = ("contract", "digital")


class ProductTemplate(models.Model):
    """Stamp only: whose catalogue it is in; unstamped ones are everybody's."""

    _name = "product.template"
    _inherit = ["product.template", "abs.stamp.mixin"]
    _sa_customer_field = None
    _sa_named_freely = True
    _sa_default_at_create = False
    _sa_open_domain = ((0, "=", 1),)
    x_pu_category = fields.Selection(
        PU_CATEGORIES, string="PU Category", index=True, tracking=True
    )
    x_service_type = fields.Selection(SERVICE_TYPES, string="Service Type")
    x_contract_type = fields.Selection(CONTRACT_TYPES, string="Contract Type")
    x_pu_metric = fields.Selection(PU_METRICS, string="PU Metric")
    x_product_family = fields.Selection(
        related="categ_id.x_product_family", store=True, index=True
    )
    recurring_invoice = fields.Boolean(
        string="Recurring",
        help="Billed again every period of its plan (contract and digital products).",
    )
    x_bop_sheet_ids = fields.One2many(
        "ov.bop.sheet", "product_tmpl_id", string="Package"
    )
    _abs_marks = ("default_code", "barcode")
    _abs_lines = ("name",)

    @api.model
    def _abs_grant_domains(self, scope):
        """Products of the caller's SAs and of those above, unstamped ones, and all of
        the categories in ``abs_connector.unscoped_catalog_category_ids`` (docs/contract.md 5)."""
        account_ids = {i for grant in scope.grants for i in grant.account_ids}
        accounts = (
            self.env["ov.serviced_account"].sudo().browse(sorted(account_ids)).exists()
        )
        visible = sorted(account_ids | accounts._above_ids())
        domains = [[("x_sa_id", "in", [*visible, False])]]
        open_roots = self._abs_open_category_ids()
        if open_roots:
            domains.append([("categ_id", "child_of", open_roots)])
        return domains

    @api.model
    def _abs_open_category_ids(self):
        key = "abs_connector.unscoped_catalog_category_ids"
        value = self.env["ir.config_parameter"].sudo().get_param(key) or ""
        ids = [int(p) for p in value.replace(" ", "").split(",") if p.isdigit()]
        return self.env["product.category"].sudo().browse(ids).exists().ids

    @api.model
    def _abs_scope_domain(self, scope):
        if scope.kind != "employee":
            return super()._abs_scope_domain(scope)
        companies = ("company_id", "in", [*scope.company_ids, False])
        return ["&", companies, *any_of(self._abs_grant_domains(scope))]

    # ----- PU rules ---------------------------------------------------------------

    @api.constrains(
        "x_pu_category",
        "x_service_type",
        "x_contract_type",
        "recurring_invoice",
        "type",
    )
    def _check_pu_rules(self):
        for product in self:
            problem = product._pu_problem()
            if problem:
                field, sentence = problem
                raise BusinessError(
                    sentence,
                    code="pu_rule",
                    details=[{"field": field, "message": sentence}],
                )

    def _pu_problem(self):
        """Return ``(field, sentence)`` of the first broken PU rule, or None."""
        self.ensure_one()
        category, name = self.x_pu_category, self.display_name
        if self.x_service_type and category != "service":
            return "x_service_type", self.env._(
                "%(product)s: a service type is only for the PU category Service. "
                "Clear it or change the category.",
                product=name,
            )
        if self.x_contract_type and category != "contract":
            return "x_contract_type", self.env._(
                "%(product)s: a contract type is only for the PU category Contract. "
                "Clear it or change the category.",
                product=name,
            )
        if self.recurring_invoice and category not in RECURRING_CATEGORIES:
            return "recurring_invoice", self.env._(
                "%(product)s: recurring billing is only for the PU categories Contract "
                "and Digital.",
                product=name,
            )
        if category == "physical" and self.type == "service":
            return "product_type", self.env._(
                "%(product)s: a physical product cannot be of type Service. "
                "Choose Goods, or another PU category.",
                product=name,
            )
        if category and category != "physical" and self.type != "service":
            return "product_type", self.env._(
                "%(product)s: a product of the PU categories Service, Contract or "
                "Digital must be of type Service.",
                product=name,
            )
        return None

    @api.onchange("x_pu_category")
    def _onchange_x_pu_category(self):
        if self.x_pu_category != "service":
            self.x_service_type = False
        if self.x_pu_category != "contract":
            self.x_contract_type = False
        if self.x_pu_category not in RECURRING_CATEGORIES:
            self.recurring_invoice = False
        if self.x_pu_category == "physical" and self.type == "service":
            self.type = "consu"
        elif self.x_pu_category and self.x_pu_category != "physical":
            self.type = "service"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._before_create(vals) for vals in vals_list])

    @api.model
    def _before_create(self, vals):
        """Only goods have stock, so the PU category decides an omitted type."""
        category = vals.get("x_pu_category")
        if category and category != "physical" and "type" not in vals:
            vals = {**vals, "type": "service"}
        return vals

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        grant = Grant("sa_wide", (account_id,), 0)
        return self._abs_scope_domain(Scope("employee", (grant,), tuple(company_ids)))
