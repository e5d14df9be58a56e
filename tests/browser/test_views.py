"""Every menu of the addon opens in a real browser: lists, their first form, no error.

``ABS_SCREENSHOTS=<folder>`` keeps a picture of each view, to be looked at.
"""

import os
import re
from pathlib import Path

import pytest

ROOT_MENU = "abs_connector.menu_abs_root"
SHOTS = os.environ.get("ABS_SCREENSHOTS")
BROKEN = ".o_error_dialog, .o_dialog_error, .modal .o_error_detail"
#: what says that a view stands there
READY = ".o_view_controller, .o_action_manager .o_content, .o_form_view, .modal-content"
#: the web client waits for nothing (its bus never lets the network be idle)
IDLE = "() => !document.querySelector('.o_loading_indicator')"


@pytest.fixture(scope="session")
def menus(odoo):
    """``[(complete name, action id, model, view mode)]`` of the addon's menus."""
    (data,) = odoo(
        "ir.model.data",
        "search_read",
        [
            ("module", "=", "abs_connector"),
            ("name", "=", ROOT_MENU.split(".")[1]),
        ],
        fields=["res_id"],
    )
    rows = odoo(
        "ir.ui.menu",
        "search_read",
        [("id", "child_of", data["res_id"]), ("action", "!=", False)],
        fields=["complete_name", "action"],
    )
    found = []
    for row in rows:
        kind, action = row["action"].split(",")
        if kind != "ir.actions.act_window":
            continue
        (window,) = odoo(kind, "read", [int(action)], fields=["res_model", "view_mode"])
        found.append(
            (
                row["complete_name"],
                int(action),
                window["res_model"],
                window["view_mode"],
            )
        )
    return sorted(found)


def shoot(page, name):
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(
            path=str(Path(SHOTS) / f"{re.sub(r'[^a-z0-9]+', '_', name.lower())}.png")
        )


def settled(page):
    """Wait until a view stands there; fail when an error does."""
    page.wait_for_selector(f"{READY}, {BROKEN}", timeout=120_000)
    page.wait_for_function(IDLE)
    broken = page.query_selector(BROKEN)
    assert not broken, broken.inner_text()[:2000]


def test_every_menu_opens(page, menus):
    """Each list opens, and the first record of it as a form."""
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    assert len(menus) > 15
    for name, action, _model, modes in menus:
        page.goto("about:blank")
        page.goto(f"/web#action={action}")
        settled(page)
        shoot(page, name)
        row = page.query_selector("tr.o_data_row td.o_data_cell:not(.o_list_button)")
        if row and "form" in modes and not page.query_selector(".modal-content"):
            row.dispatch_event("click")
            page.wait_for_selector(f".o_form_view, {BROKEN}")
            settled(page)
            shoot(page, f"{name} form")
        assert not errors, f"{name}: {errors}"


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("res.partner", "x_sa_id"),
        ("sale.order", "x_sa_id"),
        ("stock.picking", "x_sa_id"),
        ("account.move", "x_sa_id"),
        ("account.payment", "x_sa_id"),
        ("ov.asset", "x_sa_id"),
        ("helpdesk.ticket", "x_sa_id"),
    ],
)
def test_forms_show_their_governance(odoo, model, field):
    """SA, actor and history stand on the form; the search can filter and group."""
    form = odoo(model, "get_view", view_type="form")["arch"]
    assert f'name="{field}"' in form
    assert 'name="x_actor_id"' in form
    assert "action_abs_assignments" in form
    search = odoo(model, "get_view", view_type="search")["arch"]
    assert f'name="{field}"' in search
    assert re.search(r"group_by['\"]?:\s*['\"]x_sa_id", search)
    assert re.search(r"group_by['\"]?:\s*['\"]x_actor_id", search)


def test_api_documentation_shows_without_outside_hosts(browser, base_url):
    hosts = set()
    page = browser.new_page()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.goto(f"{base_url}/api/docs")
    page.wait_for_selector(".opblock-tag")
    shoot(page, "api docs")
    assert hosts == {base_url.split("/")[2]}
    page.close()
