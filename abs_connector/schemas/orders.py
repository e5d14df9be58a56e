"""Quotations and orders on their way in and out (docs/contract.md 5; workflows 2 to 4)."""

from typing import Annotated, Literal

from odoo.tools.translate import _
from pydantic import AliasChoices, Field

from ..api.base import (
    AtLeastOne,
    Day,
    Id,
    In,
    Key,
    Line,
    Money,
    Name,
    Needs,
    NotTogether,
    Out,
    Quantity,
    Ref,
    Text,
    Timestamp,
    Told,
)
from .contacts import AssignedOut
from .documents import PARTNER, CustomerId, DocumentQuery
from .invoices import InvoiceBriefOut
from .pickings import PickingBriefOut

PRODUCTS = AliasChoices("products", "lines")
Price = Annotated[float, Field(ge=0, le=1e12)]
Percent = Annotated[float, Field(ge=0, le=100)]
# A name that is no line fits no pattern, so it is no name of a choice.
Choices = Annotated[
    dict[Line, Line | int], Field(json_schema_extra={"additionalProperties": False})
]

State = Literal["draft", "sent", "sale", "done", "cancel"]
ApprovalState = Literal["not_required", "required", "pending", "approved", "rejected"]


class OrderLineOut(Out):
    _model = "sale.order.line"
    _source = {
        "product": "product_id",
        "quantity": "product_uom_qty",
        "subtotal": "price_subtotal",
        "bop": "x_bop_id",
    }
    _reads = ("tax_id.name", "tax_ids.name")  # 18.0, 19.0

    id: int
    product: Ref | None
    name: str
    quantity: float
    price_unit: Money
    discount: float
    taxes: list[Ref]
    subtotal: Money
    qty_delivered: float
    qty_invoiced: float
    bop: Ref | None

    @classmethod
    def _bulk_taxes(cls, records):
        return records._api_tax_refs()


class ApprovalOut(Out):
    """One step of the approval's history."""

    _model = "abs.order.approval"
    _source = {"actor": "actor_id", "currency": "currency_id"}

    kind: Literal["request", "approve", "reject", "void"]
    actor: Ref | None
    note: str | None
    amount: Money
    currency: Ref
    date: Timestamp


class SessionOut(Out):
    """Where the order was made: SA, person, point of sale, and app or web client."""

    sa: Ref | None
    actor: Ref | None
    outlet: Ref | None
    channel_partner: Ref | None
    source: Literal["api", "web"] | None


class OrderOut(Out):
    _model = "sale.order"
    _noun = "order"
    _source = {
        "partner": "partner_id",
        "company": "company_id",
        "currency": "currency_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
        "maker": "x_maker_id",
        "outlet": "x_outlet_id",
        "warehouse": "warehouse_id",
        "channel_partner": "x_channel_partner_id",
        "payment_term": "payment_term_id",
        "approval_reason": "x_approval_reason",
        "approvals": "x_approval_ids",
        "lines": "order_line",
        "pickings": "picking_ids",
        "invoices": "invoice_ids",
    }
    _reads = (
        "x_finalized",
        "x_channel",
        "order_line.display_type",
        "order_line.is_downpayment",
        "order_line.qty_to_invoice",
        "order_line.product_id.invoice_policy",
    )

    id: int
    name: str
    state: State
    approval_state: ApprovalState
    approval_reason: str | None
    partner: Ref | None
    company: Ref | None
    currency: Ref | None
    sa: Ref | None
    actor: Ref | None
    maker: Ref | None
    outlet: Ref | None
    warehouse: Ref | None = Field(description="the depot that it ships from")
    channel_partner: Ref | None
    client_order_ref: str | None
    date_order: Timestamp | None
    validity_date: Day | None
    payment_term: Ref | None
    amount_untaxed: Money
    amount_tax: Money
    amount_total: Money
    invoice_status: str | None
    delivery_status: str | None
    payment_state: Literal["not_paid", "partial", "paid", "reversed"]
    lines: list[OrderLineOut]
    pickings: list[PickingBriefOut]
    invoices: list[InvoiceBriefOut]
    approvals: list[ApprovalOut]
    session: SessionOut
    write_date: Timestamp | None

    @classmethod
    def _bulk_state(cls, records):
        return records._api_states()

    @classmethod
    def _bulk_payment_state(cls, records):
        return records._api_payment_states()

    @classmethod
    def _bulk_session(cls, records):
        return records._api_sessions()


class OrderQuery(DocumentQuery):
    _order = "date_order desc, id desc"
    _day = "date_order"
    _text = ("name", "client_order_ref", "partner_id.name")
    _domain = {**DocumentQuery._domain, "outlet_id": ("x_outlet_id", "=")}

    state: State | None = None
    approval_state: ApprovalState | None = None
    partner_id: CustomerId = None
    outlet_id: Key | None = None
    invoice_status: Literal["upselling", "invoiced", "to invoice", "no"] | None = None
    delivery_status: Literal["pending", "started", "partial", "full"] | None = None

    def to_domain(self):
        domain = super().to_domain()
        if self.state in ("sale", "done"):
            done = self.state == "done"
            domain += [("state", "=", "sale"), ("x_finalized", "=", done)]
        elif self.state:
            domain.append(("state", "=", self.state))
        return domain


class LineIn(In):
    """A product, or a package (``bop_id``, or the package's product) to expand."""

    product_id: Id["product.product"] | None = None
    bop_id: Id["ov.bop.sheet"] | None = None
    quantity: Quantity = Field(1, validation_alias=AliasChoices("quantity", "qty"))
    price_unit: Price | None = Field(None, description="omitted: the pricelist's price")
    discount: Percent | None = Field(None, description="percent")
    name: Text | None = None
    properties: Choices | None = Field(None, description="{property: option}")
    substitutions: Choices | None = Field(None, description="{component: substitute}")

    _rules = (
        AtLeastOne(
            *("product_id", "bop_id"), say=lambda: _("name a product_id or a bop_id")
        ),
    )


def _other_product():
    return _("the product of a line is not changed: delete and add")


class LineChangeIn(In):
    """With ``id`` a change of that line, 0 or ``delete`` removes it; else a new one."""

    id: Key | None = None
    product_id: Id["product.product"] | None = None
    bop_id: Id["ov.bop.sheet"] | None = None
    quantity: float | None = Field(
        None, ge=0, le=1e9, validation_alias=AliasChoices("quantity", "qty")
    )
    price_unit: Price | None = None
    discount: Percent | None = None
    name: Text | None = None
    properties: Choices | None = None
    substitutions: Choices | None = None
    delete: bool = False

    _rules = (
        NotTogether("id", "product_id", say=_other_product),
        NotTogether("id", "bop_id", say=_other_product),
        AtLeastOne(
            *("id", "product_id", "bop_id"),
            say=lambda: _("name the id of a line, a product_id or a bop_id"),
        ),
        Needs(
            "id",
            delete=True,
            quantity=0,
            say=lambda: _("a new line has a quantity above 0"),
        ),
    )


class _HeaderIn(In):
    outlet_id: Id["ov.outlet"] | None = None
    warehouse_id: Id["stock.warehouse"] | None = Field(
        None,
        description="default: the outlet's, else that of the Service Account or of the "
        "nearest above, else the company's first",
    )
    channel_partner_id: Id["res.partner"] | None = None
    client_order_ref: Name | None = None
    date_order: Timestamp | None = None
    validity_date: Day | None = None
    commitment_date: Timestamp | None = None
    payment_term_id: Id["account.payment.term"] | None = None
    pricelist_id: Id["product.pricelist"] | None = None
    note: Text | None = None
    # lease-to-own (docs/contract.md 6)
    is_subscription: bool | None = None
    plan_id: Id["abs.subscription.plan"] | None = None
    x_equipment_value: Price | None = None
    x_equity_rate: Percent | None = None
    x_contract_months: int | None = Field(None, gt=0, le=600)

    def to_vals(self):
        """Return what was sent; nothing where a required value was sent as null."""
        vals = self.model_dump(exclude_unset=True)
        for name in (
            "date_order",
            "pricelist_id",
            "warehouse_id",
            "partner_id",
            "lines",
            "is_subscription",
        ):
            if name in vals and vals[name] is None:
                del vals[name]
        return vals


class QuotationIn(_HeaderIn):
    partner_id: Id["res.partner"] = Field(validation_alias=PARTNER)
    company_id: Key | None = Field(None, description="checked against the SA's")
    lines: list[LineIn] = Field(min_length=1, max_length=500, validation_alias=PRODUCTS)


class OrderIn(_HeaderIn):
    partner_id: Id["res.partner"] | None = Field(None, validation_alias=PARTNER)
    lines: list[LineChangeIn] | None = Field(
        None, max_length=500, validation_alias=PRODUCTS
    )


class LinesIn(In):
    lines: list[LineIn] = Field(min_length=1, max_length=500, validation_alias=PRODUCTS)

    def to_vals(self):
        return self.model_dump(exclude_unset=True)["lines"]


class NoteIn(In):
    note: Text | None = None


class RejectIn(In):
    reason: Told


class CancelIn(In):
    reason: Text | None = None


class PdfOut(Out):
    """A document; ``content`` is base64."""

    filename: str
    mimetype: str
    content: str


class AssignedOrderOut(AssignedOut):
    order: OrderOut
