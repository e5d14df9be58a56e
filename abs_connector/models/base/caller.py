"""Who acts: the API's technical user, a person in the web client, or the system.

What the kernel puts into the context is believed only for the technical user behind
``/api``, and only as an object of ``scope.py``.
"""

from typing import Literal

from ...scope import NO_CALL, NOBODY, Call, Env, Scope

ADMINISTRATOR = "abs_connector.group_administrator"


def api_uid(env: Env) -> int | Literal[False]:
    """Return the id of the technical user behind ``/api``, or False before it exists."""
    uid: int | Literal[False] = env["ir.model.data"]._xmlid_to_res_id(
        "abs_connector.user_api", raise_if_not_found=False
    )
    return uid


def is_api(env: Env) -> bool:
    """Tell whether this environment runs a request of ``/api`` (sudo included)."""
    return bool(env.uid) and env.uid == api_uid(env)


def api_scope(env: Env) -> Scope:
    """Return the caller's :class:`Scope`; NOBODY for anything that is none."""
    scope = env.context.get("abs_scope") if is_api(env) else None
    return scope if isinstance(scope, Scope) else NOBODY


def api_call(env: Env) -> Call:
    """Return the :class:`Call` that this environment answers; NO_CALL outside the API."""
    call = env.context.get("abs_call") if is_api(env) else None
    return call if isinstance(call, Call) else NO_CALL
