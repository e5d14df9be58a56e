"""Builders for the life of a serial; mixed into the rule and the HTTP tests."""

from odoo.fields import Command


class LifeBuilders:
    """On top of ``AbsBuilders``; all methods work on ``self.env``."""

    def lot(self, name, product=None):
        domain = [("name", "=", name)]
        if product:
            domain.append(("product_id", "=", product.id))
        return self.env["stock.lot"].search(domain)

    def place(self, role, company=None):
        Location = self.env["stock.location"]
        return Location._abs_location(company or self.togo, role)

    def asset_of(self, name):
        """Return the assets of a serial, oldest first."""
        return self.env["ov.asset"].search([("lot_id.name", "=", name)], order="id")

    def sell(self, partner, serials, product=None, **vals):
        """Confirm and deliver one order of serials; returns it."""
        product = product or self.kit
        order = self.quotation(partner, [(product, len(serials))], **vals)
        order.action_confirm()
        picking = order.picking_ids.filtered(lambda p: p.state != "cancel")
        self.deliver(picking, serials)
        return order

    def give_back(self, picking, serials):
        """Return serials of a delivery to stock; returns the return."""
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({"picking_id": picking.id})
        )
        lots = self.env["stock.lot"].search([("name", "in", serials)])
        for line in wizard.product_return_moves:
            product = line.product_id
            line.quantity = len(lots.filtered(lambda x, p=product: x.product_id == p))
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        for move in back.move_ids:
            move.move_line_ids.unlink()
            move.move_line_ids = [
                Command.create(
                    {**move._prepare_move_line_vals(quantity=1), "lot_id": lot.id}
                )
                for lot in lots.filtered(lambda x, m=move: x.product_id == m.product_id)
            ]
            move.picked = True
        back.with_context(skip_backorder=True).button_validate()
        self.assertEqual(back.state, "done")
        return back

    def scrap(self, lot, location):
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": lot.product_id.id,
                "lot_id": lot.id,
                "scrap_qty": 1,
                "location_id": location.id,
                "company_id": self.togo.id,
            }
        )
        self.assertIs(scrap.action_validate(), True)
        return scrap

    def deploy(self, partner, serial):
        """Put a unit of stock at SYNC Deployed for a customer; returns its asset."""
        lot = self.lot(serial)
        lot._abs_asset_move(
            self.place("sync_deployed"),
            self.togo,
            partner_id=partner.id,
            x_sa_id=partner.x_sa_id.id,
            x_actor_id=partner.x_actor_id.id,
        )
        return self.asset_of(serial)[-1:]

    def pool(self, *serials):
        """Move units of stock to the loaner pool."""
        for name in serials:
            self.lot(name)._abs_asset_move(self.place("loaner_pool"), self.togo)

    def units_at(self, name):
        """Return where the unit of a serial is: {location: quantity}, non-zero."""
        quants = self.env["stock.quant"].search([("lot_id.name", "=", name)])
        places = {}
        for quant in quants:
            usage = quant.location_id.usage
            if quant.quantity and usage in ("internal", "customer", "transit"):
                places[quant.location_id] = (
                    places.get(quant.location_id, 0) + quant.quantity
                )
        return places

    def kinds(self, asset):
        """Return the steps of an asset, oldest first."""
        return asset.event_ids.sorted(lambda e: (e.date, e.id)).mapped("kind")
