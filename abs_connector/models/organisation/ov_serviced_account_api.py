"""Verbs on accounts, members and employees: who may do what (docs/contract.md 5).

R: an admin, the SA's manager, or an API key with the scope ``system``. Staff read who
works in their SA as well: they say whom a customer is assigned to.
"""

from odoo import api, models

from ...card import ref
from ...exceptions import BusinessError, Conflict, NotFound


class ServicedAccount(models.Model):
    _inherit = "ov.serviced_account"

    @api.model
    def _api_create_account(self, vals):
        """Create an SA below one that the caller manages; returns it.

        :param dict vals: ``ServiceAccountIn``; without ``parent_id`` it hangs below
            the root of its company; ``sa_manager`` is an employee id
        """
        vals = {**vals}
        manager_id = vals.pop("sa_manager", None)
        members = self.env["ov.membership"]
        parent = self.browse(vals.get("parent_id") or ())
        if parent and not parent.is_global_root and not vals.get("company_id"):
            vals["company_id"] = parent.company_id.id
        if not vals.get("company_id"):
            raise BusinessError(
                self.env._("Say to which company the Service Account belongs."),
                code="company_required",
                details=[{"field": "company_id"}],
            )
        parent = parent or self._default_parent(vals)
        members._caller_require_manager(parent)
        self._refuse_code(vals.get("account_code"))
        account = self.create({**vals, "parent_id": parent.id})
        if manager_id:
            staff = {"account_id": account.id, "employee_id": manager_id}
            members.create({**staff, "role_code": "staff"})
        return account

    def _api_update_account(self, vals):
        """Change an SA; its place and state are for those who manage what is above."""
        self.ensure_one()
        self._abs_lock()
        members = self.env["ov.membership"]
        members._caller_require_manager(self)
        if {"parent_id", "state"} & set(vals):
            members._caller_require_manager(self.parent_id or self)
        if vals.get("parent_id"):
            members._caller_require_manager(self.browse(vals["parent_id"]))
        if vals.get("account_code") and vals["account_code"] != self.account_code:
            self._refuse_code(vals["account_code"])
        self.write(vals)
        return self

    @api.model
    def _refuse_code(self, code):
        if code and self.sudo().search_count([("account_code", "=", code)], limit=1):
            # Whose it is, is not told: it may be beyond the caller's reach.
            raise Conflict(
                self.env._(
                    "The code %(code)s is taken by another Service Account.", code=code
                ),
                code="code_taken",
                details=[{"field": "account_code"}],
            )

    def _api_enroll(self, vals):
        """Enrol an employee; the first staff member becomes the SA manager.

        :param dict vals: ``employee_id`` or ``person_partner_id``, ``role_code``,
            ``scope_policy``, ``manager_member_id``, ``state``, ``date_from``,
            ``date_to``
        :return: the membership
        """
        self.ensure_one()
        self._abs_lock()
        members = self.env["ov.membership"]
        members._caller_require_manager(self)
        vals = {**vals, "account_id": self.id}
        partner_id = vals.pop("person_partner_id", None)
        if not vals.get("employee_id"):
            # Under the caller's rules: refusals would name people of other companies.
            employees = self.env["abs.employee"].sudo(False)
            employee = employees.search([("partner_id", "=", partner_id)], limit=1)
            if not employee:
                raise NotFound(
                    self.env._(
                        "Nobody with this person_partner_id is an employee: create the "
                        "employee first."
                    )
                )
            vals["employee_id"] = employee.id
        if vals.get("role_code") == "admin" and not self.is_global_root:
            self._refuse_admin()
        if not vals.get("scope_policy"):
            vals.pop("scope_policy", None)
        if not vals.get("manager_member_id"):
            vals.pop("manager_member_id", None)
        return members.create(vals)

    def _api_members_domain(self):
        """Return the domain of the memberships of one SA, for its staff."""
        self.ensure_one()
        self.env["ov.membership"]._caller_require_staff(self)
        return [("account_id", "=", self.id)]

    def _refuse_admin(self):
        raise BusinessError(
            self.env._(
                "The role admin exists in the global root SA only; choose staff or "
                "agent in %(account)s.",
                account=self.name,
            ),
            code="admin_outside_root",
            details=[{"field": "role_code"}],
        )

    @api.model
    def _api_global_root(self):
        """Return ``exists``, ``account``, ``is_global_root``, ``company``."""
        root = self._global_root()
        return {
            "exists": bool(root),
            "account": root if root else None,
            "is_global_root": bool(root),
            "company": root.company_id if root.company_id else None,
        }

    @api.model
    def _api_hierarchy(self, flat=False):
        """Return the tree as the caller's rules show it.

        :return list: nodes ``id, name, account_code, sa_type, state, is_global_root,
            company, parent_id, depth``, and ``children`` unless flat. An SA whose
            parent is out of sight stands at the top (depth 0).
        """
        accounts = self.search([]).sudo()
        # parents before their children, siblings by name
        accounts = accounts.sorted(lambda a: (len(a._path_ids()), a.name, a.id))
        depth, nodes, top = {}, {}, []
        for account in accounts:
            parent = account.parent_id if account.parent_id in accounts else None
            depth[account.id] = depth[parent.id] + 1 if parent else 0
            company = account.company_id
            node = {
                "id": account.id,
                "name": account.name,
                "account_code": account.account_code,
                "sa_type": account.sa_type,
                "state": account.state,
                "is_global_root": account.is_global_root,
                "company": ref(company),
                "parent_id": parent.id if parent else None,
                "depth": depth[account.id],
            }
            nodes[account.id] = node
            if flat or not parent:
                top.append(node)
            if not flat:
                node["children"] = []
                if parent:
                    nodes[parent.id]["children"].append(node)
        if flat:
            by_path = {
                a.id: [nodes[i]["name"] for i in a._path_ids() if i in nodes]
                for a in accounts
            }
            top.sort(key=lambda node: (by_path[node["id"]], node["id"]))
        return top

    def _path_ids(self):
        """Return the ids from the top of the tree down to one SA."""
        self.ensure_one()
        return [int(part) for part in (self.parent_path or "").split("/") if part]
