"""What happened to an order's approval: each request, decision, note and reason.

The rows are the truth of the approval (docs/contract.md 1.11). Nobody has the right to write
them: only the verbs of ``sale.order`` add rows, as the system.
"""

from odoo import api, fields, models


class OrderApproval(models.Model):
    _name = "abs.order.approval"
    _description = "Order Approval"
    _order = "id desc"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(
        [
            ("request", "Requested"),
            ("approve", "Approved"),
            ("reject", "Rejected"),
            ("void", "Voided"),
        ],
        required=True,
        readonly=True,
    )
    employee_id = fields.Many2one("abs.employee", readonly=True, ondelete="restrict")
    actor_id = fields.Many2one(
        "res.partner", "By", readonly=True, ondelete="restrict", help="The person."
    )
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    note = fields.Char("Note or Reason", readonly=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    amount = fields.Monetary(
        readonly=True, help="Total of the order at that moment, taxes included."
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    fingerprint = fields.Char(
        readonly=True,
        help="Hash of the lines and the amount that were requested or decided upon.",
    )

    @api.depends("order_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for row in self.sudo():
            row.display_name = f"{row.order_id.name}: {kinds.get(row.kind, '')}"
