from odoo import api, fields, models

from ...exceptions import BusinessError
from .subscription import TRANSFERABLE

CLOSED = ("cancelled", "expired")


class Asset(models.Model):
    _inherit = "ov.asset"

    subscription_id = fields.Many2one(
        "abs.subscription",
        "Subscription",
        compute="_compute_subscription_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        recursive=True,
        help="The contract under which the unit is deployed",
    )

    @api.depends("order_id.abs_subscription_ids.kind", "loaner_for_id.subscription_id")
    def _compute_subscription_id(self):
        """The lease or rental of its order, else the order's only subscription."""
        for asset in self:
            if asset.subscription_id or asset.state == "decommissioned":
                asset.subscription_id = asset.subscription_id
            elif asset.loaner_for_id:
                asset.subscription_id = asset.loaner_for_id.subscription_id
            else:
                asset.subscription_id = asset.order_id._abs_unit_subscription()

    def _abs_set_state(self, state):
        """A scrapped unit is billed on: somebody has to replace it, or end that."""
        result = super()._abs_set_state(state)
        if state == "decommissioned":
            units = self.filtered(lambda a: not a.loaner_for_id)
            for sub in units.subscription_id:
                if sub.state in ("active", "paused"):
                    sub._remind(
                        self.env._(
                            "The unit was scrapped: replace it or end the contract."
                        )
                    )
        return result

    def _abs_check_swappable(self):
        """A contract that is over gives no loaner: its unit comes back, or is bought."""
        super()._abs_check_swappable()
        sub = self.subscription_id
        if sub.kind not in ("sync", "rental") or sub.state not in CLOSED:
            return
        raise BusinessError(
            self.env._(
                "%(contract)s is over: take %(serial)s back (POST "
                "/api/subscriptions/%(id)s/return), or transfer its ownership where that "
                "is due.",
                contract=sub.code,
                serial=self.lot_id.name,
                id=sub.id,
            ),
            code="contract_ended",
        )

    can_transfer_ownership = fields.Boolean(
        compute="_compute_can_transfer_ownership",
        compute_sudo=True,
        help="It is leased, and its contract has not been transferred",
    )

    @api.depends("state", "loaner_for_id", "subscription_id.state")
    def _compute_can_transfer_ownership(self):
        for asset in self:
            sub = asset.subscription_id
            asset.can_transfer_ownership = (
                asset.state == "active"
                and not asset.loaner_for_id
                and sub.kind == "sync"
                and sub.state in TRANSFERABLE
                and not sub.transferred_on
            )

    def action_abs_transfer_ownership(self):
        """Open the ownership-transfer wizard of the unit's contract."""
        self.ensure_one()
        return self.subscription_id.action_transfer()


class MaintenanceEquipment(models.Model):
    _inherit = "maintenance.equipment"

    x_subscription_id = fields.Many2one(
        related="x_asset_id.subscription_id",
        string="Subscription",
        store=True,
        index="btree_not_null",
    )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _abs_unit_subscription(self):
        """Return the subscription that the units of this order are under; maybe none."""
        live = self.abs_subscription_ids.filtered(lambda s: s.state != "cancelled")
        deployed = live.filtered(lambda s: s.kind != "service")
        return deployed[:1] or (live if len(live) == 1 else live.browse())


class Subscription(models.Model):
    _inherit = "abs.subscription"

    asset_ids = fields.One2many("ov.asset", "subscription_id", "Units")
    asset_count = fields.Integer(compute="_compute_asset_count")

    @api.depends("asset_ids")
    def _compute_asset_count(self):
        for sub in self:
            sub.asset_count = len(sub.asset_ids)

    def _deployed_assets(self):
        """Return the units of this contract that are with the customer, no loaners."""
        return self.asset_ids.filtered(
            lambda a: (
                a.state == "active"
                and not a.loaner_for_id
                and a.lot_id.location_id.x_role == "sync_deployed"
            )
        )

    def _units_out(self):
        """Return the company's units under this contract that the customer holds.

        One that is in repair counts: its loaner is out.
        """
        if self.kind == "service":
            return self.asset_ids.browse()
        return self._deployed_assets() | self.asset_ids.filtered("open_swap_id")
