"""Products, categories and taxes (docs/contract.md 5, workflow 1)."""

from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field

from ..api.base import (
    Id,
    In,
    Key,
    MarkOrEmpty,
    Money,
    Name,
    Out,
    Query,
    Ref,
    Text,
    Timestamp,
)
from ..card import ref

Family = Literal["solar_home", "e_mobility", "cross_grid", "off_grid"]
PuCategory = Literal["physical", "service", "contract", "digital"]
ServiceType = Literal["access", "gage"]
ContractType = Literal[
    "privilege",
    "warranty",
    "rental",
    "maintenance",
    "asset_assignment",
    "one_off",
    "lease",
    "paygo",
    "subscription",
]
# The setup guide says kwh where the workflow says energy (docs/contract.md 1.6).
PuMetric = Annotated[
    Literal["piece", "duration", "count", "energy", "distance", "watt_peak"],
    BeforeValidator(lambda value: "energy" if value == "kwh" else value),
    Field(json_schema_extra=lambda schema: schema["enum"].append("kwh")),
]
ProductType = Literal["product", "consu", "service"]
Tracking = Literal["none", "lot", "serial"]
InvoicePolicy = Literal["order", "delivery"]
FAMILIES = ("solar_home", "e_mobility", "cross_grid", "off_grid")
_TYPE_DOMAIN = {
    "product": [("is_storable", "=", True)],
    "consu": [("type", "=", "consu"), ("is_storable", "=", False)],
    "service": [("type", "=", "service")],
}


class TaxOut(Out):
    _model = "account.tax"
    id: int
    name: str
    amount: float = Field(description="per cent, or an amount of the currency")


class TaxRowOut(TaxOut):
    _source = {"company": "company_id"}
    amount_type: str = Field(description="percent, fixed, division, group, code")
    price_include: bool = Field(description="prices contain it already")
    company: Ref


class TaxQuery(Query):
    """The sales taxes that products may have."""

    _limit = 50
    _max = 200
    _order = "company_id, sequence, id"

    company_id: Key | None = None

    def to_domain(self):
        return [*super().to_domain(), ("type_tax_use", "=", "sale")]


class ProductOut(Out):
    """A sellable product (variant), priced for the caller's company."""

    _model = "product.product"
    _noun = "product"
    _source = {
        "template_id": "product_tmpl_id.id",
        "category": "categ_id",
        "uom": "uom_id",
        "company": "company_id",
        "sa": "x_sa_id",
        "description": "description_sale",
    }
    _reads = (
        "display_name",
        "is_storable",
        "type",
        "plan_id.display_name",
        "list_price",
        "taxes_id.active",
        "taxes_id.company_id",
    )

    id: int
    template_id: int
    name: str
    default_code: str | None
    barcode: str | None
    description: str | None
    active: bool
    product_type: str = Field(description="product (kept in stock), consu, service")
    tracking: str
    invoice_policy: str | None
    category: Ref | None
    x_product_family: str | None
    x_pu_category: str | None
    x_service_type: str | None
    x_contract_type: str | None
    x_pu_metric: str | None
    recurring_invoice: bool
    plan: Ref | None
    list_price: Money
    currency: Ref
    taxes: list[TaxOut]
    uom: Ref
    qty_available: float = Field(description="on hand in the caller's companies")
    qty_forecasted: float
    package: Ref | None = Field(description="set when the product is sold as a package")
    company: Ref | None
    sa: Ref | None
    write_date: Timestamp

    @classmethod
    def _bulk_name(cls, records):
        named = records.with_context(display_default_code=False)
        return {product.id: product.display_name for product in named}

    @classmethod
    def _bulk_product_type(cls, records):
        return {product.id: product._abs_product_type() for product in records}

    @classmethod
    def _bulk_list_price(cls, records):
        return records._abs_prices(records.env.company)

    @classmethod
    def _bulk_currency(cls, records):
        return dict.fromkeys(records.ids, ref(records.env.company.currency_id))

    @classmethod
    def _bulk_taxes(cls, records):
        return records._abs_taxes(records.env.company)

    @classmethod
    def _bulk_qty_available(cls, records):
        return {product.id: product.qty_available for product in records}

    @classmethod
    def _bulk_qty_forecasted(cls, records):
        return {product.id: product.virtual_available for product in records}

    @classmethod
    def _bulk_package(cls, records):
        return records._abs_packages()

    @classmethod
    def _bulk_plan(cls, records):
        return {product.id: ref(product.plan_id) for product in records}


class ProductQuery(Query):
    """Filters of the catalogue; ``pu_category`` also takes a product family."""

    _limit = 20
    _max = 100
    _order = "default_code, id"
    _domain = {"category_id": ("categ_id", "child_of")}

    q: Text | None = Field(None, description="in name, code or barcode")
    x_pu_category: Literal[PuCategory, Family] | None = Field(
        None, validation_alias=AliasChoices("x_pu_category", "pu_category")
    )
    x_product_family: Family | None = Field(
        None, validation_alias=AliasChoices("x_product_family", "product_family")
    )
    x_service_type: ServiceType | None = Field(
        None, validation_alias=AliasChoices("x_service_type", "service_type")
    )
    x_contract_type: ContractType | None = Field(
        None, validation_alias=AliasChoices("x_contract_type", "contract_type")
    )
    x_pu_metric: PuMetric | None = Field(
        None, validation_alias=AliasChoices("x_pu_metric", "pu_metric")
    )
    product_type: ProductType | None = None
    tracking: Tracking | None = None
    invoice_policy: InvoicePolicy | None = None
    recurring_invoice: bool | None = None
    default_code: Text | None = Field(
        None, validation_alias=AliasChoices("default_code", "sku")
    )
    category_id: Key | None = None
    active: bool | None = None

    def to_domain(self):
        handled = {"q": None, "x_pu_category": None, "product_type": None}
        plain = self.model_copy(update=handled)
        domain = super(ProductQuery, plain).to_domain()
        if self.q:
            names = ("name", "default_code", "barcode")
            domain += ["|", "|", *((name, "ilike", self.q) for name in names)]
        if self.x_pu_category:
            family = self.x_pu_category in FAMILIES
            field = "x_product_family" if family else "x_pu_category"
            domain.append((field, "=", self.x_pu_category))
        if self.product_type:
            domain += _TYPE_DOMAIN[self.product_type]
        return domain


class _ProductFields(In):
    default_code: MarkOrEmpty | None = Field(
        None, max_length=64, validation_alias=AliasChoices("default_code", "sku")
    )
    barcode: MarkOrEmpty | None = Field(None, max_length=64)
    description: Text | None = None
    product_type: ProductType | None = None
    tracking: Tracking | None = None
    invoice_policy: InvoicePolicy | None = None
    category_id: Id["product.category"] | None = None
    x_pu_category: PuCategory | None = Field(
        None, validation_alias=AliasChoices("x_pu_category", "pu_category")
    )
    x_service_type: ServiceType | None = Field(
        None, validation_alias=AliasChoices("x_service_type", "service_type")
    )
    x_contract_type: ContractType | None = Field(
        None, validation_alias=AliasChoices("x_contract_type", "contract_type")
    )
    x_pu_metric: PuMetric | None = Field(
        None, validation_alias=AliasChoices("x_pu_metric", "pu_metric")
    )
    recurring_invoice: bool | None = None
    plan_id: Id["abs.subscription.plan"] | None = None
    list_price: float | None = Field(None, ge=0, le=1e12)
    tax_ids: list[Id["account.tax"]] | None = Field(
        None,
        max_length=20,
        validation_alias=AliasChoices("tax_ids", "taxes"),
        description="replace the sales taxes of their company; null keeps them",
    )

    def to_vals(self):
        """Return values of ``_api_create_product``; null empties, or keeps a default."""
        vals = super().to_vals()
        if "category_id" in vals:
            vals["categ_id"] = vals.pop("category_id")
        if "description" in vals:
            vals["description_sale"] = vals.pop("description")
        kept = ("product_type", "tracking", "invoice_policy", "categ_id", "list_price")
        kept += ("recurring_invoice", "tax_ids")
        return {
            name: False if value is None else value
            for name, value in vals.items()
            if not (value is None and name in kept)
        }


class ProductIn(_ProductFields):
    name: Name
    company_id: Id["res.company"] | None = None


class ProductUpdate(_ProductFields):
    name: Name | None = None

    def to_vals(self):
        vals = super().to_vals()
        if vals.get("name") is False:
            del vals["name"]
        return vals


class CategoryOut(Out):
    """A product category with what lies below it."""

    id: int
    name: str
    complete_name: str
    parent: Ref | None
    x_product_family: str | None
    product_count: int = Field(description="the caller's products, sub-categories too")
    children: list["CategoryOut"]


class CategoryQuery(ProductQuery):
    """``view=tree`` (default) or ``flat`` gives categories, ``products`` products."""

    view: Literal["tree", "flat", "products"] = "tree"

    def to_domain(self):
        return super(CategoryQuery, self.model_copy(update={"view": None})).to_domain()


class CatalogueOut(Out):
    """Categories, or the products of one: see ``view``."""

    view: str
    total: int
    page: int
    limit: int | None
    items: list[ProductOut] | list[CategoryOut]
