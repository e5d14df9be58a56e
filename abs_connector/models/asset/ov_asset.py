"""The governed unit at a customer (workflow 8, docs/contract.md 5, 0g)."""

from odoo import api, fields, models

from ...compat import Constraint
from ...exceptions import BusinessError
from ...scope import Switch
from ..scope.ov_sa_assignment import governed

# The unit is on the ground with somebody. ``transferred``: it became the customer's.
#: The asset follows from a stock move, which knows where the unit is.
FROM_MOVE = Switch("asset_from_move")
LIVE_STATES = ("active", "transferred")


@governed("ov.sa_asset_assignment", subject="asset_id", title="Assets")
class Asset(models.Model):
    _name = "ov.asset"
    _description = "Governed Asset"
    _inherit = ["abs.stamp.mixin", "mail.thread", "mail.activity.mixin"]
    _sa_customer_reads = True
    _order = "id desc"
    _rec_names_search = ["name", "asset_code"]
    _sa_source_fields = ("order_id", "loaner_for_id", "picking_id")
    _sa_customer_field = "partner_id"
    _sa_cascade_fields = ("order_id", "loaner_for_id")
    _sa_kind = "assets"
    # on the ground, or in repair while a loaner stands in
    _sa_open_domain = (
        "|",
        ("state", "in", LIVE_STATES),
        ("swap_ids.state", "=", "open"),
    )

    name = fields.Char(required=True, tracking=True)
    asset_code = fields.Char(index=True, tracking=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    product_id = fields.Many2one("product.product", index=True, ondelete="restrict")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Number",
        index=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    order_id = fields.Many2one(
        "sale.order", string="Sales Order", index=True, copy=False
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        index="btree_not_null",
        copy=False,
        help="The transfer that brought the unit to the customer.",
    )
    equipment_id = fields.Many2one(
        "maintenance.equipment", index="btree_not_null", copy=False
    )
    location_id = fields.Many2one(
        "stock.location",
        help="Where the unit is now. Stock moves keep it.",
        readonly=True,
        copy=False,
    )
    installation_date = fields.Date(tracking=True, copy=False)
    end_date = fields.Date(
        readonly=True,
        copy=False,
        help="When the unit came back, was transferred or scrapped.",
    )
    state = fields.Selection(
        [
            ("active", "Active"),
            ("inactive", "Inactive"),
            ("transferred", "Transferred"),
            ("decommissioned", "Decommissioned"),
        ],
        default="active",
        required=True,
        index=True,
        tracking=True,
        copy=False,
        help="Active: with the customer. Inactive: back in the warehouse or in "
        "repair. Transferred: it is the customer's own now. Decommissioned: scrapped.",
    )
    notes = fields.Text()
    loaner_for_id = fields.Many2one(
        "ov.asset",
        string="Loaner For",
        index="btree_not_null",
        copy=False,
        help="This unit replaces that one while it is being repaired.",
    )
    event_ids = fields.One2many("ov.asset.event", "asset_id", string="History")
    swap_ids = fields.One2many("ov.asset.swap", "asset_id", string="Swaps")
    open_swap_id = fields.Many2one(
        "ov.asset.swap", compute="_compute_open_swap", compute_sudo=True
    )
    open_loaner_id = fields.Many2one(
        "stock.lot", "Present Loaner", compute="_compute_open_swap", compute_sudo=True
    )
    repair_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    ticket_count = fields.Integer(compute="_compute_counts", compute_sudo=True)
    transfer_count = fields.Integer(compute="_compute_counts", compute_sudo=True)

    _live_serial_uniq = Constraint(
        "EXCLUDE (lot_id WITH =) WHERE (state IN ('active', 'transferred'))",
        "This serial number already has a live asset: the unit is with a customer.",
    )

    def _sa_is_somebodys(self):
        """A unit is deleted only while it is nobody's."""
        return bool(self.partner_id or self._sa_rows())

    def _sa_has_history(self):
        """Nor when it went anywhere."""
        return bool(
            self.order_id
            or self.picking_id
            or self.swap_ids
            or self.state in ("transferred", "decommissioned")
            or self._sa_is_named()
        )

    def _sa_keep_text(self):
        return self.env._(
            "%(record)s has a history, which is kept: set it to Decommissioned instead.",
            record=self.display_name,
        )

    @api.depends("name", "asset_code")
    def _compute_display_name(self):
        for asset in self:
            code = asset.asset_code
            asset.display_name = f"{asset.name} ({code})" if code else asset.name

    @api.depends("swap_ids.state", "swap_ids.loaner_lot_id")
    def _compute_open_swap(self):
        for asset in self:
            swap = asset.swap_ids.filtered(lambda s: s.state == "open")[:1]
            asset.open_swap_id = swap
            asset.open_loaner_id = swap.loaner_lot_id

    def _compute_counts(self):
        def count(model, field):
            groups = self.env[model]._read_group(
                [(field, "in", self.ids)], [field], ["__count"]
            )
            return {asset.id: number for asset, number in groups}

        repairs = count("repair.order", "x_asset_id")
        tickets = count("helpdesk.ticket", "x_asset_id")
        lots = self.env["stock.move.line"]._read_group(
            [("lot_id", "in", self.lot_id.ids), ("picking_id", "!=", False)],
            ["lot_id"],
            ["picking_id:count_distinct"],
        )
        transfers = {lot.id: number for lot, number in lots}
        for asset in self:
            asset.repair_count = repairs.get(asset.id, 0)
            asset.ticket_count = tickets.get(asset.id, 0)
            asset.transfer_count = transfers.get(asset.lot_id.id, 0)

    @api.onchange("lot_id")
    def _onchange_lot_id(self):
        if self.lot_id:
            self.product_id = self.lot_id.product_id
            if not self._origin:
                self.company_id = self.lot_id.x_company_id or self.company_id
            self.asset_code = self.asset_code or self.lot_id.name
            self.name = self.name or self.product_id.name

    @api.constrains("lot_id", "product_id")
    def _check_lot_product(self):
        for asset in self.filtered("lot_id"):
            if asset.lot_id.product_id != asset.product_id:
                raise BusinessError(
                    self.env._(
                        "Serial number %(serial)s belongs to %(right)s, not to "
                        "%(wrong)s.",
                        serial=asset.lot_id.name,
                        right=asset.lot_id.product_id.display_name,
                        wrong=asset.product_id.display_name or self.env._("nothing"),
                    ),
                    details=[{"field": "product_id"}],
                )

    _abs_given_at_create = ("location_id", "end_date")

    @api.model_create_multi
    def create(self, vals_list):
        lots = self.env["stock.lot"].browse(
            vals["lot_id"] for vals in vals_list if vals.get("lot_id")
        )
        lots.fetch(["name", "product_id"])
        for vals in vals_list:
            if not self.env.su:  # both follow from the serial's movements
                vals.pop("location_id", None)
                vals.pop("end_date", None)
            if vals.get("lot_id"):
                lot = self.env["stock.lot"].browse(vals["lot_id"])
                vals.setdefault("product_id", lot.product_id.id)
                vals["asset_code"] = vals.get("asset_code") or lot.name
                vals["name"] = vals.get("name") or lot.product_id.name
        by_hand = not FROM_MOVE.of(self.env)
        if by_hand:
            self._abs_place_vals(vals_list)
        assets = super().create(vals_list)
        if by_hand:
            made = assets.sudo()
            made._abs_log_receipt()
            made._abs_log([(None, asset) for asset in made], kind="registered")
            made._abs_ensure_equipment()
        return assets

    def write(self, vals):
        if "lot_id" not in vals:
            return super().write(vals)
        changed = self.filtered(lambda a: a.lot_id.id != (vals["lot_id"] or False))
        changed._abs_check_new_serial(vals)
        former = changed.sudo().equipment_id
        result = super().write(vals)
        changed._abs_follow_serial(former)
        return result

    @api.model
    def _abs_place_vals(self, vals_list):
        """Write into ``vals_list`` where each unit is, and what state follows (0g).

        A unit in a warehouse is inactive until its delivery; one that Odoo never moved
        is with its customer already.
        """
        lots = self.env["stock.lot"].sudo()
        lots = lots.browse(v["lot_id"] for v in vals_list if v.get("lot_id"))
        places = lots._abs_places()
        for vals in vals_list:
            place = next(iter(places.get(lots.browse(vals.get("lot_id")), ())), None)
            stored = place and not place._abs_is_field()
            if place:
                vals["location_id"] = place.id
                if place.company_id:
                    vals.setdefault("company_id", place.company_id.id)
            if stored and vals.get("state", "active") in LIVE_STATES:
                vals["state"] = "inactive"
            if not stored:
                company = self.env["res.company"].browse(vals.get("company_id") or ())
                today = (company or self.env.company)._abs_today()
                vals.setdefault("installation_date", today)

    # ------------------------------------------------------------ reading
    def _abs_is_live(self):
        self.ensure_one()
        return self.state in LIVE_STATES

    @api.model
    def _abs_live_of(self, lots):
        """Return the live assets of serials as ``{lot id: asset}``."""
        assets = self.search(
            [("lot_id", "in", lots.ids), ("state", "in", list(LIVE_STATES))]
        )
        return {asset.lot_id.id: asset for asset in assets}

    # ------------------------------------------------------------ buttons
    def _abs_action(self, name, model, domain, **context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
            "context": context,
        }

    def action_repairs(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Repairs"), "repair.order", [("x_asset_id", "=", self.id)]
        )

    def action_tickets(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Tickets"),
            "helpdesk.ticket",
            [("x_asset_id", "=", self.id)],
            default_x_asset_id=self.id,
            default_partner_id=self.partner_id.id,
        )

    def action_transfers(self):
        self.ensure_one()
        return self._abs_action(
            self.env._("Transfers"),
            "stock.picking",
            [("move_line_ids.lot_id", "=", self.lot_id.id)],
        )

    _abs_marks = ("asset_code",)
    _abs_lines = ("name",)
