"""The stamp of a governed record: which Service Account, which actor (docs/contract.md 2).

The active assignment row is the truth, the two columns are its indexed mirror. Both
are written by :meth:`StampMixin._sa_record` and by nothing else; `abs.audit` proves
that they agree (docs/governance.md). Reassigning is in
``abs_stamp_mixin_reassign.py``, who sees what in ``abs_stamp_mixin_scope.py``.
"""

from odoo import api, fields, models

from ...exceptions import BusinessError, Conflict, Forbidden
from ..base.caller import is_api
from ..base.domain import any_of

STAMP = ("x_sa_id", "x_actor_id")


class StampMixin(models.AbstractModel):
    """Makes a model governed.

    A governed model declares, the mixin acts:

    * ``_sa_assignment_model``: concrete ``ov.sa_assignment``; None = stamp, no history
    * ``_sa_source_fields``: dotted paths to governed records, first stamped one wins
    * ``_sa_customer_field``: whose record it is (scope of a customer, last source)
    * ``_sa_default_at_create``: an unsourced record takes the creator's SA at once
    * ``_sa_cascade_fields``: paths to parents whose reassignment takes the open ones
      of this model along; by default ``order_id`` when that is a sale order
    * ``_sa_open_domain``: which records are open (neither done, paid nor closed): what
      goes along, is handed on when its actor leaves, and keeps an SA from closing
    * ``_sa_kind``: what answers call such records; None = somebody's goods, not work
    """

    _name = "abs.stamp.mixin"
    _description = "Stamp of a governed record"

    _sa_assignment_model = None
    _sa_source_fields = ()
    _sa_customer_field = "partner_id"
    _sa_default_at_create = True
    _sa_cascade_fields = None
    _sa_open_domain = ()
    _sa_kind = None

    x_sa_id = fields.Many2one(
        "ov.serviced_account",
        "Service Account",
        index=True,
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    x_actor_id = fields.Many2one(
        "res.partner",
        "Actor",
        index=True,
        copy=False,
        readonly=True,
        ondelete="restrict",
        help="The agent or employee who is in charge of this record.",
    )

    # -- create and write ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Stamp by the given SA and actor, else by the sources (docs/contract.md 1.2)."""
        stamps, clean = [], []
        for vals in vals_list:
            stamps.append(tuple(vals.get(name) or False for name in STAMP))
            clean.append({k: v for k, v in vals.items() if k not in STAMP})
        records = super().create(clean)
        given = {}
        for record, stamp in zip(records, stamps, strict=True):
            if stamp[0]:
                given.setdefault(stamp, []).append(record.id)
        for (account_id, actor_id), ids in given.items():
            account = self.env["ov.serviced_account"].sudo().browse(account_id)
            actor = self.env["res.partner"].sudo().browse(actor_id or ())
            self._sa_check_create(account, actor)
            given_ones = self.browse(ids)
            given_ones.sudo()._sa_check_company(account)
            source = "api" if is_api(self.env) else "web"
            given_ones._sa_record(account, actor, source=source)
        rest = [r.id for r, s in zip(records, stamps, strict=True) if not s[0]]
        self.browse(rest)._sa_inherit(default=self._sa_default_at_create)
        return records

    def write(self, vals):
        """Refuse a stamp that would go past the assignment (docs/contract.md 2)."""
        # The present one written once more, as by Odoo's Merge, goes past nothing.
        kept = [
            name
            for name in STAMP
            if name in vals and all(r[name].id == (vals[name] or False) for r in self)
        ]
        if kept:
            vals = {name: value for name, value in vals.items() if name not in kept}
        if any(name in vals for name in STAMP):
            raise BusinessError(
                self.env._(
                    "The Service Account and the actor of a record are changed by "
                    "'Reassign' only, so that the history is kept."
                ),
                code="governed_field",
            )
        return super().write(vals)

    def unlink(self):
        """What has history is archived or cancelled, not deleted (docs/contract.md 1.28).

        The history's own link restricts: no other way to delete takes it along. That of
        a draft by mistake, which nobody has worked on, goes with it.
        """
        self._sa_check_unlink()
        if self._sa_assignment_model and self.ids:
            history = self.env[self._sa_assignment_model].sudo()
            history.search([(history._sa_subject, "in", self.ids)]).unlink()
        return super().unlink()

    def _sa_check_unlink(self):
        """Refuse to delete what has a history.

        The system may take back what it has just made, people what was nobody's yet.

        :raises Conflict: ``has_history``
        """
        by_people = not self.env.su or is_api(self.env)
        for record in self.sudo():
            if record._sa_has_history() or (by_people and record._sa_is_somebodys()):
                raise Conflict(record._sa_keep_text(), code="has_history")

    def _sa_has_history(self):
        """Tell whether one record is more than a draft that nobody worked on (hook)."""
        return False

    def _sa_is_somebodys(self):
        """Tell whether who was in charge of one record is worth keeping (hook)."""
        return False

    def _sa_keep_text(self):
        """Return the sentence that says what to do instead of deleting one record."""
        if "active" in self._fields:
            text = self.env._(
                "%(record)s has a history, which is kept: archive it instead.",
                record=self.display_name,
            )
        else:
            text = self.env._(
                "%(record)s has a history, which is kept: cancel it instead. What is "
                "cancelled stays.",
                record=self.display_name,
            )
        return text

    def _sa_rows(self):
        """Return how many assignments one record has had."""
        history = self.env[self._sa_assignment_model].sudo()
        return history.search_count([(history._sa_subject, "=", self.id)])

    def _sa_is_named(self):
        """Tell whether any other governed record names this one."""
        for name in self._sa_governed_models():
            model = self.env[name].sudo().with_context(active_test=False)
            links = [
                [(key, "=", self.id)]
                for key, field in model._fields.items()
                if field.type == "many2one"
                and field.comodel_name == self._name
                and field.store
            ]
            if links and model.search_count(any_of(links), limit=1):
                return True
        return False

    @api.model
    def _sa_check_create(self, account, actor):
        """Let a person of the web client create in their own SAs only, for members."""
        if self.env.su or is_api(self.env):
            return
        members = self.env["ov.membership"]
        if not members._caller_reaches(account):
            raise Forbidden(
                self.env._(
                    "You are not a member of %(account)s.", account=account.name
                ),
                code="sa_forbidden",
            )
        members._require_active(account)
        members._require_member(account, actor)

    def _sa_check_company(self, account):
        """Refuse an SA of another company than the records'."""
        for record in self:
            if account and not record._sa_company_fits(account):
                raise BusinessError(
                    self.env._(
                        "%(record)s belongs to %(company)s, %(account)s to %(other)s. "
                        "Choose a Service Account of the same company.",
                        record=record.display_name,
                        company=record.company_id.name,
                        account=account.name,
                        other=account.company_id.name,
                    ),
                    code="company_mismatch",
                )

    # -- stamping --------------------------------------------------------------------

    def _sa_inherit(self, default=True):
        """Stamp the unstamped records of self from their sources.

        :param bool default: records without a stamped source take the SA of the caller,
            else of their customer
        """
        plan = {}
        for record in self.sudo():
            if record.x_sa_id:
                continue
            found = record._sa_source_stamp()
            if not found and default and record._sa_takes_default():
                found = record._sa_default_stamp()
            if found:
                plan.setdefault(found, []).append(record.id)
        for (account, actor, source), ids in plan.items():
            self.browse(ids)._sa_record(account, actor, source=source)

    def _sa_source_stamp(self):
        """Return (account, actor, label) of the first stamped source, or None.

        One that is open comes first: what is done keeps the stamp of who did it, and
        its customer, or the order, may have gone to somebody else since.
        """
        self.ensure_one()
        customer, done = self._sa_customer(), None
        for path in self._sa_source_fields:
            for source in self._sa_follow(path):
                if not source.x_sa_id or not self._sa_company_fits(source.x_sa_id):
                    continue
                label = f"inherit:{source._name}"
                if not self._sa_kind or source._sa_still_theirs(customer):
                    return source.x_sa_id, source.x_actor_id, label
                done = done or (source, label)
        if not done:
            return None
        account, actor = done[0]._sa_next_in_charge(customer)
        if not self._sa_company_fits(account):
            account, actor = done[0].x_sa_id, done[0].x_actor_id
        return account, actor, done[1]

    def _sa_follow(self, path):
        """Return the records at the end of a dotted path, [] if a part is unknown."""
        records = self
        for name in path.split("."):
            if name not in records._fields:
                return []
            records = records[name]
        return records if "x_sa_id" in records._fields else []

    @api.model
    def _sa_batches(self, domain):
        """Yield the records of a domain, 1000 at a time, with an empty cache.

        For those who follow ``_sa_source_fields`` from many records. As one search over
        such a path it took PostgreSQL half an hour for 200 orders, when its statistics
        dated from before they were there (five joins as nested loops).
        """
        ids = self.search(domain, order="id").ids
        for start in range(0, len(ids), 1000):
            self.env.invalidate_all()
            yield self.browse(ids[start : start + 1000])

    def _sa_takes_default(self):
        """Tell whether a record without a source is for the caller's SA (hook)."""
        return True

    def _sa_default_stamp(self):
        """Return (account, actor, label) from the caller, else from the customer."""
        self.ensure_one()
        customer = self._sa_customer()
        account, actor, label = self.env["ov.membership"]._caller_stamp(self)
        if account and self._sa_company_fits(account):
            return account, actor, label
        customer_account = customer.x_sa_id if customer else customer
        if customer_account and self._sa_company_fits(customer_account):
            return customer_account, customer.x_actor_id, "inherit:res.partner"
        return None

    def _sa_stamp(self):
        """Return the values that govern a new record like this one."""
        return {"x_sa_id": self.x_sa_id.id, "x_actor_id": self.x_actor_id.id}

    def _sa_customer(self):
        """Return the customer (res.partner, maybe empty) of one record."""
        name = self._sa_customer_field
        if not name or name == "id" or name not in self._fields:
            return self.env["res.partner"].sudo()
        return self[name].sudo()

    def _sa_company_fits(self, account):
        """Tell whether the SA may govern one record: same company, or none."""
        company = self.company_id if "company_id" in self._fields else None
        return not (company and account.company_id and company != account.company_id)

    def _sa_assign(self, account, actor, source="api", reason=None, cascade=True):
        """Give the records to an SA and an actor: the one way to (re)assign.

        Ends the present assignment, adds the next one, mirrors it, and takes along what
        is open below, of a customer all that is open of theirs (``_sa_plan``). Who may
        do that is asked by the verbs, see ``_api_assign``.

        :param account: ``ov.serviced_account``; empty ends the governance
        :param actor: ``res.partner``; empty = waits for an actor
        :return dict: ``{model: records}`` whose stamp is another one now
        """
        plan = self._sa_plan(account, actor, cascade)
        for records in plan.values():
            named = records & self if records._name == self._name else records.browse()
            for some, origin in (
                (named, source),
                (records - named, f"cascade:{self._name}"),
            ):
                some._sa_record(account, actor, source=origin, reason=reason)
                some._sa_note(account, actor, reason)
        return plan

    def _sa_record(self, account, actor, source="api", reason=None):
        """Write the assignment rows and the mirror; the only place that does."""
        if not self:
            return
        records = self.sudo()
        if self._sa_assignment_model:
            history = self.env[self._sa_assignment_model].sudo()
            history._replace(records, account, actor, source, reason)
        stamp = {"x_sa_id": account.id or False, "x_actor_id": actor.id or False}
        # Past our own write() and the models' (locked orders, posted invoices).
        super(StampMixin, records).write(stamp)

    @api.model
    def _sa_governed_models(self):
        """Return the names of all concrete governed models, sorted."""
        registry = self.env.registry
        names = registry.descendants(["abs.stamp.mixin"], "_inherit")
        return sorted(name for name in names if not registry[name]._abstract)
