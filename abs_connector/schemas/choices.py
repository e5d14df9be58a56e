"""What bodies ask for by id: outlets, journals, terms, price lists, stages, places."""

from typing import Literal

from pydantic import Field

from ..api.base import Key, Name, Out, Query, Ref

Usage = Literal[
    "supplier", "view", "internal", "customer", "inventory", "production", "transit"
]


class ChoiceQuery(Query):
    """Short lists: a page holds them whole."""

    _limit = 100
    _max = 500
    _order = "name, id"
    _domain = {"q": ("name", "ilike")}

    q: Name | None = Field(None, description="part of the name")


class CompanyChoiceQuery(ChoiceQuery):
    company_id: Key | None = None


class OutletOut(Out):
    _model = "ov.outlet"
    _nouns = "outlets"
    _source = {"sa": "account_id", "company": "company_id", "warehouse": "warehouse_id"}

    id: int
    name: str
    code: str | None
    address: str | None
    sa: Ref | None
    company: Ref
    warehouse: Ref | None = Field(description="null: as the Service Account's")


class OutletQuery(CompanyChoiceQuery):
    _domain = {**ChoiceQuery._domain, "sa_id": ("account_id", "=")}

    sa_id: Key | None = None


class JournalOut(Out):
    _model = "account.journal"
    _nouns = "journals"
    _source = {
        "payment_source": "x_payment_source",
        "company": "company_id",
        "currency": "currency_id",
    }

    id: int
    name: str
    code: str
    type: str
    payment_source: str | None = Field(description="cash, bank or mobile_money")
    company: Ref
    currency: Ref | None = Field(description="null: the company's")


class JournalQuery(CompanyChoiceQuery):
    _order = "sequence, type, code, id"
    _domain = {
        **ChoiceQuery._domain,
        "type": None,
        "payment_source": ("x_payment_source", "="),
    }

    type: Literal["cash", "bank", "sale", "purchase", "general"] | None = Field(
        None, description="default: those that take payments, cash and bank"
    )
    payment_source: Literal["cash", "bank", "mobile_money"] | None = None

    def to_domain(self):
        kinds = (self.type,) if self.type else ("cash", "bank")
        return [*super().to_domain(), ("type", "in", kinds)]


class PaymentTermOut(Out):
    _model = "account.payment.term"
    _nouns = "payment_terms"
    _source = {"company": "company_id"}

    id: int
    name: str
    company: Ref | None = Field(description="null: of all companies")


class PaymentTermQuery(CompanyChoiceQuery):
    _order = "sequence, id"


class PricelistOut(Out):
    _model = "product.pricelist"
    _nouns = "pricelists"
    _source = {"company": "company_id", "currency": "currency_id"}

    id: int
    name: str
    currency: Ref
    company: Ref | None = Field(description="null: of all companies")


class PricelistQuery(CompanyChoiceQuery):
    _order = "sequence, id"
    _domain = {**ChoiceQuery._domain, "currency_id": ("currency_id", "=")}

    currency_id: Key | None = None


class TicketStageOut(Out):
    _model = "helpdesk.ticket.stage"
    _nouns = "ticket_stages"
    _source = {"company": "company_id"}

    id: int
    name: str
    sequence: int
    closed: bool
    company: Ref | None = Field(description="null: of all companies")


class TicketStageQuery(CompanyChoiceQuery):
    _order = "sequence, id"

    closed: bool | None = None


class LocationOut(Out):
    _model = "stock.location"
    _nouns = "locations"
    _source = {
        "full_name": "complete_name",
        "parent": "location_id",
        "warehouse": "warehouse_id",
        "company": "company_id",
        "role": "x_role",
    }

    id: int
    name: str
    full_name: str | None
    usage: str
    role: str | None = Field(description="sync_deployed, loaner_pool, service_repair")
    parent: Ref | None
    warehouse: Ref | None
    company: Ref | None = Field(description="null: of all companies")


class LocationQuery(CompanyChoiceQuery):
    _order = "complete_name, id"
    _domain = {"q": ("complete_name", "ilike"), "usage": None, "role": ("x_role", "=")}

    warehouse_id: Key | None = None
    role: Literal["sync_deployed", "loaner_pool", "service_repair"] | None = None
    usage: Usage | None = Field(
        None, description="default: internal, where goods are kept"
    )

    def to_domain(self):
        return [*super().to_domain(), ("usage", "=", self.usage or "internal")]


class CurrencyOut(Out):
    _model = "res.currency"
    _nouns = "currencies"

    id: int
    name: str = Field(description="ISO 4217")
    full_name: str | None
    symbol: str
    decimal_places: int


class CountryOut(Out):
    _model = "res.country"
    _nouns = "countries"

    id: int
    name: str
    code: str | None = Field(description="ISO 3166")
    phone_code: int | None


class CountryQuery(ChoiceQuery):
    _limit = 300
    _domain = {**ChoiceQuery._domain, "code": ("code", "=ilike")}

    code: Name | None = None
