from odoo import models


class Subscription(models.Model):
    _inherit = "abs.subscription"

    def _take_first_period(self):
        """Settle period 1 by the order: its recurring line is invoiced there."""
        self.ensure_one()
        self.env["abs.subscription.period"].create(
            {
                "subscription_id": self.id,
                "number": 1,
                "date_from": self._period_start(1),
                "date_to": self._period_end(1),
            }
        )
        self._link_first_invoice()

    def _link_first_invoice(self):
        """Point the first period at the live invoice of its order line.

        One that was credited and billed again is replaced: the money for the new
        invoice is the money for this period.
        """
        for sub in self.filtered("order_line_id"):
            first = sub.period_ids.filtered(lambda p: p.number == 1)
            live = first.invoice_id.state not in (False, "cancel")
            if not first or (live and not first._is_credited()):
                continue
            moves = sub.order_line_id.invoice_lines.move_id.filtered(
                lambda m: m.move_type == "out_invoice" and m.state != "cancel"
            )
            if moves:
                first.invoice_id = moves.sorted("id")[-1:]
