"""1.2.0: drafts of ours carry no number, and none says one that another entry has.

Odoo 18 numbered the first drafts of a journal's period, often several alike. A number
that somebody typed to set the format stays, and so does one below the last: it can be
posted, and would leave a gap.
"""

from odoo import SUPERUSER_ID, api
from odoo.addons.abs_connector.compat import NO_NUMBER


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    env.flush_all()
    _mark(env)
    for move in _numbered(env, "p.state = 'posted'"):
        move.name = NO_NUMBER
    twins = _numbered(env, "p.state = 'draft' AND p.id <> d.id")
    for move in twins.filtered(_is_ours):
        move.name = NO_NUMBER
    for move in _numbered(env).filtered(_is_ours).sorted("sequence_number")[::-1]:
        said = move.name
        move.name = False
        move._set_next_sequence()
        move.name = NO_NUMBER if move.name == said else said
    env.flush_all()


def _mark(env):
    """Mark the drafts that the API or the scheduled billing made, as new ones are."""
    env.cr.execute(
        "UPDATE account_move SET x_drawn_by_us = TRUE WHERE state = 'draft' "
        "   AND x_drawn_by_us IS NOT TRUE AND (create_uid = %s "
        "       OR (create_uid = %s AND x_subscription_id IS NOT NULL))",
        (env.ref("abs_connector.user_api").id, SUPERUSER_ID),
    )
    env.invalidate_all()


def _numbered(env, other=None):
    """Return the drafts, never posted, that say a number.

    :param str other: a condition on ``p``; only those whose number such an entry has
    """
    env.flush_all()
    twin = (
        ""
        if not other
        else (
            " AND EXISTS (SELECT 1 FROM account_move p WHERE p.journal_id = d.journal_id "
            f"AND p.name = d.name AND {other})"
        )
    )
    env.cr.execute(
        "SELECT d.id FROM account_move d WHERE d.state = 'draft' "
        "   AND d.posted_before IS NOT TRUE AND d.name <> '/'" + twin
    )
    return env["account.move"].browse(row[0] for row in env.cr.fetchall()).sorted("id")


def _is_ours(move):
    """Tell whether our code drew it, or may have: in the web client a person did."""
    return (
        move.x_drawn_by_us
        or bool(move.x_subscription_id)
        or bool(move.invoice_line_ids.sale_line_ids)
    )
