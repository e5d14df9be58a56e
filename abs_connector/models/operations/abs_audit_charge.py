"""The audit of who is in charge: what stayed behind when a customer, a person or an SA went."""

from odoo import models

from ..base.domain import all_of
from ..scope.abs_stamp_mixin_reassign import ALONE


class AuditCharge(models.AbstractModel):
    _inherit = "abs.audit"

    def _open_ones(self, *terms):
        """Yield the open records of each model that is somebody's work."""
        for model in self._governed():
            if model._sa_kind:
                yield model, all_of(list(terms), list(model._sa_open_domain))

    def _check_closed_account(self):
        """Nothing is open in a closed SA: nobody but admins sees it there."""
        for model, domain in self._open_ones(("x_sa_id.state", "=", "closed")):
            for record in model.with_context(active_test=True).search(domain):
                yield model._name, record.id, f"open, but {record.x_sa_id.name} closed"

    def _check_actor_left(self):
        """Nobody is in charge of what is open where the own membership has ended."""
        left = self.env["ov.membership"]._left()
        left = {person.id: ids for person, ids in left.items()}
        for model, domain in self._open_ones(("x_actor_id", "in", list(left))):
            for record in model.search(domain):
                if record.x_sa_id.id in left[record.x_actor_id.id]:
                    name, place = record.x_actor_id.name, record.x_sa_id.name
                    yield model._name, record.id, f"{name} works in {place} no more"

    def _check_left_behind(self):
        """Open records went along with their customer, unless a person let them stay."""
        for model, domain in self._open_ones(("x_sa_id", "!=", False)):
            customer = model._sa_customer_field
            if customer == "id" or customer not in model._fields:
                continue
            for batch in model._sa_batches(all_of([(customer, "!=", False)], domain)):
                yield from self._left_behind(batch, customer)

    def _left_behind(self, records, customer):
        """Yield those of ``records`` that are still where their customer was."""
        history = self.env["ov.sa_customer_assignment"].sudo()
        partners = records.mapped(customer)
        rows = history.search([("partner_id", "in", partners.ids)]).grouped(
            "partner_id"
        )
        since = records._sa_since()
        for record in records:
            mine = rows.get(record[customer], history)
            now = mine.filtered(lambda row: row.state == "active")[:1]
            if not now or (now.source or "").endswith(ALONE):
                continue
            if since[record.id] > now.date_from:
                continue  # made or given to somebody afterwards
            if any(record._sa_stayed(was, now) for was in mine - now):
                text = f"in {record.x_sa_id.name}, its customer went on"
                yield record._name, record.id, text
