"""A leased unit in the web client: swap, return of the loaner, ownership transfer."""

import pytest
from leases import Shop

BROKEN = ".o_error_dialog, .modal .o_error_detail"


@pytest.fixture
def shop(login, unique):
    return Shop(login("ama@abs.demo"), unique)


def press(page, text):
    page.click(f".o_statusbar_buttons button:has-text('{text}')")


def waits_for(page, text):
    """Wait until the form offers that button."""
    button = f".o_form_view .o_statusbar_buttons button:has-text('{text}')"
    page.wait_for_selector(f"{button}, {BROKEN}")
    broken = page.query_selector(BROKEN)
    assert not broken, broken.inner_text()[:2000]


def test_swap_return_and_transfer(page, base_url, odoo, shop):
    lease, (loaner,) = shop.lease(), shop.pool(1)
    [company] = odoo("res.company", "search", [("name", "=", "Oves Togo")])
    [data] = odoo(
        "ir.model.data",
        "search_read",
        [("module", "=", "abs_connector"), ("name", "=", "ov_asset_action")],
        fields=["res_id"],
    )
    page.context.add_cookies([{"name": "cids", "value": str(company), "url": base_url}])
    action, view = data["res_id"], "model=ov.asset&view_type=form"
    page.goto("about:blank")
    page.goto(f"/web#action={action}&id={lease.asset}&{view}")

    waits_for(page, "Swap for a Loaner")
    waits_for(page, "Transfer Ownership")
    press(page, "Swap for a Loaner")
    page.fill(".modal [name=loaner_lot_id] input", loaner)
    page.click(f".o-autocomplete--dropdown-item:has-text('{loaner}')")
    page.fill(".modal [name=reason] input", "brake")
    page.click(".modal footer button:has-text('Swap')")
    waits_for(page, "Return the Loaner")
    assert not page.query_selector("button:has-text('Transfer Ownership')")
    assert shop.serial(loaner)["asset"]["loaner_for"]["id"] == lease.asset

    press(page, "Return the Loaner")
    waits_for(page, "Swap for a Loaner")
    assert shop.serial(loaner)["location"]["name"].endswith("Loaner Pool")

    press(page, "Transfer Ownership")
    page.fill(".modal [name=reason] input", "loyal customer")
    page.click(".modal footer button:has-text('Transfer')")
    page.wait_for_selector(".modal", state="detached")
    asset = shop.staff.get(lease.asset_path, status=200).json()["asset"]
    assert asset["state"] == "transferred"
    page.wait_for_selector(
        ".o_form_view button:has-text('Transfer Ownership')", state="detached"
    )
