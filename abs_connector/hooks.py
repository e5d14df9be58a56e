"""What a fresh install does; the migrations share these functions."""

from .models.governance.serviced_account import GLOBAL_ROOT_CODE, GLOBAL_ROOT_NAME


def post_init_hook(env):
    """Bring a fresh database to the state that the migrations reach (SPEC 1, 16)."""
    env["res.users"]._abs_prepare_api_user()
    env["abs.signing.key"].sudo()._ensure()
    ensure_global_root(env)


def ensure_global_root(env):
    """Return the global root SA; made when absent, every other root hung below it."""
    accounts = env["ov.serviced_account"].sudo()
    root = accounts._global_root()
    if not root:
        root = accounts.create(
            {
                "name": GLOBAL_ROOT_NAME,
                "account_code": GLOBAL_ROOT_CODE,
                "is_global_root": True,
                "sa_type": "root",
                "company_id": False,
                "state": "active",
            }
        )
    orphans = accounts.search([("parent_id", "=", False), ("id", "!=", root.id)])
    if orphans:
        orphans.write({"parent_id": root.id})
    return root
