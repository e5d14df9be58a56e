from odoo import fields, models
from odoo.fields import Command

from ...exceptions import BusinessError, Conflict
from ..account.account_move import DRAWN_BY_US
from .abs_subscription import TRANSFERABLE

TRADE_IN_RATE = "abs_connector.trade_in_rate"
PATHS = ("own", "upgrade")


class OwnershipTransfer(models.Model):
    """The end of a lease-to-own (map, flow 6; docs/contract.md 6).

    ``own``: the units go from SYNC Deployed to the customer and are theirs. ``upgrade``:
    they come back, 30 % of the equipment value (a parameter) is credited, and a new
    SYNC order starts. Due when the last month is billed and all is paid; earlier by
    staff with a reason.
    """

    _inherit = "abs.subscription"

    transfer_path = fields.Selection(
        [("own", "Customer owns"), ("upgrade", "Upgrade")], readonly=True, copy=False
    )
    transferred_on = fields.Date(readonly=True, copy=False)
    upgrade_order_id = fields.Many2one("sale.order", readonly=True, copy=False)
    upgrade_credit_id = fields.Many2one(
        "account.move", "Trade-in credit note", readonly=True, copy=False
    )

    def _api_ownership_transfer(self, path, upgrade=None, reason=None):
        """Transfer the ownership, or upgrade; returns self.

        :param str path: ``own`` or ``upgrade``
        :param dict upgrade: ``product_id``, ``fee_product_id``, ``price_unit``,
            ``plan_id``, ``x_equipment_value``, ``x_equity_rate``,
            ``x_contract_months``, ``destination`` (``stock`` or ``repair``); what is
            absent is as in this contract
        :param str reason: needed, from staff, when it is not due
        :raises BusinessError: ``not_lease_to_own``, ``transfer_early``,
            ``periods_unpaid``, ``swap_open``, ``no_deployed_unit``, ``serial_required``,
            ``not_recurring``, ``sync_fee_missing``
        :raises Conflict: ``already_transferred``
        """
        self._abs_lock()
        self._check_transfer(path, (reason or "").strip())
        if path == "upgrade":
            self._check_upgrade(upgrade or {})
        units = self._transfer_units()
        today = self.company_id._abs_today()
        self.write({"transfer_path": path, "transferred_on": today})
        if path == "own":
            self._transfer_own(units)
            text = self.env._("Ownership transferred to the customer.")
        else:
            self._transfer_upgrade(units, upgrade or {})
            text = self.env._("Upgraded by %s.", self.upgrade_order_id.name)
        if self.state != "expired":
            self._close("expired", f"{text} {reason}" if reason else text)
        else:
            self._note(text, reason)
        # the reminder to transfer, or to collect the unit, is done with
        self.activity_feedback(["mail.mail_activity_data_todo"])
        return self

    def _api_transfer_result(self):
        """Return the answer of the endpoint: what ended and what began."""
        self.ensure_one()
        order = self.upgrade_order_id
        new = order.x_subscription_ids.filtered(lambda s: s.previous_id == self)
        return {
            "subscription": self,
            "path": self.transfer_path,
            "order": order or None,
            "new_subscription": new or None,
            "credit_note": self.upgrade_credit_id or None,
            "trade_in_credit": self.upgrade_credit_id.amount_total,
            "currency": self.currency_id,
        }

    def _check_transfer(self, path, reason):
        self.ensure_one()
        if path not in PATHS:
            raise BusinessError(self.env._("The path is own or upgrade."))
        if self.kind != "sync":
            raise BusinessError(
                self.env._("%s is not a lease-to-own contract.", self.code),
                code="not_lease_to_own",
            )
        if self.transferred_on:
            raise Conflict(
                self.env._("%s has been transferred already.", self.code),
                code="already_transferred",
            )
        self._require_state(*TRANSFERABLE)
        obstacle = self._transfer_obstacle()
        if not obstacle:
            return
        code, sentence = obstacle
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        if not reason:
            raise BusinessError(
                self.env._("%s Staff may transfer early with a reason.", sentence),
                code=code,
                details=[{"field": "reason"}],
            )

    def _transfer_units(self):
        """Lock and return the units to transfer; one in repair comes back first."""
        self.asset_ids.lot_id._abs_lock()
        self.asset_ids._abs_lock()
        away = self.asset_ids.filtered("open_swap_id")
        if away:
            raise Conflict(
                self.env._(
                    "A loaner stands in for %s: return the loaner first.",
                    away[0].display_name,
                ),
                code="swap_open",
            )
        units = self._deployed_assets()
        if not units:
            raise BusinessError(
                self.env._(
                    "%s has no unit at SYNC Deployed: deliver it first.", self.code
                ),
                code="no_deployed_unit",
            )
        return units

    def _move_units(self, units, dest):
        for unit in units:
            unit.lot_id._abs_asset_move(
                dest,
                self.company_id,
                partner_id=self.partner_id.id,
                origin=self.code,
                **self._sa_stamp(),
            )

    def _transfer_own(self, units):
        partner = self.partner_id.with_company(self.company_id)
        self._move_units(units, partner.property_stock_customer)
        for unit in units:
            if unit.state != "transferred":
                raise BusinessError(
                    self.env._("%s could not be transferred.", unit.display_name)
                )

    # --- upgrade ----------------------------------------------------------------------
    def _check_upgrade(self, upgrade):
        """Refuse what can't be leased: its order would wait for ever, the old unit gone."""
        unit, fee = (
            self.env["product.product"].browse(upgrade.get(name) or ())
            for name in ("product_id", "fee_product_id")
        )
        if unit and unit.tracking != "serial":
            raise BusinessError(
                self.env._("%s has no serial number.", unit.display_name),
                code="serial_required",
                details=[{"field": "upgrade.product_id"}],
            )
        if fee and (fee.type != "service" or not fee.sale_ok):
            raise BusinessError(
                self.env._("%s is not a service that is sold.", fee.display_name),
                code="not_recurring",
                details=[{"field": "upgrade.fee_product_id"}],
            )

    def _transfer_upgrade(self, units, upgrade):
        self._move_units(units, self._upgrade_destination(upgrade))
        credit = self._grant_trade_in()
        order = self._upgrade_order(units, upgrade)
        order._abs_check_sync()
        order.x_upgraded_from_id = self
        self.write({"upgrade_order_id": order.id, "upgrade_credit_id": credit.id})
        self._confirm_upgrade(order)

    def _upgrade_destination(self, upgrade):
        if upgrade.get("destination") == "repair":
            return self.env["stock.location"]._abs_location(
                self.company_id, "service_repair"
            )
        warehouse = self.order_id.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], order="sequence, id", limit=1
        )
        return warehouse.lot_stock_id

    def _trade_in_amount(self):
        """Return the credit for the old units: the rate of the equipment value."""
        param = self.env["ir.config_parameter"].sudo().get_param(TRADE_IN_RATE, "30")
        rate = float(param)
        return self.currency_id.round(
            self.equipment_value * (rate if rate <= 1 else rate / 100)
        )

    def _grant_trade_in(self):
        """Post the trade-in credit as a credit note; returns it, empty when it is 0.

        It carries no tax: it is the agreed value of the unit, to the cent. It settles
        the new contract's invoices as they are posted.
        """
        amount = self._trade_in_amount()
        moves = self.env["account.move"].with_company(self.company_id)
        if self.currency_id.is_zero(amount):
            return moves
        names = ", ".join(self.asset_ids.lot_id.mapped("name"))
        # both are printed on what the customer gets
        speaks = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        move = DRAWN_BY_US.on(moves).create(
            {
                "move_type": "out_refund",
                "partner_id": (self.order_id.partner_invoice_id or self.partner_id).id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "invoice_date": self.company_id._abs_today(),
                "invoice_origin": self.code,
                "ref": speaks._("Trade-in of %s", names),
                "x_subscription_id": self.id,
                **self._sa_stamp(),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": speaks._("Trade-in credit for %s", names),
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        move = move.with_context(moves.env.context)
        move.action_post()
        return move

    def _upgrade_order(self, units, upgrade):
        """Create the new SYNC quotation: the fee, and the unit at 0."""
        fee = self.env["product.product"].browse(
            upgrade.get("fee_product_id") or self.product_id.id
        )
        unit = self.env["product.product"].browse(
            upgrade.get("product_id") or units.product_id[:1].id
        )
        price = upgrade.get("price_unit")
        fee_line = {"product_id": fee.id, "product_uom_qty": self.quantity}
        if price is not None or fee == self.product_id:
            fee_line["price_unit"] = self.price_unit if price is None else price
            fee_line["discount"] = self.discount if price is None else 0.0
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "is_subscription": True,
            "plan_id": upgrade.get("plan_id") or self.plan_id.id,
            "origin": self.code,
            **self._sa_stamp(),
            "order_line": [
                Command.create(fee_line),
                Command.create(
                    {
                        "product_id": unit.id,
                        "product_uom_qty": len(units),
                        "price_unit": 0.0,
                    }
                ),
            ],
        }
        old = {
            "x_equipment_value": self.equipment_value,
            "x_equity_rate": self.equity_rate,
            "x_contract_months": self.contract_months or self.duration,
        }
        for name, value in old.items():
            given = upgrade.get(name)
            vals[name] = value if given is None else given
        if self.order_id:
            vals["warehouse_id"] = self.order_id.warehouse_id.id
            vals["pricelist_id"] = self.order_id.pricelist_id.id
            vals["payment_term_id"] = self.order_id.payment_term_id.id
        return self.env["sale.order"].with_company(self.company_id).create(vals)

    def _confirm_upgrade(self, order):
        """Confirm it, or, where it needs an approval that the caller can't give, ask."""
        note = self.env._("Upgrade of %s", self.code)
        if order.approval_state in ("required", "rejected"):
            order._api_request_approval(note)
            if not self.env["ov.membership"]._caller_is_manager(order.x_sa_id):
                return
            order._api_approve(note)
        order._api_confirm()
