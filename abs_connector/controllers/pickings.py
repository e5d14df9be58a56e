"""Deliveries, receipts and transfers."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Answer, Api, One, Page, Rec, get, post
from ..schemas.orders import CancelIn
from ..schemas.pickings import (
    DeliveryOut,
    DeliveryQuery,
    DeliveryRowOut,
    ReceiptOut,
    ReceiptQuery,
    ReceiptRowOut,
    ReceiveIn,
    ReturnIn,
    TransferIn,
    TransferOut,
    ValidateIn,
)

STAFF = {"audience": EMPLOYEE, "role": "staff"}

READERS = EMPLOYEE | API_KEY


class Pickings(Api, http.Controller):
    @get("/api/stock/deliveries", audience=EMPLOYEE)
    def list_deliveries(self, query: DeliveryQuery) -> Page[DeliveryRowOut]:
        """List outbound pickings of the caller's Service Accounts."""
        return self.page("stock.picking", query)

    @get("/api/stock/deliveries/<int:delivery>", audience=READERS)
    def get_delivery(self, delivery: Rec["stock.picking"]) -> One[DeliveryOut]:
        """Show one delivery with its lines and serials."""
        return delivery._api_in_flow("delivery")

    @post("/api/stock/deliveries/<int:delivery>/validate", audience=EMPLOYEE)
    def validate_delivery(
        self, delivery: Rec["stock.picking"], body: ValidateIn
    ) -> One[DeliveryOut]:
        """Dispatch the goods; drafts the invoice of delivered lines."""
        delivery._api_in_flow("delivery")
        done = delivery._api_validate(body.line_vals(), body.force_backorder)
        return Answer(done, done._api_validated_message())

    @post("/api/stock/deliveries/<int:delivery>/return", audience=EMPLOYEE, status=201)
    def return_delivery(
        self, delivery: Rec["stock.picking"], body: ReturnIn
    ) -> One[TransferOut]:
        """Take delivered goods back into stock."""
        delivery._api_in_flow("delivery")
        back = delivery._api_return(body.line_vals(), body.reason)
        return Answer(back, back._api_validated_message())

    @post("/api/stock/deliveries/<int:delivery>/cancel", audience=EMPLOYEE)
    def cancel_delivery(
        self, delivery: Rec["stock.picking"], body: CancelIn
    ) -> One[DeliveryOut]:
        """Cancel the rest of a partial delivery."""
        delivery._api_in_flow("delivery")
        return delivery._api_cancel_delivery(body.reason)

    @get("/api/stock/receipts", audience=READERS)
    def list_receipts(self, query: ReceiptQuery) -> Page[ReceiptRowOut]:
        """List inbound pickings."""
        return self.page("stock.picking", query)

    @get("/api/stock/receipts/<int:receipt>", audience=READERS)
    def get_receipt(self, receipt: Rec["stock.picking"]) -> One[ReceiptOut]:
        """Show one receipt with its lines and serials."""
        return receipt._api_in_flow("receipt", "return", "transfer")

    @post("/api/stock/receipts/<int:receipt>/validate", **STAFF)
    def validate_receipt(
        self, receipt: Rec["stock.picking"], body: ValidateIn
    ) -> One[ReceiptOut]:
        """Take in the goods of a receipt (or of a transfer that was not validated)."""
        done = receipt._api_validate_receipt(body.line_vals(), body.force_backorder)
        return Answer(done, done._api_validated_message())

    @post(["/api/stock/receive", "/api/warehouse/receive"], status=201, **STAFF)
    def create_receipt(self, body: ReceiveIn) -> One[TransferOut]:
        """Create a goods receipt from a supplier and validate it."""
        picking = self.model("stock.picking")._api_receive(body.to_vals())
        return Answer(picking, picking._api_received_message())

    @post("/api/stock/transfer", status=201, **STAFF)
    def create_transfer(self, body: TransferIn) -> One[TransferOut]:
        """Move goods between locations, warehouses or companies."""
        pickings = self.model("stock.picking")._api_transfer(body.to_vals())
        return Answer(pickings[:1], pickings[:1]._api_transferred_message())
