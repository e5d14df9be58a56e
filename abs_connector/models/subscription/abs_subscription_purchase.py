from dateutil.relativedelta import relativedelta
from odoo import api, models

from ...exceptions import BusinessError

#: How far a start may lie in the past (staff) or in the future, in months.
BACK_MONTHS, AHEAD_MONTHS = 60, 24


class SubscriptionPurchase(models.Model):
    """Subscriptions made without an order: by the API, for an SA (workflow 10)."""

    _inherit = "abs.subscription"

    @api.model
    def _api_purchase(self, account, vals):
        """Create a subscription for a customer of ``account``; a draft unless told.

        :param account: ``ov.serviced_account``
        :param dict vals: ``partner_id``; ``product_id`` or ``plan_id`` or both;
            optional ``price`` (per unit and period, without tax), ``quantity``,
            ``start_date``, ``periods``, ``order_id``, ``name``, ``activate``
        :raises BusinessError: ``product_required``, ``plan_required``,
            ``not_recurring``, ``start_date_past``, ``company_mismatch``
        """
        company = account.company_id
        subs = self.with_company(company)
        partner = self.env["res.partner"].browse(vals["partner_id"])
        if partner.company_id and partner.company_id != company:
            raise BusinessError(
                self.env._("%s is a customer of another company.", partner.name),
                code="company_mismatch",
            )
        order = self.env["sale.order"].browse(vals.get("order_id") or ())
        if order and order.partner_id.commercial_partner_id != (
            partner.commercial_partner_id
        ):
            raise BusinessError(
                self.env._("%s is an order of another customer.", order.name),
                code="order_mismatch",
                details=[{"field": "order_id"}],
            )
        product = subs._purchase_product(vals)
        members = self.env["ov.membership"]
        values = {
            "partner_id": partner.id,
            "plan_id": subs._purchase_plan(vals, product).id,
            "product_id": product.id,
            "kind": "rental" if product.x_contract_type == "rental" else "service",
            "quantity": vals.get("quantity") or 1.0,
            "company_id": company.id,
            "order_id": order.id,
            "start_date": subs._purchase_start(account, vals.get("start_date")),
            "x_sa_id": account.id,
            "x_actor_id": members._caller_actor(account, partner, order).id,
        }
        if vals.get("price") is not None:
            values["price_unit"] = vals["price"]
        if vals.get("periods"):
            values["duration"] = vals["periods"]
        if vals.get("name"):
            values["name"] = vals["name"]
        sub = subs.create(values)
        if vals.get("activate"):
            sub._api_activate()
        return sub

    @api.model
    def _purchase_product(self, vals):
        product = self.env["product.product"].browse(vals.get("product_id") or ())
        if product:
            if product.type != "service" or not product.sale_ok:
                raise BusinessError(
                    self.env._(
                        "%s is not a service that is sold.", product.display_name
                    ),
                    code="not_recurring",
                    details=[{"field": "product_id"}],
                )
            return product
        plan = self.env["abs.subscription.plan"].browse(vals.get("plan_id") or ())
        products = self.env["product.product"].search(
            [
                ("plan_id", "=", plan.id or 0),
                ("type", "=", "service"),
                ("sale_ok", "=", True),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            limit=2,
        )
        if len(products) != 1:
            raise BusinessError(
                self.env._("Name the product that is billed (product_id)."),
                code="product_required",
                details=[{"field": "product_id"}],
            )
        return products

    @api.model
    def _purchase_plan(self, vals, product):
        plan = self.env["abs.subscription.plan"].browse(vals.get("plan_id") or ())
        plan = plan or product.plan_id
        if not plan:
            raise BusinessError(
                self.env._(
                    "%s names no plan: name one (plan_id).", product.display_name
                ),
                code="plan_required",
                details=[{"field": "plan_id"}],
            )
        return plan

    @api.model
    def _purchase_start(self, account, start):
        """Return the first day; only staff of the SA bill a customer for the past."""
        today = account.company_id._abs_today()
        start = start or today
        if start < today:
            self.env["ov.membership"]._caller_require_staff(account)
        earliest = today - relativedelta(months=BACK_MONTHS)
        latest = today + relativedelta(months=AHEAD_MONTHS)
        if not earliest <= start <= latest:
            raise BusinessError(
                self.env._(
                    "The start is between %(first)s and %(last)s.",
                    first=earliest,
                    last=latest,
                ),
                code="start_date_range",
                details=[{"field": "start_date"}],
            )
        return start
