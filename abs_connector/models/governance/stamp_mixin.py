"""The stamp of a governed record: which Serviced Account, which actor (SPEC 2).

The active assignment row is the truth, the two columns are its indexed mirror. Both
are written by :meth:`StampMixin._sa_record` and by nothing else; `abs.audit` proves
that they agree (ARCHITECTURE, 'Governance in one piece').
"""

from odoo import api, fields, models

from ...exceptions import BusinessError, Forbidden
from .callers import is_api

FALSE_DOMAIN = [(0, "=", 1)]
STAMP = ("x_sa_id", "x_actor_id")


def any_of(domains):
    """Return the OR of domains in prefix notation; of none of them: nothing matches.

    Each domain is flat (terms that are AND-ed) or one whole expression.
    """
    domains = [list(domain) for domain in domains]
    if not domains:
        return list(FALSE_DOMAIN)
    if not all(domains):
        return []
    domains = [["&"] * (len(d) - 1) + d if _flat(d) else d for d in domains]
    return ["|"] * (len(domains) - 1) + [term for domain in domains for term in domain]


def _flat(domain):
    return all(not isinstance(term, str) for term in domain)


class StampMixin(models.AbstractModel):
    """Makes a model governed.

    A governed model declares, the mixin acts:

    * ``_sa_assignment_model``: concrete ``ov.sa_assignment``; None = stamp, no history
    * ``_sa_source_fields``: dotted paths to governed records, first stamped one wins
    * ``_sa_customer_field``: whose record it is (scope of a customer, last source)
    * ``_sa_default_at_create``: an unsourced record takes the creator's SA at once
    * ``_sa_cascade_fields``: paths to parents whose reassignment takes the open ones
      of this model along; by default ``order_id`` when that is a sale order
    * ``_sa_open_domain``: which records are open (neither done, paid nor closed)
    """

    _name = "abs.stamp.mixin"
    _description = "Stamp of a governed record"

    _sa_assignment_model = None
    _sa_source_fields = ()
    _sa_customer_field = "partner_id"
    _sa_default_at_create = True
    _sa_cascade_fields = None
    _sa_open_domain = ()

    x_sa_id = fields.Many2one(
        "ov.serviced_account",
        "Serviced Account",
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
        """Stamp by the given SA and actor, else by the sources (SPEC 1, row 2)."""
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
            self._sa_check_create(account)
            self.browse(ids)._sa_record(
                account,
                self.env["res.partner"].sudo().browse(actor_id or ()),
                source="api" if is_api(self.env) else "web",
            )
        rest = [r.id for r, s in zip(records, stamps, strict=True) if not s[0]]
        self.browse(rest)._sa_inherit(default=self._sa_default_at_create)
        return records

    def write(self, vals):
        """Refuse a stamp that would go past the assignment (SPEC 2)."""
        if any(name in vals for name in STAMP):
            raise BusinessError(
                self.env._(
                    "The Serviced Account and the actor of a record are changed by "
                    "'Reassign' only, so that the history is kept."
                ),
                code="governed_field",
            )
        return super().write(vals)

    @api.model
    def _sa_check_create(self, account):
        """Let a person of the web client create in their own SAs only."""
        if self.env.su or is_api(self.env):
            return
        members = self.env["ov.membership"]
        if members._caller_is_administrator() or members._caller_reaches(account):
            return
        raise Forbidden(
            self.env._("You are not a member of %(account)s.", account=account.name),
            code="sa_forbidden",
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
        """Return (account, actor, label) of the first stamped source, or None."""
        self.ensure_one()
        for path in self._sa_source_fields:
            for source in self._sa_follow(path):
                if source.x_sa_id and self._sa_company_fits(source.x_sa_id):
                    label = f"inherit:{source._name}"
                    return source.x_sa_id, source.x_actor_id, label
        return None

    def _sa_follow(self, path):
        """Return the records at the end of a dotted path, [] if a part is unknown."""
        records = self
        for name in path.split("."):
            if name not in records._fields:
                return []
            records = records[name]
        return records if "x_sa_id" in records._fields else []

    def _sa_takes_default(self):
        """Tell whether a record without a source is for the caller's SA (hook)."""
        return True

    def _sa_default_stamp(self):
        """Return (account, actor, label) from the caller, else from the customer."""
        self.ensure_one()
        customer = self._sa_customer()
        account, actor, label = self.env["ov.membership"]._caller_stamp(self, customer)
        if account and self._sa_company_fits(account):
            return account, actor, label
        own = customer.x_sa_id if customer else customer
        if own and self._sa_company_fits(own):
            return own, customer.x_actor_id, "inherit:res.partner"
        return None

    def _sa_customer(self):
        """Return the customer (res.partner, maybe empty) of one record."""
        name = self._sa_customer_field
        if not name or name == "id" or name not in self._fields:
            return self.env["res.partner"].sudo()
        return self[name].sudo()

    def _sa_company_fits(self, account):
        """Tell whether the SA may govern one record: same company, or none."""
        own = self.company_id if "company_id" in self._fields else None
        return not (own and account.company_id and own != account.company_id)

    def _sa_assign(self, account, actor, source="api", reason=None, cascade=True):
        """Give the records to an SA and an actor: the one way to (re)assign.

        Ends the present assignment, adds the next one, mirrors it, and takes the open
        children along. Who may do that is asked by the verbs, see ``abs_assign``.

        :param account: ``ov.serviced_account``; empty ends the governance
        :param actor: ``res.partner``; empty = waits for an actor
        """
        todo = self.sudo().filtered(
            lambda r: r.x_sa_id != account or r.x_actor_id != actor
        )
        for record in todo:
            if account and not record._sa_company_fits(account):
                raise BusinessError(
                    self.env._(
                        "%(record)s belongs to %(company)s, %(account)s to %(other)s. "
                        "Choose a Serviced Account of the same company.",
                        record=record.display_name,
                        company=record.company_id.name,
                        account=account.name,
                        other=account.company_id.name,
                    ),
                    code="company_mismatch",
                )
        todo._sa_record(account, actor, source=source, reason=reason)
        if cascade and todo:
            todo._sa_reassign_children(account, actor)

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

    def _sa_reassign_children(self, account, actor):
        """Take the open records that hang on self along (SPEC 2)."""
        for name in self._sa_governed_models():
            model = self.env[name].sudo()
            for path in model._sa_cascade_paths(self._name):
                children = model.search(
                    [(path, "in", self.ids), *model._sa_open_domain]
                )
                children -= self if children._name == self._name else children.browse()
                children._sa_assign(account, actor, source=f"cascade:{self._name}")

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

    @api.model
    def _sa_governed_models(self):
        """Return the names of all concrete governed models, sorted."""
        registry = self.env.registry
        names = registry.descendants(["abs.stamp.mixin"], "_inherit")
        return sorted(name for name in names if not registry[name]._abstract)

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

    def abs_assign(self, account_id=None, actor_id=None, reason=None):
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
                        "%(record)s has no Serviced Account yet: name one.",
                        record=record.display_name,
                    ),
                    code="sa_required",
                )
            members._caller_require_staff(account)
            if record.x_sa_id:
                members._caller_require_staff(record.x_sa_id)
            if account.state != "active":
                raise BusinessError(
                    self.env._(
                        "%(account)s is not active and takes no records.",
                        account=account.name,
                    ),
                    code="sa_inactive",
                )
            if actor and not members._is_member(account, actor):
                raise BusinessError(
                    self.env._(
                        "%(actor)s is not an active member of %(account)s. Enrol them "
                        "first, or choose another person.",
                        actor=actor.name,
                        account=account.name,
                    ),
                    code="actor_not_member",
                )
            source = "api" if is_api(self.env) else "web"
            record._sa_assign(account, actor, source=source, reason=reason)
        return self

    def action_abs_assignments(self):
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

    def action_abs_reassign(self):
        """Open the wizard 'Reassign' for the records."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign"),
            "res_model": "abs.reassign.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": self._name, "active_ids": self.ids},
        }

    # -- scope -----------------------------------------------------------------------

    @api.model
    def _abs_scope_domain(self, scope):
        """Return what a caller of the API sees of this model (SPEC 1, row 9)."""
        if scope.kind == "admin":
            return []
        if scope.kind == "system":
            return self._abs_company_domain(scope)
        if scope.kind == "customer":
            return self._abs_customer_domain(scope.customer_id)
        if scope.kind == "employee":
            return any_of(self._abs_grant_domains(scope))
        return list(FALSE_DOMAIN)

    @api.model
    def _abs_grant_domains(self, scope):
        """Return one domain per group of grants; a record is seen by any of them."""
        whole, parts = set(), []
        for grant in scope.grants:
            ids = list(grant.account_ids)
            if grant.policy in ("sa_wide", "sa_tree"):
                whole.update(ids)
            elif grant.policy == "assigned_plus_unassigned":
                actors = [grant.actor_id, False]
                parts.append([("x_sa_id", "in", ids), ("x_actor_id", "in", actors)])
            elif grant.policy == "assigned_only" and grant.actor_id:
                own = ("x_actor_id", "=", grant.actor_id)
                parts.append([("x_sa_id", "in", ids), own])
        if whole:
            parts.insert(0, [("x_sa_id", "in", sorted(whole))])
        return parts

    @api.model
    def _abs_company_domain(self, scope):
        """Return the companies of an API key as a domain; [] if it has all."""
        if scope.company_ids and "company_id" in self._fields:
            return [("company_id", "in", [*scope.company_ids, False])]
        return []

    @api.model
    def _abs_customer_domain(self, customer_id):
        """Return what a customer sees: records of the person or of its addresses."""
        name = self._sa_customer_field
        if not customer_id or not name:
            return list(FALSE_DOMAIN)
        if name == "id":
            return [("id", "=", customer_id)]
        if name not in self._fields:
            return list(FALSE_DOMAIN)
        address = [
            (f"{name}.parent_id", "=", customer_id),
            (f"{name}.type", "!=", "contact"),
        ]
        return any_of([[(name, "=", customer_id)], address])
