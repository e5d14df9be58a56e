"""Who is in charge next: reassignment, what goes along, and what is handed on."""

from odoo import api, models

from ...exceptions import BusinessError
from ..base.caller import api_call, is_api
from ..base.domain import all_of, any_of

#: added to the source of an assignment that left the customer's records where they were
ALONE = ":alone"


class StampMixin(models.AbstractModel):
    _inherit = "abs.stamp.mixin"

    # -- what goes along -------------------------------------------------------------

    def _sa_plan(self, account, actor, cascade=True):
        """Return ``{model: records}`` that an assignment changes, parents first.

        :raises BusinessError: ``company_mismatch``
        """
        along = {self._name: self.sudo()}
        if cascade:
            along = self._sa_going_along(account)
        plan = {}
        for name, records in along.items():
            todo = records.filtered(
                lambda r: r.x_sa_id != account or r.x_actor_id != actor
            )
            if todo:
                todo._sa_check_company(account)
                plan[name] = todo
        return plan

    def _sa_going_along(self, account):
        """Return ``{model: records}``: self, and what is open below it, step by step.

        One search per model and step, whatever the number of records.
        """
        found, steps = {self._name: self.sudo()}, [self.sudo()]
        goes, mine = self._sa_goes_along(account), self._sa_is_callers()
        while steps:
            parents = steps.pop(0)
            for name in self._sa_governed_models():
                # Of archived ones as well: who takes them up again finds them there.
                model = self.env[name].sudo().with_context(active_test=False)
                known = found.get(name, model.browse())
                children = model._sa_open_below(parents, goes) - known
                children = children.filtered(mine)
                if children:
                    found[name] = known | children
                    steps.append(children)
        return found

    @api.model
    def _sa_open_below(self, parents, goes):
        """Return the open records of this model that hang on ``parents``.

        :param goes: which records of customers go along, see :meth:`_sa_goes_along`
        """
        found = self.browse()
        paths = self._sa_cascade_paths(parents._name)
        if paths:
            below = any_of([[(path, "in", parents.ids)] for path in paths])
            found = self.search(all_of(below, self._sa_open_domain))
        customer = self._sa_customer_field
        is_theirs = self._sa_kind and customer != "id" and customer in self._fields
        if parents._name == "res.partner" and is_theirs:
            theirs = [(customer, "in", parents.ids)]
            theirs = self.search(all_of(theirs, self._sa_open_domain))
            found |= theirs.filtered(goes)
        return found

    @api.model
    def _sa_is_callers(self):
        """Return the function that tells which record is the caller's to reassign."""
        members, answers = self.env["ov.membership"], {False: True}

        def mine(record):
            place = record.x_sa_id
            if place.id not in answers:
                answers[place.id] = members._caller_is_staff(place)
            return answers[place.id]

        return mine

    def _sa_goes_along(self, account):
        """Return the function that tells which record of customers goes along with them.

        What stands in an SA where they are or were, and what would stand in one that has
        no dealings with the new one. Never another company's, nor what is not the
        caller's to reassign, nor what stays in its SA with somebody who never was in
        charge of them: that was given to this person by itself.
        """
        if self._name != "res.partner" or not account:
            return lambda record: False
        members = self.env["ov.membership"]
        history = self.env[self._sa_assignment_model].sudo()
        rows = history.search([(history._sa_subject, "child_of", self.ids)])
        homes, persons = rows.account_id | account, rows.actor_id
        above, answers = account.sudo()._above_ids(), {}

        def leaves(place):
            if not members._caller_is_staff(place):
                return False
            related = place.id in above or account.id in place._above_ids()
            return place in homes or not related

        def goes(record):
            place = record.x_sa_id
            if place not in answers:
                answers[place] = not place or leaves(place)
            actor = record.x_actor_id
            stays = place == account and actor and actor not in persons
            return answers[place] and not stays and record._sa_company_fits(account)

        return goes

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

    def _sa_note(self, account, actor, reason=None):
        """Say in the chatter who is in charge now, where no history does."""
        told = self._sa_assignment_model or not self._sa_kind
        if not self or told or not hasattr(self, "_message_log_batch"):
            return
        who = actor.sudo().name or self.env._("nobody yet")
        text = self.env._(
            "In charge now: %(actor)s, %(account)s.",
            actor=who,
            account=account.sudo().name or self.env._("no Service Account"),
        )
        text = f"{text} {reason}" if reason else text
        author = api_call(self.env).actor_id or self.env.user.partner_id.id
        bodies = dict.fromkeys(self.ids, text)
        self.sudo()._message_log_batch(bodies, author_id=author)

    # -- who gets what follows from something done -------------------------------------

    def _sa_still_theirs(self, customer):
        """Tell whether who is in charge of this record is so of its customer, or the
        record is open, and so went along with whatever moved."""
        if customer and (self.x_sa_id, self.x_actor_id) == (
            customer.x_sa_id,
            customer.x_actor_id,
        ):
            return True
        return bool(self.filtered_domain(list(self._sa_open_domain)))

    def _sa_next_in_charge(self, customer):
        """Return (account, actor) of new work that follows from this done record.

        A customer who went on since has the new work with them, as the open records
        that went along. Nobody gets work who works there no more, nor does an SA that
        is closed.
        """
        self.ensure_one()
        account, actor = self.x_sa_id, self.x_actor_id
        theirs = (customer.x_sa_id, customer.x_actor_id)
        if customer.x_sa_id and (
            account.state == "closed" or self._sa_customer_left(customer)
        ):
            return theirs
        if actor:
            lasting = self.env["ov.membership"]._lasting(actor)
            if account.id not in lasting._reach_ids():
                actor = actor.browse()
        return account, actor

    def _sa_customer_left(self, customer):
        """Tell whether the customer was where this record is, and went on since."""
        history = self.env[customer._sa_assignment_model].sudo()
        rows = history.search([(history._sa_subject, "=", customer.id)])
        now = rows.filtered(lambda row: row.state == "active")[:1]
        if not now or (now.source or "").endswith(ALONE):
            return False
        if self._sa_since()[self.id] > now.date_from:
            return False
        return any(self._sa_stayed(was, now) for was in rows - now)

    def _sa_stayed(self, was, now):
        """Tell whether this record is where its customer was and is no more.

        :param was: an ended assignment of the customer
        :param now: the present one
        """
        if self.x_sa_id != was.account_id:
            return False
        left = was.actor_id and was.actor_id == self.x_actor_id
        return now.account_id != was.account_id or (
            left and now.actor_id != was.actor_id
        )

    def _sa_since(self):
        """Return ``{record id: since when it is where it is}``."""
        found = {record.id: record.create_date for record in self}
        if self._sa_assignment_model:
            history = self.env[self._sa_assignment_model].sudo()
            subject = history._sa_subject
            active = [(subject, "in", self.ids), ("state", "=", "active")]
            for row in history.search(active):
                found[row[subject].id] = row.date_from
        return found

    # -- what is handed on -----------------------------------------------------------

    @api.model
    def _sa_release(self, person, account_ids):
        """Hand to nobody what is open in SAs where its actor works no more.

        :return int: how many records of this model wait now
        """
        theirs = [
            ("x_actor_id", "=", person.id),
            ("x_sa_id", "in", sorted(account_ids)),
        ]
        # Of archived ones as well: who takes them up again finds nobody in charge.
        model = self.sudo().with_context(active_test=False)
        waiting = model.search(all_of(theirs, self._sa_open_domain))
        for account, records in waiting.grouped("x_sa_id").items():
            records._sa_assign(
                account, person.browse(), source="membership_end", cascade=False
            )
        return len(waiting)

    # -- verbs -----------------------------------------------------------------------

    def _api_assign(
        self, account_id=None, actor_id=None, reason=None, with_records=True
    ):
        """Reassign by a staff member of both SAs; returns self.

        :param int account_id: ``ov.serviced_account``; None keeps the present one
        :param int actor_id: person partner of a member; None or 0 = nobody
        :param bool with_records: what is open below, or of a customer, goes along
        :raises Forbidden: ``role_required`` for agents and members of other SAs
        :raises BusinessError: ``sa_required``, ``sa_inactive``, ``actor_not_member``
        """
        self._sa_reassign(account_id, actor_id, reason, with_records)
        return self

    def _api_assign_told(self, vals):
        """Reassign as :meth:`_api_assign` and return what went along, by number.

        :param dict vals: ``AssignIn``; with ``preview`` nothing is changed
        :return dict: ``moved``: {kind: number}, ``preview``
        """
        preview = vals.get("preview", False)
        plan = self._sa_reassign(
            vals.get("sa_id"),
            vals.get("actor_id"),
            vals.get("reason"),
            vals.get("with_records", True),
            preview,
        )
        moved = {
            kind: len(plan.get(name, ())) for name, kind in self._sa_kinds().items()
        }
        return {"moved": moved, "preview": preview}

    @api.model
    def _sa_kinds(self):
        """Return ``{model: what answers call its records}`` of the governed models."""
        names = self._sa_governed_models()
        return {name: kind for name in names if (kind := self.env[name]._sa_kind)}

    def _sa_reassign(
        self, account_id, actor_id, reason=None, with_records=True, preview=False
    ):
        """Ask who may, then assign; returns ``{model: records}`` as ``_sa_plan``."""
        if not self.env.su:
            self.check_access("write")
        actor = self.env["res.partner"].sudo().browse(actor_id or ())
        records = self.sudo()
        records._abs_lock()
        targets = {}
        for record in records:
            account = record.x_sa_id.browse(account_id or record.x_sa_id.id or ())
            targets[account] = targets.get(account, records.browse()) | record
        changed = {}
        for account, group in targets.items():
            group._sa_check_assign(account, actor)
            source = "api" if is_api(self.env) else "web"
            if preview:
                plan = group._sa_plan(account, actor, with_records)
            else:
                alone = self._name == "res.partner" and not with_records
                source += ALONE if alone else ""
                plan = group._sa_assign(
                    account, actor, source=source, reason=reason, cascade=with_records
                )
            for name, some in plan.items():
                changed[name] = changed.get(name, some) | some
        return changed

    def _sa_check_assign(self, account, actor):
        """Refuse what the caller may not give to an SA, or the SA not take."""
        if not account:
            raise BusinessError(
                self.env._(
                    "%(record)s has no Service Account yet: name one.",
                    record=self[:1].display_name,
                ),
                code="sa_required",
            )
        members = self.env["ov.membership"]
        members._caller_require_staff(account)
        for present in self.x_sa_id - account:
            members._caller_require_staff(present)
        self.filtered(lambda record: not record.x_sa_id)._sa_require_claim(account)
        members._require_active(account)
        members._require_member(account, actor)

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
