"""Assets, their history and swaps (docs/contract.md 5)."""

from typing import Literal

from odoo.tools.translate import _
from pydantic import AliasChoices, Field

from ..api.base import (
    AtLeastOne,
    Day,
    ExactlyOne,
    Id,
    In,
    Key,
    Line,
    Mark,
    Name,
    Out,
    Query,
    Reason,
    Ref,
    Text,
    Timestamp,
)
from .contacts import AssignedOut

State = Literal["active", "inactive", "transferred", "decommissioned"]


class AssetOut(Out):
    """A unit at a customer, or one that was."""

    _model = "ov.asset"
    _noun = "asset"
    _source = {
        "product": "product_id",
        "lot": "lot_id",
        "partner": "partner_id",
        "order": "order_id",
        "subscription": "subscription_id",
        "equipment": "equipment_id",
        "location": "location_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
        "loaner_for": "loaner_for_id",
        "company": "company_id",
    }
    id: int
    name: str
    asset_code: str | None
    product: Ref | None
    lot: Ref | None
    partner: Ref | None
    order: Ref | None
    subscription: Ref | None
    equipment: Ref | None
    location: Ref | None
    installation_date: Day | None
    end_date: Day | None
    state: State
    notes: str | None
    loaner_for: Ref | None
    company: Ref | None
    sa: Ref | None
    actor: Ref | None
    write_date: Timestamp


class EventOut(Out):
    """One step in the life of a unit."""

    _model = "ov.asset.event"
    _strict = ("partner",)  # who had it before
    _source = {
        "picking": "picking_id",
        "location_from": "location_id",
        "location_to": "location_dest_id",
        "partner": "partner_id",
        "actor": "actor_id",
    }
    id: int
    date: Timestamp
    kind: str
    location_from: Ref | None
    location_to: Ref | None
    picking: Ref | None
    partner: Ref | None
    actor: Ref | None
    note: str | None


class SwapOut(Out):
    """A loaner that stands, or stood, in for a unit."""

    _model = "ov.asset.swap"
    _noun = "swap"
    _source = {
        "asset": "asset_id",
        "loaner": "loaner_lot_id",
        "loaner_asset": "loaner_asset_id",
        "repair": "repair_id",
        "ticket": "ticket_id",
    }
    id: int
    asset: Ref | None
    loaner: Ref | None
    loaner_asset: Ref | None
    repair: Ref | None
    ticket: Ref | None
    reason: str
    date_out: Timestamp | None
    date_back: Timestamp | None
    state: Literal["open", "returned"]


class AssetDetailOut(AssetOut):
    """One asset with its history and swaps."""

    _source = {
        **AssetOut._source,
        "history": "event_ids",
        "swaps": "swap_ids",
        "swap": "open_swap_id",
    }
    history: list[EventOut] = Field(description="newest first")
    swaps: list[SwapOut]
    swap: SwapOut | None = Field(description="the loaner that is out now")


class AssetQuery(Query):
    """Filters of the list of assets."""

    _domain = {
        "sa_id": ("x_sa_id", "="),
        "actor_id": ("x_actor_id", "="),
        "serial": ("lot_id.name", "="),
    }
    partner_id: Key | None = None
    sa_id: Key | None = None
    actor_id: Key | None = None
    state: State | None = None
    product_id: Key | None = None
    order_id: Key | None = None
    subscription_id: Key | None = None
    lot_id: Key | None = None
    asset_code: Line | None = None
    serial: Line | None = None


class AssetIn(In):
    """Register a unit: complete the asset of a delivered serial, or create one."""

    _rules = (
        AtLeastOne(
            *("name", "asset_code", "product_id", "lot_id"),
            say=lambda: _("name the unit: lot_id, asset_code, product_id or name"),
        ),
    )

    name: Name | None = None
    asset_code: Mark | None = Field(
        None, description="without lot_id it finds the serial number of that name"
    )
    product_id: Id["product.product"] | None = None
    lot_id: Id["stock.lot"] | None = None
    partner_id: Id["res.partner"] | None = Field(
        None, validation_alias=AliasChoices("partner_id", "customer_id")
    )
    order_id: Id["sale.order"] | None = None
    installation_date: Day | None = None
    notes: Text | None = None


class AssetUpdateIn(In):
    """Change a unit; ``note`` adds a remark to its history."""

    name: Name | None = None
    asset_code: Mark | None = None
    partner_id: Id["res.partner"] | None = Field(
        None, validation_alias=AliasChoices("partner_id", "customer_id")
    )
    installation_date: Day | None = None
    notes: Text | None = None
    note: Text | None = Field(
        None, validation_alias=AliasChoices("note", "swap_note", "repair_note")
    )
    state: State | None = None

    def to_vals(self):
        """Leave out what was sent empty: a unit keeps its name and customer."""
        return {key: v for key, v in super().to_vals().items() if v is not None}


class SwapIn(In):
    """Hand out a loaner from the loaner pool."""

    _rules = (
        ExactlyOne(
            *("loaner_lot_id", "loaner_serial"),
            say=lambda: _("name the loaner by loaner_lot_id or by loaner_serial"),
        ),
    )

    loaner_lot_id: Id["stock.lot"] | None = None
    loaner_serial: Mark | None = None
    reason: Reason
    ticket_id: Id["helpdesk.ticket"] | None = None


class AssignedAssetOut(AssignedOut):
    asset: AssetDetailOut
