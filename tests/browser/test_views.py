"""Every menu of the addon opens in a real browser: its views, its first record.

``ABS_SCREENSHOTS=<folder>`` keeps a picture of each view, to be looked at.
"""

import os
import re
from pathlib import Path

import pytest

SHOTS = os.environ.get("ABS_SCREENSHOTS")
BROKEN = ".o_error_dialog, .o_dialog_error, .modal .o_error_detail"
#: the web client waits for nothing (its bus never lets the network be idle)
IDLE = "() => !document.querySelector('.o_loading_indicator')"
#: runs with the web client's action service; its promise ends when the view stands there
ACTION = (
    "async (given) => { const action = odoo.__WOWL_DEBUG__.root.env.services.action;"
)
OPEN = f"{ACTION} await action.doAction(given, {{clearBreadcrumbs: true}}) }}"
SWITCH = f"{ACTION} await action.switchView(given) }}"
#: the view types of what is open; none for a dialog
MODES = f"""{ACTION}
    if (document.querySelector('.modal-content')) return [];
    return action.currentController.action.views
        .map(([id, type]) => type).filter((type) => type !== 'search') }}"""
MODEL = f"{ACTION} return action.currentController?.props.resModel || '' }}"
#: a real record: an empty list shows made-up ones, which open nothing
ROW = (
    ".o_list_view:not(:has(.o_view_sample_data)) "
    "tr.o_data_row td.o_data_cell:not(.o_list_button):not(.o_boolean_favorite_cell)"
)


@pytest.fixture(scope="session")
def menus(odoo):
    """``[(complete name, action id)]`` of the addon's menus."""
    (root,) = odoo(
        "ir.model.data",
        "search_read",
        [("module", "=", "abs_connector"), ("name", "=", "menu_abs_root")],
        fields=["res_id"],
    )
    rows = odoo(
        "ir.ui.menu",
        "search_read",
        [("id", "child_of", root["res_id"]), ("action", "!=", False)],
        fields=["complete_name", "action"],
    )
    return sorted(
        (row["complete_name"], int(row["action"].split(",")[1])) for row in rows
    )


@pytest.fixture
def everywhere(page, odoo):
    """The page with all companies of ``admin`` switched on."""
    (user,) = odoo(
        "res.users", "search_read", [("login", "=", "admin")], fields=["company_ids"]
    )
    cids = "-".join(str(company) for company in user["company_ids"])
    page.evaluate("cids => { document.cookie = `cids=${cids}; path=/` }", cids)
    page.reload()
    page.wait_for_selector(".o_main_navbar")
    return page


def shoot(page, name):
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(
            path=str(Path(SHOTS) / f"{re.sub(r'[^a-z0-9]+', '_', name.lower())}.png")
        )


def settled(page, name):
    """Wait until the view has its data; fail when an error shows."""
    page.wait_for_function(IDLE)
    broken = page.query_selector(BROKEN)
    assert not broken, f"{name}: {broken.inner_text()[:2000]}"
    shoot(page, name)


def test_every_menu_opens(everywhere, menus):
    """Each menu opens in its views, its first record as a form, without an error.

    All of it inside one loaded web client, as a person would: loading the page anew for
    each menu took minutes.
    """
    page, errors, opened = everywhere, [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(30_000)
    assert len(menus) > 15
    for name, action in menus:
        page.evaluate(OPEN, action)
        settled(page, name)
        modes = page.evaluate(MODES)
        own = page.evaluate(MODEL).startswith(("abs.", "ov.", "payment."))
        for mode in modes[1:]:
            # Odoo's own pivots and calendars of orders and pickings are not ours.
            if own and mode != "form":
                page.evaluate(SWITCH, mode)
                settled(page, f"{name} {mode}")
        if "list" in modes and "form" in modes:
            page.evaluate(SWITCH, "list")
            row = page.query_selector(ROW)
            if row:
                row.dispatch_event("click")
                page.wait_for_selector(f".o_form_view, {BROKEN}")
                settled(page, f"{name} form")
                opened.append(name)
        assert not errors, f"{name}: {errors}"
    assert len(opened) > 10, opened


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
    assert "action_assignments" in form
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
