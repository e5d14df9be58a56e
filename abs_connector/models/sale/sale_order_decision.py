"""Request, approve and reject: who decides, and when (docs/contract.md 1.11; workflow 3)."""

from odoo import models

from ...exceptions import BusinessError, Conflict, Forbidden


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # -- verbs -----------------------------------------------------------------------

    def _api_request_approval(self, note=None):
        """Submit a quotation to the staff of its SA.

        :raises BusinessError: ``approval_disabled``, ``approval_not_required``,
            ``invalid_state``
        :raises Conflict: ``approval_pending``, ``already_approved``
        """
        self.ensure_one()
        self._abs_lock()
        if not self.company_id.x_sale_approval:
            raise BusinessError(
                self.env._(
                    "Sales Order Approval is off in %(company)s. An administrator "
                    "turns it on in Settings, Sales, Quotations & Orders.",
                    company=self.company_id.name,
                ),
                code="approval_disabled",
            )
        self._abs_check_quotation()
        if self.approval_state == "pending":
            raise Conflict(
                self.env._("%(order)s already waits for approval.", order=self.name),
                code="approval_pending",
            )
        if self.approval_state == "approved":
            raise Conflict(
                self.env._("%(order)s is approved: confirm it.", order=self.name),
                code="already_approved",
            )
        if self.approval_state == "not_required":
            raise BusinessError(
                self.env._(
                    "%(order)s needs no approval: confirm it at once.", order=self.name
                ),
                code="approval_not_required",
            )
        if not self.order_line.filtered("product_id"):
            raise BusinessError(self.env._("The order has no products."), "no_lines")
        self._abs_history("request", note)
        return self

    def _api_approve(self, note=None):
        """Approve a waiting quotation; only staff of its SA (see the module's text).

        :raises Forbidden: ``role_required``, ``own_order``
        :raises BusinessError: ``approval_not_pending``
        :raises Conflict: ``already_approved``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_approver()
        if self._abs_decision() == "approved":
            raise Conflict(
                self.env._("%(order)s is approved already.", order=self.name),
                code="already_approved",
            )
        self._abs_check_pending()
        self._abs_history("approve", note)
        return self

    def _api_reject(self, reason=None):
        """Reject a waiting quotation with a reason; the maker revises it.

        :raises Forbidden: ``role_required``, ``own_order``
        :raises BusinessError: ``reason_required``, ``approval_not_pending``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_approver()
        if not (reason or "").strip():
            raise BusinessError(
                self.env._("Say why the order is rejected, so that it can be revised."),
                code="reason_required",
            )
        self._abs_check_pending()
        self._abs_history("reject", reason.strip())
        if self.state == "sent":
            self.state = "draft"
        return self

    # the buttons of the order form
    def action_request_approval(self):
        self._api_request_approval()

    def action_approve(self):
        self._api_approve()

    def action_reject(self):
        """Open the dialog that asks for the reason."""
        self.ensure_one()
        self._abs_check_approver()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject %(order)s", order=self.name),
            "res_model": "abs.order.reject.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    # -- rules -----------------------------------------------------------------------

    def _abs_check_quotation(self):
        if self.state in ("draft", "sent"):
            return
        raise BusinessError(
            self.env._(
                "%(order)s is %(state)s, no longer a quotation.",
                order=self.name,
                state=self._abs_state_label(),
            ),
            code="invalid_state",
        )

    def _abs_check_pending(self):
        """A decision needs a request, for the very lines that stand there now."""
        self._abs_check_quotation()
        self._abs_void_changed()
        if self._abs_decision() == "pending":
            return
        raise BusinessError(
            self.env._(
                "%(order)s does not wait for approval. Its maker asks for one with "
                "'Request Approval' first.",
                order=self.name,
            ),
            code="approval_not_pending",
        )

    def _abs_may_decide(self):
        """Tell whether :meth:`_abs_check_approver` lets the caller decide."""
        try:
            self._abs_check_approver()
        except Forbidden:
            return False
        return True

    def _abs_check_approver(self):
        """Staff of the order's SA, or admin; not an agent; not one's own order."""
        self.check_access(
            "read"
        )  # a button names any id; administrators are of all SAs
        members = self.env["ov.membership"]
        account = self.sudo().x_sa_id
        members._caller_require_staff(account)
        active = members._caller()
        if any(m.role_code == "admin" for m in active):
            return
        own_sa = active.filtered(lambda m: m.account_id == account)
        if any(m.role_code == "agent" for m in own_sa):
            raise Forbidden(
                self.env._(
                    "Agents of %(account)s don't approve its orders: ask its staff.",
                    account=account.name,
                )
            )
        maker = self.sudo().x_maker_id
        if not maker or maker != self.env["abs.employee"]._caller():
            return
        if any(own_sa.mapped("is_manager")):
            return
        raise Forbidden(
            self.env._(
                "You made %(order)s yourself: another staff member or the manager of "
                "%(account)s approves it.",
                order=self.name,
                account=account.name,
            ),
            code="own_order",
        )
