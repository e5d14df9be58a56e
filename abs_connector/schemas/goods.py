"""Goods that move: receive, transfer, validate, return (SALES_WORKFLOW, reference)."""

from odoo.tools.translate import _
from pydantic import AliasChoices, Field

from ..api.base import AtLeastOne, Id, In, Key, Mark, Name, Text, Timestamp

MAX_LINES = 500
MAX_SERIALS = 5000


class _Lots(In):
    """The ways to name serials: ``lots`` (many), ``lot_name``, ``lot_id``."""

    lot_name: Mark | None = None
    lot_id: Id["stock.lot"] | None = None
    lots: list[Mark] | None = Field(None, max_length=MAX_SERIALS)

    def lot_vals(self):
        """Return the names and ids of the line's lots."""
        names = [*(self.lots or []), *([self.lot_name] if self.lot_name else [])]
        return {"lots": names, "lot_ids": [self.lot_id] if self.lot_id else []}


def quantity_field(*names, **limits):
    """Return an optional quantity that goes by several names."""
    return Field(None, validation_alias=AliasChoices(*names), le=1e9, **limits)


class GoodsLineIn(_Lots):
    """One product; the quantity is in ``uom_id``, else in the product's unit."""

    product_id: Id["product.product"]
    quantity: float | None = quantity_field("quantity", "qty", gt=0)
    uom_id: Id["uom.uom"] | None = None

    def to_vals(self):
        return {
            "product_id": self.product_id,
            "quantity": self.quantity,
            "uom_id": self.uom_id,
            **self.lot_vals(),
        }


class ReceiptLineIn(GoodsLineIn):
    _rules = (
        AtLeastOne(
            *("quantity", "lots", "lot_name", "lot_id"),
            say=lambda: _("quantity or lots are needed"),
        ),
    )


class _GoodsIn(In):
    scheduled_date: Timestamp | None = None
    note: Text | None = Field(None, validation_alias=AliasChoices("note", "reason"))
    validate_now: bool = Field(
        True,
        validation_alias="validate",
        description="do it at once, not only plan it",
    )
    lines: list[GoodsLineIn] = Field(min_length=1, max_length=MAX_LINES)

    def to_vals(self):
        """Return all fields, those that were not sent too."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        own["validate"] = own.pop("validate_now")
        own["lines"] = [line.to_vals() for line in self.lines]
        return own


class ReceiveIn(_GoodsIn):
    warehouse_id: Id["stock.warehouse"]
    partner_id: Id["res.partner"] | None = Field(
        None, validation_alias=AliasChoices("partner_id", "supplier_id")
    )
    origin: Name | None = Field(
        None, validation_alias=AliasChoices("origin", "reference")
    )
    lines: list[ReceiptLineIn] = Field(min_length=1, max_length=MAX_LINES)


class TransferIn(_GoodsIn):
    from_location_id: Id["stock.location"]
    to_location_id: Id["stock.location"]


class DoneLineIn(_Lots):
    """What moves of one line; the quantity is in the line's unit."""

    _rules = (
        AtLeastOne(
            *("move_id", "move_line_id", "product_id"),
            say=lambda: _("move_id or move_line_id is needed"),
        ),
    )

    move_id: Key | None = None
    move_line_id: Key | None = None
    product_id: Id["product.product"] | None = None
    quantity: float | None = quantity_field("qty_done", "quantity", "qty", ge=0)

    def to_vals(self):
        return {
            "move_id": self.move_id,
            "move_line_id": self.move_line_id,
            "product_id": self.product_id,
            "quantity": self.quantity,
            **self.lot_vals(),
        }


class _DoneIn(In):
    lines: list[DoneLineIn] | None = Field(None, max_length=MAX_LINES)

    def line_vals(self):
        """Return the lines as values, None when there are none."""
        return [line.to_vals() for line in self.lines or []] or None


class ValidateIn(_DoneIn):
    force_backorder: bool = Field(False, description="a part is enough")


class ReturnIn(_DoneIn):
    reason: Text | None = None
