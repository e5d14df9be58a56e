"""The sale order: who made it, where, and how quotations are written (workflow 2).

Lines, approval, confirmation and documents are in the files beside this one, invoices
and payments of an order in ``models/accounting``.
"""

from odoo import api, fields, models

from ...card import ref
from ...exceptions import BusinessError
from ..base.caller import is_api
from ..base.text import html_of
from ..scope.ov_sa_assignment import governed


@governed("ov.sa_sale_order_assignment", subject="order_id", title="Orders")
class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "abs.stamp.mixin"]
    _sa_customer_reads = True
    _sa_kind = "orders"
    # 'Locked' is Odoo's and says nothing: a setting locks whatever is confirmed.
    _sa_open_domain = (("state", "!=", "cancel"), ("x_finalized", "=", False))

    x_outlet_id = fields.Many2one(
        "ov.outlet", "Outlet", index="btree_not_null", tracking=True
    )
    x_channel_partner_id = fields.Many2one(
        "res.partner",
        "Channel Partner",
        index="btree_not_null",
        tracking=True,
        help="The dealer or partner through whom this sale came.",
    )
    x_maker_id = fields.Many2one(
        "abs.employee",
        "Made by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Employee who created the order, and so can't approve it alone.",
    )
    x_channel = fields.Selection(
        [("api", "App"), ("web", "Web client")],
        "Made in",
        default="web",
        readonly=True,
        copy=False,
    )
    x_finalized = fields.Boolean(
        "Finalized",
        readonly=True,
        copy=False,
        help="All delivered and invoiced, then locked. The API calls it 'done'.",
    )

    # -- create and write ------------------------------------------------------------

    _abs_given_at_create = ("x_maker_id", "x_channel")

    # -- the doors: what happens when an order is written, in this order --------------
    # A concern extends a phase (_before_…, _after_…) by super().

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._before_create(vals) for vals in vals_list]
        orders = super().create(vals_list)
        orders._abs_ship_from_depot(vals_list)
        orders._after_create()
        return orders

    def write(self, vals):
        vals = self._before_write(vals)
        following = self._abs_following_depot(vals)
        done = super().write(vals)
        following._abs_refresh_depot()
        self._abs_void_changed()
        return done

    def action_confirm(self):
        """Confirm approved orders, once, and draft what is billed at confirmation."""
        self._abs_lock()
        self._before_confirm()
        result = super().action_confirm()
        self._after_confirm()
        return result

    def _action_confirm(self):
        self._before_action_confirm()
        result = super()._action_confirm()
        self._after_action_confirm()
        return result

    def _action_cancel(self):
        self._abs_check_cancel()
        result = super()._action_cancel()
        self._after_cancel()
        return result

    @api.model
    def _before_create(self, vals):
        """Note the maker: the calling employee, never what the values say."""
        maker = self.env["abs.employee"]._caller()
        channel = "api" if is_api(self.env) else "web"
        return {**vals, "x_maker_id": maker.id or False, "x_channel": channel}

    def _after_create(self):
        """Phase: orders were created."""

    def _before_write(self, vals):
        """Return what is written; maker and origin stay as they are.

        :raises BusinessError: ``readonly_field``
        """
        for name in ("x_maker_id", "x_channel"):
            if name in vals:
                raise BusinessError(
                    self.env._("The maker of an order is not changed by hand."),
                    code="readonly_field",
                )
        return vals

    def _sa_is_somebodys(self):
        return self._sa_rows() > 1

    def _sa_has_history(self):
        """A draft may go that was never sent, decided on or gone back to."""
        return bool(
            self.state != "draft"
            or self._sa_is_named()
            or self.invoice_ids
            or self.env["abs.order.approval"]
            .sudo()
            .search_count([("order_id", "=", self.id)], limit=1)
            or self.message_ids.tracking_value_ids.filtered(
                lambda value: value.field_id.name == "state"
            )
        )

    def _before_confirm(self):
        """Phase: people or the API ask to confirm; refuse here what must not be."""

    def _after_confirm(self):
        """Phase: orders were confirmed, with all that Odoo does."""

    def _before_action_confirm(self):
        """Phase: Odoo is about to make what follows from a confirmed order."""

    def _after_action_confirm(self):
        """Phase: deliveries and tasks are there."""

    def _after_cancel(self):
        """Phase: orders were cancelled."""

    def action_unlock(self):
        self.filtered("x_finalized").sudo().x_finalized = False
        return super().action_unlock()

    # -- quotations ------------------------------------------------------------------

    @api.model
    def _api_create_quotation(self, account, vals):
        """Create a quotation of an SA (``POST /api/quotations``).

        :param account: ``ov.serviced_account`` of the order
        :param dict vals: header as in :data:`HEADER`, ``company_id`` (checked against
            the SA's), ``lines``: list of dicts as in :meth:`_abs_line_vals`
        :raises BusinessError: ``company_mismatch``, ``sa_inactive``, ``sa_mismatch``,
            ``product_not_sellable``, ``no_lines``
        """
        company = account.company_id or self.env["res.company"].browse(
            vals.get("company_id") or ()
        )
        if not company:
            raise BusinessError(
                self.env._(
                    "%(account)s belongs to no company: name the Service Account or "
                    "the company that sells.",
                    account=account.name,
                ),
                code="company_required",
            )
        if vals.get("company_id") and vals["company_id"] != company.id:
            raise BusinessError(
                self.env._(
                    "%(account)s sells for %(company)s. Leave company_id out, or name "
                    "a Service Account of that company in X-SA-ID.",
                    account=account.name,
                    company=company.name,
                ),
                code="company_mismatch",
            )
        if account.state != "active":
            raise BusinessError(
                self.env._(
                    "%(account)s is not active: it takes no orders.",
                    account=account.name,
                ),
                code="sa_inactive",
            )
        if not vals.get("lines"):
            raise BusinessError(
                self.env._("Name at least one product."), code="no_lines"
            )
        self = self.with_company(company)
        partner = self.env["res.partner"].browse(vals["partner_id"])
        self._abs_check_partner(partner, account, company)
        self._abs_check_warehouse(vals, company)
        actor = self.env["ov.membership"]._caller_actor(account, partner)
        order = self.create(
            {
                **self._abs_header_vals(vals),
                "company_id": company.id,
                "x_sa_id": account.id,
                "x_actor_id": actor.id,
            }
        )
        order.write({"order_line": order._abs_line_commands(vals["lines"])})
        return order

    def _api_update(self, vals):
        """Change the header and lines of a quotation (``PUT /api/orders/<id>``).

        :param dict vals: header as in :data:`HEADER`; ``lines``: with ``id`` a change
            of that line (``quantity`` 0 or ``delete`` removes it), without one a new
            line
        :raises BusinessError: ``invalid_state``, ``line_not_found``, ``no_lines``
        """
        self.ensure_one()
        self._abs_lock()
        self._abs_check_editable()
        self = self.with_company(self.company_id)
        values = self._abs_header_vals(vals)
        if "partner_id" in values:
            partner = self.env["res.partner"].browse(values["partner_id"])
            self._abs_check_partner(partner, self.x_sa_id, self.company_id)
        self._abs_check_warehouse(vals, self.company_id)
        repriced = values.get("pricelist_id", self.pricelist_id.id)
        repriced = repriced != self.pricelist_id.id
        if values:
            self.write(values)
        if repriced:
            self._recompute_prices()
        if vals.get("lines"):
            self.write({"order_line": self._abs_line_commands(vals["lines"])})
        if not self.order_line.filtered("product_id"):
            raise BusinessError(
                self.env._("An order keeps at least one product; cancel it instead."),
                code="no_lines",
            )
        return self

    def _api_add_lines(self, lines):
        """Add product lines to a quotation (``POST /api/orders/<id>/add-lines``)."""
        self.ensure_one()
        self._abs_lock()
        self._abs_check_editable()
        self = self.with_company(self.company_id)
        new = [{k: v for k, v in line.items() if k != "id"} for line in lines]
        self.write({"order_line": self._abs_line_commands(new)})
        return self

    def _abs_check_editable(self):
        if self.state in ("draft", "sent") and not self.locked:
            return
        raise BusinessError(
            self.env._(
                "%(order)s is %(state)s: only a quotation can be changed. Cancel it, "
                "or make another order.",
                order=self.name,
                state=self._abs_state_label(),
            ),
            code="invalid_state",
        )

    def _abs_state_label(self):
        """Return the state in words, in the caller's language."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels.get(self.state, self.state)

    @api.model
    def _abs_check_partner(self, partner, account, company):
        """Refuse a customer of another company or of an unrelated SA."""
        partner_company = partner.company_id
        if partner_company and partner_company != company:
            raise BusinessError(
                self.env._(
                    "%(partner)s is a customer of %(other)s, the order is of "
                    "%(company)s.",
                    partner=partner.name,
                    other=partner_company.name,
                    company=company.name,
                ),
                code="company_mismatch",
            )
        other = partner.x_sa_id
        if not other or not account or other == account:
            return
        ids = [set((sa.parent_path or "").split("/")) for sa in (other, account)]
        if str(account.id) in ids[0] or str(other.id) in ids[1]:
            return
        raise BusinessError(
            self.env._(
                "%(partner)s belongs to %(other)s: sell there, or have the customer "
                "reassigned to %(account)s first.",
                partner=partner.name,
                other=other.name,
                account=account.name,
            ),
            code="sa_mismatch",
        )

    @api.model
    def _abs_header_vals(self, vals):
        """Return the field values of a header; what is absent stays absent."""
        header = {
            field: vals[name]
            for name, field in HEADER.items()
            if name in vals and field in self._fields
        }
        if "note" in header:
            header["note"] = html_of(header["note"])
        return header

    # -- for the API -----------------------------------------------------------------

    def _api_states(self):
        """Return ``{order id: state}``; a finalized order is ``done``."""
        return {o.id: "done" if o.x_finalized else o.state for o in self}

    def _api_sessions(self):
        """Return ``{order id: where and by whom the order was made}``."""
        return {
            order.id: {
                "sa": ref(order.x_sa_id),
                "actor": ref(order.x_actor_id),
                "outlet": ref(order.x_outlet_id),
                "channel_partner": ref(order.x_channel_partner_id),
                "source": order.x_channel or None,
            }
            for order in self
        }


# Header values of a quotation that the API may set: name in vals -> field.
HEADER = {
    "partner_id": "partner_id",
    "outlet_id": "x_outlet_id",
    "channel_partner_id": "x_channel_partner_id",
    "client_order_ref": "client_order_ref",
    "date_order": "date_order",
    "validity_date": "validity_date",
    "commitment_date": "commitment_date",
    "payment_term_id": "payment_term_id",
    "pricelist_id": "pricelist_id",
    "warehouse_id": "warehouse_id",
    "note": "note",
    # lease-to-own (docs/contract.md 6); the fields are of models/subscriptions
    "is_subscription": "is_subscription",
    "plan_id": "plan_id",
    "x_equipment_value": "x_equipment_value",
    "x_equity_rate": "x_equity_rate",
    "x_contract_months": "x_contract_months",
}
