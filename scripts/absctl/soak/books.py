"""What Odoo holds after a soak, compared with what each sale has to leave behind."""

from collections import Counter, defaultdict

from absctl.soak.sales import KIT, PARTS

#: Reads everything that the soak made, as it is, past the API.
SCRIPT = """
prefix = {prefix!r}
env = env(context={{"active_test": False, "lang": "en_US"}})
like = prefix + "%"

def pickings(records):
    return [
        {{
            "id": picking.id, "state": picking.state,
            "origin": picking.origin or "", "kind": picking.picking_type_code,
            "back": bool(picking.move_ids.origin_returned_move_id),
            "lines": [
                [line.product_id.default_code, line.lot_id.name or "", line.quantity]
                for line in picking.move_ids.move_line_ids
            ],
        }}
        for picking in records
    ]

orders = [
    {{
        "id": order.id, "ref": order.client_order_ref, "state": order.state,
        "finalized": order.x_finalized, "total": order.amount_total,
        "pickings": pickings(order.picking_ids),
        "invoices": [
            {{
                "kind": move.move_type, "state": move.state, "total": move.amount_total,
                "left": move.amount_residual, "payment": move.payment_state,
            }}
            for move in order.invoice_ids
        ],
        "subscriptions": env["abs.subscription"].search(
            [("order_id", "=", order.id)]
        ).mapped("state"),
    }}
    for order in env["sale.order"].search([("client_order_ref", "=like", like)])
]
customers = env["res.partner"].search([("name", "=like", like)])
payments = [
    [payment.partner_id.name, payment.amount, payment.state]
    for payment in env["account.payment"].search([("partner_id", "in", customers.ids)])
]
quants = env["stock.quant"].search([
    ("product_id.default_code", "in", ["SK-200W", "CC-30"]),
    ("company_id.name", "=", "Oves Togo"), ("location_id.usage", "=", "internal"),
])
placed = env["stock.quant"].search([
    ("lot_id.name", "=like", like),
    ("location_id.usage", "in", ["internal", "customer", "transit"]),
    ("quantity", "!=", 0),
])
report({{
    "orders": orders,
    "customers": customers.mapped("name"),
    "receipts": pickings(env["stock.picking"].search([
        ("origin", "=like", like), ("picking_type_code", "=", "incoming"),
        ("return_id", "=", False),
    ])),
    "payments": payments,
    "attempts": [
        [attempt.partner_id.name, attempt.state]
        for attempt in env["abs.payment.attempt"].search(
            [("partner_id", "in", customers.ids)]
        )
    ],
    "serials": [
        [quant.lot_id.name, quant.location_id.usage, quant.quantity]
        for quant in placed
    ],
    "assets": [
        [asset.lot_id.name, asset.state]
        for asset in env["ov.asset"].search([("lot_id.name", "=like", like)])
    ],
    "stock": {{
        code: sum(q.quantity for q in quants if q.product_id.default_code == code)
        for code in ("SK-200W", "CC-30")
    }},
    "reserved": sum(quants.mapped("reserved_quantity")),
}})
env.cr.rollback()
"""
#: Payments that count: draft and cancelled ones do not.
_PAID = ("in_process", "paid")


def read(instance, prefix):
    """Return what the database of ``instance`` holds of the soak ``prefix``."""
    return instance.run_script(
        SCRIPT.format(prefix=prefix), "The books of the soak could not be read"
    )


def compare(sales, before, after):
    """Return what is not as it has to be, a sentence each.

    :param sales: the :class:`absctl.soak.sales.Sale`, all of them
    :param dict before: :func:`read` before the first sale; :param dict after: now
    """
    known, wrong = {sale.ref for sale in sales}, []
    rows = {name: defaultdict(list) for name in ("orders", "payments", "receipts")}
    for order in after["orders"]:
        rows["orders"][order["ref"]].append(order)
    for customer, amount, state in after["payments"]:
        rows["payments"][customer].append((amount, state))
    for receipt in after["receipts"]:
        rows["receipts"][receipt["origin"]].append(receipt)
    for name, found in rows.items():
        wrong += [f"{ref}: {name} of no sale" for ref in set(found) - known]
    customers = Counter(after["customers"])
    places, assets = defaultdict(list), defaultdict(list)
    for serial, usage, quantity in after["serials"]:
        places[serial].append((usage, quantity))
    for serial, state in after["assets"]:
        assets[serial].append(state)
    asked = defaultdict(list)
    for customer, state in after["attempts"]:
        asked[customer].append(state)
    for sale in sales:
        if not sale.done:
            continue  # a fault of its own already
        told = [
            *_order(sale, rows["orders"][sale.ref]),
            *_receipt(sale, rows["receipts"][sale.ref]),
            *_money(sale, rows["payments"][sale.ref], asked[sale.ref]),
            *_unit(sale, places[sale.serial], assets[sale.serial]),
        ]
        if customers[sale.ref] != 1:
            told.append(f"{customers[sale.ref]} customers")
        wrong += [f"{sale.ref} ({sale.kind}): {text}" for text in told]
    if all(sale.done for sale in sales):
        wrong += _stock(sales, before, after)
    return wrong


def _order(sale, orders):
    if len(orders) != 1:
        yield f"{len(orders)} orders"
        return
    (order,) = orders
    cancelled = sale.kind == "cancelled"
    if order["id"] != sale.order:
        yield f"the order is {order['id']}, told was {sale.order}"
    if order["state"] != ("cancel" if cancelled else "sale"):
        yield f"the order is {order['state']}"
    if order["finalized"] != (sale.kind not in ("cancelled", "returned")):
        yield f"finalized is {order['finalized']}"
    wanted = ["cancelled" if cancelled else "active"]
    # A subscription that never began leaves with its order.
    if order["subscriptions"] not in ([wanted] if not cancelled else [wanted, []]):
        yield f"subscriptions: {order['subscriptions']}"
    yield from _deliveries(sale, order["pickings"])
    yield from _invoices(sale, order)


def _goods(sale):
    return sorted([[KIT, sale.serial, 1.0], [PARTS, "", float(sale.parts)]])


def _deliveries(sale, pickings):
    out = [p for p in pickings if p["kind"] == "outgoing" and not p["back"]]
    back = [p for p in pickings if p["back"]]
    if len(out) != 1 or len(out) + len(back) != len(pickings):
        yield f"deliveries: {pickings}"
        return
    if len(back) != (sale.kind == "returned"):
        yield f"{len(back)} returns"
    if sale.kind == "cancelled":
        if out[0]["state"] != "cancel":
            yield f"the delivery is {out[0]['state']}"
        return
    for picking in [*out, *back]:
        if picking["state"] != "done" or sorted(picking["lines"]) != _goods(sale):
            yield f"moved: {picking}"


def _receipt(sale, receipts):
    if [r["state"] for r in receipts] != ["done"]:
        yield f"receipts: {receipts}"
    elif sorted(receipts[0]["lines"]) != _goods(sale):
        yield f"received: {receipts}"


def _invoices(sale, order):
    live = [move for move in order["invoices"] if move["state"] != "cancel"]
    bills = [move for move in live if move["kind"] == "out_invoice"]
    notes = [move for move in live if move["kind"] == "out_refund"]
    if sale.kind == "cancelled":
        if live:
            yield f"invoices of a cancelled order: {live}"
        return
    if len(bills) != 2 or any(move["state"] != "posted" for move in live):
        yield f"invoices: {live}"
    if any(move["left"] for move in bills):
        yield f"not paid: {bills}"
    total = sum(move["total"] for move in bills)
    # Each invoice rounds its own tax to whole francs.
    if abs(total - order["total"]) > 1 or total != sale.paid:
        yield f"billed {total}, ordered {order['total']}, told {sale.paid}"
    wanted = [sale.credited] if sale.kind == "returned" else []
    if [move["total"] for move in notes] != wanted:
        yield f"credited: {notes}, told {sale.credited}"


def _money(sale, payments, attempts):
    counted = [amount for amount, state in payments if state in _PAID]
    wanted = 0 if sale.kind == "cancelled" else 2
    if len(counted) != wanted or sum(counted) != (sale.paid or 0):
        yield f"payments: {payments}, told {sale.paid}"
    if len(payments) != len(counted):
        yield f"half-done payments: {payments}"
    mobile = sale.kind in ("mobile", "silent")
    if sorted(attempts) not in ([["succeeded"], ["cancelled"]] if mobile else [[]]):
        yield f"attempts: {attempts}"


def _unit(sale, places, assets):
    usage, states = "customer", ["active"]
    if sale.kind == "returned":
        usage, states = "internal", ["inactive"]
    if sale.kind == "cancelled":
        usage, states = "internal", []
    if places != [(usage, 1.0)]:
        yield f"its unit lies in {places}"
    if assets != states:
        yield f"its assets are {assets}"


def _stock(sales, before, after):
    """All that came less all that left is what is there; nothing stays reserved."""
    stayed = [sale for sale in sales if sale.kind in ("returned", "cancelled")]
    more = {KIT: len(stayed), PARTS: sum(sale.parts for sale in stayed)}
    for code, number in more.items():
        wanted = before["stock"][code] + number
        if after["stock"][code] != wanted:
            yield f"{code}: {after['stock'][code]} in stock, it should be {wanted}"
    if after["reserved"] != before["reserved"]:
        yield f"{after['reserved']} units are reserved, before {before['reserved']}"
