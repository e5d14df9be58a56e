"""Which depot an order ships from (docs/contract.md 5): one statement for every door.

What somebody named goes first, then the outlet's warehouse, then that of the Service
Account or of the nearest one above it, then Odoo's own choice, the company's first.
"""

from odoo import api, models

from ..base.caller import is_api


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _abs_depot(self):
        """Return the warehouse of the outlet, else of the SA; empty where none says."""
        self.ensure_one()
        order = self.sudo()
        account = order.x_sa_id
        if not account and not order.id and not is_api(self.env):
            # A new order in the web client will take this one when it is saved.
            account = (order._sa_default_stamp() or [account])[0]
        for house in (order.x_outlet_id.warehouse_id, account.depot_id):
            if house.active and house.company_id == order.company_id:
                return house
        return house.browse()

    def _compute_warehouse_id(self):
        result = super()._compute_warehouse_id()
        for order in self:
            if order._abs_depot_is_open():
                order.warehouse_id = order._abs_depot() or order.warehouse_id
        return result

    @api.onchange("partner_id", "x_outlet_id")
    def _onchange_depot(self):
        """Offer the depot in the form; a saved order's stays with its outlet."""
        if self._origin and self._origin.x_outlet_id == self.x_outlet_id._origin:
            return
        if self._abs_depot_is_open():
            self.warehouse_id = self._abs_depot() or self.warehouse_id

    def _abs_depot_is_open(self):
        return self.state in ("draft", "sent") or not self.ids

    def _abs_ship_from_depot(self, vals_list):
        """Give new orders that named no warehouse their depot; the stamp is there now."""
        for order, vals in zip(self, vals_list, strict=True):
            if not vals.get("warehouse_id") and order._abs_depot_is_open():
                depot = order._abs_depot()
                if depot and depot != order.warehouse_id:
                    order.warehouse_id = depot

    def _abs_following_depot(self, vals):
        """Return the quotations whose warehouse nobody chose, if their outlet changes."""
        if "x_outlet_id" not in vals or vals.get("warehouse_id"):
            return self.browse()
        return self._abs_in_own_depot()

    def _abs_in_own_depot(self):
        """Return the quotations of self that ship from where they would by themselves."""
        found = self.browse()
        for order in self.filtered(lambda o: o.state in ("draft", "sent")):
            user = order.user_id.with_company(order.company_id.id)
            usual = order._abs_depot() or user._get_default_warehouse_id()
            if order.warehouse_id in (usual, usual.browse()):
                found |= order
        return found

    def _abs_refresh_depot(self):
        if self:
            self.env.add_to_compute(self._fields["warehouse_id"], self)

    def _sa_assign(self, account, actor, source="api", reason=None, cascade=True):
        """A quotation that goes to another SA ships from there."""
        moved = self.filtered(lambda o: o.x_sa_id and o.x_sa_id != account)
        following = moved._abs_in_own_depot()
        result = super()._sa_assign(account, actor, source, reason, cascade)
        following._abs_refresh_depot()
        return result

    @api.model
    def _abs_check_warehouse(self, vals, company):
        """Refuse a warehouse of another company.

        :raises BusinessError: ``company_mismatch``
        """
        houses = self.env["stock.warehouse"]
        house = houses.browse(vals.get("warehouse_id") or ())
        houses._abs_check_owner(house, self or company, company)
