"""Who and what hangs together (MODULE_INTERCONNECTION_MAP, 'Master Relationship Map').

Every part is searched under the caller's own rules, so a map never shows what a list
would not. What has no rules of its own (equipment, tasks, moves) is reached only from
parts that the caller sees. The number of queries does not depend on the data.
"""

from odoo import api, models
from odoo.exceptions import AccessError

LIMIT = 100


class Relationship(models.AbstractModel):
    _name = "abs.relationship"
    _description = "Relationship Map"

    @api.model
    def _seen(self, model, domain, order="id desc", limit=LIMIT):
        """Return the caller's records of a model, in sudo; none without any access."""
        if model not in self.env:
            return []
        records = self.env[model].sudo(False)
        try:
            return records.search(domain, order=order, limit=limit).sudo()
        except AccessError:
            return records.browse().sudo()

    @api.model
    def _any(self, *parts):
        """Return a domain of ``(field, records)`` alternatives; none: nothing."""
        terms = [(field, "in", records.ids) for field, records in parts if records]
        return ["|"] * (len(terms) - 1) + terms if terms else [(0, "=", 1)]

    @api.model
    def _api_customer(self, partner):
        """Return the map of one customer: ``{part: recordset}``."""
        whose = [("partner_id", "child_of", partner.id)]
        orders = self._seen("sale.order", whose)
        assets = self._seen("ov.asset", whose)
        tickets = self._seen("helpdesk.ticket", whose)
        sales = [("move_type", "in", ("out_invoice", "out_refund"))]
        return {
            "customer": partner,
            "orders": orders,
            "assets": assets,
            "equipment": self._equipment(assets),
            "tickets": tickets,
            "tasks": self._tasks(orders, tickets),
            "repairs": self._seen(
                "repair.order",
                self._any(("x_asset_id", assets), ("x_ticket_id", tickets)),
            ),
            "invoices": self._seen("account.move", [*whose, *sales]),
            "deliveries": self._deliveries(whose),
            "subscriptions": self._seen("abs.subscription", whose),
        }

    @api.model
    def _api_serial(self, lot):
        """Return the map of one serial: where it is, whose it is, what happened."""
        assets = self._seen("ov.asset", [("lot_id", "=", lot.id)])
        asset = assets.filtered(lambda a: a._abs_is_live())[:1] or assets[:1]
        equipment = self._equipment(assets)[:1]
        repairs = self._seen("repair.order", [("lot_id", "=", lot.id)])
        tickets = self._seen(
            "helpdesk.ticket",
            self._any(("x_asset_id", assets), ("x_equipment_id", equipment)),
        )
        orders = self._seen("sale.order", [("id", "in", assets.order_id.ids)])
        return {
            "lot": lot,
            "product": lot.product_id,
            "location": lot._abs_place(),
            "asset": asset,
            "assets": assets,
            "customer": asset.partner_id if asset._abs_holds() else None,
            "equipment": equipment,
            "order": orders.filtered(lambda o: o == asset.order_id)[:1],
            "subscription": self._seen_of(asset.subscription_id),
            "repairs": repairs,
            "tickets": tickets,
            "requests": self._seen(
                "maintenance.request", self._any(("equipment_id", equipment))
            ),
            "swaps": self._swaps(assets),
            "history": assets.event_ids.sorted(lambda e: (e.date, e.id)),
            "moves": self._moves(lot),
        }

    @api.model
    def _api_subscription(self, subscription):
        """Return the map of one subscription: lines, units, equity, work, invoices."""
        order = self._seen("sale.order", [("id", "=", subscription.order_id.id)])
        assets = self._seen("ov.asset", [("subscription_id", "=", subscription.id)])
        tickets = self._seen(
            "helpdesk.ticket", self._any(("x_asset_id", assets), ("x_order_id", order))
        )
        services = order.order_line.filtered(lambda line: line.is_service)
        goods = order.order_line.filtered(
            lambda line: line.product_id and not line.is_service
        )
        repairs = self._seen(
            "repair.order", [("x_subscription_id", "=", subscription.id)]
        )
        return {
            "subscription": subscription,
            "customer": self._customer(subscription.partner_id),
            "order": order,
            "service_lines": services,
            "equipment_lines": goods,
            "assets": assets,
            "equipment": self._equipment(assets),
            "equity": self._equity(subscription),
            "tasks": self._tasks(order, tickets),
            "tickets": tickets,
            "repairs": repairs,
            "repair_cost": self._repair_cost(subscription),
            "currency": subscription.company_id.currency_id,
            "invoices": self._invoices(subscription),
            "deliveries": self._deliveries([("sale_id", "in", order.ids)]),
        }

    # ------------------------------------------------------------ parts
    @api.model
    def _customer(self, partner):
        """Return whose it is; how to reach one who is not the caller's is not told."""
        if partner._abs_shown(strict=True):
            return partner
        name = partner.display_name
        return {"id": partner.id, "name": name, "phone": None, "email": None}

    @api.model
    def _repair_cost(self, subscription):
        """Return what the repairs cost that the caller sees."""
        done = [("x_subscription_id", "=", subscription.id), ("state", "=", "done")]
        repairs = self.env["repair.order"].sudo(False)
        try:
            [(cost,)] = repairs._read_group(done, [], ["x_parts_cost:sum"])
        except AccessError:
            return 0.0
        return cost or 0.0

    @api.model
    def _seen_of(self, records):
        if not records:
            return None
        return self._seen(records._name, [("id", "in", records.ids)])

    @api.model
    def _equipment(self, assets):
        return assets.equipment_id.filtered(lambda e: e.x_asset_id in assets)

    @api.model
    def _tasks(self, orders, tickets):
        """The tasks of orders and tickets that the caller sees."""
        return (
            self.env["project.task"]
            .sudo()
            .search(
                self._any(("sale_line_id.order_id", orders), ("x_ticket_id", tickets)),
                limit=LIMIT,
            )
        )

    @api.model
    def _deliveries(self, domain):
        out = [
            "|",
            ("picking_type_id.code", "=", "outgoing"),
            ("return_id", "!=", False),
        ]
        return self._seen("stock.picking", [*domain, *out])

    @api.model
    def _invoices(self, subscription):
        """The invoices of its periods, the credit notes on them, and a trade-in's."""
        billed = subscription.invoice_ids
        parts = [
            ("id", billed),
            ("reversed_entry_id", billed),
            ("x_subscription_id", subscription),
        ]
        return self._seen("account.move", self._any(*parts))

    @api.model
    def _swaps(self, assets):
        return (
            self.env["ov.asset.swap"]
            .sudo()
            .search(
                self._any(("asset_id", assets), ("loaner_asset_id", assets)),
                limit=LIMIT,
            )
        )

    @api.model
    def _moves(self, lot):
        """The done moves of the serial, of transfers that the caller sees, or of none."""
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search([("lot_id", "=", lot.id), ("state", "=", "done")], order="date, id")
        )
        ids = lines.picking_id.ids
        seen = self._seen("stock.picking", [("id", "in", ids)], limit=None)
        return lines.filtered(lambda m: not m.picking_id or m.picking_id in seen)

    @api.model
    def _equity(self, subscription):
        """Return the contract itself when it builds equity."""
        return subscription if subscription.kind == "sync" else None
