"""What a fresh install does; the migrations share these functions (docs/contract.md 1.16).

Each of them brings a database nearer to the governed state and changes nothing when it
is there already, so that a script may run twice.
"""

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from .models.organisation.ov_membership import POLICY_OF_ROLE
from .models.organisation.ov_serviced_account import GLOBAL_ROOT_CODE, GLOBAL_ROOT_NAME


def post_init_hook(env):
    """Bring a fresh database to the state that the migrations reach (docs/contract.md 1, 16)."""
    env["res.users"]._abs_prepare_api_user()
    env["abs.signing.key"].sudo()._ensure()
    ensure_global_root(env)
    speak_french(env)
    close_sign_up(env)


def close_sign_up(env):
    """Let nobody make an account in the web client uninvited, where nobody chose so.

    Odoo's own default is open. Whoever chose it in the settings is asked by the
    readiness checklist only.

    :return bool: whether it was open and is closed now
    """
    parameters = env["ir.config_parameter"].sudo()
    scope = parameters.search([("key", "=", "auth_signup.invitation_scope")])
    if scope.value != "b2c" or scope.write_uid.id != SUPERUSER_ID:
        return False
    parameters.set_param("auth_signup.invitation_scope", "b2b")
    return True


def speak_french(env):
    """Load French (docs/contract.md 4): the API answers in installed languages only."""
    env["res.lang"]._activate_lang("fr_FR")
    modules = env["ir.module.module"].search(
        ["|", ("state", "=", "installed"), ("name", "=", "abs_connector")]
    )
    modules._update_translations(["fr_FR"])


def ensure_global_root(env):
    """Return the global root SA; made when absent, every other root hung below it.

    Roots are the SAs without a parent: one of a company that has a company root goes
    below that one, any other directly below the global root.
    """
    accounts = env["ov.serviced_account"].sudo()
    settle_company_roots(env)
    root = accounts._global_root()
    if not root:
        # An SA with the fixed code that nobody marked yet is taken, not doubled.
        named = accounts.search([("account_code", "=", GLOBAL_ROOT_CODE)], limit=1)
        vals = {"is_global_root": True, "sa_type": "root", "state": "active"}
        vals.update(company_id=False, source_company_id=False, parent_id=False)
        if named:
            named.write(vals)
            root = named
        else:
            names = {"name": GLOBAL_ROOT_NAME, "account_code": GLOBAL_ROOT_CODE}
            root = accounts.create({**vals, **names})
    orphans = accounts.search([("parent_id", "=", False), ("id", "!=", root.id)])
    for orphan in orphans.filtered("source_company_id"):
        if orphan.sa_type != "root" or not orphan.company_id:
            orphan.write(
                {
                    "sa_type": "root",
                    "company_id": orphan.source_company_id.id,
                    "parent_id": root.id,
                }
            )
    for orphan in orphans.filtered(lambda a: not a.company_id):
        orphan.write({"company_id": env.company.id, "parent_id": root.id})
    for orphan in orphans.filtered(lambda a: not a.parent_id):
        above = accounts._company_root(orphan.company_id.id)
        fits = above and above != orphan and orphan.sa_type != "root"
        orphan.write({"parent_id": above.id if fits else root.id})
    return root


def settle_company_roots(env):
    """Leave each company one root SA; the others become seeds (setup guide 11c).

    Who stands without a parent for a source company counts as a root, as in 1.1.5. The
    one with a source company stays, else the first. In SQL: the rows break the rules of
    today.
    """
    env.flush_all()
    env.cr.execute(
        "WITH roots AS (SELECT id, row_number() OVER ("
        "         PARTITION BY COALESCE(source_company_id, company_id, %s) "
        "         ORDER BY source_company_id IS NULL, sa_type <> 'root', id) AS place "
        "    FROM ov_serviced_account "
        "   WHERE is_global_root IS NOT TRUE AND account_code <> %s "
        "     AND (sa_type = 'root' "
        "       OR source_company_id IS NOT NULL AND parent_id IS NULL)) "
        "UPDATE ov_serviced_account a SET sa_type = 'seed', source_company_id = NULL, "
        "       company_id = COALESCE(a.company_id, a.source_company_id) "
        "  FROM roots r WHERE r.id = a.id AND r.place > 1",
        [env.company.id, GLOBAL_ROOT_CODE],
    )
    env.invalidate_all(flush=False)


def detach_global_root(env):
    """The global root belongs to no company and to no parent (1.1.6)."""
    root = env["ov.serviced_account"].sudo()._global_root()
    if root and (root.company_id or root.parent_id or root.source_company_id):
        root.write(
            {"company_id": False, "parent_id": False, "source_company_id": False}
        )
    return root


def backfill_assignments(env, names):
    """Give each stamped record without an active assignment the row of its stamp.

    :param names: governed models; those without a history are passed over
    :return int: how many rows were made
    """
    count = 0
    env.flush_all()
    for name in names:
        model = env[name]
        if not model._sa_assignment_model:
            continue
        history = env[model._sa_assignment_model]
        subject = SQL.identifier(history._sa_subject)
        env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, account_id, actor_id, state, date_from, source, "
                "       create_uid, create_date, write_uid, write_date) "
                "SELECT r.id, r.x_sa_id, r.x_actor_id, 'active', "
                "       COALESCE(r.create_date, now() AT TIME ZONE 'UTC'), "
                "       'migration', 1, now() AT TIME ZONE 'UTC', 1, "
                "       now() AT TIME ZONE 'UTC' "
                "  FROM %s r WHERE r.x_sa_id IS NOT NULL AND NOT EXISTS ("
                "       SELECT 1 FROM %s a WHERE a.%s = r.id AND a.state = 'active')",
                SQL.identifier(history._table),
                subject,
                SQL.identifier(model._table),
                SQL.identifier(history._table),
                subject,
            )
        )
        count += env.cr.rowcount
    env.invalidate_all()
    return count


def inherit_stamps(env, names):
    """Stamp the unstamped records of these models whose sources are governed.

    Before 1.1.3 deliveries, invoices and payments had no stamp at all: they take the
    SA of their order or invoice. In the given order, so that payments find invoices.
    """
    for name in names:
        model = env[name].sudo().with_context(active_test=False)
        for batch in model._sa_batches([("x_sa_id", "=", False)]):
            batch._sa_inherit(default=False)


def settle_roles(env):
    """Bring memberships to the roles of 1.1.4: admin, staff, agent.

    'manager' becomes staff; an admin outside of the global root becomes staff who see
    their SA and all below. Each SA gets one SA manager: the one it names, else its
    first staff member; all other staff report to that one. Written in SQL, since the
    old values break the rules of today.
    """
    cr = env.cr
    env.flush_all()
    cr.execute("DROP TABLE IF EXISTS abs_chosen_manager")
    cr.execute(
        # Who manages each SA: the named one while they are staff, else the first.
        "CREATE TEMPORARY TABLE abs_chosen_manager ON COMMIT DROP AS "
        "SELECT DISTINCT ON (m.account_id) m.account_id, m.id FROM ov_membership m "
        "  JOIN ov_serviced_account a ON a.id = m.account_id "
        " WHERE m.state <> 'revoked' AND (m.role_code IN ('staff', 'manager') "
        "    OR m.role_code = 'admin' AND a.is_global_root IS NOT TRUE) "
        " ORDER BY m.account_id, (a.sa_manager = m.id) IS NOT TRUE, "
        "       m.manager_member_id IS NOT NULL, m.state <> 'active', m.id"
    )
    # In this order no row breaks 'one SA manager' in between, where that holds already.
    cr.execute(
        "UPDATE ov_membership m SET manager_member_id = c.id FROM abs_chosen_manager c "
        " WHERE c.account_id = m.account_id AND m.id <> c.id AND m.state <> 'revoked' "
        "   AND m.manager_member_id IS NULL AND m.role_code <> 'agent'"
    )
    cr.execute(
        "UPDATE ov_membership m SET manager_member_id = NULL FROM abs_chosen_manager c "
        " WHERE m.id = c.id AND m.manager_member_id IS NOT NULL"
    )
    cr.execute(
        "UPDATE ov_membership m SET role_code = 'staff', scope_policy = 'sa_tree' "
        "  FROM ov_serviced_account a WHERE a.id = m.account_id "
        "   AND m.role_code = 'admin' AND a.is_global_root IS NOT TRUE"
    )
    cr.execute(
        "UPDATE ov_membership SET role_code = 'staff' WHERE role_code = 'manager'"
    )
    cr.execute(
        "UPDATE ov_membership SET role_code = 'agent' "
        " WHERE role_code IS NULL OR role_code NOT IN ('admin', 'staff', 'agent')"
    )
    for role, policy in POLICY_OF_ROLE.items():
        cr.execute(
            "UPDATE ov_membership SET scope_policy = %s "
            " WHERE scope_policy IS NULL AND role_code = %s",
            [policy, role],
        )
    cr.execute(
        "UPDATE ov_serviced_account a SET sa_manager = c.id FROM abs_chosen_manager c "
        " WHERE c.account_id = a.id AND a.sa_manager IS DISTINCT FROM c.id"
    )
    cr.execute(
        "UPDATE ov_serviced_account a SET sa_manager = NULL WHERE sa_manager IS NOT NULL "
        "   AND NOT EXISTS (SELECT 1 FROM ov_membership m WHERE m.id = a.sa_manager "
        "       AND m.role_code = 'staff' AND m.manager_member_id IS NULL "
        "       AND m.state <> 'revoked')"
    )
    cr.execute(
        "UPDATE ov_membership SET is_manager = (role_code = 'staff' "
        "       AND manager_member_id IS NULL AND state <> 'revoked') "
        " WHERE is_manager IS DISTINCT FROM (role_code = 'staff' "
        "       AND manager_member_id IS NULL AND state <> 'revoked')"
    )
    cr.execute("DROP TABLE abs_chosen_manager")
    env.invalidate_all(flush=False)
