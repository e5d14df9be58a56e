"""Places with a role in the life of a unit (docs/contract.md 6).

* ``sync_deployed``: leased units at customers, one per company. It is a *child of
  Partners/Customers*, so that Odoo's own delivery rule finds it (the rule search walks
  up the parents), with usage *internal*: a leased unit stays company property, keeps
  its value in the books until the ownership transfer, and is reserved for real. It is
  in no warehouse's tree, so stock on hand falls when a unit is deployed. The price of
  'internal' is one override, :meth:`StockLocation._is_outgoing`; without it
  ``qty_delivered`` of the order line would stay 0.
* ``loaner_pool``, ``service_repair``: internal, one per warehouse, beside its Stock
  and not below it, so that a sale never reserves there.
"""

from odoo import api, fields, models

from ...exceptions import BusinessError

SYNC_DEPLOYED, LOANER_POOL, SERVICE_REPAIR = (
    "sync_deployed",
    "loaner_pool",
    "service_repair",
)
ROLES = [
    (SYNC_DEPLOYED, "SYNC Deployed"),
    (LOANER_POOL, "Loaner Pool"),
    (SERVICE_REPAIR, "Service/Repair"),
]


class StockLocation(models.Model):
    _name = "stock.location"
    _inherit = ["stock.location", "abs.company.scope.mixin"]

    x_role = fields.Selection(
        ROLES,
        "Role",
        index="btree_not_null",
        copy=False,
        help="SYNC Deployed: leased units at customers. Loaner Pool: units to lend. "
        "Service/Repair: units being repaired.",
    )

    @api.constrains("x_role", "location_id", "usage", "company_id")
    def _check_abs_role(self):
        customers = self.env.ref("stock.stock_location_customers")
        for location in self.filtered("x_role"):
            if location.usage != "internal" or not location.company_id:
                raise BusinessError(
                    self.env._(
                        "%(name)s: a location with a role is an internal location of "
                        "one company.",
                        name=location.display_name,
                    )
                )
            at_customers = location._child_of(customers)
            if at_customers != (location.x_role == SYNC_DEPLOYED):
                raise BusinessError(
                    self.env._(
                        "%(name)s: 'SYNC Deployed' stands below %(customers)s, the "
                        "Loaner Pool and Service/Repair in a warehouse.",
                        name=location.display_name,
                        customers=customers.display_name,
                    )
                )

    def _is_outgoing(self):
        """Count units at SYNC Deployed as delivered."""
        return super()._is_outgoing() or self.x_role == SYNC_DEPLOYED

    def _abs_is_field(self):
        """Tell whether a unit at this place is with a customer (sold or leased)."""
        self.ensure_one()
        return self.usage == "customer" or self.x_role == SYNC_DEPLOYED

    @api.model
    def _abs_location(self, place, role):
        """Return the location of a role, made on the spot when it is missing.

        :param place: ``res.company`` or ``stock.warehouse``; SYNC Deployed is one per
            company, the others one per warehouse (of a company: its first warehouse's)
        :param str role: one of ``sync_deployed``, ``loaner_pool``, ``service_repair``
        """
        self = self.sudo()
        if place._name == "stock.warehouse":
            company, warehouse = place.company_id, place
        else:
            company, warehouse = place, self.env["stock.warehouse"]
        domain = [("x_role", "=", role), ("company_id", "=", company.id)]
        if warehouse and role != SYNC_DEPLOYED:
            domain.append(("warehouse_id", "=", warehouse.id))
        found = self.search(domain, order="id", limit=1)
        return found or self._abs_make_location(company, warehouse, role)

    @api.model
    def _abs_locations(self, company, role):
        """Return all locations of a role in a company."""
        return self.sudo().search(
            [("x_role", "=", role), ("company_id", "=", company.id)], order="id"
        )

    @api.model
    def _abs_make_location(self, company, warehouse, role):
        if role == SYNC_DEPLOYED:
            parent = self.env.ref("stock.stock_location_customers")
        else:
            warehouse = warehouse or self.env["stock.warehouse"].sudo().search(
                [("company_id", "=", company.id)], order="sequence, id", limit=1
            )
            if not warehouse:
                raise BusinessError(
                    self.env._(
                        "%(company)s has no warehouse yet: create one first.",
                        company=company.name,
                    ),
                    code="no_warehouse",
                )
            parent = warehouse.view_location_id
        return self.create(
            {
                "name": dict(ROLES)[role],
                "usage": "internal",
                "location_id": parent.id,
                "company_id": company.id,
                "x_role": role,
            }
        )
