"""Tickets and what they lead to (docs/contract.md 5)."""

from typing import Annotated, Literal

from odoo.tools import html2plaintext
from pydantic import AliasChoices, BeforeValidator, Field, WithJsonSchema

from ..api.base import Day, Id, In, Key, Name, Out, Query, Ref, Text, Timestamp, Told
from .contacts import AssignedOut
from .repairs import PartIn

_WORDS = {"low": "0", "medium": "1", "normal": "1", "high": "2", "urgent": "3"}


def _priority(value):
    """Read a word or a number as Odoo's ``0`` to ``3``."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _WORDS.get(value.lower(), value) if isinstance(value, str) else value


Priority = Annotated[
    Literal["0", "1", "2", "3"],
    BeforeValidator(_priority),
    Field(description="0 low, 1 medium, 2 high, 3 very high"),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["0", "1", "2", "3", *_WORDS], "type": "string"},
                {"minimum": 0, "maximum": 3, "type": "integer"},
            ]
        }
    ),
]


class TicketOut(Out):
    """A customer issue."""

    _model = "helpdesk.ticket"
    _noun = "ticket"
    _source = {
        "subject": "name",
        "stage": "stage_id",
        "partner": "partner_id",
        "asset": "x_asset_id",
        "equipment": "x_equipment_id",
        "order": "x_order_id",
        "resolution": "x_resolution",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
    }
    id: int
    number: str
    subject: str
    description: str
    priority: str | None
    stage: Ref | None
    closed: bool
    resolution: str | None
    partner: Ref | None
    asset: Ref | None
    equipment: Ref | None
    order: Ref | None
    sa: Ref | None
    actor: Ref | None
    create_date: Timestamp
    closed_date: Timestamp | None
    write_date: Timestamp

    @classmethod
    def _bulk_description(cls, records):
        """The text without its markup."""
        return {r.id: html2plaintext(r.description or "").strip() for r in records}


class TicketTaskOut(Out):
    """A technician's task."""

    _model = "project.task"
    _noun = "task"
    _source = {
        "project": "project_id",
        "stage": "stage_id",
        "partner": "partner_id",
        "ticket": "x_ticket_id",
        "asset": "x_asset_id",
        "equipment": "x_equipment_id",
        "order": "sale_line_id.order_id",
    }
    id: int
    name: str
    project: Ref | None
    stage: Ref | None
    state: str
    partner: Ref | None
    ticket: Ref | None
    asset: Ref | None
    equipment: Ref | None
    order: Ref | None
    date_deadline: Timestamp | None


class RequestOut(Out):
    """A maintenance request."""

    _model = "maintenance.request"
    _noun = "maintenance_request"
    _source = {
        "equipment": "equipment_id",
        "asset": "x_asset_id",
        "lot": "x_lot_id",
        "ticket": "x_ticket_id",
        "stage": "stage_id",
        "team": "maintenance_team_id",
        "sa": "x_sa_id",
        "actor": "x_actor_id",
        "done": "stage_id.done",
    }
    id: int
    name: str
    maintenance_type: Literal["corrective", "preventive"]
    equipment: Ref | None
    asset: Ref | None
    lot: Ref | None
    ticket: Ref | None
    stage: Ref | None
    done: bool
    team: Ref | None
    schedule_date: Timestamp | None
    request_date: Day | None
    sa: Ref | None
    actor: Ref | None


class TicketDetailOut(TicketOut):
    """One ticket with what it led to."""

    _source = {
        **TicketOut._source,
        "repairs": "x_repair_ids",
        "maintenance_requests": "x_request_ids",
        "tasks": "x_task_ids",
    }
    repairs: list[Ref]
    maintenance_requests: list[Ref]
    tasks: list[Ref]


class TicketQuery(Query):
    """Filters of the list of tickets."""

    _order = "create_date desc, id desc"
    _domain = {
        "sa_id": ("x_sa_id", "="),
        "actor_id": ("x_actor_id", "="),
        "asset_id": ("x_asset_id", "="),
        "order_id": ("x_order_id", "="),
        "closed": ("stage_id.closed", "="),
    }
    partner_id: Key | None = None
    stage_id: Key | None = None
    sa_id: Key | None = None
    actor_id: Key | None = None
    asset_id: Key | None = None
    order_id: Key | None = None
    priority: Priority | None = None
    closed: bool | None = None


class TicketIn(In):
    """Open a ticket."""

    subject: Name = Field(validation_alias=AliasChoices("subject", "name"))
    description: Told
    partner_id: Id["res.partner"] = Field(
        validation_alias=AliasChoices("partner_id", "customer_id")
    )
    asset_id: Id["ov.asset"] | None = None
    order_id: Id["sale.order"] | None = None
    priority: Priority | None = None


class TicketUpdateIn(In):
    """Change a ticket."""

    subject: Name | None = Field(None, validation_alias=AliasChoices("subject", "name"))
    description: Text | None = None
    priority: Priority | None = None
    stage_id: Id["helpdesk.ticket.stage"] | None = None
    asset_id: Id["ov.asset"] | None = None


class TicketCloseIn(In):
    """Close a ticket."""

    resolution: Text | None = None


class TicketRepairIn(In):
    """Send the ticket's unit to repair."""

    parts: list[PartIn] = Field([], max_length=100)
    note: Text | None = None


class TicketRequestIn(In):
    """Ask for maintenance of the ticket's unit."""

    note: Text | None = None
    schedule_date: Timestamp | None = None


class TicketTaskIn(In):
    """Send a technician."""

    note: Text | None = None
    deadline: Timestamp | None = None


class AssignedTicketOut(AssignedOut):
    ticket: TicketDetailOut
