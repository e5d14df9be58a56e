"""Who acts: the API's technical user, a person in the web client, or the system.

Context keys are written by callers of RPC too, so they are believed only for the
technical user behind ``/api`` (GOVERNED_SALE_FINDINGS 1).
"""

from ...scope import NOBODY, Scope

ADMINISTRATOR = "abs_connector.group_administrator"


def api_uid(env):
    """Return the id of the technical user behind ``/api``, or False before it exists."""
    return env["ir.model.data"]._xmlid_to_res_id(
        "abs_connector.user_api", raise_if_not_found=False
    )


def is_api(env):
    """Tell whether this environment runs a request of ``/api`` (sudo included)."""
    return bool(env.uid) and env.uid == api_uid(env)


def api_scope(env):
    """Return the caller's :class:`Scope`; NOBODY for anything that is none."""
    scope = env.context.get("abs_scope") if is_api(env) else None
    return scope if isinstance(scope, Scope) else NOBODY


def api_context(env, key):
    """Return a context key of the kernel, None outside of the API."""
    return env.context.get(key) or None if is_api(env) else None
