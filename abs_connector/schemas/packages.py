"""Packages: components, properties and options (docs/contract.md 5, workflow 1e)."""

from odoo.tools.translate import _
from pydantic import AliasChoices, Field

from ..api.base import AllOrNone, Id, In, Name, Out, Quantity, Ref


class BomLineOut(Out):
    _model = "ov.bop.line"
    _source = {"product": "product_id", "substitutes": "substitute_ids"}
    id: int
    product: Ref
    quantity: float
    substitutable: bool
    substitutes: list[Ref] = Field(
        description="empty though substitutable: any product of the same category"
    )


class BomOptionOut(Out):
    _model = "ov.bop.property.option"
    _source = {"product": "product_id", "line_id": "line_id.id"}
    id: int
    name: str
    line_id: int | None = Field(description="the component that this option replaces")
    product: Ref | None = Field(description="what comes instead")


class BomPropertyOut(Out):
    _model = "ov.bop.property"
    _source = {"options": "option_ids"}
    id: int
    name: str
    required: bool
    options: list[BomOptionOut]


class BomHead(Out):
    id: int
    name: str
    product: Ref


class BomOut(Out):
    """The package of a product; ``bom`` is null when the product is none."""

    _model = "ov.bop.sheet"
    _source = {"lines": "line_ids", "properties": "property_ids"}
    bom: BomHead | None
    lines: list[BomLineOut]
    properties: list[BomPropertyOut]

    @classmethod
    def _bulk_bom(cls, records):
        named = records.with_context(display_default_code=False)
        return {
            sheet.id: {
                "id": sheet.id,
                "name": sheet.name,
                "product": {
                    "id": sheet.product_id.id,
                    "name": sheet.product_id.display_name,
                },
            }
            for sheet in named
        }


NO_BOM = {"bom": None, "lines": [], "properties": []}


class BomLineUpdate(In):
    product_id: Id["product.product"] | None = None
    quantity: Quantity | None = Field(
        None, validation_alias=AliasChoices("quantity", "qty")
    )
    substitutable: bool | None = None
    substitute_ids: list[Id["product.product"]] | None = Field(
        None,
        max_length=200,
        validation_alias=AliasChoices("substitute_ids", "substitutes"),
    )

    def to_vals(self):
        return {k: v for k, v in super().to_vals().items() if v is not None}


class BomLineIn(BomLineUpdate):
    product_id: Id["product.product"]


class BomPropertyUpdate(In):
    name: Name | None = None
    required: bool | None = Field(
        None, description="the package cannot be sold without a choice"
    )

    def to_vals(self):
        return {k: v for k, v in super().to_vals().items() if v is not None}


class BomOptionUpdate(In):
    """``line_id`` and ``product_id`` together, or both null: a mere word."""

    _rules = (
        AllOrNone(
            *("line_id", "product_id"),
            say=lambda: _("name both line_id and product_id, or neither"),
        ),
    )

    name: Name | None = None
    line_id: Id["ov.bop.line"] | None = Field(
        None, description="the component that this option replaces"
    )
    product_id: Id["product.product"] | None = Field(
        None, description="what comes instead"
    )

    def to_vals(self):
        """Null empties the replacement; a name is kept."""
        vals = super().to_vals()
        if vals.get("name", "") is None:
            del vals["name"]
        return {k: v or False for k, v in vals.items()}


class BomOptionIn(BomOptionUpdate):
    name: Name


class BomPropertyIn(BomPropertyUpdate):
    name: Name
    options: list[BomOptionIn] = Field(min_length=1, max_length=100)

    def to_vals(self):
        vals = {"name": self.name, "required": self.required}
        return {**vals, "options": [option.to_vals() for option in self.options]}
