"""What the person of a membership is in charge of, and who gets it when that ends."""

from odoo import api, models


class Membership(models.Model):
    _inherit = "ov.membership"

    def _reach_ids(self):
        """Return the ids of the SAs that these memberships reach, in force or not."""
        accounts = self.env["ov.serviced_account"].sudo()
        if "admin" in self.mapped("role_code"):
            return set(accounts.search([]).ids)
        trees = self.filtered(lambda m: m.scope_policy == "sa_tree").account_id
        below = accounts.search([("id", "child_of", trees.ids)]) if trees else trees
        return {*self.account_id.ids, *below.ids}

    @api.model
    def _lasting(self, persons):
        """Return the memberships (sudo) by which persons stay in charge.

        Suspended ones, those of a suspended SA, and those that begin later as well:
        that is no end.
        """
        last_day = self.env["res.company"]._abs_day_domain("date_to", ">=")
        return self.sudo().search(
            [
                ("person_partner_id", "in", persons.ids),
                ("state", "!=", "revoked"),
                ("account_id.state", "!=", "closed"),
                ("employee_id.active", "=", True),
                "|",
                ("date_to", "=", False),
                *last_day,
            ]
        )

    def _charges(self):
        """Return ``{membership: ids of SAs}``, before a change that may end some."""
        members = self.sudo().filtered(lambda m: m.state != "revoked")
        return {member: member._reach_ids() for member in members}

    @api.model
    def _hand_on(self, charges):
        """Hand to nobody the open records where their actor works no more.

        The one way in which somebody stops being in charge: a membership that ends or
        reaches less, an employee who leaves, an SA that closes or moves. Done records
        keep their actor: who sold and collected stays true.

        :param dict charges: what :meth:`_charges` said before the change
        """
        if not charges:
            return
        members = self.browse([member.id for member in charges]).sudo()
        lasting = self._lasting(members.person_partner_id)
        by_person = lasting.grouped("person_partner_id")
        kept = {
            person: by_person.get(person, members.browse())._reach_ids()
            for person in members.person_partner_id
        }
        for member, ids in charges.items():
            person = member.person_partner_id
            lost = ids - kept[person]
            if not lost:
                continue
            member.released_count = sum(
                self.env[name]._sa_release(person, lost)
                for name in self.env["abs.stamp.mixin"]._sa_governed_models()
            )

    @api.model
    def _left(self):
        """Return ``{person: ids of SAs}`` where somebody worked and does so no more."""
        gone = ["|", ("state", "=", "revoked"), ("employee_id.active", "=", False)]
        ended = self.sudo().search(gone)
        lasting = self._lasting(ended.person_partner_id).grouped("person_partner_id")
        left = {}
        for person, members in ended.grouped("person_partner_id").items():
            kept = lasting.get(person, members.browse())
            if ids := members._reach_ids() - kept._reach_ids():
                left[person] = ids
        return left

    @api.model
    def _hand_on_left(self):
        """Hand on what is still with people who left (databases before 1.4.0)."""
        for person, ids in self._left().items():
            for name in self.env["abs.stamp.mixin"]._sa_governed_models():
                model = self.env[name]
                # One that names two companies at once is told by the audit, and stays.
                self._abs_try(lambda m=model, p=person, i=ids: m._sa_release(p, i))
