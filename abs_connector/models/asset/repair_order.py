"""Repairs of serials: links, parts, and what they cost (MODULE_INTERCONNECTION_MAP)."""

from odoo import Command, api, fields, models

from ...compat import move_cost, move_name
from ...exceptions import BusinessError, Conflict
from ..base.text import html_of


class RepairOrder(models.Model):
    """Stamp only; where it comes from is told beside the fields, in ``assets``."""

    _name = "repair.order"
    _inherit = ["repair.order", "abs.stamp.mixin"]
    _sa_kind = "repairs"
    _sa_cascade_fields = ("x_ticket_id", "x_asset_id")
    _sa_open_domain = (("state", "not in", ("done", "cancel")),)

    _sa_source_fields = ("x_ticket_id", "x_asset_id", "sale_order_id")

    x_ticket_id = fields.Many2one(
        "helpdesk.ticket", "Ticket", index="btree_not_null", copy=False
    )
    x_asset_id = fields.Many2one(
        "ov.asset",
        "Asset",
        compute="_compute_x_asset_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    x_equipment_id = fields.Many2one(
        "maintenance.equipment",
        "Equipment",
        compute="_compute_x_equipment_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    x_home_location_id = fields.Many2one(
        "stock.location",
        "Came From",
        readonly=True,
        copy=False,
        help="Where the customer has the unit; it goes back there when it is repaired.",
    )
    x_currency_id = fields.Many2one(related="company_id.currency_id")
    x_parts_cost = fields.Monetary(
        "Cost of Parts",
        currency_field="x_currency_id",
        readonly=True,
        copy=False,
        help="Cost of the parts used, as it was when the repair was finished.",
    )

    # two methods: a value given for one field at create must not stop the other
    @api.depends("lot_id")
    def _compute_x_equipment_id(self):
        """A repair of a serial is a repair of its equipment."""
        by_lot = self._abs_equipment_by_lot()
        for repair in self:
            repair.x_equipment_id = by_lot.get(repair.lot_id.id)

    @api.depends("lot_id")
    def _compute_x_asset_id(self):
        """... and of the latest asset of that unit."""
        by_lot = self._abs_equipment_by_lot()
        for repair in self:
            equipment = by_lot.get(repair.lot_id.id)
            repair.x_asset_id = equipment.x_asset_id if equipment else False

    def _abs_equipment_by_lot(self):
        equipments = (
            self.env["maintenance.equipment"]
            .sudo()
            .search([("x_lot_id", "in", self.lot_id.ids)])
        )
        return {equipment.x_lot_id.id: equipment for equipment in equipments}

    def action_repair_done(self):
        result = super().action_repair_done()
        for repair in self.filtered(lambda r: r.state == "done"):
            repair.sudo().x_parts_cost = repair._abs_cost_of_parts()
            if repair.x_asset_id:
                repair.x_asset_id.sudo()._abs_log(
                    [(None, repair.x_asset_id)], kind="repaired", note=repair.name
                )
        return result

    def _abs_cost_of_parts(self):
        """Return the cost of what was added, in the company's currency.

        As the stock's valuation has it; what is not valued counts at its cost price.
        """
        self.ensure_one()
        used = self.move_ids.filtered(
            lambda m: m.state == "done" and m.repair_line_type == "add"
        )
        cost = 0.0
        for move in used.sudo():
            valued = move_cost(move)
            if valued:
                cost += valued
                continue
            product = move.product_id.with_company(self.company_id)
            quantity = move.product_uom._compute_quantity(
                move.quantity, product.uom_id, round=False
            )
            cost += product.standard_price * quantity
        return self.company_id.currency_id.round(cost)

    # ------------------------------------------------------------ verbs
    @api.model
    def _abs_open_repair(
        self, lot, company, partner, asset, ticket=None, note=None, home=None
    ):
        """Create and confirm a repair of a unit that stands in Service/Repair.

        The unit must be there: Odoo would else let it appear twice.
        """
        place = self.env["stock.location"]._abs_location(company, "service_repair")
        kind = self._abs_repair_type(company)
        repair = self.with_company(company).create(
            {
                "product_id": lot.product_id.id,
                "lot_id": lot.id,
                "partner_id": partner.id,
                "company_id": company.id,
                "picking_type_id": kind.id,
                "user_id": False,
                "x_asset_id": asset.id if asset else False,
                "x_ticket_id": ticket.id if ticket else False,
                **({"x_home_location_id": home.id} if home else {}),
                "internal_notes": html_of(note),
            }
        )
        # they follow the operation type at create, so they are written after it
        repair.write(
            {
                "product_location_src_id": place.id,
                "product_location_dest_id": place.id,
            }
        )
        if repair.action_validate() is not True:
            raise BusinessError(
                self.env._(
                    "The unit %(serial)s is not in %(place)s, so it can't be repaired "
                    "there.",
                    serial=lot.name,
                    place=place.display_name,
                ),
                code="serial_unavailable",
            )
        return repair

    @api.model
    def _abs_repair_type(self, company):
        kind = self.env["stock.picking.type"].search(
            [("code", "=", "repair_operation"), ("company_id", "=", company.id)],
            order="sequence, id",
            limit=1,
        )
        if not kind:
            raise BusinessError(
                self.env._(
                    "%(company)s has no repair operation type: create its warehouse in "
                    "Inventory > Configuration > Warehouses.",
                    company=company.name,
                ),
                code="not_configured",
            )
        return kind

    def _abs_add_parts(self, parts):
        """Plan parts: ``[{"product_id": int, "quantity": float, "lot_id": int}]``.

        ``lot_id`` is needed for products with serial or lot numbers.
        """
        self.ensure_one()
        self = self.with_company(self.company_id)
        for part in parts:
            product = self.env["product.product"].browse(part["product_id"])
            lot = self.env["stock.lot"].browse(part.get("lot_id") or ())
            self._abs_check_part(product, lot, part["quantity"])
            before = self.move_ids
            vals = {
                "product_id": product.id,
                "product_uom_qty": part["quantity"],
                "repair_line_type": "add",
                "company_id": self.company_id.id,
                **move_name(product),
            }
            self.write({"move_ids": [Command.create(vals)]})
            move = self.move_ids - before
            if self.state != "draft" and move.state == "draft":
                move._action_confirm()
            if lot:
                line = move._prepare_move_line_vals(quantity=part["quantity"])
                line.update(lot_id=lot.id, location_id=self._abs_place_of(lot, move))
                move.move_line_ids.unlink()
                move.move_line_ids = [Command.create(line)]

    def _abs_check_part(self, product, lot, quantity):
        if product.type != "consu":
            raise BusinessError(
                self.env._("%s is not a part: choose goods.", product.display_name),
                details=[{"field": "parts"}],
            )
        if product.tracking != "none" and not lot:
            raise BusinessError(
                self.env._(
                    "%s has serial or lot numbers: say with lot_id which one is used.",
                    product.display_name,
                ),
                code="serial_required",
                details=[{"field": "parts"}],
            )
        if lot and lot.product_id != product:
            raise BusinessError(
                self.env._(
                    "Serial number %(serial)s is not a %(product)s.",
                    serial=lot.name,
                    product=product.display_name,
                ),
                code="serial_unavailable",
                details=[{"field": "parts"}],
            )
        if product.tracking == "serial" and quantity != 1:
            raise BusinessError(
                self.env._("One serial number is one unit: the quantity must be 1."),
                details=[{"field": "parts"}],
            )

    def _abs_place_of(self, lot, move):
        """Return the id of the place below the parts' source that holds ``lot``."""
        quant = self.env["stock.quant"].search(
            [
                ("lot_id", "=", lot.id),
                ("location_id", "child_of", move.location_id.id),
                ("quantity", ">", 0),
            ],
            limit=1,
        )
        if not quant:
            raise BusinessError(
                self.env._(
                    "Serial number %(serial)s is not in %(place)s.",
                    serial=lot.name,
                    place=move.location_id.display_name,
                ),
                code="serial_unavailable",
                details=[{"field": "parts", "message": lot.name}],
            )
        return quant.location_id.id

    def _abs_check_parts(self):
        """Refuse to use parts that are not on the shelf (Odoo would go negative)."""
        self.ensure_one()
        needed = {}
        for move in self.move_ids.filtered(lambda m: m.repair_line_type == "add"):
            if move.state in ("done", "cancel") or not move.product_id.is_storable:
                continue
            key = (move.product_id, move.location_id)
            quantity = move.product_uom._compute_quantity(
                move.product_uom_qty, move.product_id.uom_id
            )
            asked, reserved = needed.get(key, (0, 0))
            done = move.product_uom._compute_quantity(
                sum(move.move_line_ids.mapped("quantity")), move.product_id.uom_id
            )
            needed[key] = (asked + quantity, reserved + done)
        for (product, place), (asked, reserved) in needed.items():
            free = self.env["stock.quant"]._get_available_quantity(product, place)
            if asked > free + reserved:
                raise BusinessError(
                    self.env._(
                        "Not enough %(product)s in %(place)s: %(asked)g asked, "
                        "%(available)g available.",
                        product=product.display_name,
                        place=place.display_name,
                        asked=asked,
                        available=max(free + reserved, 0),
                    ),
                    code="insufficient_stock",
                    details=[{"field": "parts", "message": product.display_name}],
                )

    def _api_complete(self, parts=(), note=None):
        """Finish the repair: its parts leave stock; returns the repair.

        A unit that a ticket brought from its customer goes back there.

        :param list parts: more parts, see :meth:`_abs_add_parts`
        :raises BusinessError: ``insufficient_stock``
        """
        self.ensure_one()
        self._abs_lock()
        self.env["ov.membership"]._caller_require_staff(self.x_sa_id)
        return self._abs_complete(parts, note)

    def _abs_complete(self, parts=(), note=None):
        if self.state in ("done", "cancel"):
            raise Conflict(
                self.env._("Repair %s is closed already.", self.name),
                code="repair_closed",
            )
        repair = self.with_company(self.company_id)
        if repair.state == "draft" and repair.action_validate() is not True:
            raise BusinessError(
                self.env._(
                    "The unit %(serial)s is not in %(place)s: bring it there first.",
                    serial=self.lot_id.name,
                    place=self.product_location_src_id.display_name,
                ),
                code="serial_unavailable",
            )
        repair._abs_add_parts(parts)
        repair._abs_check_parts()
        if repair.state == "confirmed":
            repair.action_repair_start()
        for move in repair.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel")
        ):
            if move.product_id.tracking == "none":
                move.quantity = move.product_uom_qty
            elif not move.move_line_ids.lot_id:
                raise BusinessError(
                    self.env._(
                        "Choose the serial number of %s first.",
                        move.product_id.display_name,
                    ),
                    code="serial_required",
                )
            move.picked = True
        repair.action_repair_end()
        if note:
            repair.message_post(body=note)
        if self._abs_can_go_home():
            self._abs_bring_home()
        return self

    def _abs_can_go_home(self):
        """Return whether the unit came from its customer and still is on the bench.

        A unit whose loaner is out goes home with the return of the swap.
        """
        asset = self.x_asset_id
        return bool(
            self.state in ("done", "cancel")
            and self.x_home_location_id
            and asset
            and not asset.open_swap_id
            and asset.state == "inactive"
            and self.lot_id.location_id.x_role == "service_repair"
        )

    def _abs_bring_home(self):
        asset = self.x_asset_id
        asset._abs_move_unit(
            self.lot_id,
            self.x_home_location_id,
            "brought_back",
            note=self.name,
            asset_id=asset.id,
        )

    def action_bring_home(self):
        """Web client: the repaired unit goes back to its customer."""
        self.ensure_one()
        self.check_access("write")
        repair = self.sudo()
        repair._abs_lock()
        if not repair._abs_can_go_home():
            raise BusinessError(
                self.env._(
                    "The unit of %s can't go back: it is not repaired yet, or it is "
                    "not in Service/Repair any more.",
                    self.name,
                ),
                code="not_on_bench",
            )
        repair._abs_bring_home()
        return True

    x_can_go_home = fields.Boolean(compute="_compute_x_can_go_home", compute_sudo=True)

    @api.depends("state", "x_home_location_id", "x_asset_id.state")
    def _compute_x_can_go_home(self):
        for repair in self:
            repair.x_can_go_home = repair._abs_can_go_home()
