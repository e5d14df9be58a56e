"""``/api/service-accounts``, ``/api/employees`` and the governance of the system."""

from odoo import http

from ..api import API_KEY, EMPLOYEE, Answer, Api, One, Page, Rec, delete, get, post, put
from ..schemas.governance import (
    EmployeeIn,
    EmployeeOut,
    EmployeeQuery,
    EmployeeUpdate,
    GlobalRootOut,
    HierarchyOut,
    HierarchyQuery,
    MemberIn,
    MemberOut,
    MemberQuery,
    MemberUpdate,
    ReadinessOut,
    ServiceAccountIn,
    ServiceAccountOut,
    ServiceAccountQuery,
    ServiceAccountUpdate,
)

CALLERS = EMPLOYEE | API_KEY
#: R of docs/contract.md 5: an admin, the SA's manager, or an API key with the scope ``system``
MANAGERS = {"audience": CALLERS, "role": "sa_manager", "key_scope": "system"}
MEMBER = "/api/service-accounts/<int:account>/members/<int:membership>"


class ServiceAccounts(Api, http.Controller):
    @get("/api/service-accounts", audience=CALLERS)
    def list_accounts(self, query: ServiceAccountQuery) -> Page[ServiceAccountOut]:
        """List the Service Accounts of the caller and those below."""
        return self.page("ov.serviced_account", query)

    @post("/api/service-accounts", status=201, **MANAGERS)
    def create_account(self, body: ServiceAccountIn) -> One[ServiceAccountOut]:
        """Create a Service Account below one that the caller manages."""
        return self.model("ov.serviced_account")._api_create_account(body.to_vals())

    @get("/api/service-accounts/<int:account>", audience=CALLERS)
    def get_account(
        self, account: Rec["ov.serviced_account"]
    ) -> One[ServiceAccountOut]:
        """Show one Service Account."""
        return account

    @put("/api/service-accounts/<int:account>", **MANAGERS)
    def update_account(
        self, account: Rec["ov.serviced_account"], body: ServiceAccountUpdate
    ) -> One[ServiceAccountOut]:
        """Change, move, suspend or close a Service Account."""
        return account._api_update_account(body.to_vals())

    @get(
        "/api/service-accounts/<int:account>/members",
        audience=CALLERS,
        role="staff",
        key_scope="system",
    )
    def list_members(
        self, account: Rec["ov.serviced_account"], query: MemberQuery
    ) -> Page[MemberOut]:
        """List the memberships of an SA to its staff, ended ones included."""
        return self.page("ov.membership", query, domain=account._api_members_domain())

    @post(
        (
            "/api/service-accounts/<int:account>/members",
            "/api/service-accounts/<int:account>/enroll",
        ),
        status=201,
        **MANAGERS,
    )
    def create_member(
        self, account: Rec["ov.serviced_account"], body: MemberIn
    ) -> One[MemberOut]:
        """Enrol an employee; the first staff member becomes the SA manager."""
        member = account._api_enroll(body.to_vals())
        return Answer(member, member.employee_id._invited_message())

    @put(MEMBER, **MANAGERS)
    def update_member(
        self, account: Rec["ov.serviced_account"], membership: int, body: MemberUpdate
    ) -> One[MemberOut]:
        """Change role, policy, manager, state or last day of a membership."""
        return self._member(account, membership)._api_update_member(body.to_vals())

    @delete(MEMBER, **MANAGERS)
    def revoke_member(
        self, account: Rec["ov.serviced_account"], membership: int
    ) -> One[MemberOut]:
        """Revoke a membership; the history stays, its open records go to nobody."""
        member = self._member(account, membership)._api_revoke()
        return Answer(member, member._released_message())

    def _member(self, account, membership):
        domain = [("id", "=", membership), ("account_id", "=", account.id)]
        return self.fetch("ov.membership", domain)


class Employees(Api, http.Controller):
    @get("/api/employees", **MANAGERS)
    def list_employees(self, query: EmployeeQuery) -> Page[EmployeeOut]:
        """List the employees of the caller's SAs and companies."""
        return self.page("abs.employee", query)

    @post("/api/employees", status=201, **MANAGERS)
    def create_employee(self, body: EmployeeIn) -> One[EmployeeOut]:
        """Create an employee; enrol them in an SA to give them access."""
        return self.model("abs.employee")._api_create_employee(body.to_vals())

    @get("/api/employees/<int:employee>", **MANAGERS)
    def get_employee(self, employee: Rec["abs.employee"]) -> One[EmployeeOut]:
        """Show one employee."""
        return employee

    @put("/api/employees/<int:employee>", **MANAGERS)
    def update_employee(
        self, employee: Rec["abs.employee"], body: EmployeeUpdate
    ) -> One[EmployeeOut]:
        """Change, deactivate or give a new password to an employee."""
        return employee._api_update_employee(body.to_vals())

    @post("/api/employees/<int:employee>/invite", **MANAGERS)
    def invite_employee(self, employee: Rec["abs.employee"]) -> One[EmployeeOut]:
        """Mail the employee a code to choose the own password; earlier codes end."""
        return Answer(employee._api_invite(), employee._invited_message())


class GovernanceSystem(Api, http.Controller):
    @get("/api/system/global-root", audience=CALLERS)
    def get_global_root(self) -> GlobalRootOut:
        """Show the SA that is above all companies."""
        return self.model("ov.serviced_account")._api_global_root()

    @get("/api/system/sa-hierarchy", audience=CALLERS)
    def get_hierarchy(self, query: HierarchyQuery) -> HierarchyOut:
        """Show the tree of the SAs that the caller sees, nested or flat."""
        items = self.env["ov.serviced_account"]._api_hierarchy(query.flat)
        return {"total": len(items), "items": items}

    @get("/api/system/readiness", **{**MANAGERS, "key_scope": "read"})
    def get_readiness(self) -> ReadinessOut:
        """Check, company by company, what a first sale needs (setup guide 12)."""
        return self.model("abs.readiness")._api_readiness(self.principal.company_ids)
