"""The customer's own records: as everybody sees them, less what is internal."""

from typing import Literal

from ..api.base import Query
from ..payment_state import ledger_states
from .assets import AssetOut
from .invoices import InvoiceOut
from .orders import ApprovalOut, OrderOut
from .payments import PaymentOut
from .tickets import TicketOut


class OwnOrderOut(OrderOut):
    """An order without its approval's history and its maker."""

    approval_reason: None = None
    maker: None = None
    approvals: list[ApprovalOut] = []

    @classmethod
    def _bulk_approval_reason(cls, records):
        return {}

    @classmethod
    def _bulk_maker(cls, records):
        return {}

    @classmethod
    def _bulk_approvals(cls, records):
        return {record.id: [] for record in records}


class OwnOrderQuery(Query):
    _order = "date_order desc, id desc"
    _domain = {"state": None}

    state: Literal["draft", "sent", "sale", "done", "cancel"] | None = None

    def to_domain(self):
        domain = super().to_domain()
        if self.state in ("sale", "done"):
            finalized = self.state == "done"
            domain += [("state", "=", "sale"), ("x_finalized", "=", finalized)]
        elif self.state:
            domain.append(("state", "=", self.state))
        return domain


class OwnInvoiceOut(InvoiceOut):
    pass


class OwnInvoiceQuery(Query):
    _order = "invoice_date desc, id desc"
    _domain = {"payment_state": None}

    payment_state: Literal["not_paid", "partial", "paid", "reversed"] | None = None

    def to_domain(self):
        domain = super().to_domain()
        domain += [
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("state", "=", "posted"),
        ]
        if self.payment_state:
            domain.append(("payment_state", "in", ledger_states(self.payment_state)))
        return domain


class OwnPaymentOut(PaymentOut):
    pass


class OwnPaymentQuery(Query):
    _order = "date desc, id desc"

    def to_domain(self):
        return [*super().to_domain(), ("partner_type", "=", "customer")]


class OwnAssetOut(AssetOut):
    """A unit without the staff's notes."""

    notes: None = None

    @classmethod
    def _bulk_notes(cls, records):
        return {}


class OwnAssetQuery(Query):
    state: Literal["active", "inactive", "transferred", "decommissioned"] | None = None


class OwnTicketOut(TicketOut):
    pass


class OwnTicketQuery(Query):
    closed: bool | None = None
