"""Log-in, refresh, log-out and who am I, for employees and customers (docs/contract.md 3)."""

from odoo import http

from ..api import CUSTOMER, EMPLOYEE, PUBLIC, Api, get, post
from ..api.base import Done
from ..schemas.auth import (
    CustomerLoginOut,
    CustomerMeOut,
    EmployeeLoginOut,
    InvitationIn,
    LoginIn,
    MeOut,
    PasswordIn,
    RefreshIn,
    TokensOut,
)

CUSTOMER_ACCEPTS = (
    "/api/customer/auth/accept",
    "/api/customer/auth/accept-invitation",
)


class Auth(Api, http.Controller):
    @post("/api/auth/login", audience=PUBLIC, refuses=(401,))
    def login_employee(self, body: LoginIn) -> EmployeeLoginOut:
        """Log an employee in."""
        return self.model("abs.auth.session")._api_employee_login(
            body.identity, body.password, self.source
        )

    @post(("/api/auth/accept-invitation", "/api/auth/accept"), audience=PUBLIC)
    def accept_invitation(self, body: InvitationIn) -> EmployeeLoginOut:
        """Choose the own password with the code of an invitation, and log in."""
        return self.model("abs.auth.session")._api_accept_invitation(
            body.code, body.password, self.source
        )

    @post("/api/auth/refresh", audience=PUBLIC, refuses=(401,))
    def refresh_employee(self, body: RefreshIn) -> TokensOut:
        """Spend a refresh token for a new pair; a spent one ends the log-in."""
        return self.model("abs.auth.session")._api_refresh(
            "employee", body.refresh_token
        )

    @post("/api/auth/logout", audience=EMPLOYEE)
    def logout_employee(self) -> Done:
        """End this log-in: its refresh tokens and this token."""
        return self.model("abs.auth.session")._api_logout(self.principal.session)

    @get("/api/auth/me", audience=EMPLOYEE)
    def get_employee_me(self) -> MeOut:
        """Tell who is logged in, the memberships, and what the caller may do."""
        return self.model("abs.auth.session")._api_me(
            self.principal.employee_id, self.permissions()
        )

    @post("/api/auth/change-password", audience=EMPLOYEE)
    def change_employee_password(self, body: PasswordIn) -> TokensOut:
        """Change the own password; every other log-in ends."""
        return self.model("abs.auth.session")._api_change_password(
            self.principal.employee_id,
            body.current_password,
            body.new_password,
            self.source,
        )

    @post("/api/customer/auth/login", audience=PUBLIC, refuses=(401,))
    def login_customer(self, body: LoginIn) -> CustomerLoginOut:
        """Log a customer in."""
        return self.model("abs.auth.session")._api_customer_login(
            body.identity, body.password, self.source
        )

    @post(CUSTOMER_ACCEPTS, audience=PUBLIC)
    def accept_customer_invitation(self, body: InvitationIn) -> CustomerLoginOut:
        """Choose the own password with the code of an invitation, and log in."""
        return self.model("abs.auth.session")._api_customer_accept(
            body.code, body.password, self.source
        )

    @post("/api/customer/auth/refresh", audience=PUBLIC, refuses=(401,))
    def refresh_customer(self, body: RefreshIn) -> TokensOut:
        """Spend a refresh token for a new pair; a spent one ends the log-in."""
        return self.model("abs.auth.session")._api_refresh(
            "customer", body.refresh_token
        )

    @post("/api/customer/auth/logout", audience=CUSTOMER)
    def logout_customer(self) -> Done:
        """End this log-in: its refresh tokens and this token."""
        return self.model("abs.auth.session")._api_logout(self.principal.session)

    @get("/api/customer/me", audience=CUSTOMER)
    def get_customer_me(self) -> CustomerMeOut:
        """Tell which customer is logged in."""
        return self.model("abs.auth.session")._api_customer_me(
            self.principal.customer_id
        )
