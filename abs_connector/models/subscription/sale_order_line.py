from odoo import api, models

from ...compat import SOL_TAXES

#: What a contract type says about being the fee of a lease-to-own, best first.
FEE_RANK = {
    "asset_assignment": 0,
    "lease": 0,
    "paygo": 1,
    "subscription": 1,
    False: 2,
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _abs_taxes(self):
        """Return the line's taxes; the field has two names (18, 19)."""
        return self[SOL_TAXES]

    def _abs_is_recurring(self):
        """Does this line make a subscription when the order is confirmed?"""
        self.ensure_one()
        if self.display_type or self.is_downpayment or not self.product_id:
            return False
        return self.product_id.product_tmpl_id._abs_is_recurring()

    def _abs_is_rental(self):
        return self._abs_is_recurring() and self.product_id.x_contract_type == "rental"

    def _abs_fee_rank(self):
        return FEE_RANK.get(self.product_id.x_contract_type, 3)

    def _abs_is_leased(self):
        """Is this line goods that stay the company's: leased by SYNC, or rented?

        On a SYNC order: serials, and whatever is given at 0; an accessory that is paid
        for is sold. On an order with a rental contract: what is marked ``rent_ok``.
        """
        self.ensure_one()
        order = self.order_id
        if self.display_type or self.product_id.type != "consu":
            return False
        given = order.is_subscription and not self.price_unit
        return given or self._abs_is_equipment()

    @api.depends("order_id.is_subscription")
    def _compute_price_unit(self):
        """Leased equipment is at 0: the service line carries the fee (docs/contract.md 6)."""
        result = super()._compute_price_unit()
        for line in self:
            if not line.order_id or line.state in ("sale", "cancel"):
                continue
            if line._abs_is_equipment():
                line.price_unit = line.technical_price_unit = 0.0
        return result

    def _abs_is_equipment(self):
        """Leased by what it is, whatever its price: see :meth:`_abs_is_leased`."""
        product, order = self.product_id, self.order_id
        if product.type != "consu":
            return False
        if order.is_subscription and product.tracking == "serial":
            return True
        return product.rent_ok and order._abs_is_rental()

    def _after_create(self):
        """A rental contract that is added last takes the list price off its units."""
        super()._after_create()
        for order in self.filtered(lambda li: li._abs_is_rental()).order_id:
            units = order.order_line.filtered(
                lambda li: (
                    li._abs_is_equipment()
                    and li.price_unit
                    and li.price_unit == li.technical_price_unit
                )
            )
            units.write({"price_unit": 0.0, "technical_price_unit": 0.0})

    def _get_location_final(self):
        """Leased units go to SYNC Deployed (cookbook 3): procurement asks here."""
        if self._abs_is_leased():
            return self.env["stock.location"]._abs_location(
                self.order_id.company_id, "sync_deployed"
            )
        return super()._get_location_final()
