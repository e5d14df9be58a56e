"""What every controller of the API can do; a mixin, never a common Controller base.

Odoo merges all leaves of one Controller base into one class, and methods of the same
name would overwrite each other: ``class Orders(Api, http.Controller)``.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytz
from odoo.http import request
from odoo.tools.translate import _

from ..exceptions import NotFound
from ..scope import Domain, Env, Principal, Records
from .base import MAX_ID, Query
from .contract import Page
from .routing import ROUTES


class Api:
    """Helpers of a controller; none of them grants access."""

    @property
    def env(self) -> Env:
        """The environment of the caller: its record rules apply.

        None outside of a request: Odoo looks at every attribute when it maps routes.
        """
        return request.env if request else None

    @property
    def principal(self) -> Principal:
        """Who calls, see :class:`~.scope.Principal`."""
        return request.abs_principal if request else None  # type: ignore[return-value]  # as env

    @property
    def headers(self) -> Mapping[str, str]:
        return request.httprequest.headers if request else None  # type: ignore[return-value]  # as env

    @property
    def raw_body(self) -> bytes | None:
        """The body's bytes, as they came (signed callbacks)."""
        return request.httprequest.get_data() if request else None

    @property
    def source(self) -> str | None:
        """The address that the request comes from. Odoo takes the word of a proxy
        (``X-Forwarded-For``) in ``proxy_mode`` only."""
        return request.httprequest.remote_addr if request else None

    def model(self, name: str) -> Records:
        """Return the model for a verb: rules were applied when records were fetched."""
        return self.env[name].sudo()

    def fetch(self, model: str, key: int | Domain) -> Records:
        """Return one record under the caller's rules, in sudo.

        :param key: an id, or a domain that names at most one record
        :raises NotFound: absent or out of scope (404)
        """
        domain = [("id", "=", key)] if isinstance(key, int) else key
        if isinstance(key, int) and key > MAX_ID:
            raise NotFound(self._not_found(model))
        record = self.env[model].search(domain, limit=1)
        if not record:
            raise NotFound(self._not_found(model))
        return record.sudo()

    def _not_found(self, model: str) -> str:
        label = self.env["ir.model"].sudo()._get(model).name or model
        return _("There is no such record, or it is not yours to see: %s.", label)

    def page(
        self,
        model: str,
        query: Query,
        domain: Sequence[Any] = (),
        order: str | None = None,
    ) -> Page[Any]:
        """Return one page of the caller's records of ``model``."""
        Model = self.env[model].with_context(**query._context)
        terms = local_days(Model, query.to_domain())
        terms += [*domain, *self._narrow(Model)]
        records = Model.search(
            terms, offset=query.offset, limit=query.size, order=order or query._order
        )
        total = query.offset + len(records)
        if len(records) == query.size or (query.offset and not records):
            total = Model.search_count(terms)
        return Page(records.sudo(), total, query)

    def _narrow(self, model: Records) -> Domain:
        """``X-SA-ID`` narrows lists to one SA, or to its company (docs/contract.md 1.10)."""
        account_id = self.principal.account_id
        if not account_id:
            return []
        company_ids = self.principal.company_ids[:1]
        domain: Domain = model._abs_narrow_domain(account_id, company_ids)
        return domain

    def permissions(self) -> list[str]:
        """Return the operations that the caller's kind and role open."""
        principal = self.principal
        return [
            route.operation()
            for route in ROUTES
            if principal.kind in route.audience and principal.has_role(route.role)
        ]

    def account(self) -> Records:
        """Return the Service Account that a create belongs to, in sudo.

        :raises BusinessError: ``sa_required`` when the caller has to name one,
            ``sa_inactive`` when it takes no records
        """
        return self.model("ir.http")._abs_creation_account()


def local_days(model: Records, domain: Domain) -> Domain:
    """Return a domain in which a day over a datetime means the day of the call.

    A filter given as a plain day is a day of the context's time zone, which the
    dispatcher sets; one given with a time is UTC (docs/contract.md 4). Odoo 18 would take the day
    as UTC, 19 as the zone's.
    """
    return [_at_time(model, term) for term in domain]


def _at_time(model: Records, term: Any) -> Any:
    if len(term) != 3:
        return term
    name, operator, day = term
    field = model._fields.get(name)
    is_day = isinstance(day, dt.date) and not isinstance(day, dt.datetime)
    if not is_day or field is None or field.type != "datetime":
        return term
    try:
        if operator in (">", "<="):  # the day as a whole: until the next one begins
            day += dt.timedelta(days=1)
        zone = pytz.timezone(model.env.context["tz"])
        start = zone.localize(dt.datetime.combine(day, dt.time.min))
        start = start.astimezone(pytz.utc).replace(tzinfo=None)
    except OverflowError:  # the first or last day that there is
        start = dt.datetime.combine(day, dt.time.min)
    return (name, {">": ">=", "<=": "<"}.get(operator, operator), start)
