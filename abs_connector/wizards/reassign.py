"""'Reassign' in the web client: give records to another SA or actor (docs/contract.md 2)."""

from odoo import api, fields, models

from ..exceptions import BusinessError


class ReassignWizard(models.TransientModel):
    _name = "abs.reassign.wizard"
    _description = "Reassign governed records"

    res_model = fields.Char(required=True)
    res_ids = fields.Json(required=True)
    record_count = fields.Integer("Records", readonly=True)
    account_id = fields.Many2one(
        "ov.serviced_account",
        "Service Account",
        required=True,
        domain="[('state', '=', 'active')]",
    )
    candidate_ids = fields.Many2many(
        "res.partner", compute="_compute_candidate_ids", compute_sudo=True
    )
    actor_id = fields.Many2one(
        "res.partner",
        help="A member of the Service Account; empty: waits for an actor.",
        domain="[('id', 'in', candidate_ids)]",
    )
    reason = fields.Char()
    with_records = fields.Boolean(
        "Open records go along",
        default=True,
        help="Of a customer the open orders, deliveries, unpaid invoices, units, "
        "contracts, tickets and payment requests; of other records what is open below.",
    )

    @api.model
    def default_get(self, names):
        """Take the selected records, and their SA when it is the same one."""
        values = super().default_get(names)
        model = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if model and ids and model in self.env["abs.stamp.mixin"]._sa_governed_models():
            accounts = self.env[model].browse(ids).x_sa_id
            values.update(res_model=model, res_ids=ids, record_count=len(ids))
            if len(accounts) == 1:
                values["account_id"] = accounts.id
        return values

    @api.depends("account_id")
    def _compute_candidate_ids(self):
        members = self.env["ov.membership"]._effective()
        for wizard in self:
            account = wizard.account_id
            reach = members.filtered(lambda m, a=account: a and m._covers(a))
            wizard.candidate_ids = reach.person_partner_id

    @api.onchange("account_id")
    def _onchange_account_id(self):
        if self.actor_id not in self.candidate_ids._origin:
            self.actor_id = False

    def action_assign(self):
        """Reassign; the rules are those of the verb, for each record."""
        self.ensure_one()
        if self.res_model not in self.env["abs.stamp.mixin"]._sa_governed_models():
            raise BusinessError(self.env._("Choose the records to reassign first."))
        ids = [int(i) for i in self.res_ids]
        records = self.env[self.res_model].browse(ids).exists()
        records._api_assign(
            self.account_id.id, self.actor_id.id, self.reason, self.with_records
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
