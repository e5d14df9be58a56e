"""Relationship maps (MODULE_INTERCONNECTION_MAP, 'Master Relationship Map')."""

from ..api.base import Day, In, Key, Money, Out, Ref, Timestamp
from .assets import EventOut, SwapOut
from .repairs import RepairOut


class MapCustomerOut(Out):
    _model = "res.partner"
    id: int
    name: str
    phone: str | None
    email: str | None


class MapOrderOut(Out):
    _model = "sale.order"
    _source = {"currency": "currency_id.name"}
    id: int
    name: str
    state: str
    date_order: Timestamp | None
    amount_total: Money
    currency: str


class MapAssetOut(Out):
    _model = "ov.asset"
    _source = {
        "product": "product_id",
        "lot": "lot_id",
        "location": "location_id",
        "equipment": "equipment_id",
        "order": "order_id",
        "loaner_for": "loaner_for_id",
    }
    id: int
    name: str
    asset_code: str | None
    state: str
    product: Ref | None
    lot: Ref | None
    location: Ref | None
    equipment: Ref | None
    order: Ref | None
    loaner_for: Ref | None
    installation_date: Day | None


class MapEquipmentOut(Out):
    _model = "maintenance.equipment"
    _source = {
        "lot": "x_lot_id",
        "product": "x_product_id",
        "customer": "x_customer_id",
        "order": "x_order_id",
        "asset": "x_asset_id",
        "subscription": "x_subscription_id",
        "next_maintenance_date": "x_next_maintenance_date",
    }
    id: int
    name: str
    serial_no: str | None
    lot: Ref | None
    product: Ref | None
    customer: Ref | None
    order: Ref | None
    asset: Ref | None
    subscription: Ref | None
    next_maintenance_date: Day | None


class MapTicketOut(Out):
    _model = "helpdesk.ticket"
    _source = {"subject": "name", "stage": "stage_id", "asset": "x_asset_id"}
    id: int
    number: str
    subject: str
    stage: Ref | None
    asset: Ref | None
    closed: bool
    create_date: Timestamp


class MapTaskOut(Out):
    _model = "project.task"
    _source = {"project": "project_id", "stage": "stage_id", "ticket": "x_ticket_id"}
    id: int
    name: str
    project: Ref | None
    stage: Ref | None
    ticket: Ref | None


class MapRequestOut(Out):
    _model = "maintenance.request"
    _source = {"stage": "stage_id", "ticket": "x_ticket_id"}
    id: int
    name: str
    maintenance_type: str
    stage: Ref | None
    ticket: Ref | None
    schedule_date: Timestamp | None


class MapInvoiceOut(Out):
    _model = "account.move"
    _source = {"currency": "currency_id.name"}
    id: int
    name: str | None
    state: str
    move_type: str
    payment_state: str
    invoice_date: Day | None
    amount_total: Money
    amount_residual: Money
    currency: str

    @classmethod
    def _bulk_name(cls, records):
        """A draft has no number yet."""
        return {r.id: r.name if r.state == "posted" else None for r in records}

    @classmethod
    def _bulk_payment_state(cls, records):
        return records._api_payment_states()


class MapDeliveryOut(Out):
    _model = "stock.picking"
    _source = {"order": "sale_id"}
    id: int
    name: str
    state: str
    order: Ref | None
    scheduled_date: Timestamp | None
    date_done: Timestamp | None


class MapSubscriptionOut(Out):
    _model = "abs.subscription"
    _source = {"plan": "plan_id", "order": "order_id"}
    id: int
    code: str | None
    name: str | None
    state: str
    plan: Ref | None
    order: Ref | None


class MapEquityOut(Out):
    """What a lease-to-own customer has built up."""

    _model = "abs.subscription"
    _source = {"currency": "currency_id.name"}
    id: int
    equipment_value: Money
    equity_rate: float
    contract_months: int
    paid_periods: int
    paid_amount: Money
    equity: Money
    remaining_value: Money
    currency: str


class MapLineOut(Out):
    _model = "sale.order.line"
    _source = {
        "product": "product_id",
        "quantity": "product_uom_qty",
        "subtotal": "price_subtotal",
    }
    id: int
    product: Ref | None
    name: str
    quantity: float
    qty_delivered: float
    price_unit: float
    subtotal: Money


class MapMoveOut(Out):
    _model = "stock.move.line"
    _source = {
        "picking": "picking_id",
        "location_from": "location_id",
        "location_to": "location_dest_id",
    }
    id: int
    date: Timestamp
    reference: str | None
    picking: Ref | None
    location_from: Ref | None
    location_to: Ref | None


class MapLotOut(Out):
    _model = "stock.lot"
    id: int
    name: str


class CustomerMapOut(Out):
    """All that hangs on one customer; each list holds at most the newest 100."""

    customer: MapCustomerOut
    orders: list[MapOrderOut]
    assets: list[MapAssetOut]
    equipment: list[MapEquipmentOut]
    tickets: list[MapTicketOut]
    tasks: list[MapTaskOut]
    repairs: list[RepairOut]
    invoices: list[MapInvoiceOut]
    deliveries: list[MapDeliveryOut]
    subscriptions: list[MapSubscriptionOut]


class SerialMapOut(Out):
    """All that hangs on one serial number; the history begins with the oldest."""

    lot: MapLotOut
    product: Ref
    location: Ref | None
    asset: MapAssetOut | None
    assets: list[MapAssetOut]
    customer: Ref | None
    equipment: MapEquipmentOut | None
    order: MapOrderOut | None
    subscription: MapSubscriptionOut | None
    repairs: list[RepairOut]
    tickets: list[MapTicketOut]
    requests: list[MapRequestOut]
    swaps: list[SwapOut]
    history: list[EventOut]
    moves: list[MapMoveOut]


class SubscriptionMapOut(Out):
    """All that hangs on one subscription."""

    subscription: MapSubscriptionOut
    customer: MapCustomerOut
    order: MapOrderOut | None
    service_lines: list[MapLineOut]
    equipment_lines: list[MapLineOut]
    assets: list[MapAssetOut]
    equipment: list[MapEquipmentOut]
    equity: MapEquityOut | None
    tasks: list[MapTaskOut]
    tickets: list[MapTicketOut]
    repairs: list[RepairOut]
    repair_cost: Money
    currency: Ref
    invoices: list[MapInvoiceOut]
    deliveries: list[MapDeliveryOut]


class SerialQuery(In):
    """Which product, when several have this serial number."""

    product_id: Key | None = None

    def to_domain(self, name):
        """Return the domain of the serial ``name``."""
        product = [("product_id", "=", self.product_id)] if self.product_id else []
        return [("name", "=", name), *product]
