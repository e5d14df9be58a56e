"""The governed core objects: which history, from where, what counts as open."""

from odoo import api, fields, models

from ...scope import Grant, Scope, Switch
from .domains import all_of, any_of

#: The payment wizard stamps its payments by the invoices that they pay.
STAMP_FROM_INVOICE = Switch("stamp_from_invoice")


class Partner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "abs.stamp.mixin"]
    _sa_assignment_model = "ov.sa_customer_assignment"
    _sa_source_fields = ("parent_id",)
    _sa_customer_field = "id"
    _sa_cascade_fields = ("parent_id",)
    _sa_named_freely = True

    x_assignment_ids = fields.One2many(
        "ov.sa_customer_assignment", "partner_id", "Assignments"
    )
    x_employee_ids = fields.One2many(
        "abs.employee", "partner_id", "Employee", context={"active_test": False}
    )

    def _sa_customer(self):
        return self.browse()

    def _sa_takes_default(self):
        """Only customers: not suppliers, persons of users, employees or companies."""
        return bool(self.customer_rank)

    def write(self, vals):
        """An address that gets a parent later belongs to the parent's SA as well."""
        result = super().write(vals)
        if vals.get("parent_id"):
            self._sa_inherit(default=False)
        return result

    @api.model
    def _abs_grant_domains(self, scope):
        """Plain contacts (level 1) are seen by every employee (SPEC 5, Contacts)."""
        shared = all_of(
            self._abs_plain_domain(), self._abs_office_domain(scope.company_ids)
        )
        return [*super()._abs_grant_domains(scope), shared]

    @api.model
    def _abs_plain_domain(self):
        """Return level 1: customers and suppliers without an SA."""
        ranks = ["|", ("customer_rank", ">", 0), ("supplier_rank", ">", 0)]
        return ["&", ("x_sa_id", "=", False), *ranks]

    @api.model
    def _abs_office_domain(self, company_ids):
        """Return everybody but the people of other companies' offices: their names,
        mails and phones are no business of these companies."""
        own = list(company_ids)
        return [
            "|",
            ("x_employee_ids", "=", False),
            ("x_employee_ids.company_id", "in", own),
            "|",
            ("partner_share", "=", True),
            ("user_ids.company_ids", "in", own),
        ]

    @api.model
    def _abs_company_domain(self, scope):
        """An API key of some companies sees their customers, plain contacts, and their
        own people and offices."""
        own = list(scope.company_ids)
        if not own:
            return []
        at_home = [
            ("x_employee_ids.company_id", "in", own),
            ("user_ids.company_ids", "in", own),
            ("ref_company_ids", "in", own),
            ("company_id", "in", own),
        ]
        plain = all_of(self._abs_plain_domain(), self._abs_office_domain(own))
        return any_of(
            [
                [("x_sa_id", "!=", False), ("x_sa_id.company_id", "in", [*own, False])],
                plain,
                [("x_sa_id", "=", False), *any_of([[term] for term in at_home])],
            ]
        )

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        own = [("x_sa_id", "=", account_id)]
        return any_of([own, self._abs_plain_domain()])


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "abs.stamp.mixin"]
    _sa_assignment_model = "ov.sa_sale_order_assignment"
    _sa_open_domain = (("state", "!=", "cancel"), ("locked", "=", False))

    x_assignment_ids = fields.One2many(
        "ov.sa_sale_order_assignment", "order_id", "Assignments"
    )


class Picking(models.Model):
    """Procured pickings don't know their order in ``create``: see stock.move below."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "abs.stamp.mixin"]
    _sa_assignment_model = "ov.sa_delivery_assignment"
    _sa_source_fields = (
        "backorder_id",
        "return_id",
        "move_ids.sale_line_id.order_id",
        "sale_id",
        "move_ids.move_orig_ids.picking_id",
    )
    _sa_default_at_create = False
    _sa_cascade_fields = ("sale_id",)
    _sa_open_domain = (("state", "not in", ("done", "cancel")),)

    x_assignment_ids = fields.One2many(
        "ov.sa_delivery_assignment", "picking_id", "Assignments"
    )

    def action_confirm(self):
        """A transfer made by hand belongs to the SA of who makes it."""
        result = super().action_confirm()
        self._sa_inherit()
        return result

    def _action_done(self):
        """The serials of a delivery belong to the SA that deployed them."""
        result = super()._action_done()
        for picking in self.sudo().filtered("x_sa_id"):
            if picking.sale_id and not picking.return_id and picking.state == "done":
                lots = picking.move_line_ids.lot_id
                lots._sa_assign(picking.x_sa_id, picking.x_actor_id, "delivery")
        return result

    @api.model
    def _abs_grant_domains(self, scope):
        """Receipts and transfers that no sale made have no SA of their own: they are
        seen in the companies of the caller's SAs (SPEC 5, Stock)."""
        company_bound = self._abs_company_bound_domain(scope.company_ids)
        return [*super()._abs_grant_domains(scope), company_bound]

    @api.model
    def _abs_company_bound_domain(self, company_ids):
        """Return the receipts and transfers of companies, but none of a customer's:
        returns, and the moves of a unit between its customer and a repair."""
        return [
            "&",
            ("company_id", "in", list(company_ids)),
            "|",
            ("x_flow", "=", "receipt"),
            "&",
            ("x_flow", "=", "transfer"),
            "|",
            ("partner_id", "=", False),
            ("partner_id.ref_company_ids", "!=", False),
        ]

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        own = [("x_sa_id", "=", account_id)]
        return any_of([own, self._abs_company_bound_domain(company_ids)])


class StockMove(models.Model):
    _inherit = "stock.move"

    def _assign_picking_post_process(self, new=False):
        """The first moment when a procured picking knows its order, on both series."""
        result = super()._assign_picking_post_process(new=new)
        self.picking_id._sa_inherit(default=False)
        return result


class Lot(models.Model):
    """Stamp only: the SA that received or deployed it; seen within the company."""

    _name = "stock.lot"
    _inherit = ["stock.lot", "abs.stamp.mixin"]
    _sa_customer_field = None
    _sa_named_freely = True
    _sa_open_domain = ((0, "=", 1),)


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "abs.stamp.mixin"]
    _sa_assignment_model = "ov.sa_invoice_assignment"
    _sa_source_fields = ("reversed_entry_id", "line_ids.sale_line_ids.order_id")
    _sa_cascade_fields = ("line_ids.sale_line_ids.order_id",)
    _sa_open_domain = (
        ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
        ("state", "!=", "cancel"),
        ("payment_state", "in", ("not_paid", "partial")),
    )

    x_assignment_ids = fields.One2many(
        "ov.sa_invoice_assignment", "move_id", "Assignments"
    )

    def _sa_takes_default(self):
        """Customer documents only; entries and vendor bills are the company's."""
        return self.is_sale_document(include_receipts=True)


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "abs.stamp.mixin"]
    _sa_assignment_model = "ov.sa_payment_assignment"
    _sa_source_fields = ("invoice_ids", "payment_transaction_id.invoice_ids")
    _sa_open_domain = (("state", "=", "draft"),)

    x_assignment_ids = fields.One2many(
        "ov.sa_payment_assignment", "payment_id", "Assignments"
    )

    def _sa_takes_default(self):
        """Money of customers; from the wizard it waits for its invoice, see below."""
        deferred = STAMP_FROM_INVOICE.of(self.env)
        return self.partner_type == "customer" and not deferred


class PaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _init_payments(self, to_process, edit_mode=False):
        """Stamp by the invoices paid: the payment itself doesn't know them yet."""
        wizard = STAMP_FROM_INVOICE.on(self)
        payments = super(PaymentRegister, wizard)._init_payments(
            to_process, edit_mode=edit_mode
        )
        for vals in to_process:
            payment = vals["payment"].sudo()
            moves = vals["to_reconcile"].move_id.sudo().sorted("id")
            stamped = moves.filtered(
                lambda m, p=payment: m.x_sa_id and p._sa_company_fits(m.x_sa_id)
            )[:1]
            if stamped:
                payment._sa_assign(
                    stamped.x_sa_id, stamped.x_actor_id, "inherit:account.move"
                )
            else:
                STAMP_FROM_INVOICE.on(payment, False)._sa_inherit()
        return payments.with_context(self.env.context)


class Ticket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "abs.stamp.mixin"]
    _sa_assignment_model = "ov.sa_ticket_assignment"
    _sa_open_domain = (("closed", "=", False),)

    x_assignment_ids = fields.One2many(
        "ov.sa_ticket_assignment", "ticket_id", "Assignments"
    )


class RepairOrder(models.Model):
    """Stamp only; where it comes from is told beside the fields, in ``assets``."""

    _name = "repair.order"
    _inherit = ["repair.order", "abs.stamp.mixin"]
    _sa_cascade_fields = ()
    _sa_open_domain = (("state", "not in", ("done", "cancel")),)


class MaintenanceRequest(models.Model):
    """Stamp only; ``partner_id`` does not exist there."""

    _name = "maintenance.request"
    _inherit = ["maintenance.request", "abs.stamp.mixin"]
    _sa_customer_field = None
    _sa_open_domain = (("stage_id.done", "=", False),)


class ProductTemplate(models.Model):
    """Stamp only: whose catalogue it is in; unstamped ones are everybody's."""

    _name = "product.template"
    _inherit = ["product.template", "abs.stamp.mixin"]
    _sa_customer_field = None
    _sa_named_freely = True
    _sa_default_at_create = False
    _sa_open_domain = ((0, "=", 1),)

    @api.model
    def _abs_grant_domains(self, scope):
        """Products of the caller's SAs and of those above, unstamped ones, and all of
        the categories in ``abs_connector.unscoped_catalog_category_ids`` (SPEC 5)."""
        own = {i for grant in scope.grants for i in grant.account_ids}
        accounts = self.env["ov.serviced_account"].sudo().browse(sorted(own)).exists()
        visible = sorted(own | accounts._above_ids())
        domains = [[("x_sa_id", "in", [*visible, False])]]
        open_roots = self._abs_open_category_ids()
        if open_roots:
            domains.append([("categ_id", "child_of", open_roots)])
        return domains

    @api.model
    def _abs_open_category_ids(self):
        key = "abs_connector.unscoped_catalog_category_ids"
        value = self.env["ir.config_parameter"].sudo().get_param(key) or ""
        ids = [int(p) for p in value.replace(" ", "").split(",") if p.isdigit()]
        return self.env["product.category"].sudo().browse(ids).exists().ids

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        """The catalogue of one SA: its own, those of the SAs above, unstamped ones."""
        scope = Scope("employee", (Grant("sa_wide", (account_id,), 0),))
        return any_of(self._abs_grant_domains(scope))

    @api.model
    def _abs_scope_domain(self, scope):
        if scope.kind != "employee":
            return super()._abs_scope_domain(scope)
        companies = ("company_id", "in", [*scope.company_ids, False])
        return ["&", companies, *any_of(self._abs_grant_domains(scope))]


class ProductProduct(models.Model):
    """A variant is seen with its template: same columns, by delegation."""

    _inherit = "product.product"

    @api.model
    def _abs_narrow_domain(self, account_id, company_ids):
        templates = self.env["product.template"]
        return templates._abs_narrow_domain(account_id, company_ids)

    @api.model
    def _abs_scope_domain(self, scope):
        return self.env["product.template"]._abs_scope_domain(scope)
