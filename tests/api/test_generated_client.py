"""A client generated from the OpenAPI document by a public generator sells.

It proves that the document is true: the generated models refuse an answer that lacks
what the document promises.
"""

import importlib
import subprocess
import sys

import pytest

CONFIG = "post_hooks: []\n"


@pytest.fixture(scope="module")
def generated(base_url, tmp_path_factory):
    """Generate the client; return its package."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "config.yml").write_text(CONFIG)
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--url", f"{base_url}/api/openapi.json"),
        *("--output-path", str(folder / "abs_client"), "--meta", "none"),
        *("--config", str(folder / "config.yml"), "--fail-on-warning"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("abs_client")
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def call(generated, base_url, anonymous):
    """A function ``call(operation id, body, **path and query)`` -> the answer."""
    document = anonymous.get("/api/openapi.json", status=200).json()
    tags = {
        operation["operationId"]: (operation["tags"][0], operation.get("requestBody"))
        for verbs in document["paths"].values()
        for operation in verbs.values()
    }
    state = {"token": None}

    def run(operation, body=None, **parameters):
        tag, request_body = tags[operation]
        module = importlib.import_module(
            f"abs_client.api.{tag.replace('-', '_').replace('.', '_')}.{operation}"
        )
        client = generated.Client(base_url=base_url, raise_on_unexpected_status=True)
        if state["token"]:
            client = generated.AuthenticatedClient(
                base_url=base_url,
                token=state["token"],
                raise_on_unexpected_status=True,
            )
        if body is not None:
            reference = request_body["content"]["application/json"]["schema"]["$ref"]
            models = importlib.import_module("abs_client.models")
            model = getattr(models, reference.rsplit("/", 1)[1])
            parameters["body"] = model.from_dict(body)
        answer = module.sync_detailed(client=client, **parameters)
        told = f"{operation}: {answer.status_code} {answer.content[:600]}"
        assert answer.status_code in (200, 201), told
        parsed = answer.parsed.to_dict()
        assert parsed["success"] is True, told
        return parsed

    run.state = state
    return run


def test_it_performs_the_sale(call, unique):
    login = {"email": "ama@abs.demo", "password": "demo-Pass-2026"}
    call.state["token"] = call("post_auth_login", login)["access_token"]
    rows = call("get_products", limit=100)["items"]
    products = {row["default_code"]: row["id"] for row in rows}
    warehouse = call("get_warehouses")["warehouses"][0]["id"]
    serial = unique("GEN-")
    kit = products["SK-200W"]
    lines = [{"product_id": kit, "quantity": 1, "lot_name": serial}]
    call(
        "post_stock_receive",
        {"warehouse_id": warehouse, "validate": True, "lines": lines},
    )
    contact = call("post_contacts", {"name": unique("Generated ")})["contact"]
    wanted = [
        {"product_id": kit, "quantity": 1},
        {"product_id": products["INST"], "quantity": 1},
    ]
    body = {"partner_id": contact["id"], "products": wanted}
    order = call("post_quotations", body)["order"]
    assert order["state"] == "draft"
    order = call("post_orders_by_order_confirm", order=order["id"])["order"]
    assert order["state"] == "sale"
    (delivery,) = call("get_stock_deliveries", sale_order_id=order["id"])["deliveries"]
    detail = call("get_stock_deliveries_by_delivery", delivery=delivery["id"])[
        "delivery"
    ]
    lines = [{"move_id": detail["lines"][0]["id"], "quantity": 1, "lot_name": serial}]
    done = call(
        "post_stock_deliveries_by_delivery_validate",
        {"lines": lines},
        delivery=delivery["id"],
    )
    assert done["delivery"]["state"] == "done"
    total = call("get_orders_by_order", order=order["id"])["order"]["amount_total"]
    payment = {"amount": total, "payment_source": "cash"}
    paid = call("post_orders_by_order_register_payment", payment, order=order["id"])[
        "payment"
    ]
    assert paid["amount"] == total
    order = call("post_orders_by_order_finalize", order=order["id"])["order"]
    assert (order["state"], order["payment_state"]) == ("done", "paid")
