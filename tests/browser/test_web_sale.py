"""A whole sale in the web client: it ends where the same sale over the API ends.

A salesperson (Jean's web user) and the SA manager (Ama's) press the buttons; the API
then tells of the same Service Account and actor on everything the sale made.
"""

import pytest
from test_views import BROKEN, IDLE, OPEN, shoot

PASSWORD = "web-Sale-2026"
SELLER = ["sales_team.group_sale_salesman_all_leads", "abs_connector.group_user"]
MANAGER = [
    "sales_team.group_sale_manager",
    "stock.group_stock_user",
    "account.group_account_invoice",
    "abs_connector.group_manager",
]


@pytest.fixture
def web_user(odoo, unique, browser, base_url):
    """``web_user(email, groups)``: the web client as a new user of that employee."""
    opened = []
    groups_field = "group_ids" if "group_ids" in _names(odoo) else "groups_id"

    def make(email, groups):
        (employee,) = odoo(
            "abs.employee",
            "search_read",
            [("email", "=", email)],
            fields=["company_id", "user_id"],
        )
        ids = [_ref(odoo, group) for group in ["base.group_user", *groups]]
        company, name = employee["company_id"][0], unique(email.split("@")[0])
        vals = {"name": name, "login": name, "password": PASSWORD}
        vals["email"] = f"{name}@web.example"
        vals |= {"company_id": company, "company_ids": [(6, 0, [company])]}
        user = odoo("res.users", "create", {**vals, groups_field: [(6, 0, ids)]})
        before = employee["user_id"] and employee["user_id"][0]
        odoo("abs.employee", "write", [employee["id"]], {"user_id": user})
        context = browser.new_context(
            base_url=base_url, viewport={"width": 1400, "height": 900}
        )
        context.set_default_timeout(60_000)
        opened.append((context, employee["id"], before))
        page = context.new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar")
        return page

    yield make
    for context, employee, before in opened:
        context.close()
        odoo("abs.employee", "write", [employee], {"user_id": before})


def _names(odoo):
    return odoo("res.users", "fields_get", [], attributes=["type"])


def _ref(odoo, xmlid):
    module, name = xmlid.split(".")
    (row,) = odoo(
        "ir.model.data",
        "search_read",
        [("module", "=", module), ("name", "=", name)],
        fields=["res_id"],
    )
    return row["res_id"]


def show(page, model, record):
    """Open the form of one record in the loaded web client."""
    action = {"type": "ir.actions.act_window", "res_model": model, "res_id": record}
    page.evaluate(OPEN, {**action, "views": [[False, "form"]], "target": "current"})
    page.wait_for_function(IDLE)


def press(page, name, reached):
    """Press the form's button ``name`` until ``reached()``; fail on an error."""
    page.click(
        f".o_form_view button[name='{name}']:visible, .modal button[name='{name}']"
    )
    for _ in range(300):
        broken = page.query_selector(BROKEN)
        assert not broken, f"{name}: {broken.inner_text()[:2000]}"
        if reached():
            break
        page.wait_for_timeout(200)
    else:
        shoot(page, f"stuck {name}")
        pytest.fail(f"{name} had no effect")
    page.wait_for_function(IDLE)


def test_a_sale_in_the_web_client_is_governed_like_one_of_the_api(
    web_user, odoo, login, unique
):
    ama = login("ama@abs.demo")
    kofi = login("kofi@abs.demo")
    jean = login("jean@abs.demo")
    (product,) = odoo(
        "product.product",
        "search_read",
        [("default_code", "=", "SK-200W")],
        fields=["id"],
    )
    (house,) = kofi.get("/api/warehouses", status=200).json()["warehouses"][:1]
    goods = {
        "product_id": product["id"],
        "quantity": 5,
        "lots": [unique("WEB-") for _ in range(5)],
    }
    body = {"warehouse_id": house["id"], "lines": [goods]}
    kofi.post("/api/stock/receive", body, status=201)
    contact = jean.post("/api/contacts", {"name": unique("Web ")}, status=201).json()
    partner = contact["contact"]["id"]

    def is_(where, value):
        model, record, field = where
        return lambda: odoo(model, "read", [record], fields=[field])[0][field] == value

    seller = web_user("jean@abs.demo", SELLER)
    order = seller.evaluate(
        "vals => odoo.__WOWL_DEBUG__.root.env.services.orm.create('sale.order', [vals])",
        {
            "partner_id": partner,
            "order_line": [(0, 0, {"product_id": product["id"], "product_uom_qty": 5})],
        },
    )[0]
    show(seller, "sale.order", order)
    press(
        seller,
        "action_request_approval",
        is_(("sale.order", order, "approval_state"), "pending"),
    )
    shoot(seller, "sale 1 requested")
    # Only the SA's staff approves, and Jean is an agent: no button, and who asks the
    # server all the same gets a sentence.
    show(seller, "sale.order", order)
    seller.wait_for_selector(".o_form_view")
    assert not seller.query_selector("button[name='action_approve']:visible")
    seller.evaluate(
        "id => { odoo.__WOWL_DEBUG__.root.env.services.orm.call("
        "'sale.order', 'action_approve', [[id]]); }",
        order,
    )
    seller.wait_for_selector(".modal:has-text('Invalid Operation')")
    shoot(seller, "sale 2 refused")
    assert "Only staff of Togo" in seller.inner_text(".modal")
    seller.keyboard.press("Escape")

    manager = web_user("ama@abs.demo", MANAGER)
    show(manager, "sale.order", order)
    press(
        manager,
        "action_approve",
        is_(("sale.order", order, "approval_state"), "approved"),
    )
    shoot(manager, "sale 3 approved")
    show(seller, "sale.order", order)
    press(seller, "action_confirm", is_(("sale.order", order, "state"), "sale"))
    shoot(seller, "sale 4 confirmed")

    (sold,) = odoo(
        "sale.order", "read", [order], fields=["picking_ids", "partner_id", "name"]
    )
    (picking,) = sold["picking_ids"]
    show(manager, "stock.picking", picking)
    press(manager, "button_validate", is_(("stock.picking", picking, "state"), "done"))
    shoot(manager, "sale 5 delivered")
    (sold,) = odoo("sale.order", "read", [order], fields=["invoice_ids"])
    (invoice,) = sold["invoice_ids"]
    show(manager, "account.move", invoice)
    press(manager, "action_post", is_(("account.move", invoice, "state"), "posted"))
    modal = ".modal button[name=action_create_payments]"
    press(manager, "action_register_payment", lambda: manager.query_selector(modal))
    shoot(manager, "sale 6 paying")
    settled = is_(("account.move", invoice, "amount_residual"), 0)
    press(manager, "action_create_payments", settled)
    shoot(manager, "sale 7 paid")

    told = ama.get(f"/api/orders/{order}", status=200).json()["order"]
    assert told["approval_state"] == "approved"
    assert told["payment_state"] == "paid"
    where, who = told["sa"], told["actor"]
    me = jean.get("/api/auth/me", status=200).json()
    assert where["id"] == me["memberships"][0]["account"]["id"]
    assert who["name"] == me["employee"]["name"]
    things = [
        ama.get(f"/api/stock/deliveries/{told['pickings'][0]['id']}").json()[
            "delivery"
        ],
        ama.get(f"/api/invoices/{invoice}").json()["invoice"],
        *ama.get(f"/api/payments?order_id={order}").json()["items"],
        *ama.get(f"/api/assets?order_id={order}").json()["items"],
    ]
    assert len(things) == 2 + 1 + 5
    for thing in things:
        assert (thing["sa"], thing["actor"]) == (where, who), thing
