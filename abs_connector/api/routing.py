"""Route decorators: no route exists without audience, contract and error mapping."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from odoo import http

from .contract import Contract

EMPLOYEE, CUSTOMER, API_KEY, PUBLIC = (
    frozenset({kind}) for kind in ("employee", "customer", "api_key", "public")
)
ROLES = (None, "staff", "sa_manager", "admin")
KEY_SCOPES = ("read", "write", "system")
#: every route of the API, in the order of definition
ROUTES: "list[Route]" = []
Verb = TypeVar("Verb", bound=Callable[..., Any])


@dataclass(frozen=True)
class Route:
    """One endpoint.

    :param tuple paths: the canonical path first, then its aliases
    :param frozenset audience: kinds of callers that are let in
    :param str role: employees need it (admins have all); None: every member
    :param str key_scope: what an API key must carry
    :param tuple statuses: of a success; the first where the verb names none
    :param tuple refuses: statuses of refusals that not every such route has
    :param str media: type of a success's body
    """

    method: str
    paths: tuple[str, ...]
    audience: frozenset[str]
    role: str | None
    key_scope: str
    statuses: tuple[int, ...]
    refuses: tuple[int, ...]
    media: str
    readonly: bool
    contract: Contract
    function: Callable[..., Any]

    @property
    def status(self) -> int:
        """The status of a success of which the verb says nothing else."""
        return self.statuses[0]

    def operation(self, path: str | None = None) -> str:
        """Return the operation's id, such as ``post_orders_by_order_confirm``.

        Made of verb and path, so that no two operations have the same.
        """
        words = (path or self.paths[0]).removeprefix("/api/")
        words = re.sub(r"<(?:\w+:)?(\w+)>", r"by_\1", words)
        return re.sub(r"\W+", "_", f"{self.method.lower()}_{words}").strip("_")

    def place(self, args: Mapping[str, object]) -> str:
        """Return the one spelling of the path that leads here with ``args``.

        ``/api/orders/007``, ``/api/orders/%37/`` and an alias of the route all lead to
        the record that ``/api/orders/7`` names.
        """
        return re.sub(
            r"<(?:\w+:)?(\w+)>", lambda found: str(args[found[1]]), self.paths[0]
        )


def _route(
    method: str,
    path: str | Iterable[str],
    *,
    audience: Iterable[str],
    role: str | None = None,
    status: int | Iterable[int] = 200,
    refuses: Iterable[int] = (),
    media: str = "application/json",
    readonly: bool | None = None,
    key_scope: str | None = None,
) -> Callable[[Verb], Verb]:
    paths = (path,) if isinstance(path, str) else tuple(path)
    reads = method == "GET"
    if (
        not audience
        or role not in ROLES
        or not all(p.startswith("/api/") for p in paths)
    ):
        raise TypeError(f"{method} {paths} is not a complete route")

    def decorator(function: Verb) -> Verb:
        route = Route(
            method=method,
            paths=paths,
            audience=frozenset(audience),
            role=role,
            key_scope=key_scope or ("read" if reads else "write"),
            statuses=(status,) if isinstance(status, int) else tuple(status),
            refuses=tuple(refuses),
            media=media,
            readonly=reads if readonly is None else readonly,
            contract=Contract(function),
            function=function,
        )
        ROUTES.append(route)
        served: Verb = http.route(
            list(paths),
            type="abs_api",
            auth="abs_api",
            methods=[method],
            csrf=False,
            save_session=False,
            readonly=route.readonly,
            abs_route=route,
        )(function)
        return served

    return decorator


def get(path: str | Iterable[str], **options: Any) -> Callable[[Verb], Verb]:
    """Declare a read-only endpoint."""
    return _route("GET", path, **options)


def post(path: str | Iterable[str], **options: Any) -> Callable[[Verb], Verb]:
    """Declare an endpoint that acts."""
    return _route("POST", path, **options)


def put(path: str | Iterable[str], **options: Any) -> Callable[[Verb], Verb]:
    """Declare an endpoint that changes a record."""
    return _route("PUT", path, **options)


def delete(path: str | Iterable[str], **options: Any) -> Callable[[Verb], Verb]:
    """Declare an endpoint that ends or archives a record."""
    return _route("DELETE", path, **options)
