from odoo import api, fields, models

from ...exceptions import BusinessError
from .abs_subscription import TRANSFERABLE

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

    @api.depends("order_id.x_subscription_ids.kind", "loaner_for_id.subscription_id")
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

    def action_transfer_ownership(self):
        """Open the ownership-transfer wizard of the unit's contract."""
        self.ensure_one()
        return self.subscription_id.action_transfer()
