"""Billing many due subscriptions: killed half-way, and twice at once (issue 4).

A killed run is one whose database connection is cut: what its last batch wrote is gone,
what was committed stays. Needs PostgreSQL's address in the environment (PGHOST, ...),
as ``./scripts/abs test`` gives it. ABS_BILLING says how many subscriptions.
"""

import datetime as dt
import os
import threading
import time

import pytest

MANY = int(os.environ.get("ABS_BILLING", "2000"))
CHUNK = 250
PATIENCE = 900  # seconds until a third, or all, is billed


@pytest.fixture(scope="module")
def sql():
    """A function ``sql(query, *arguments) -> rows`` in a transaction of its own."""
    if not os.environ.get("PGHOST"):
        pytest.skip("the database's address is not known (PGHOST)")
    psycopg2 = pytest.importorskip("psycopg2")
    connection = psycopg2.connect(dbname=os.environ["ABS_DB"])
    connection.autocommit = True

    def query(text, *arguments):
        with connection.cursor() as cursor:
            cursor.execute(text, arguments)
            return cursor.fetchall()

    yield query
    connection.close()


@pytest.fixture(scope="module")
def run_billing(odoo):
    """A function that runs the billing once, in the server, until it returns or dies."""
    [model] = odoo("ir.model", "search", [("model", "=", "abs.subscription")])
    action = odoo(
        "ir.actions.server",
        "create",
        {
            "name": "Bill now",
            "model_id": model,
            "state": "code",
            "code": "model.sudo()._cron_bill()",
        },
    )

    def run():
        try:
            odoo("ir.actions.server", "run", [action])
        except BaseException as error:  # the cut connection is what some tests want
            return error
        return None

    yield run
    odoo("ir.actions.server", "unlink", [action])


@pytest.fixture
def subscribe(odoo, unique):
    """A function ``subscribe(number) -> plan id`` of a plan with that many due ones."""

    def make(number):
        [company] = odoo("res.company", "search", [("name", "=", "Oves Togo")])
        [account] = odoo(
            "ov.serviced_account", "search", [("account_code", "=", "TG-LOM")]
        )
        [cover] = odoo("product.product", "search", [("default_code", "=", "WAR-24")])
        plan = odoo(
            "abs.subscription.plan",
            "create",
            {"name": unique("Bulk "), "code": unique("B"), "send_mail": False},
        )
        partner = odoo(
            "res.partner", "create", {"name": unique("Bulk "), "customer_rank": 1}
        )
        vals = {
            "partner_id": partner,
            "plan_id": plan,
            "product_id": cover,
            "company_id": company,
            "x_sa_id": account,
            "price_unit": 1000,
            "start_date": str(dt.date.today()),
        }
        for first in range(0, number, CHUNK):
            count = min(CHUNK, number - first)
            ids = odoo("abs.subscription", "create", [vals] * count)
            odoo("abs.subscription", "action_activate", ids)
        return plan

    return make


def billed(sql, plan):
    """Return how many subscriptions of the plan have a committed period."""
    return sql(
        "SELECT count(*) FROM abs_subscription_period p "
        "JOIN abs_subscription s ON s.id = p.subscription_id WHERE s.plan_id = %s",
        plan,
    )[0][0]


def assert_exactly_once(sql, plan, number):
    """Each subscription has one period and one posted, governed invoice of 1,180."""
    rows = sql(
        """
        SELECT s.id, count(DISTINCT p.id), count(DISTINCT m.id), min(m.state),
               min(m.amount_total), count(DISTINCT m.x_sa_id), min(s.billing_error)
          FROM abs_subscription s
          LEFT JOIN abs_subscription_period p ON p.subscription_id = s.id
          LEFT JOIN account_move m ON m.x_subscription_id = s.id
         WHERE s.plan_id = %s GROUP BY s.id
        """,
        plan,
    )
    assert len(rows) == number
    wrong = [row for row in rows if row[1:6] != (1, 1, "posted", 1180, 1)]
    assert not wrong, f"{len(wrong)} of {number}: {wrong[:3]}"
    names = sql(
        "SELECT count(*), count(DISTINCT m.name) FROM account_move m "
        "JOIN abs_subscription s ON s.id = m.x_subscription_id WHERE s.plan_id = %s",
        plan,
    )
    assert names == [(number, number)], "each number once"


def cut_in_a_batch(sql, plan, enough):
    """Cut the connection of a billing that has committed ``enough`` periods.

    Only one that holds periods it has not committed yet: between two batches there is
    nothing to lose. Asks until it meets one.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if billed(sql, plan) < enough:
            time.sleep(0.05)
        elif sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "JOIN pg_database ON pg_database.oid = pg_locks.database "
            "WHERE datname = current_database() AND mode = 'RowExclusiveLock' "
            "AND relation = 'abs_subscription_period'::regclass"
        ):
            return
    pytest.fail(f"no batch to cut: {billed(sql, plan)} billed")


def finish(sql, run_billing, plan, number):
    """Run again until all is billed.

    A run may end early (a server's time limit), or the client may stop waiting while it
    goes on; it then still holds its last batch, and other runs leave that to it.
    """
    deadline = time.monotonic() + PATIENCE
    while billed(sql, plan) < number:
        if time.monotonic() > deadline:
            pytest.fail(f"{billed(sql, plan)} of {number} billed")
        run_billing()
        time.sleep(1)


def test_killed_half_way(sql, run_billing, subscribe):
    plan = subscribe(MANY)
    thread = threading.Thread(target=run_billing)
    thread.start()
    cut_in_a_batch(sql, plan, MANY // 3)
    thread.join()
    assert 0 < billed(sql, plan) < MANY
    finish(sql, run_billing, plan, MANY)
    assert_exactly_once(sql, plan, MANY)


def test_two_runs_at_once(sql, run_billing, subscribe):
    number = max(MANY // 4, 40)
    plan = subscribe(number)
    threads = [threading.Thread(target=run_billing) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish(sql, run_billing, plan, number)
    assert_exactly_once(sql, plan, number)
    run_billing()
    assert billed(sql, plan) == number
