"""Short lists of what bodies name by id."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Api, Page, get
from ..schemas.choices import (
    ChoiceQuery,
    CountryOut,
    CountryQuery,
    CurrencyOut,
    JournalOut,
    JournalQuery,
    LocationOut,
    LocationQuery,
    OutletOut,
    OutletQuery,
    PaymentTermOut,
    PaymentTermQuery,
    PricelistOut,
    PricelistQuery,
    TicketStageOut,
    TicketStageQuery,
)

READERS = EMPLOYEE | API_KEY


class Choices(Api, http.Controller):
    @get("/api/outlets", audience=READERS)
    def list_outlets(self, query: OutletQuery) -> Page[OutletOut]:
        """List the points of sale of the caller's Service Accounts."""
        return self.page("ov.outlet", query)

    @get("/api/journals", audience=READERS)
    def list_journals(self, query: JournalQuery) -> Page[JournalOut]:
        """List the journals that take payments."""
        return self.page("account.journal", query)

    @get("/api/payment-terms", audience=READERS)
    def list_payment_terms(self, query: PaymentTermQuery) -> Page[PaymentTermOut]:
        """List payment terms."""
        return self.page("account.payment.term", query)

    @get("/api/pricelists", audience=READERS)
    def list_pricelists(self, query: PricelistQuery) -> Page[PricelistOut]:
        """List price lists."""
        return self.page("product.pricelist", query)

    @get("/api/ticket-stages", audience=READERS)
    def list_ticket_stages(self, query: TicketStageQuery) -> Page[TicketStageOut]:
        """List the stages of tickets, in their order."""
        return self.page("helpdesk.ticket.stage", query)

    @get("/api/locations", audience=READERS)
    def list_locations(self, query: LocationQuery) -> Page[LocationOut]:
        """List the places where goods are kept, or those of another usage."""
        return self.page("stock.location", query)

    @get("/api/currencies", audience=READERS)
    def list_currencies(self, query: ChoiceQuery) -> Page[CurrencyOut]:
        """List the currencies in use."""
        return self.page("res.currency", query)

    @get("/api/countries", audience=READERS)
    def list_countries(self, query: CountryQuery) -> Page[CountryOut]:
        """List countries with their ISO codes."""
        return self.page("res.country", query)
