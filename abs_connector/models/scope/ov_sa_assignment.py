"""The history of who was in charge (V3): one base, one small model per object (SPEC 2).

The next governed object needs its ``_name``, the subject field, and the constraint.
"""

from odoo import api, fields, models

from ...compat import Constraint
from ..base.caller import api_call, api_scope, is_api

ONE_ACTIVE = "EXCLUDE (%s WITH =) WHERE (state = 'active')"
ALREADY = "This record already has an active assignment."


class SaAssignment(models.AbstractModel):
    """Base of the assignments; rows are made by ``abs.stamp.mixin`` only."""

    _name = "ov.sa_assignment"
    _description = "Assignment to a Service Account"
    _order = "id desc"
    _sa_subject = None

    account_id = fields.Many2one(
        "ov.serviced_account",
        "Service Account",
        required=True,
        index=True,
        ondelete="restrict",
    )
    actor_id = fields.Many2one("res.partner", index=True, ondelete="restrict")
    state = fields.Selection(
        [("active", "Active"), ("ended", "Ended"), ("transferred", "Transferred")],
        default="active",
        required=True,
        index=True,
        help="Transferred: another assignment followed; ended: none did.",
    )
    date_from = fields.Datetime(required=True, default=fields.Datetime.now)
    date_to = fields.Datetime()
    source = fields.Char(help="api, web, inherit:<model>, cascade:<model>, migration")
    reason = fields.Char()
    assigned_by_id = fields.Many2one("res.partner", "Assigned by", ondelete="set null")

    @api.depends("account_id", "actor_id")
    def _compute_display_name(self):
        # In sudo: who may read the row sees of what, without right to the document.
        for row in self.sudo():
            subject = row[self._sa_subject].display_name if self._sa_subject else ""
            parts = (subject, row.account_id.name, row.actor_id.name)
            row.display_name = " / ".join(part for part in parts if part)

    @api.model
    def _replace(self, records, account, actor, source, reason=None):
        """End the active rows of the records and add the next ones.

        The old rows are flushed before the INSERT: else both would be active for the
        constraint (GOVERNED_SALE_FINDINGS 2).
        """
        now = fields.Datetime.now()
        subject = self._sa_subject
        current = self.search([(subject, "in", records.ids), ("state", "=", "active")])
        if current:
            state = "transferred" if account else "ended"
            current.write({"state": state, "date_to": now})
            current.flush_recordset()
        if not account:
            return self.browse()
        author = api_call(self.env).actor_id or self.env.user.partner_id.id
        return self.create(
            [
                {
                    subject: record.id,
                    "account_id": account.id,
                    "actor_id": actor.id or False,
                    "date_from": now,
                    "source": source,
                    "reason": reason,
                    "assigned_by_id": author,
                }
                for record in records
            ]
        )

    def _abs_seen_rows(self):
        """Return the rows of SAs that the caller reaches: of the others it is told when
        somebody was in charge, not who."""
        scope = api_scope(self.env)
        if not is_api(self.env) or scope.kind == "admin":
            return self
        if scope.kind == "system":
            companies = scope.company_ids
            return self.filtered(
                lambda r: (
                    not companies or r.account_id.company_id.id in (*companies, False)
                )
            )
        own = {i for grant in scope.grants for i in grant.account_ids}
        return self.filtered(lambda r: own & set(r.account_id._path_ids()))

    def _abs_seen_refs(self, name):
        """Return ``{row id: {"id", "name"}}`` of one link of the rows that are seen."""
        self.fetch(["account_id", "actor_id", "assigned_by_id", "reason"])
        rows = self._abs_seen_rows()
        return {
            row.id: {"id": row[name].id, "name": row[name].display_name or ""}
            for row in rows
            if row[name]
        }

    @api.model
    def _abs_scope_domain(self, scope):
        """The history is seen by those who see its record."""
        subject = self.env[self._fields[self._sa_subject].comodel_name]
        inner = subject._abs_scope_domain(scope)
        return [(self._sa_subject, "any", inner)] if inner else []


class CustomerAssignment(models.Model):
    _name = "ov.sa_customer_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of a customer"
    _sa_subject = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "partner_id", ALREADY)


class SaleOrderAssignment(models.Model):
    _name = "ov.sa_sale_order_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of a sale order"
    _sa_subject = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "order_id", ALREADY)


class DeliveryAssignment(models.Model):
    _name = "ov.sa_delivery_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of a delivery or receipt"
    _sa_subject = "picking_id"

    picking_id = fields.Many2one(
        "stock.picking", "Transfer", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "picking_id", ALREADY)


class AssetAssignment(models.Model):
    _name = "ov.sa_asset_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of an asset"
    _sa_subject = "asset_id"

    asset_id = fields.Many2one(
        "ov.asset", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "asset_id", ALREADY)


class InvoiceAssignment(models.Model):
    _name = "ov.sa_invoice_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of an invoice"
    _sa_subject = "move_id"

    move_id = fields.Many2one(
        "account.move", "Invoice", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "move_id", ALREADY)


class PaymentAssignment(models.Model):
    _name = "ov.sa_payment_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of a payment"
    _sa_subject = "payment_id"

    payment_id = fields.Many2one(
        "account.payment", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "payment_id", ALREADY)


class TicketAssignment(models.Model):
    _name = "ov.sa_ticket_assignment"
    _inherit = "ov.sa_assignment"
    _description = "Assignment of a ticket"
    _sa_subject = "ticket_id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    _one_active = Constraint(ONE_ACTIVE % "ticket_id", ALREADY)
