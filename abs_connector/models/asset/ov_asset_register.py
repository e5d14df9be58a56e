"""Register and edit assets by hand (workflow 8: POST and PUT /api/assets)."""

from odoo import api, models

from ...exceptions import BusinessError, Conflict

EDITABLE = ("name", "asset_code", "installation_date", "notes")


class Asset(models.Model):
    _inherit = "ov.asset"

    @api.model
    def _api_register(self, account, vals):
        """Complete the asset of a delivered serial, or create one.

        A unit that stands in a warehouse is registered as inactive: its delivery makes
        it active (0g). One that Odoo never moved is with its customer already.

        :param account: ``ov.serviced_account`` of the new asset, sudo
        :param dict vals: name, asset_code, product_id, partner_id, lot_id, order_id,
            installation_date, notes; without ``lot_id`` the ``asset_code`` finds the
            serial of that name
        :return: ``(asset, status)``: 200 completed, 201 created
        :raises Conflict: ``asset_exists`` when the unit is with another customer
        """
        lot = self._abs_register_lot(vals)
        if lot:
            lot._abs_lock()
            asset = self._abs_live_of(lot).get(lot.id) or self._abs_known(lot, vals)
            if asset:
                return asset._abs_complete(vals), 200
        return self._abs_register_new(account, lot, vals), 201

    @api.model
    def _abs_register_lot(self, vals):
        """Return the serial that ``vals`` name, maybe none; checks the product."""
        Lot = self.env["stock.lot"]
        product_id = vals.get("product_id")
        if vals.get("lot_id"):
            lot = Lot.browse(vals["lot_id"])
        elif vals.get("asset_code"):
            domain = [("name", "=", vals["asset_code"])]
            if product_id:
                domain.append(("product_id", "=", product_id))
            # under the caller's rules: companies that are not theirs stay hidden
            lot = Lot.sudo(False).search(domain, limit=2).sudo()
            if len(lot) > 1:
                raise BusinessError(
                    self.env._(
                        "Several products have a serial number %(code)s: name the "
                        "product_id or the lot_id.",
                        code=vals["asset_code"],
                    ),
                    code="ambiguous_serial",
                    details=[{"field": "product_id"}],
                )
        else:
            lot = Lot
        if lot and product_id and lot.product_id.id != product_id:
            raise BusinessError(
                self.env._(
                    "Serial number %(serial)s belongs to %(product)s, not to the "
                    "product that was named.",
                    serial=lot.name,
                    product=lot.product_id.display_name,
                ),
                code="serial_unavailable",
                details=[{"field": "product_id"}],
            )
        return lot

    @api.model
    def _abs_known(self, lot, vals):
        """Return the inactive asset of a unit that is the same customer's still.

        Somebody set it inactive by hand, or registered it before its delivery.
        """
        last = self.search([("lot_id", "=", lot.id)], order="id desc", limit=1)
        same = (
            last.state == "inactive"
            and last.partner_id.id == (vals.get("partner_id") or False)
            and lot._abs_place()
            and not last.open_swap_id
        )
        return last if same else self.browse()

    def _abs_complete(self, vals):
        """Complete the asset that a delivery made."""
        self.ensure_one()
        if not self.sudo(False).search_count([("id", "=", self.id)], limit=1):
            raise Conflict(
                self.env._(
                    "The unit %(serial)s is registered already, and not with this "
                    "customer. It must be returned first.",
                    serial=self.lot_id.name,
                ),
                code="asset_exists",
            )
        partner_id = vals.get("partner_id")
        if partner_id and self.partner_id and partner_id != self.partner_id.id:
            raise Conflict(
                self.env._(
                    "The unit %(serial)s is with %(customer)s. It must be returned "
                    "before it is registered for somebody else.",
                    serial=self.lot_id.name,
                    customer=self.partner_id.display_name,
                ),
                code="asset_exists",
                details=[{"field": "partner_id"}],
            )
        values = {key: vals[key] for key in EDITABLE if vals.get(key)}
        for key in ("partner_id", "order_id"):
            if vals.get(key) and not self[key]:
                values[key] = vals[key]
        if self.state == "inactive" and self.lot_id._abs_place()._abs_is_field():
            values.update(state="active", end_date=False)
        self.write(values)
        self._abs_log([(None, self)], kind="registered")
        self._abs_ensure_equipment()
        return self

    @api.model
    def _abs_register_new(self, account, lot, vals):
        """Create the asset of a unit that no delivery of ours brought."""
        order = self.env["sale.order"].browse(vals.get("order_id") or ())
        if order and order.company_id != account.company_id:
            raise BusinessError(
                self.env._(
                    "%(order)s belongs to another company than %(account)s.",
                    order=order.name,
                    account=account.name,
                ),
                code="company_mismatch",
                details=[{"field": "order_id"}],
            )
        if not (lot or vals.get("product_id") or vals.get("name")):
            raise BusinessError(
                self.env._("Name the serial number, the product or the unit itself."),
                details=[{"field": "name"}],
            )
        product = lot.product_id or self.env["product.product"].browse(
            vals.get("product_id") or ()
        )
        partner = order.partner_id.browse(vals.get("partner_id") or order.partner_id.id)
        actor = self.env["ov.membership"]._caller_actor(account, partner, order)
        values = {key: vals[key] for key in EDITABLE if vals.get(key)}
        values.setdefault("name", product.name)
        values.update(
            product_id=product.id,
            lot_id=lot.id,
            partner_id=partner.id,
            order_id=order.id,
            company_id=account.company_id.id,
            x_sa_id=account.id,
            x_actor_id=actor.id,
        )
        return self.with_company(account.company_id).create(values)

    def _api_update(self, vals):
        """Edit one asset (PUT /api/assets/<id>); returns it.

        :param dict vals: name, asset_code, installation_date, notes, partner_id, state,
            ``note`` (one remark for the history)
        """
        self.ensure_one()
        self._abs_lock()
        vals = dict(vals)
        note = vals.pop("note", None)
        if "partner_id" in vals and vals["partner_id"] != self.partner_id.id:
            self._abs_check_new_partner(vals["partner_id"])
        state = vals.pop("state", None)
        if state and state != self.state:
            self._abs_set_by_hand(state)
        changed = {k: v for k, v in vals.items() if k in (*EDITABLE, "partner_id")}
        if changed:
            self.write(changed)
        if note:
            self._abs_log([(None, self)], kind="note", note=note)
            self.message_post(body=note)
        return self

    def _abs_check_new_partner(self, partner_id):
        """Only staff hands a unit to another customer, and no sold or leased one."""
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        if not partner_id:
            raise BusinessError(
                self.env._("An asset needs its customer."),
                details=[{"field": "partner_id"}],
            )
        if self.order_id and self._abs_is_live():
            raise BusinessError(
                self.env._(
                    "This unit was delivered to %(customer)s with %(order)s. Return "
                    "it and deliver it to the new customer.",
                    customer=self.partner_id.display_name,
                    order=self.order_id.name,
                ),
                code="asset_sold",
                details=[{"field": "partner_id"}],
            )

    def _abs_set_by_hand(self, state):
        """Change the state of an asset where no stock move does it."""
        if self.open_swap_id:
            raise Conflict(
                self.env._(
                    "A loaner stands in for this unit: return the loaner first."
                ),
                code="swap_open",
            )
        if self.lot_id and state in ("transferred", "decommissioned"):
            raise BusinessError(
                self.env._(
                    "The stock move decides this: scrap the unit with POST "
                    "/api/stock/scrap, or transfer the ownership with its subscription."
                ),
                code="state_by_stock",
                details=[{"field": "state"}],
            )
        if self.state == "decommissioned":
            raise BusinessError(
                self.env._("A scrapped unit stays decommissioned."),
                code="state_by_stock",
            )
        place = self.lot_id.location_id
        if state == "inactive" and place.x_role == "sync_deployed":
            raise BusinessError(
                self.env._(
                    "The unit %s is leased: return it with its contract or delivery.",
                    self.lot_id.name,
                ),
                code="state_by_stock",
                details=[{"field": "state"}],
            )
        if self.lot_id and state == "active" and place and not place._abs_is_field():
            raise BusinessError(
                self.env._(
                    "The unit %(serial)s is in %(place)s: deliver it to make it active.",
                    serial=self.lot_id.name,
                    place=place.display_name,
                ),
                code="state_by_stock",
                details=[{"field": "state"}],
            )
        self._abs_set_state(state)
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        self._abs_log([(None, self)], kind="note", note=label)
