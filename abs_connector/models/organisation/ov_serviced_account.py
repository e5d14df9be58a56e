"""Service Accounts: the tree of operational contexts (docs/contract.md 2, setup guide 7, 11c)."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError, Conflict, Forbidden
from ..base.caller import is_api
from .ov_membership import HAND_OVER

GLOBAL_ROOT_CODE = "OVGLOBAL-ROOT"
GLOBAL_ROOT_NAME = "OV Global Root SA"


class ServicedAccount(models.Model):
    """A governed context: country, region, depot. What belongs to it is seen by its
    members, and by those of an SA above with the policy ``sa_tree``."""

    _name = "ov.serviced_account"
    _description = "Service Account"
    _inherit = ["mail.thread"]
    _parent_store = True
    _parent_name = "parent_id"
    _order = "name, id"
    _abs_marks = ("account_code",)
    _abs_lines = ("name",)
    _rec_names_search = ["name", "account_code"]

    name = fields.Char(required=True, tracking=True)
    account_code = fields.Char("Code", required=True, index=True, tracking=True)
    sa_type = fields.Selection(
        [("root", "Root"), ("seed", "Seed"), ("branch", "Branch")],
        "SA type",
        required=True,
        default="seed",
        tracking=True,
        help="Root: of a company, or global. Seed: country or region. Branch: below.",
    )
    parent_id = fields.Many2one(
        "ov.serviced_account", "Parent SA", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("ov.serviced_account", "parent_id", "Sub-accounts")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Empty for the global root only.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    source_company_id = fields.Many2one(
        "res.company",
        "Source company",
        index=True,
        ondelete="restrict",
        help="The company that this company root stands for.",
    )
    is_global_root = fields.Boolean("Global root", copy=False, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("closed", "Closed"),
        ],
        required=True,
        default="active",
        index=True,
        copy=False,
        tracking=True,
        help="Members of an SA that is not active have no access through it.",
    )
    sa_manager = fields.Many2one(
        "ov.membership", "SA manager", copy=False, ondelete="set null", tracking=True
    )
    manager_partner_id = fields.Many2one(related="sa_manager.person_partner_id")
    membership_ids = fields.One2many("ov.membership", "account_id", "Members")
    outlet_ids = fields.One2many("ov.outlet", "account_id", "Outlets")
    member_count = fields.Integer(compute="_compute_member_count")
    approval_threshold = fields.Monetary(
        "Approval from",
        currency_field="currency_id",
        tracking=True,
        help="Orders from this amount need approval; 0 = as set for the company.",
    )

    _code_unique = Constraint(
        "UNIQUE(account_code)", "Another Service Account has this code."
    )
    _one_global_root = Constraint(
        "EXCLUDE (is_global_root WITH =) WHERE (is_global_root)",
        "There is a global root SA already; there can be only one.",
    )
    _one_company_root = Constraint(
        "EXCLUDE (company_id WITH =) WHERE (sa_type = 'root' "
        "AND is_global_root IS NOT TRUE)",
        "This company has a root SA already; there can be only one.",
    )

    @api.depends("membership_ids.state")
    def _compute_member_count(self):
        groups = self.env["ov.membership"]._read_group(
            [("account_id", "in", self.ids), ("state", "=", "active")],
            ["account_id"],
            ["__count"],
        )
        counts = {account.id: count for account, count in groups}
        for account in self:
            account.member_count = counts.get(account.id, 0)

    # -- rules -----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        accounts = self.browse()
        for vals in vals_list:
            vals = {**vals}
            if vals.get("is_global_root"):
                self._refuse_second_root()
                vals.update(sa_type="root")
                vals.setdefault("company_id", False)
            elif "company_id" not in vals:
                parent = self.browse(vals.get("parent_id") or ())
                company = parent.sudo().company_id or self.env.company
                vals["company_id"] = company.id
            if not vals.get("parent_id") and not vals.get("is_global_root"):
                vals["parent_id"] = self._default_parent(vals).id
            self._refuse_second_company_root(vals)
            accounts += super().create([vals])
        return accounts

    @api.model
    def _default_parent(self, vals):
        """Return what an SA hangs below when nobody said: its company's, else the
        global root."""
        if vals.get("sa_type") != "root":
            root = self._company_root(vals.get("company_id"))
            if root:
                return root
        return self._global_root()

    @api.model
    def _global_root(self):
        """Return the global root SA (sudo), or empty."""
        return self.sudo().search([("is_global_root", "=", True)], limit=1)

    @api.model
    def _refuse_second_root(self):
        """Say in a sentence what the EXCLUDE constraint holds for good."""
        root = self._global_root()
        if root:
            raise Conflict(
                self.env._(
                    "%(root)s is the global root SA; there can be only one.",
                    root=root.name,
                ),
                code="global_root_exists",
            )

    def _refuse_second_company_root(self, vals):
        """Say the same for company roots (setup guide 11c).

        :param dict vals: the values that self, or a new SA, is about to have
        """
        if vals.get("sa_type") != "root" or vals.get("is_global_root"):
            return
        root = self._company_root(vals.get("company_id")) - self
        if root:
            raise Conflict(
                self.env._(
                    "%(root)s is the root SA of %(company)s already; there can be only "
                    "one. Choose the type seed or branch.",
                    root=root.name,
                    company=root.company_id.name,
                ),
                code="company_root_exists",
            )

    @api.model
    def _company_root(self, company_id):
        """Return the root SA of a company (sudo), or empty."""
        if not company_id:
            return self.sudo().browse()
        domain = [("company_id", "=", company_id), ("is_global_root", "=", False)]
        roots = self.sudo().search([*domain, ("sa_type", "=", "root")], order="id")
        source = roots.filtered(lambda r: r.source_company_id.id == company_id)
        return (source or roots)[:1]

    def write(self, vals):
        vals = {**vals}
        self.check_access("write")  # before a refusal tells what is open here
        self._require_root_rights()
        self._check_root_stays(vals)
        if vals.get("is_global_root") and any(not a.is_global_root for a in self):
            self._refuse_second_root()
        if "parent_id" in vals:
            self._check_new_parent(self.browse(vals["parent_id"] or ()))
        if "sa_manager" in vals:
            member = self.env["ov.membership"].browse(vals.pop("sa_manager") or ())
            self._change_manager(member)
        if {"sa_type", "company_id", "is_global_root"} & set(vals):
            for account in self:
                place = {
                    "sa_type": account.sa_type,
                    "company_id": account.company_id.id,
                    "is_global_root": account.is_global_root,
                }
                account._refuse_second_company_root({**place, **vals})
        charges = self._before_end(vals)
        result = super().write(vals)
        self.env["ov.membership"]._hand_on(charges)
        if "parent_id" in vals:
            # Catalogue rules name the SAs above the caller's (see governed_models).
            self.env.registry.clear_cache()
        return result

    def _require_root_rights(self):
        """Only administrators of the web client touch the global root and who is in it.

        The group 'Manager' may write memberships and employees, which would be a way
        to become an admin. The API asks for its own roles in the verbs.
        """
        if self.env.su or is_api(self.env):
            return
        root = self.sudo().filtered("is_global_root")
        if root and not self.env["ov.membership"]._caller_is_administrator():
            raise Forbidden(
                self.env._("Only administrators change %(root)s.", root=root.name),
                code="role_required",
            )

    def _check_root_stays(self, vals):
        if vals.get("state", "active") != "active" and any(
            account.is_global_root for account in self
        ):
            raise Conflict(
                self.env._(
                    "The global root SA stays active: every admin's access hangs on it."
                ),
                code="global_root_active",
            )

    def _check_new_parent(self, parent):
        for account in self:
            path = parent.sudo().parent_path or ""
            if parent and path.startswith(account.parent_path or "none"):
                raise BusinessError(
                    self.env._(
                        "%(parent)s is %(account)s itself or lies below it.",
                        parent=parent.name,
                        account=account.name,
                    ),
                    code="hierarchy_cycle",
                )

    def _change_manager(self, member):
        """Make a staff member the SA manager; the present one then reports to them."""
        self.ensure_one()
        if not member:
            raise BusinessError(
                self.env._("Name the staff member who becomes the SA manager."),
                code="manager_required",
            )
        if member.account_id != self or member.role_code != "staff":
            raise BusinessError(
                self.env._("The SA manager must be a staff member of this SA."),
                code="manager_not_staff",
            )
        if member.state != "active":
            raise BusinessError(
                self.env._("The SA manager must be an active member."),
                code="manager_not_active",
            )
        present = self.sa_manager
        if present == member:
            return
        if present and present.state != "revoked":
            HAND_OVER.on(present).manager_member_id = member
            present.flush_recordset()
        member.manager_member_id = False

    def _set_sa_manager(self, member):
        """Mirror who manages; called by the memberships, which are the truth."""
        super().write({"sa_manager": member.id or False})

    @api.constrains("parent_id", "company_id", "is_global_root", "sa_type")
    def _check_place(self):
        for account in self:
            parent = account.parent_id
            if account.is_global_root and parent:
                raise BusinessError(
                    self.env._("Nothing is above the global root SA."),
                    code="global_root_parent",
                )
            if account.is_global_root and account.company_id:
                raise BusinessError(
                    self.env._("The global root SA belongs to no company."),
                    code="global_root_company",
                )
            if account.is_global_root:
                continue
            if not account.company_id:
                raise BusinessError(
                    self.env._("%(sa)s needs a company.", sa=account.name),
                    code="company_required",
                )
            if parent and not parent.is_global_root:
                if parent.company_id != account.company_id:
                    raise BusinessError(
                        self.env._(
                            "%(account)s and its parent %(parent)s belong to "
                            "different companies.",
                            account=account.name,
                            parent=parent.name,
                        ),
                        code="company_mismatch",
                    )
                if account.sa_type == "root":
                    raise BusinessError(
                        self.env._("A company root hangs below the global root only."),
                        code="root_parent",
                    )
            if not parent and self._global_root():
                raise BusinessError(
                    self.env._(
                        "%(sa)s needs a parent: only the global root has none.",
                        sa=account.name,
                    ),
                    code="parent_required",
                )

    @api.constrains("source_company_id", "company_id")
    def _check_source_company(self):
        for account in self:
            source = account.source_company_id
            if source and source != account.company_id:
                raise BusinessError(
                    self.env._(
                        "The source company of %(sa)s is not its company.",
                        sa=account.name,
                    ),
                    code="company_mismatch",
                )

    @api.constrains("company_id")
    def _check_company_of_records(self):
        """What is stamped, and who is a member, stays within one company."""
        for account in self:
            account.membership_ids._check_company_of_employee()
            children = account.child_ids.filtered(
                lambda c, a=account: c.company_id != a.company_id
            )
            if children and not account.is_global_root:
                raise BusinessError(
                    self.env._(
                        "%(sa)s has sub-accounts of another company.", sa=account.name
                    ),
                    code="company_mismatch",
                )
        for name in self.env["abs.stamp.mixin"]._sa_governed_models():
            model = self.env[name].sudo()
            if not model._fields.get("company_id"):
                continue
            for account in self.filtered("company_id"):
                other = [
                    ("x_sa_id", "=", account.id),
                    ("company_id", "not in", [False, account.company_id.id]),
                ]
                if model.search_count(other, limit=1):
                    raise BusinessError(
                        self.env._(
                            "%(sa)s governs records of another company.",
                            sa=account.name,
                        ),
                        code="company_mismatch",
                    )

    # -- buttons ---------------------------------------------------------------------

    def action_activate(self):
        self.state = "active"

    def action_suspend(self):
        self.state = "suspended"

    def action_close(self):
        self.state = "closed"

    def action_open_members(self):
        return self._open_list("ov.membership", "account_id", self.env._("Members"))

    def action_open_customers(self):
        return self._open_list("res.partner", "x_sa_id", self.env._("Customers"))

    def action_open_orders(self):
        return self._open_list("sale.order", "x_sa_id", self.env._("Orders"))

    def _open_list(self, model, field, title):
        """Open the records of one SA in the web client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.name}: {title}",
            "res_model": model,
            "view_mode": "list,form",
            "domain": [(field, "=", self.id)],
            "context": {f"default_{field}": self.id},
        }

    # -- reading ---------------------------------------------------------------------

    def _above_ids(self):
        """Return the ids of the SAs of self and of all above them."""
        ids = set()
        for path in self.sudo().mapped("parent_path"):
            ids.update(int(part) for part in (path or "").split("/") if part)
        return ids

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        return [("id", "child_of", account_id)]

    @api.model
    def _abs_scope_domain(self, scope):
        """An employee sees the SAs of the memberships and all below (docs/contract.md 2)."""
        if scope.kind == "system" and scope.company_ids:
            return [("company_id", "in", [*scope.company_ids, False])]
        if scope.kind in ("system", "admin"):
            return []
        if scope.kind == "employee":
            ids = sorted({i for grant in scope.grants for i in grant.account_ids})
            return [("id", "child_of", ids)]
        return [(0, "=", 1)]
