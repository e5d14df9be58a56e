"""Swaps, returns, transfers, pauses and billing of one contract at the same time.

Whatever comes first, nothing is done twice, no unit is in two places, and nobody gets
a 5xx. As in ``test_parallel``, each press is a request of its own thread.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from leases import Shop

BUSY = {"conflict", "try_again"}


@pytest.fixture(scope="module")
def shop(login, unique):
    return Shop(login("ama@abs.demo"), unique)


@pytest.fixture
def places(odoo, shop):
    """A function ``places(*serials) -> {serial: role}`` by Odoo's own quants.

    Each unit must be in one place, once.
    """

    def look(*serials):
        rows = odoo(
            "stock.quant",
            "search_read",
            [
                ("lot_id.name", "in", serials),
                ("quantity", "!=", 0),
                ("location_id.usage", "in", ("internal", "customer", "transit")),
            ],
            fields=["lot_id", "quantity", "location_id"],
        )
        assert [row["quantity"] for row in rows] == [1.0] * len(serials), rows
        known = {
            shop.warehouse["locations"][role]["id"]: role
            for role in ("sync_deployed", "loaner_pool", "service_repair")
        }
        return {
            row["lot_id"][1]: known.get(row["location_id"][0], "elsewhere")
            for row in rows
        }

    return look


def together(*presses):
    """Call each in a thread of its own; return their answers, none of them a 5xx."""
    with ThreadPoolExecutor(len(presses)) as pool:
        answers = [f.result() for f in [pool.submit(press) for press in presses]]
    told = [(answer.status_code, answer.text[:300]) for answer in answers]
    assert all(answer.status_code < 500 for answer in answers), told
    return answers


def refusals(answers, codes):
    """Assert that each refusal has one of ``codes``; return the successes."""
    for answer in answers:
        if answer.status_code >= 300:
            assert answer.json()["code"] in codes | BUSY, answer.text
    return [answer for answer in answers if answer.status_code < 300]


def swap(shop, lease, loaner):
    body = {"loaner_serial": loaner, "reason": "brake"}
    return shop.staff.post(f"{lease.asset_path}/swap", body)


def give_back(shop, lease):
    return shop.staff.post(f"{lease.asset_path}/swap/return")


def transfer(shop, lease, path="own"):
    body = {"path": path, "reason": "loyal"}
    return shop.staff.post(f"{lease.path}/ownership-transfer", body)


def test_two_swaps_of_one_unit(shop, places):
    lease, loaners = shop.lease(), shop.pool(2)
    won = refusals(
        together(*(lambda name=name: swap(shop, lease, name) for name in loaners)),
        {"swap_open"},
    )
    assert len(won) == 1
    where = places(lease.serial, *loaners)
    assert where.pop(lease.serial) == "service_repair"
    assert sorted(where.values()) == ["loaner_pool", "sync_deployed"]


def test_one_loaner_for_two_units(shop, places):
    leases, (loaner,) = [shop.lease(), shop.lease()], shop.pool(1)
    won = refusals(
        together(*(lambda le=le: swap(shop, le, loaner) for le in leases)),
        {"serial_unavailable"},
    )
    assert len(won) == 1
    where = places(loaner, *(lease.serial for lease in leases))
    assert where.pop(loaner) == "sync_deployed"
    assert sorted(where.values()) == ["service_repair", "sync_deployed"]


def test_swap_against_return(shop, places):
    """Both may go through, the return first; or the swap comes too early."""
    lease, loaners = shop.lease(), shop.pool(2)
    assert swap(shop, lease, loaners[0]).status_code == 200
    answers = together(
        lambda: give_back(shop, lease), lambda: swap(shop, lease, loaners[1])
    )
    refusals(answers, {"swap_open"})
    assert answers[0].status_code == 200, answers[0].text
    again = answers[1].status_code == 200
    home, away = "sync_deployed", "service_repair"
    assert places(lease.serial, *loaners) == {
        lease.serial: away if again else home,
        loaners[0]: "loaner_pool",
        loaners[1]: home if again else "loaner_pool",
    }
    asset = shop.staff.get(lease.asset_path, status=200).json()["asset"]
    assert asset["state"] == ("inactive" if again else "active")
    assert bool(asset["swap"]) == again


def test_two_returns(shop, places):
    lease, (loaner,) = shop.lease(), shop.pool(1)
    assert swap(shop, lease, loaner).status_code == 200
    won = refusals(together(*[lambda: give_back(shop, lease)] * 2), {"no_swap"})
    assert len(won) == 1
    assert places(lease.serial, loaner) == {
        lease.serial: "sync_deployed",
        loaner: "loaner_pool",
    }


@pytest.mark.parametrize("paths", [("own", "own"), ("own", "upgrade")])
def test_two_ownership_transfers(shop, places, odoo, paths):
    lease = shop.lease()
    won = refusals(
        together(*(lambda path=path: transfer(shop, lease, path) for path in paths)),
        {"already_transferred"},
    )
    assert len(won) == 1
    assert places(lease.serial) == {lease.serial: "elsewhere"}
    upgraded = won[0].json()["path"] == "upgrade"
    credits = odoo(
        "account.move",
        "search_count",
        [("partner_id", "=", lease.customer), ("move_type", "=", "out_refund")],
    )
    assert credits == (1 if upgraded else 0)


def test_transfer_against_swap(shop, places):
    """One of them: a unit that is away is not transferred, a transferred one not leased.

    A sold unit may be swapped too, after its transfer.
    """
    lease, (loaner,) = shop.lease(), shop.pool(1)
    answers = together(lambda: transfer(shop, lease), lambda: swap(shop, lease, loaner))
    refusals(answers, {"asset_transferred", "swap_open", "asset_not_active"})
    moved, swapped = (answer.status_code == 200 for answer in answers)
    assert moved or swapped
    where = places(lease.serial, loaner)
    assert (where[lease.serial] == "service_repair") == swapped, where
    assert (where[loaner] == "loaner_pool") != swapped, where
    contract = shop.staff.get(lease.path, status=200).json()["subscription"]
    assert contract["state"] == ("expired" if moved else "active")


def periods(odoo, lease):
    rows = odoo(
        "abs.subscription.period",
        "search_read",
        [("subscription_id", "=", lease.subscription)],
        fields=["number", "invoice_id"],
    )
    return sorted((row["number"], bool(row["invoice_id"])) for row in rows)


def test_pause_against_billing(shop, odoo):
    """The next month is billed ahead, or not at all; never half, never twice."""
    lease = shop.lease()
    contract = shop.staff.get(lease.path, status=200).json()["subscription"]
    until = {"until": contract["next_invoice_date"]}
    answers = together(
        lambda: shop.staff.post(f"{lease.path}/pause"),
        lambda: shop.staff.post(f"{lease.path}/bill", until),
    )
    refusals(answers, {"invalid_state"})
    assert answers[0].status_code == 200, answers[0].text
    billed = answers[1].status_code == 200
    contract = shop.staff.get(lease.path, status=200).json()["subscription"]
    assert (contract["state"], contract["billed_periods"]) == ("paused", 1 + billed)
    assert periods(odoo, lease) == [(1, True), (2, True)][: 1 + billed]


def test_two_billings_of_one_contract(shop, odoo):
    lease = shop.lease()
    contract = shop.staff.get(lease.path, status=200).json()["subscription"]
    until = {"until": contract["next_invoice_date"]}
    bill = f"{lease.path}/bill"
    won = refusals(together(*[lambda: shop.staff.post(bill, until)] * 2), set())
    assert won
    assert periods(odoo, lease) == [(1, True), (2, True)]


def test_reassign_against_delivery(shop, odoo):
    """The unit of an order that changes hands belongs to the new agent, either way."""
    made = shop.order()
    [account] = odoo("ov.serviced_account", "search", [("account_code", "=", "TG-LOM")])
    rows = odoo(
        "ov.membership",
        "search_read",
        [("account_id", "=", account), ("role_code", "=", "agent")],
        fields=["person_partner_id"],
    )
    agent = rows[0]["person_partner_id"][0]
    wizard = odoo(
        "abs.reassign.wizard",
        "create",
        {
            "res_model": "sale.order",
            "res_ids": [made.id],
            "account_id": account,
            "actor_id": agent,
            "reason": "moved",
        },
    )
    with ThreadPoolExecutor(2) as pool:
        delivery = pool.submit(
            lambda: shop.staff.post(made.delivery, made.handover, status=200)
        )
        pool.submit(odoo, "abs.reassign.wizard", "action_assign", [wizard]).result()
        delivery.result()
    (order,) = odoo("sale.order", "read", [made.id], fields=["x_actor_id"])
    assets = odoo(
        "ov.asset",
        "search_read",
        [("order_id", "=", made.id)],
        fields=["x_actor_id", "x_sa_id", "state"],
    )
    assert order["x_actor_id"][0] == agent
    assert [(a["x_actor_id"][0], a["state"]) for a in assets] == [(agent, "active")]
