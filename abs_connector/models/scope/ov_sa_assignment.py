"""The history of who was in charge (V3): one base, one model per object (docs/contract.md 2).

The models of the histories are made from the classes of what they govern.
"""

from lxml.builder import E
from odoo import api, fields, models

from ...card import ref
from ...compat import Constraint
from ..base.caller import api_call, api_scope, is_api

ONE_ACTIVE = "EXCLUDE (%s WITH =) WHERE (state = 'active')"
READ_ONLY = {"create": "0", "edit": "0", "delete": "0"}
OPTIONAL = (("assigned_by_id", "show"), ("source", "hide"), ("reason", "show"))
ALREADY = "This record already has an active assignment."


def governed(history, *, subject, title, label=None):
    """Class decorator: the model has a history of assignments, and shows it.

    It goes on a class that inherits ``abs.stamp.mixin``, and makes the model of the
    history, its constraint 'at most one active', and the field ``x_assignment_ids``.
    Rules, rights and screens follow from it, see ``abs.derived``.

    :param str history: name of the new model, such as ``ov.sa_asset_assignment``
    :param str subject: its field that leads to the governed record
    :param str title: what the menu calls the records
    :param str label: what the history calls one record, else made from ``subject``
    """

    def decorate(cls):
        link = {"required": True, "index": True, "ondelete": "restrict"}
        if label:
            link["string"] = label
        members = {
            "__module__": cls.__module__,
            "__doc__": f"Who was in charge: {title}.",
            "_name": history,
            "_inherit": "ov.sa_assignment",
            "_description": f"Assignments: {title}",
            "_sa_subject": subject,
            "_sa_title": title,
            subject: fields.Many2one(cls._name, **link),
            "_one_active": Constraint(ONE_ACTIVE % subject, ALREADY),
        }
        type(models.Model)(f"{cls.__name__}Assignment", (models.Model,), members)
        cls._sa_assignment_model = history
        cls.x_assignment_ids = fields.One2many(history, subject, "Assignments")
        cls.x_assignment_ids.__set_name__(cls, "x_assignment_ids")
        return cls

    return decorate


class SaAssignment(models.AbstractModel):
    """Base of the assignments; rows are made by ``abs.stamp.mixin`` only."""

    _name = "ov.sa_assignment"
    _description = "Assignment to a Service Account"
    _order = "id desc"
    _sa_subject = None
    _sa_title = None

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
        constraint.
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
        account_ids = {i for grant in scope.grants for i in grant.account_ids}
        return self.filtered(lambda r: account_ids & set(r.account_id._path_ids()))

    def _abs_seen_refs(self, name):
        """Return ``{row id: {"id", "name"}}`` of one link of the rows that are seen."""
        self.fetch(["account_id", "actor_id", "assigned_by_id", "reason"])
        return {row.id: ref(row[name]) for row in self._abs_seen_rows() if row[name]}

    @api.model
    def _abs_scope_domain(self, scope):
        """The history is seen by those who see its record."""
        subject = self.env[self._fields[self._sa_subject].comodel_name]
        inner = subject._abs_scope_domain(scope)
        return [(self._sa_subject, "any", inner)] if inner else []

    # -- the screens, the same for every history -------------------------------------

    @api.model
    def _get_default_list_view(self):
        rows = E.list(**READ_ONLY, **{"decoration-muted": "state != 'active'"})
        for name in (
            self._sa_subject,
            "account_id",
            "actor_id",
            "date_from",
            "date_to",
        ):
            rows.append(E.field(name=name))
        for name, shown in OPTIONAL:
            rows.append(E.field(name=name, optional=shown))
        badge = {"widget": "badge", "decoration-success": "state == 'active'"}
        rows.append(E.field(name="state", **badge))
        return rows

    @api.model
    def _get_default_form_view(self):
        left = (self._sa_subject, "account_id", "actor_id", "state")
        right = ("date_from", "date_to", "assigned_by_id", "source", "reason")
        columns = [E.group(*(E.field(name=n) for n in part)) for part in (left, right)]
        return E.form(E.sheet(E.group(*columns)), **READ_ONLY)

    @api.model
    def _get_default_search_view(self):
        active = "[('state', '=', 'active')]"
        waiting = "[('state', '=', 'active'), ('actor_id', '=', False)]"
        groups = (
            ("account", self.env._("Service Account"), "account_id"),
            ("actor", self.env._("Actor"), "actor_id"),
            ("state", self.env._("State"), "state"),
            ("month", self.env._("Since"), "date_from:month"),
        )
        return E.search(
            E.field(name=self._sa_subject),
            E.field(name="account_id", operator="child_of"),
            E.field(name="actor_id"),
            E.filter(name="current", string=self.env._("Active"), domain=active),
            E.filter(
                name="waiting", string=self.env._("Waits for an actor"), domain=waiting
            ),
            E.group(
                *(
                    E.filter(
                        name=f"by_{name}",
                        string=text,
                        context=f"{{'group_by': '{field}'}}",
                    )
                    for name, text, field in groups
                )
            ),
        )
