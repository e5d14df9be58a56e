"""Who is in charge next: reassignment, what goes along, and the end of a membership."""

from odoo import api, models

from ...exceptions import BusinessError
from ..base.caller import is_api


class StampMixin(models.AbstractModel):
    _inherit = "abs.stamp.mixin"

    # -- what goes along -------------------------------------------------------------

    def _sa_reassign_children(self, account, actor):
        """Take the open records that hang on self along (docs/contract.md 2)."""
        for name in self._sa_governed_models():
            model = self.env[name].sudo()
            for path in model._sa_cascade_paths(self._name):
                children = model.search(
                    [(path, "in", self.ids), *model._sa_open_domain]
                )
                children -= self if children._name == self._name else children.browse()
                children._sa_assign(account, actor, source=f"cascade:{self._name}")
        if self._name == "res.partner" and actor:
            self._sa_adopt_waiting(account, actor)

    def _sa_adopt_waiting(self, account, actor):
        """Give the customers' new actor what waits for one: an agent left, another came.

        Open records of these customers in the same SA. What somebody is in charge of
        stays with that person.
        """
        for name in self._sa_governed_models():
            model = self.env[name].sudo()
            field = model._sa_customer_field
            if not model._sa_open_domain or field not in model._fields or field == "id":
                continue
            waiting = model.search(
                [
                    (field, "in", self.ids),
                    ("x_sa_id", "=", account.id),
                    ("x_actor_id", "=", False),
                    *model._sa_open_domain,
                ]
            )
            waiting._sa_assign(account, actor, source=f"cascade:{self._name}")

    @api.model
    def _sa_cascade_paths(self, parent):
        """Return the paths of this model that lead to the model ``parent``."""
        paths = self._sa_cascade_fields
        if paths is None:
            paths = ("order_id",) if "order_id" in self._fields else ()
        return [path for path in paths if self._sa_path_model(path) == parent]

    @api.model
    def _sa_path_model(self, path):
        model = self
        for name in path.split("."):
            if name not in model._fields:
                return None
            model = self.env[model._fields[name].comodel_name]
        return model._name

    def _sa_release(self, accounts, actor):
        """Hand the open records of an actor in these SAs to nobody.

        :return: how many records of this model now wait for an actor
        """
        nobody = actor.browse()
        waiting = self.sudo().search(
            [
                ("x_sa_id", "in", accounts.ids),
                ("x_actor_id", "=", actor.id),
                *self._sa_open_domain,
            ]
        )
        for account in waiting.x_sa_id:
            waiting.filtered(lambda r, a=account: r.x_sa_id == a)._sa_assign(
                account, nobody, source="membership_end", cascade=False
            )
        return len(waiting)

    # -- verbs -----------------------------------------------------------------------

    def _api_assign(self, account_id=None, actor_id=None, reason=None):
        """Reassign by a staff member of both SAs; returns self.

        :param int account_id: ``ov.serviced_account``; None keeps the present one
        :param int actor_id: person partner of a member; None or 0 = nobody
        :raises Forbidden: ``role_required`` for agents and members of other SAs
        :raises BusinessError: ``sa_required``, ``sa_inactive``, ``actor_not_member``
        """
        if not self.env.su:
            self.check_access("write")
        members = self.env["ov.membership"]
        actor = self.env["res.partner"].sudo().browse(actor_id or ())
        records = self.sudo()
        records._abs_lock()
        for record in records:
            account = record.x_sa_id.browse(account_id or record.x_sa_id.id or ())
            if not account:
                raise BusinessError(
                    self.env._(
                        "%(record)s has no Service Account yet: name one.",
                        record=record.display_name,
                    ),
                    code="sa_required",
                )
            members._caller_require_staff(account)
            if record.x_sa_id:
                members._caller_require_staff(record.x_sa_id)
            else:
                record._sa_require_claim(account)
            members._require_active(account)
            members._require_member(account, actor)
            source = "api" if is_api(self.env) else "web"
            record._sa_assign(account, actor, source=source, reason=reason)
        return self

    def _sa_require_claim(self, account):
        """Refuse to take a record without an SA to one, when others need it (hook)."""

    def action_assignments(self):
        """Open the assignment history of one record (smart button)."""
        self.ensure_one()
        history = self.env[self._sa_assignment_model]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Governance of %(record)s", record=self.display_name),
            "res_model": history._name,
            "view_mode": "list,form",
            "domain": [(history._sa_subject, "=", self.id)],
            "context": {"create": False},
        }

    def action_reassign(self):
        """Open the wizard 'Reassign' for the records."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign"),
            "res_model": "abs.reassign.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": self._name, "active_ids": self.ids},
        }
